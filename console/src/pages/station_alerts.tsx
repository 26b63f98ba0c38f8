// What is open about one station, on its page; nothing where nothing is.
import { may, type Page as ListPage, query } from '../api';
import { useQuery } from '../query';
import { path, withQuery } from '../router';
import { Ago, Card, Chip } from '../ui/basics';
import { SmallTable } from '../ui/table';
import { t } from '../words';
import { type Alert, alertWords, severityTone, severityWords, stateWords } from './alerts_words';

export function StationAlerts({ id }: { id: string }) {
  const asked = useQuery<ListPage<Alert>>(may('alerts:read') ? query('/api/v1/alerts', { station_id: id, state: 'open,acknowledged,snoozed', limit: 10 }) : null, { types: ['alert.'], every: 10_000 });
  const list = asked.data?.data ?? [];
  if (list.length === 0) return null;
  return (
    <Card title={t('Alerts')} class="attention station-alerts" actions={<a href={withQuery(path('alerts'), { station_id: id })}>{t('All')}</a>}>
      <SmallTable label={t('Alerts')} items={list} id={(one) => one.id} columns={[
        { name: t('Severity'), cell: (one) => <Chip word="alert" tone={severityTone(one.severity)} label={severityWords(one.severity)} /> },
        { name: t('What'), cell: (one) => <>{alertWords(one.kind, one).title}{one.group_id && <span class="small"> · <a href={withQuery(path('alerts'), { kind: one.kind })}>{t('together with others')}</a></span>}</> },
        { name: t('State'), cell: (one) => <Chip word={one.state} label={stateWords(one.state)} /> },
        { name: t('Since'), cell: (one) => <Ago at={one.since} /> },
      ]} />
    </Card>
  );
}
