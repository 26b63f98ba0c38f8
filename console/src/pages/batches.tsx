// Orders to many stations, and how far they are.
import { useState } from 'preact/hooks';
import { post, Problem } from '../api';
import { ms } from '../format';
import { useList, useQuery } from '../query';
import { path, segments } from '../router';
import type { Batch, Schemas } from '../types';
import { Ago, Button, Card, Chip, Empty, ErrorBox, Facts, JsonBlock, Page, say, Skeleton, Time } from '../ui/basics';
import { Table } from '../ui/table';
import { CommandTabs } from './commands';
import { number, t } from '../words';

type Item = Schemas['CommandBatchItem'];

function Bar({ batch }: { batch: Batch }) {
  const { progress: p } = batch;
  const parts: [string, number, string][] = [
    [t('accepted'), p.accepted, 'status-Available'],
    [t('other answers'), p.other, 'status-Preparing'],
    [t('failed'), p.failed - p.expired, 'status-Faulted'],
    [t('expired'), p.expired, 'status-Faulted'],
    [t('refused'), p.refused, 'status-Faulted'],
    [t('cancelled'), p.cancelled, 'status-Unavailable'],
    [t('on the way'), p.open - p.queued, 'status-Charging'],
    [t('waiting for their station'), p.queued, 'status-Reserved'],
    [t('waiting'), p.waiting, 'status-none'],
  ];
  return (
    <>
      <div class="stack-bar" role="img" aria-label={t('{n} % done', { n: p.percent })}>
        {parts.map(([name, n, tone]) => n > 0 && <i key={name} class={tone} style={{ flexGrow: n }} />)}
      </div>
      <ul class="legend inline">
        {parts.map(([name, n, tone]) => n > 0 && <li key={name}><i class={`swatch ${tone}`} />{name} <span class="num">{number(n)}</span></li>)}
      </ul>
    </>
  );
}

export function Batches() {
  const list = useList<Batch>('/api/v1/command-batches', { id: (one) => one.id ?? '', types: ['batch.', 'command.'], grows: true });
  return (
    <Page fills title={t('Commands')} sub={<CommandTabs current="batches" />}>
      <Table label={t('Batches')} list={list} id={(one) => one.id ?? ''} href={(one) => path('batches', one.id ?? '')}
        empty={<Empty icon="command" title={t('No batch yet')}><p><a href={path('stations')}>{t('Select stations in their list, then an order.')}</a></p></Empty>}
        columns={[
          { name: t('Ordered'), width: '160px', cell: (one) => <Time at={one.created_at} /> },
          { name: t('Command'), width: 'minmax(150px, 1fr)', cell: (one) => <a class="strong" href={path('batches', one.id ?? '')}>{titleOf(one)}</a> },
          { name: t('State'), width: '120px', cell: (one) => <Chip word={one.state} /> },
          { name: t('Stations'), width: '90px', cell: (one) => number(one.progress.total), right: true },
          { name: t('Done'), width: '80px', cell: (one) => `${one.progress.percent} %`, right: true },
          { name: t('Failed'), width: '80px', cell: (one) => number(one.progress.failed + one.progress.refused), right: true },
          { name: t('By'), width: 'minmax(90px, 0.6fr)', cell: (one) => <span class="clip">{one.requested_by}</span> },
        ]} />
    </Page>
  );
}

const hrefOf = (one: Item) => one.command_id ? path('commands', one.command_id) : path('stations', one.station_id);

function Detail({ one, isRaw }: { one: Item; isRaw: boolean }) {
  if (one.expires_at) return <span>{t('waits until')} <Time at={one.expires_at} /></span>;
  if (isRaw && one.response) return <code class="clip">{JSON.stringify(one.response)}</code>;
  return <span class="clip">{one.code && <code>{one.code}</code>} {one.detail ?? one.error?.description}</span>;
}
// What one station said to a raw call.
function Answer({ one }: { one: Item }) {
  return (
    <div class="stack">
      <h2>{one.station_id}</h2>
      {one.error && <p><code>{one.error.code}</code> {one.error.description}</p>}
      {one.response !== null && <JsonBlock value={one.response} />}
      {!one.error && one.response === null && <p class="muted">{one.detail ?? t('It has not answered.')}</p>}
      <p class="small"><a href={hrefOf(one)}>{one.command_id ? t('Everything about this command') : t('Station')}</a></p>
    </div>
  );
}
const titleOf = (batch: Batch) => {
  const said = batch.params as { action?: string } | null;
  return batch.command === 'call' && said?.action ? said.action : batch.command;
};

