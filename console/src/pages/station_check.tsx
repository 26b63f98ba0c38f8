// S4: whether the station is well, step by step.
import { Card } from '../ui/basics';
import { t } from '../words';
import { Checklist } from './onboarding';
import type { TabProps } from './station';

export function StationCheck({ station }: TabProps) {
  return (
    <Card title={t('Check')}>
      <p class="muted">{t('What it takes to be in service, as it is known here; nothing is asked of the station by looking.')}</p>
      <Checklist id={station.id} />
    </Card>
  );
}
