// S7: one session: its curves, what was said about it, and the two ways to end it.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { get, may, mayOrder, type Page as ListPage, post, query } from '../api';
import { Chart, chartsAsPng, type Line } from '../chart';
import { orderCarefully } from '../commands';
import { duration, energy, power, time } from '../format';
import { now, watch } from '../live';
import { useQuery } from '../query';
import { path, segments } from '../router';
import { latest, type Lines, linesOf } from '../samples';
import type { Command, MeterValue, Schemas, Transaction } from '../types';
import { Button, Card, Chip, complain, confirmed, csvCell, Empty, ErrorBox, Facts, JsonBlock, Page, save, saveBlob, say, Skeleton, Tabs, Time } from '../ui/basics';
import { SmallTable } from '../ui/table';
import { wordOf } from '../state_words';
import { number, t } from '../words';
import { Flags } from './sessions';

const samplesMax = 6000;

// All samples of the session; while it runs only the newest are read again.
function useSamples(id: string, station: string | null): { values: MeterValue[]; loaded: boolean; cut: boolean } {
  const [state, setState] = useState<{ values: MeterValue[]; loaded: boolean; cut: boolean }>({ values: [], loaded: false, cut: false });
  useEffect(() => {
    const where = `/api/v1/transactions/${encodeURIComponent(id)}/meter-values`;
    const known = new Map<string, MeterValue>();
    const keyOf = (one: MeterValue) => `${one.at} ${one.received_at} ${one.samples.map((sample) => `${sample.measurand}${sample.phase ?? ''}`).join()}`;
    let stopped = false;
    let from: string | undefined; // of the newest that is known: only what came after is read again
    const read = async () => {
      let cursor: string | null = null;
      do {
        const page: ListPage<MeterValue> = await get(query(where, { limit: 500, cursor, from }));
        for (const one of page.data) known.set(keyOf(one), one);
        cursor = page.next_cursor;
      } while (cursor && known.size < samplesMax && !stopped);
      for (const one of known.values()) if (from === undefined || one.at > from) from = one.at;
      if (!stopped) setState({ values: [...known.values()], loaded: true, cut: cursor !== null && known.size >= samplesMax });
    };
    const again = () => void read().catch(() => {});
    again();
    const end = watch(['meter.', 'transaction.'], again, station ?? undefined);
    return () => {
      stopped = true;
      end();
    };
  }, [id]);
  return state;
}

function Curves({ lines }: { lines: Lines }) {
  const has = (list: (number | null)[]) => list.some((one) => one !== null);
  const top: Line[] = [];
  if (has(lines.power_kw)) top.push({ name: lines.derived ? t('Power, derived') : t('Power'), unit: 'kW', values: lines.power_kw, color: '--line-1', dashed: lines.derived, fills: !lines.derived });
  if (has(lines.soc)) top.push({ name: t('State of charge'), unit: '%', values: lines.soc, color: '--line-3', digits: 0 });
  const bottom: Line[] = [];
  if (has(lines.energy_kwh)) bottom.push({ name: t('Energy'), unit: 'kWh', values: lines.energy_kwh, color: '--line-2', fills: true });
  const electric: Line[] = [];
  if (has(lines.current_a)) electric.push({ name: t('Current'), unit: 'A', values: lines.current_a, color: '--line-4' });
  if (has(lines.voltage_v)) electric.push({ name: t('Voltage'), unit: 'V', values: lines.voltage_v, color: '--line-5', digits: 0 });
  return (
    <>
      {top.length > 0 && <Chart group="session" at={lines.at} lines={top} label={t('Power and state of charge over time; the same values stand under Table')} />}
      {bottom.length > 0 && <Chart group="session" at={lines.at} lines={bottom} height={160} label={t('Energy over time; the same values stand under Table')} />}
      {electric.length > 0 && <Chart group="session" at={lines.at} lines={electric} height={160} label={t('Current and voltage over time; the same values stand under Table')} />}
      {lines.holes > 0 && <p class="small muted">{t('{n|gap|gaps} without a value: nothing is drawn there.', { n: lines.holes })}</p>}
      {lines.derived && top.length > 0 && <p class="small muted">{t('The station says no power: the dashed line is computed from its energy register.')}</p>}
    </>
  );
}

