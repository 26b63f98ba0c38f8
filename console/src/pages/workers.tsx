// The workers, who hold the stations' connections.
import { useList } from '../query';
import { path, withQuery } from '../router';
import type { Schemas } from '../types';
import { Ago, Chip, Empty, Page, Time } from '../ui/basics';
import { Table } from '../ui/table';
import { number, t } from '../words';

export function Workers() {
  const list = useList<Schemas['Worker']>('/api/v1/workers', { id: (one) => one.id, types: ['worker.'], total: true });
  return (
    <Page fills title={t('Workers')} sub={t('They hold the stations’ connections')}>
      <Table label={t('Workers')} list={list} id={(one) => one.id} href={(one) => withQuery(path('stations'), { worker: one.id })}
        empty={<Empty icon="worker" title={t('No worker is heard')}><p>{t('Stations cannot connect. Start one:')} <code>sh run.sh -s worker</code></p></Empty>}
        columns={[
          { name: t('Worker'), width: 'minmax(160px, 1.5fr)', cell: (one) => <a class="strong" href={withQuery(path('stations'), { worker: one.id })}>{one.id}</a> },
          { name: t('State'), width: '130px', cell: (one) => one.draining ? <Chip word="cancelling" label={t('draining')} /> : <Chip word="online" label={t('serves')} /> },
          { name: t('Connections'), width: '120px', cell: (one) => number(one.connections), right: true },
          { name: t('Version'), width: '110px', cell: (one) => one.version },
          { name: t('Started'), width: '170px', cell: (one) => <Time at={one.started_at} /> },
          { name: t('Heard'), width: '110px', cell: (one) => <Ago at={one.seen_at} /> },
        ]} />
    </Page>
  );
}