export function BatchPage() {
  const id = segments.value[1] ?? '';
  const where = `/api/v1/command-batches/${encodeURIComponent(id)}`;
  const asked = useQuery<Batch>(where, { types: ['batch.', 'command.'], every: 1500 });
  const isRaw = asked.data?.command === 'call';
  const items = useList<Item>(isRaw ? `${where}/items?expand=response` : `${where}/items`, { id: (one) => String(one.item), types: ['batch.', 'command.'], every: 2500 });
  const [problem, setProblem] = useState<Problem | null>(null);
  const batch = asked.data;
  const act = (what: string, text: string) => async () => {
    try {
      await post(`${where}/${what}`);
      say(text);
      asked.reload();
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  if (!batch) return <Page title={t('Batch')}>{asked.error ? <ErrorBox problem={asked.error} retry={asked.reload} /> : <Skeleton />}</Page>;
  const runs = batch.state === 'running';
  return (
    <Page fills title={t('{command} to {n|station|stations}', { command: titleOf(batch), n: batch.progress.total })} sub={<><a href={path('batches')}>{t('Batches')}</a> · <Chip word={batch.state} /> <Ago at={batch.created_at} /></>} actions={
      <>
        {(runs || batch.progress.queued > 0) && <Button kind="danger" onClick={act('cancel', t('The rest is cancelled'))}>{t('Cancel the rest')}</Button>}
        {!runs && batch.progress.failed + batch.progress.refused > 0 && <Button icon="refresh" onClick={act('retry-failed', t('The failed ones are tried again'))}>{t('Try the failed ones again')}</Button>}
      </>}>
      {problem && <ErrorBox problem={problem} />}
      <Card>
        <Bar batch={batch} />
        <Facts facts={[
          [t('By'), batch.requested_by],
          [t('At once, at most'), batch.concurrency],
          [t('A second, at most'), batch.rate],
          [t('Only'), batch.only === 'idle' ? t('where nothing is charging') : t('all')],
          [t('Finished'), <Time at={batch.finished_at} />],
          [t('Reason'), batch.reason],
        ]} />
        <details><summary>{t('Parameters')}</summary><JsonBlock value={batch.params ?? {}} /></details>
      </Card>
      <Table label={t('Stations of the batch')} list={items} id={(one) => String(one.item)} href={isRaw ? undefined : hrefOf} expanded={isRaw ? (one) => <Answer one={one} /> : undefined}
        empty={<Empty title={t('No station was chosen')}><p><a href={path('stations')}>{t('Select stations in their list, then give the order.')}</a></p></Empty>}
        columns={[
          { name: t('Station'), width: 'minmax(150px, 1fr)', cell: (one) => <a class="strong clip" href={path('stations', one.station_id)}>{one.station_id}</a> },
          { name: t('State'), width: '120px', cell: (one) => <Chip word={one.state} /> },
          { name: t('Command'), width: '120px', cell: (one) => <Chip word={one.command_state} /> },
          { name: t('Result'), width: '120px', cell: (one) => <Chip word={isRaw ? one.error?.code ?? one.status ?? one.result : one.result} /> },
          ...(isRaw ? [{ name: t('Round trip'), width: '96px', cell: (one: Item) => ms(one.rtt_ms), right: true }] : []),
          { name: t('Detail'), width: 'minmax(180px, 2fr)', cell: (one) => <Detail one={one} isRaw={isRaw} /> },
          { name: t('At'), width: '150px', cell: (one) => <Time at={one.at} /> },
        ]} />
    </Page>
  );
}
