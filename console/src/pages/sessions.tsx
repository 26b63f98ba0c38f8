// S7: sessions of all stations, and stops that fitted none.
import { useState } from 'preact/hooks';
import { get, type Page as ListPage, query } from '../api';
import { duration, energy, power } from '../format';
import { now } from '../live';
import { useList } from '../query';
import { path } from '../router';
import type { Schemas, Transaction } from '../types';
import { Button, Chip, complain, csvCell, Empty, Facts, JsonBlock, Page, save, say, Time } from '../ui/basics';
import { chosen, type ChosenColumn, ColumnChoice } from '../ui/columns';
import { ChoiceFilter, ClearFilters, filter, NumberFilter, SinceFilter, sinceTime, TextFilter } from '../ui/filters';
import { LocationFilter } from '../ui/location_filter';
import { Table } from '../ui/table';
import { SavedViews } from '../ui/views';
import { wordsOf } from '../state_words';
import { t } from '../words';

const names = ['state', 'suspect', 'token', 'since', 'station_id', 'location_id', 'min_kwh', 'max_kwh'];

export const sessionColumns = (withStation: boolean): ChosenColumn<Transaction>[] => [
  { key: 'start', name: t('Start'), width: '160px', cell: (one) => <a href={path('sessions', one.id)}><Time at={one.started_at ?? one.received_at} /></a> },
  { key: 'end', name: t('End'), width: '160px', extra: true, cell: (one) => <Time at={one.ended_at} /> },
  ...(withStation ? [{ key: 'station', name: t('Station'), width: 'minmax(130px, 1.1fr)', cell: (one: Transaction) => one.station_id ? <a class="strong clip" href={path('stations', one.station_id)}>{one.station_id}</a> : '–' }] : []),
  { key: 'evse', name: 'EVSE', width: '64px', cell: (one) => one.evse_id ?? '–' },
  { key: 'token', name: t('Token'), width: 'minmax(110px, 0.9fr)', cell: (one) => <span class="clip">{one.token ?? '–'}</span> },
  { key: 'state', name: t('State'), width: '116px', cell: (one) => <Chip word={one.state} label={one.state === 'active' ? (one.charging_state ?? t('charging')) : t('ended')} /> },
  { key: 'duration', name: t('Duration'), width: '100px', cell: (one) => duration(one.started_at, one.ended_at ?? new Date(now.value).toISOString()), right: true },
  { key: 'energy', name: t('Energy'), width: '104px', cell: (one) => energy(one.energy_wh), right: true },
  { key: 'power', name: t('Power'), width: '90px', cell: (one) => one.state === 'active' ? power(one.power_w) : '–', right: true },
  { key: 'meter-start', name: t('Meter, start'), width: '116px', extra: true, cell: (one) => energy(one.meter_start_wh), right: true },
  { key: 'meter-stop', name: t('Meter, end'), width: '116px', extra: true, cell: (one) => energy(one.meter_stop_wh), right: true },
  { key: 'ended-by', name: t('Ended by'), width: 'minmax(120px, 0.7fr)', cell: (one) => <span class="clip">{one.closed ? t('closed here') : one.stop_reason}</span> },
  { key: 'number', name: t('Its number at the station'), width: '130px', extra: true, cell: (one) => <code class="clip">{one.ocpp_transaction_id}</code> },
  { key: 'flags', name: t('Flags'), width: 'minmax(120px, 1fr)', cell: (one) => <Flags one={one} /> },
];

export function Flags({ one }: { one: Transaction }) {
  return (
    <span class="row">
      {one.suspect && <span title={wordsOf(one.evidence)}><Chip word="failed" label={t('suspect')} /></span>}
      {one.incomplete && <Chip word="gap" label={t('incomplete')} tone="wait" />}
      {one.offline && <Chip word="offline" label={t('told later')} />}
    </span>
  );
}

export function SessionFilters({ search }: { search?: boolean }) {
  return (
    <div class="filters">
      {search && <TextFilter main name="station_id" label={t('Station, exactly')} />}
      <TextFilter name="token" label={t('Token, exactly')} />
      <ChoiceFilter name="state" label={t('Any state')} choices={[['active', t('charging')], ['ended', t('ended')]]} />
      <ChoiceFilter name="suspect" label={t('Suspect or not')} choices={[['true', t('Suspect')], ['false', t('Not suspect')]]} />
      <SinceFilter />
      {search && <LocationFilter />}
      <NumberFilter name="min_kwh" label={t('kWh, at least')} />
      <NumberFilter name="max_kwh" label={t('kWh, at most')} />
      <ClearFilters names={names} />
      <ColumnChoice all={sessionColumns(search === true)} />
    </div>
  );
}
export const sessionQuery = () => ({ state: filter('state'), suspect: filter('suspect'), token: filter('token'), from: sinceTime(), min_kwh: filter('min_kwh'), max_kwh: filter('max_kwh') });
// By energy all are read to be counted: not with each look at the list.
export const countsSessions = () => !filter('min_kwh') && !filter('max_kwh');

