// S5 of the whole fleet: what all stations and we say to each other, as it is said.
import { Page } from '../ui/basics';
import { Messages } from '../ui/messages';
import { t } from '../words';

export function FleetMessages() {
  return (
    <Page fills title={t('Messages')} sub={t('What stations and we say to each other, as it is said')}>
      <Messages of={null} />
    </Page>
  );
}
