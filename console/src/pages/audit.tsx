// S15: who did what, when, from where, and what was refused. The filters stand in the address.
import { useState } from 'preact/hooks';
import { blob, get, query } from '../api';
import { useList } from '../query';
import type { Schemas } from '../types';
import { Button, Chip, complain, Empty, Facts, JsonBlock, Page, saveBlob, say, Time } from '../ui/basics';
import { ChoiceFilter, ClearFilters, filter, SinceFilter, sinceTime, standardChoices, TextFilter } from '../ui/filters';
import { Table } from '../ui/table';
import { t } from '../words';
import { AdminTabs } from './people';

type Row = Schemas['AuditRow'];
type Check = Schemas['AuditCheck'];
const names = ['who', 'target', 'route', 'method', 'refused', 'since'];

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function Detail({ row }: { row: Row }) {
  return (
    <div class="stack audit-detail">
      <Facts facts={[
        [t('Number'), String(row.number)], [t('Operation'), row.operation], [t('Path'), <code>{row.path}</code>],
        [t('From'), row.address], [t('Request'), <code>{row.request_id}</code>], [t('Digest'), <code class="clip">{row.digest}</code>],
      ]} />
      {row.summary && <JsonBlock value={asJson(row.summary)} />}
    </div>
  );
}

async function checkChain(): Promise<void> {
  let from = 1;
  let rows = 0;
  for (;;) {
    const found = await get<Check>(query('/api/v1/audit/check', { from_number: from }));
    if (!found.intact) return say(t('The record was changed: number {n} does not fit', { n: String(found.broken_at) }), true);
    rows = found.last;
    if (found.next === null) return say(t('The record is whole, up to number {n}', { n: String(rows) }));
    from = found.next;
  }
}

export function Audit() {
  const [busy, setBusy] = useState(false);
  const asked = {
    who: filter('who'), target: filter('target'), route: filter('route'), method: filter('method'),
    refused: filter('refused'), from: sinceTime(),
  };
  const list = useList<Row>(query('/api/v1/audit', asked), { id: (one) => String(one.number), grows: true, total: true });
  const save = (format: string) =>
    blob(query('/api/v1/audit/export', { ...asked, format })).then((file) => saveBlob(`audit.${format}`, file)).catch(complain);
  const check = () => { setBusy(true); checkChain().catch(complain).finally(() => setBusy(false)); };
  return (
    <Page fills title={t('Admin')} sub={<AdminTabs current="audit" />} actions={<>
      <Button icon="check" disabled={busy} onClick={check}>{t('Is it whole?')}</Button>
      <Button icon="download" onClick={() => void save('csv')}>CSV</Button>
      <Button icon="download" onClick={() => void save('ndjson')}>NDJSON</Button>
    </>}>
      <div class="filters">
        <TextFilter main name="who" label={t('Who, e.g. user:ada')} />
        <TextFilter name="target" label={t('What, e.g. stations/CP1')} />
        <TextFilter name="route" label={t('Route, exactly')} />
        <ChoiceFilter name="method" label={t('Any method')} choices={standardChoices(['POST', 'PUT', 'PATCH', 'DELETE'])} />
        <ChoiceFilter name="refused" label={t('Any outcome')} choices={[['true', t('Only refused')]]} />
        <SinceFilter />
        <ClearFilters names={names} />
      </div>
      <Table label={t('Audit')} list={list} id={(one) => String(one.number)} expanded={(one) => <Detail row={one} />}
        empty={<Empty icon="clock" title={names.some(filter) ? t('Nothing fits these filters') : t('Nothing was changed yet')}><p>{t('Each request that changes something leaves a row, also where it was refused.')}</p></Empty>}
        columns={[
          { name: t('Time'), width: '165px', cell: (one) => <Time at={one.at} /> },
          { name: t('Who'), width: 'minmax(120px, 0.8fr)', cell: (one) => <span class="strong clip">{one.who}</span> },
          { name: t('What'), width: 'minmax(150px, 1fr)', cell: (one) => <span class="clip">{one.operation}</span> },
          { name: t('Of'), width: 'minmax(150px, 1fr)', cell: (one) => <span class="clip" title={one.path}>{one.target}</span> },
          { name: t('Outcome'), width: 'minmax(140px, 0.8fr)', cell: (one) => one.status < 400 ? <Chip word="done" tone="good" label={String(one.status)} /> : <Chip word="refused" tone="bad" label={`${one.status} ${one.code ?? ''}`} /> },
          { name: t('From'), width: '130px', cell: (one) => <span class="clip">{one.address}</span> },
          { name: t('Said'), width: 'minmax(160px, 1.6fr)', cell: (one) => <code class="clip small">{one.summary}</code> },
        ]} />
    </Page>
  );
}
