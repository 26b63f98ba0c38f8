// The workers, who hold the stations' connections; one that is to go gives them to the others first.
import { useRef } from 'preact/hooks';
import { may, post, type Problem } from '../api';
import { type List, useList } from '../query';
import { path, withQuery } from '../router';
import type { Schemas } from '../types';
import { Ago, Button, Chip, complain, confirmed, Empty, Page, say, Time } from '../ui/basics';
import { Table } from '../ui/table';
import { number, t } from '../words';

type Worker = Schemas['Worker'];

const send = (worker: Worker, force: boolean) => post<Worker>(`/api/v1/workers/${encodeURIComponent(worker.id)}/drain`, { force });

async function drain(worker: Worker, list: List<Worker>): Promise<void> {
  const answer = await confirmed({
    title: t('Drain {worker}', { worker: worker.id }),
    text: t('It takes no more stations, and closes the connections of its {n|station|stations} a few a second; they connect again to the other workers. It serves again once it is restarted.', { n: worker.connections }),
    action: t('Drain'),
    danger: true,
  });
  if (answer === null) return;
  try {
    await send(worker, false);
  } catch (error) {
    if ((error as Problem).code !== 'last_worker') return complain(error);
    const forced = await confirmed({
      title: t('No other worker takes stations'),
      text: t('The stations of {worker} have nowhere to go: they stay offline until it is restarted, or another worker is started.', { worker: worker.id }),
      action: t('Drain all the same'),
      danger: true,
    });
    if (forced === null) return;
    await send(worker, true).catch(complain);
  }
  say(t('{worker} is told', { worker: worker.id }));
  list.reload();
}

// Of how many it is, is what was there when this page first saw it drain.
function State({ worker, most }: { worker: Worker; most: Map<string, number> }) {
  if (!worker.draining) {
    most.delete(worker.id);
    return <Chip word="online" label={t('serves')} />;
  }
  const all = Math.max(worker.connections, most.get(worker.id) ?? 0);
  most.set(worker.id, all);
  if (worker.connections === 0) return <Chip word="complete" label={t('drained')} />;
  return (
    <span class="row">
      <Chip word="cancelling" label={t('draining')} />
      <progress max={all} value={all - worker.connections} aria-label={t('{n|station|stations} left', { n: worker.connections })} />
      <span class="small muted">{t('{n|station|stations} left', { n: worker.connections })}</span>
    </span>
  );
}

export function Workers() {
  const list = useList<Worker>('/api/v1/workers', { id: (one) => one.id, types: ['worker.'], total: true, every: 2000 });
  const most = useRef(new Map<string, number>());
  return (
    <Page fills title={t('Workers')} sub={t('They hold the stations’ connections')}>
      <Table label={t('Workers')} list={list} id={(one) => one.id} href={(one) => withQuery(path('stations'), { worker: one.id })}
        empty={<Empty icon="worker" title={t('No worker is heard')}><p>{t('Stations cannot connect. Start one:')} <code>sh run.sh -s worker</code></p></Empty>}
        columns={[
          { name: t('Worker'), width: 'minmax(160px, 1.5fr)', cell: (one) => <a class="strong" href={withQuery(path('stations'), { worker: one.id })}>{one.id}</a> },
          { name: t('State'), width: 'minmax(130px, 1fr)', cell: (one) => <State worker={one} most={most.current} /> },
          { name: t('Connections'), width: '120px', cell: (one) => number(one.connections), right: true },
          { name: t('Version'), width: '110px', cell: (one) => one.version },
          { name: t('Started'), width: '170px', cell: (one) => <Time at={one.started_at} /> },
          { name: t('Heard'), width: '110px', cell: (one) => <Ago at={one.seen_at} /> },
          ...(may('workers:write') ? [{ name: '', width: '100px', cell: (one: Worker) => !one.draining && <Button kind="quiet" aria-label={t('Drain {worker}', { worker: one.id })} onClick={() => void drain(one, list)}>{t('Drain')}</Button> }] : []),
        ]} />
    </Page>
  );
}