function ValueTable({ values }: { values: MeterValue[] }) {
  const sorted = [...values].sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, 1000);
  const rows = sorted.flatMap((value, i) => value.samples.map((sample, k) => ({ id: `${i}-${k}`, at: value.at, ...sample })));
  return (
    <SmallTable label={t('Meter values')} items={rows.slice(0, 2000)} id={(one) => one.id} columns={[
      { name: t('Time'), cell: (one) => <Time at={one.at} /> },
      { name: t('Measurand'), cell: (one) => one.measurand },
      { name: t('Phase'), cell: (one) => one.phase ?? '' },
      { name: t('Value'), cell: (one) => one.value === null ? <code class="clip">{one.raw}</code> : number(one.value as number, 3), right: true },
      { name: t('Unit'), cell: (one) => one.unit ?? '' },
      { name: t('Context'), cell: (one) => one.context ?? '' },
    ]} />
  );
}

function exportValues(one: Transaction, values: MeterValue[]): void {
  const head = 'at,measurand,phase,location,context,value,unit,raw';
  const rows = [...values].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)).flatMap((value) =>
    value.samples.map((sample) => [value.at, sample.measurand, sample.phase, sample.location, sample.context, sample.value, sample.unit, sample.raw].map(csvCell).join(',')));
  save(`session-${one.id}.csv`, [head, ...rows].join('\r\n'), 'text/csv');
}

function Meter({ one }: { one: Transaction }) {
  const { values, loaded, cut } = useSamples(one.id, one.station_id);
  const [tab, setTab] = useState('chart');
  const lines = useMemo(() => linesOf(values), [values]);
  const last = latest(values);
  const exportPng = async () => {
    const picture = await chartsAsPng('session', `${one.station_id ?? ''} · EVSE ${one.evse_id ?? '?'} · ${time(one.started_at, true)}`);
    if (picture) saveBlob(`session-${one.id}.png`, picture);
    else say(t('This browser could not make the picture'), true);
  };
  return (
    <Card title={t('Meter values')} actions={values.length > 0 && (
      <>
        {one.state === 'active' && <span class="muted">{power(last.power_w)}{last.soc !== null && ` · ${last.soc} %`}</span>}
        <Tabs label={t('Meter values')} tabs={[['chart', t('Chart')], ['table', t('Table')]]} current={tab} onPick={setTab} />
        <Button icon="download" kind="quiet" aria-label={t('Meter values, as CSV')} onClick={() => exportValues(one, values)}>CSV</Button>
        {tab === 'chart' && <Button icon="download" kind="quiet" aria-label={t('Charts, as PNG')} onClick={() => void exportPng()}>PNG</Button>}
      </>)}>
      {!loaded && <Skeleton rows={4} />}
      {loaded && values.length === 0 && <Empty icon="session" title={t('No meter value has come')}><p>{t('Most stations send them every minute or so; MeterValueSampleInterval sets it.')}</p></Empty>}
      {cut && <p class="small muted">{t('The first {n} are shown; the api has all.', { n: samplesMax })}</p>}
      {values.length > 0 && (tab === 'chart' ? <Curves lines={lines} /> : <ValueTable values={values} />)}
    </Card>
  );
}

type TransactionEvent = Schemas['TransactionEvent'];
function Timeline({ one }: { one: Transaction }) {
  const asked = useQuery<ListPage<TransactionEvent>>(`/api/v1/transactions/${encodeURIComponent(one.id)}/events?limit=500`, { types: ['transaction.'], ...(one.station_id ? { station: one.station_id } : {}) });
  const [tab, setTab] = useState('timeline');
  const events = asked.data?.data ?? [];
  return (
    <Card title={t('What was said')} actions={events.length > 0 && (
      <>
        {asked.data?.next_cursor && <span class="small muted">{t('the first {n}', { n: 500 })}</span>}
        <Tabs label={t('What was said')} tabs={[['timeline', t('Timeline')], ['table', t('Table')]]} current={tab} onPick={setTab} />
        <Button icon="download" kind="quiet" aria-label={t('What was said, as CSV')} onClick={() => exportEvents(one, events)}>CSV</Button>
      </>)}>
      {asked.error && !asked.data && <ErrorBox problem={asked.error} retry={asked.reload} />}
      {!asked.data && !asked.error && <Skeleton rows={4} />}
      {asked.data && events.length === 0 && <Empty icon="session" title={t('No message about it is kept')}><p>{t('What is known of the session stands under Facts.')}</p></Empty>}
      {tab === 'timeline' ? <WholeTimeline one={one} /> : <EventTable events={events} />}
    </Card>
  );
}
type TimelineItem = Schemas['TimelineItem'];
const timelineMax = 500;