export function SessionTabs({ current }: { current: string }) {
  return (
    <nav class="subtabs" aria-label={t('Sessions')}>
      <a href={path('sessions')} aria-current={current === 'sessions' ? 'page' : undefined}>{t('Sessions')}</a>
      <a href={path('orphan-stops')} aria-current={current === 'orphans' ? 'page' : undefined}>{t('Stops without a session')}</a>
    </nav>
  );
}

const exportMax = 10_000;
const exported = ['id', 'station_id', 'evse_id', 'connector_id', 'token', 'state', 'started_at', 'ended_at', 'energy_wh', 'meter_start_wh', 'meter_stop_wh', 'stop_reason', 'suspect', 'ocpp_transaction_id'] as const;
// All that the filters name, the newest first, and no more than a spreadsheet likes.
async function exportCsv(filters: Record<string, string | undefined>): Promise<void> {
  const rows: string[] = [exported.join(',')];
  let cursor: string | null = null;
  do {
    const page: ListPage<Transaction> = await get(query('/api/v1/transactions', { ...filters, limit: 500, cursor }));
    for (const one of page.data) rows.push(exported.map((name) => csvCell(one[name])).join(','));
    cursor = page.next_cursor;
  } while (cursor && rows.length <= exportMax);
  save('sessions.csv', rows.join('\r\n'), 'text/csv');
  say(cursor ? t('The newest {n} are exported; narrow the filters for others.', { n: rows.length - 1 }) : t('{n|session|sessions} exported', { n: rows.length - 1 }));
}

export function Sessions() {
  const asked = { ...sessionQuery(), station_id: filter('station_id'), location_id: filter('location_id') };
  const list = useList<Transaction>(query('/api/v1/transactions', asked), {
    id: (one) => one.id, types: ['transaction.'], grows: true, total: countsSessions(),
  });
  const filtered = names.some(filter);
  const [exporting, setExporting] = useState(false);
  const run = async () => {
    setExporting(true);
    await exportCsv(asked).catch(complain);
    setExporting(false);
  };
  return (
    <Page fills title={t('Sessions')} sub={<SessionTabs current="sessions" />}
      actions={<Button icon="download" disabled={exporting} onClick={() => void run()}>{exporting ? t('Exporting…') : t('Export')}</Button>}>
      <SavedViews list="sessions" all={t('All sessions')} />
      <SessionFilters search />
      <Table label={t('Sessions')} list={list} id={(one) => one.id} href={(one) => path('sessions', one.id)} columns={chosen(sessionColumns(true))}
        empty={<Empty icon="session" title={filtered ? t('No session fits these filters') : t('No session yet')}>
          {filtered ? <ClearFilters names={names} /> : <p><a href={path('stations')}>{t('Start one on a station’s page, or plug in a vehicle.')}</a></p>}
        </Empty>} />
    </Page>
  );
}

type Orphan = Schemas['OrphanStop'];
export function OrphanStops() {
  const list = useList<Orphan>(query('/api/v1/orphan-stops', { station_id: filter('station_id'), matched: filter('matched'), from: sinceTime() }), {
    id: (one) => one.id, types: ['transaction.'], grows: true, total: true,
  });
  return (
    <Page fills title={t('Sessions')} sub={<SessionTabs current="orphans" />}>
      <div class="filters">
        <TextFilter main name="station_id" label={t('Station, exactly')} />
        <ChoiceFilter name="matched" label={t('All stops')} choices={[['false', t('fit no session')], ['true', t('fit one later')]]} />
        <SinceFilter />
        <ClearFilters names={['station_id', 'matched', 'since']} />
      </div>
      <Table label={t('Stops without a session')} list={list} id={(one) => one.id}
        empty={<Empty icon="check" title={t('Every stop had its session')}><p>{t('A stop of a session that another system started is kept here.')}</p></Empty>}
        expanded={(one) => <div class="stack"><h2>{t('Stop of {n}', { n: String(one.said_transaction_id) })}</h2><Facts facts={[[t('Why'), one.reason], [t('Session'), one.transaction_id && <a href={path('sessions', one.transaction_id)}>{one.transaction_id}</a>]]} /><JsonBlock value={one.payload ?? {}} /></div>}
        columns={[
          { name: t('At'), width: '160px', cell: (one) => <Time at={one.at ?? one.received_at} /> },
          { name: t('Station'), width: 'minmax(140px, 1fr)', cell: (one) => one.station_id ? <a class="strong clip" href={path('stations', one.station_id)}>{one.station_id}</a> : '–' },
          { name: t('Said number'), width: '120px', cell: (one) => String(one.said_transaction_id), right: true },
          { name: t('Token'), width: 'minmax(110px, 1fr)', cell: (one) => <span class="clip">{one.token}</span> },
          { name: t('Meter'), width: '120px', cell: (one) => energy(one.meter_stop_wh), right: true },
          { name: t('Why'), width: 'minmax(160px, 1.5fr)', cell: (one) => <span class="clip">{one.reason}</span> },
          { name: t('Session'), width: '110px', cell: (one) => one.transaction_id ? <a href={path('sessions', one.transaction_id)}>{t('found')}</a> : '–' },
        ]} />
    </Page>
  );
}