// What was said, decided and ordered, and how the register rose, in the order in which it was known.
function WholeTimeline({ one }: { one: Transaction }) {
  const asked = useQuery<ListPage<TimelineItem>>(`/api/v1/transactions/${encodeURIComponent(one.id)}/timeline?limit=${timelineMax}`, { types: ['transaction.', 'command.'], ...(one.station_id ? { station: one.station_id } : {}) });
  if (asked.error && !asked.data) return <ErrorBox problem={asked.error} retry={asked.reload} />;
  return (
    <ol class="timeline">
      {(asked.data?.data ?? []).map((item, i) => (
        <li key={`${item.at} ${item.kind} ${i}`} class={item.kind}><TimelineRow item={item} station={one.station_id} /></li>
      ))}
    </ol>
  );
}
function TimelineRow({ item, station }: { item: TimelineItem; station: string | null }) {
  const told = (
    <>
      <Time at={item.at} /> <strong>{kindName(item.kind)}</strong> {item.reference && station
        ? <a href={path('stations', station, 'commands')}>{item.what}</a> : item.what} {item.result && <span class="muted">{item.result}</span>}
      {item.energy_wh !== null && <span> {energy(item.energy_wh)}</span>}
      {delay(item) && <span class="small muted"> {delay(item)}</span>}
    </>
  );
  if (!item.payload) return <div>{told}</div>;
  return <details><summary>{told}</summary><JsonBlock value={item.payload} /></details>;
}
function EventTable({ events }: { events: TransactionEvent[] }) {
  return (
    <SmallTable label={t('What was said')} items={events.map((event, i) => ({ ...event, row: String(i) }))} id={(one) => one.row} columns={[
      { name: t('Time'), cell: (one) => <Time at={one.at} /> },
      { name: t('Received'), cell: (one) => <Time at={one.received_at} /> },
      { name: t('What'), cell: (one) => kindName(one.kind) },
      { name: t('Number'), cell: (one) => number(one.seq_no), right: true },
      { name: t('Why'), cell: (one) => one.trigger_reason },
      { name: t('Flags'), cell: (one) => one.offline && t('offline') },
    ]} />
  );
}
function exportEvents(one: Transaction, events: TransactionEvent[]): void {
  const columns = ['at', 'received_at', 'kind', 'seq_no', 'trigger_reason', 'offline'] as const;
  const rows = events.map((event) => [...columns.map((name) => csvCell(event[name])), csvCell(event.payload ? JSON.stringify(event.payload) : '')].join(','));
  save(`session-${one.id}-events.csv`, [[...columns, 'payload'].join(','), ...rows].join('\r\n'), 'text/csv');
}
function kindName(kind: string): string {
  switch (kind) {
    case 'started': return t('Started');
    case 'updated': return t('Updated');
    case 'ended': return t('Ended');
    case 'authorization': return t('Authorization');
    case 'meter': return t('Meter');
    case 'command': return t('Command');
    case 'event': return t('Event');
    case 'closed': return t('Record closed');
    default: return t('Conflict');
  }
}
function delay(item: TimelineItem): string {
  if (!item.said_at) return '';
  const seconds = Math.round((Date.parse(item.at) - Date.parse(item.said_at)) / 1000);
  if (Math.abs(seconds) < 10) return '';
  return seconds > 0 ? t('received {time} later', { time: duration(item.said_at, item.at) }) : t('its clock is {time} ahead', { time: duration(item.at, item.said_at) });
}

export function SessionPage() {
  const id = segments.value[1] ?? '';
  const where = `/api/v1/transactions/${encodeURIComponent(id)}`;
  const asked = useQuery<Transaction>(where, { types: ['transaction.'], every: 2000 });
  const one = asked.data;
  if (!one)
    return (
      <Page title={t('Session')}>
        {!asked.error ? <Skeleton /> : asked.error.status === 404
          ? <Empty icon="session" title={t('There is no such session')}><a href={path('sessions')}>{t('Sessions')}</a></Empty>
          : <ErrorBox problem={asked.error} retry={asked.reload} />}
      </Page>
    );
  const stop = () =>
    orderCarefully(one.station_id ?? '', t('Stop charging'), t('The vehicle at EVSE {n} stops charging. The station is asked to; the session ends when it says so.', { n: String(one.evse_id ?? '?') }),
      () => post<Command>(`${where}/stop`, {}, { Prefer: 'respond-async' }));
  const close = async () => {
    const reason = await confirmed({
      title: t('Close the record'), whom: `${one.station_id ?? '?'} · EVSE ${one.evse_id ?? '?'}`,
      text: t('Only this record ends, with the last meter value. The station is told nothing: if a vehicle is charging, it goes on.'),
      action: t('Close the record'), danger: true, reason: t('Reason'),
    });
    if (reason === null) return;
    try {
      await post(`${where}/close`, { reason });
      say(t('The record is closed'));
      asked.reload();
    } catch (error) {
      complain(error);
    }
  };
  const isActive = one.state === 'active';
  return (
    <Page title={<>{t('Session')} <span class="muted title-name">{one.station_id} · EVSE {one.evse_id ?? '?'}</span></>}
      sub={<span class="station-sub"><Chip word={one.state} label={isActive ? (one.charging_state ?? t('charging')) : t('ended')} /> <Flags one={one} /> <span class="muted"><Time at={one.started_at} full /></span></span>}
      actions={isActive && (
        <>
          {mayOrder() && <Button icon="stop" kind="danger" onClick={() => void stop()}>{t('Stop charging')}</Button>}
          {may('transactions:write') && <Button onClick={() => void close()}>{t('Close the record…')}</Button>}
        </>)}>
      {one.suspect && (
        <div class="note-box">
          <strong>{t('This session is suspect')}</strong>
          <ul>{one.evidence.map((word) => <li key={word}>{wordOf(word)}</li>)}</ul>
        </div>
      )}
      <div class="tiles">
        <div class="figure"><span class="tile-label">{t('Energy')}</span><span class="tile-value">{energy(one.energy_wh)}</span><span class="tile-sub">{one.energy_rule ? wordOf(one.energy_rule) : '\u00a0'}</span></div>
        <div class="figure"><span class="tile-label">{t('Duration')}</span><span class="tile-value">{duration(one.started_at, one.ended_at ?? new Date(now.value).toISOString())}</span><span class="tile-sub">{one.ended_at ? <Time at={one.ended_at} /> : t('goes on')}</span></div>
        <div class="figure"><span class="tile-label">{t('Average power')}</span><span class="tile-value">{average(one)}</span><span class="tile-sub">&nbsp;</span></div>
        <div class="figure"><span class="tile-label">{t('Token')}</span><span class="tile-value small-value clip">{one.token ? may('tokens:read') ? <a href={path('tokens', one.token)}>{one.token}</a> : one.token : '–'}</span><span class="tile-sub">{one.authorization_status ?? '\u00a0'}</span></div>
      </div>
      <Meter one={one} />
      <div class="columns even">
        <Timeline one={one} />
        <Card title={t('Facts')}>
          <Facts facts={[
            [t('Station'), one.station_id && <a href={path('stations', one.station_id)}>{one.station_id}</a>],
            ['EVSE', `${one.evse_id ?? '?'}${one.connector_id === null ? '' : ` / ${one.connector_id}`}`],
            [t('Its number at the station'), <code>{one.ocpp_transaction_id}</code>],
            [t('Start'), <Time at={one.started_at} full />],
            [t('End'), <Time at={one.ended_at} full />],
            [t('Meter, start'), energy(one.meter_start_wh)],
            [t('Meter, end'), energy(one.meter_stop_wh)],
            [t('Stop reason'), one.stop_reason],
            [t('Stopped by token'), one.stop_token],
            [t('Messages'), number(one.event_count)],
            [t('Closed'), one.closed && <><Time at={one.closed.at} full /> {one.closed.by} · {one.closed.reason}</>],
            [t('Id'), <code>{one.id}</code>],
          ]} />
        </Card>
      </div>
    </Page>
  );
}
function average(one: Transaction): string {
  if (!one.started_at || one.energy_wh === null) return '–';
  const hours = ((one.ended_at ? Date.parse(one.ended_at) : now.value) - Date.parse(one.started_at)) / 3_600_000;
  return hours > 0.003 ? power(one.energy_wh / hours) : '–';
}
