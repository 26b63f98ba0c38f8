// One statistic as a plot: lines or bars over days or hours, the table of the same values, and both
// as a file. What is null is a gap. The api's columns come as they are; here they get a name.
import { useState } from 'preact/hooks';
import { ask } from './api';
import { Chart, chartsAsPng, type Line } from './chart';
import { addressOf, type Row, type Statistics, useStatistics, valueOf, type Wanted } from './statistics_read';
import { Button, Card, complain, Empty, ErrorBox, saveBlob, Skeleton, Tabs, Time } from './ui/basics';
import { SmallTable } from './ui/table';
import { number, t } from './words';

export interface Shown {
  column: string;
  name: string;
  unit: string;
  color: string;
  factor?: number;
  digits?: number;
  bars?: boolean;
  dashed?: boolean;
  group?: string;
  // In place of the column: made of several.
  of?: (value: (column: string) => number | null) => number | null;
}

// A day stands at its noon, so that its date is the same whoever reads it.
const secondOf = (row: Row) => (Date.parse(row.from) + (row.day ? Date.parse(row.to) : Date.parse(row.from))) / 2000;

export function linesOf(statistics: Statistics, shown: Shown[]): { at: number[]; lines: Line[] } {
  const times = [...new Set(statistics.data.map(secondOf))].sort((a, b) => a - b);
  const lines = shown.map((one): Line => {
    const values = new Map(statistics.data
      .filter((row) => one.group === undefined || row.group === one.group)
      .map((row) => [secondOf(row), one.of ? one.of((column) => valueOf(statistics, row, column)) : valueOf(statistics, row, one.column)]));
    return {
      name: one.name, unit: one.unit, color: one.color, digits: one.digits ?? 1,
      ...(one.bars ? { bars: true } : {}), ...(one.dashed ? { dashed: true } : {}),
      values: times.map((at) => { const value = values.get(at) ?? null; return value === null ? null : value * (one.factor ?? 1); }),
    };
  });
  return { at: times, lines };
}

// The api's own figures, unrounded: what a spreadsheet would get.
function ValueTable({ statistics, label }: { statistics: Statistics; label: string }) {
  const rows = [...statistics.data].reverse().slice(0, 1000);
  return (
    <SmallTable label={label} items={rows} id={(row) => `${row.from} ${row.group ?? ''}`} columns={[
      ...(statistics.interval === 'total' ? [] : [{ name: t('Time'), cell: (row: Row) => row.day ?? <Time at={row.from} full /> }]),
      ...(statistics.group_by ? [{ name: groupName(statistics.group_by), cell: (row: Row) => row.group || '–' }] : []),
      ...statistics.columns.map((column, i) => ({
        name: `${columnName(column.name)}${column.unit === '1' ? '' : ` (${column.unit})`}`,
        cell: (row: Row) => { const value = row.values[i]; return value === null || value === undefined ? '–' : number(value as number, 3); },
        right: true,
      })),
    ]} />
  );
}
export function groupName(group: string): string {
  switch (group) {
    case 'station': return t('Station');
    case 'location': return t('Location');
    case 'connector': return t('Connector');
    case 'error_code': return t('Error code');
    case 'model': return t('Model');
    case 'firmware_version': return t('Firmware');
    case 'direction': return t('Direction');
    default: return group;
  }
}
function columnName(column: string): string {
  switch (column) {
    case 'energy_wh': return t('Energy');
    case 'started': return t('Started');
    case 'ended': return t('Ended');
    case 'charged': return t('With 0.1 kWh or more');
    case 'success_percent': return t('Success');
    case 'accepted': return t('Tokens accepted');
    case 'refused': return t('Tokens refused');
    case 'first_tries': return t('First tries');
    case 'first_tries_charged': return t('First tries that charged');
    case 'first_try_percent': return t('First-try success');
    case 'power_w': return t('Power');
    case 'sessions': return t('Sessions');
    case 'storm': return t('Storm');
    case 'occupied_percent': return t('Occupied');
    case 'delivering_percent': return t('Delivering');
    case 'session_s': return t('In session');
    case 'delivering_s': return t('Delivering');
    case 'connectors': return t('Connectors');
    case 'uptime_percent': return t('Uptime');
    case 'connected_percent': return t('Connected');
    case 'available_s': return t('Available');
    case 'occupied_s': return t('Occupied');
    case 'charging_s': return t('Charging');
    case 'faulted_s': return t('Faulted');
    case 'unavailable_s': return t('Unavailable');
    case 'unknown_s': return t('Unknown');
    case 'connects': return t('Connects');
    case 'disconnects': return t('Disconnects');
    case 'count': return t('Count');
    case 'minutes': return t('Minutes');
    case 'p50_ms': return t('Median');
    case 'p95_ms': return t('95 %');
    case 'p99_ms': return t('99 %');
    default: return column;
  }
}

async function exportCsv(wanted: Wanted): Promise<void> {
  try {
    const answer = await ask<string>(addressOf(wanted), { headers: { Accept: 'text/csv' } });
    saveBlob(`${wanted.statistic}.csv`, new Blob([answer.data], { type: 'text/csv' }));
  } catch (error) {
    complain(error);
  }
}

export function StatisticCard({ title, definition, wanted, shown, tableOnly, note, remark }: {
  title: string;
  definition: string;
  wanted: Wanted;
  shown: Shown[];
  tableOnly?: boolean;
  note?: string;
  remark?: (statistics: Statistics) => string; // what stands out
}) {
  const { data, error, reload } = useStatistics(wanted);
  const [tab, setTab] = useState('chart');
  const group = `statistics ${wanted.statistic} ${wanted.group ?? ''}`;
  const { at, lines } = data ? linesOf(data, shown) : { at: [], lines: [] };
  const hasAny = data?.data.some((row) => row.values.some((value) => value !== null)) ?? false;
  const plain = lines[shown.findIndex((one) => !one.of)]?.values ?? [];
  const gaps = plain.filter((value, i) => value === null && (i === 0 || plain[i - 1] !== null)).length;
  const asTable = tableOnly || tab === 'table';
  const exportPng = () => void chartsAsPng(group, title).then((picture) => picture && saveBlob(`${wanted.statistic}.png`, picture));
  return (
    <Card title={title} class={`statistic statistic-${wanted.statistic}`} actions={
      <>
        {!tableOnly && <Tabs label={title} tabs={[['chart', t('Chart')], ['table', t('Table')]]} current={tab} onPick={setTab} />}
        <Button icon="download" kind="quiet" aria-label={t('{title}, as CSV', { title })} onClick={() => void exportCsv(wanted)}>CSV</Button>
        {!asTable && hasAny && <Button icon="download" kind="quiet" aria-label={t('{title}, as PNG', { title })} onClick={exportPng}>PNG</Button>}
      </>}>
      {error && !data && <ErrorBox problem={error} retry={reload} />}
      {!data && !error && <Skeleton />}
      {data && !hasAny && <Empty icon="empty" title={t('Nothing is known of this time yet')} />}
      {data && hasAny && (asTable
        ? <ValueTable statistics={data} label={title} />
        : <Chart group={group} at={at} lines={lines} height={200} label={t('{title}; the same values stand under Table', { title })} />)}
      {data && remark?.(data) && <p class="small danger-text">{remark(data)}</p>}
      {data && hasAny && !asTable && gaps > 0 && <p class="small muted">{t('{n|gap|gaps}: nothing is known there, so nothing is drawn.', { n: gaps })}</p>}
      <p class="small muted definition">{definition}{note ? ` ${note}` : ''}{data && data.interval !== 'minute' && ` ${zoneText(data.time_zone)}`}</p>
    </Card>
  );
}
function zoneText(zone: string): string {
  return zone === 'local' ? t('Days are those of each location.') : t('Days are those of {zone}.', { zone });
}

// ---- the plots, each with what it means ----

interface Place {
  days: number;
  station?: string | undefined;
  location?: string | undefined;
}

export function EnergyPlot(place: Place) {
  return <StatisticCard title={t('Energy per day')} wanted={{ statistic: 'energy', ...place }}
    definition={t('What registers rose during sessions, cut at local midnight; between two readings evenly. A register that falls was set back, and counts on from there.')}
    shown={[{ column: 'energy_wh', name: t('Energy'), unit: 'kWh', factor: 0.001, color: '--line-2', bars: true }]} />;
}
export function SessionsPlot(place: Place) {
  return <StatisticCard title={t('Sessions per day')} wanted={{ statistic: 'sessions', ...place }}
    definition={t('Sessions that started on that day, and the share of those that ended on it with 0.1 kWh or more. First try: of sessions at whose EVSE none had failed in the 5 minutes before.')}
    shown={[
      { column: 'started', name: t('Started'), unit: '#', color: '--line-1', bars: true, digits: 0 },
      { column: 'success_percent', name: t('Success'), unit: '%', color: '--line-2' },
      { column: 'first_try_percent', name: t('First-try success'), unit: '%', color: '--line-3', dashed: true },
    ]} />;
}
export function StationPowerPlot({ station }: { station: string }) {
  return <StatisticCard title={t('Power, last 24 hours')} wanted={{ statistic: 'power', minutes: 24 * 60, station }}
    definition={t('What its sessions drew at the end of each minute: what each meter had said last, or what its register rose where it says no power. What is older than 20 minutes does not count. Without a session it is 0, as far as the station was connected.')}
    shown={[{ column: 'power_w', name: t('Power'), unit: 'kW', factor: 0.001, color: '--line-1' }]} />;
}
export function PowerPlot({ minutes }: { minutes: number }) {
  return <StatisticCard title={t('Power, last 24 hours')} wanted={{ statistic: 'power', minutes }}
    definition={t('The sum, once a minute, of what running sessions draw: what each meter said last, or what its register rose where it says no power. What is older than 20 minutes does not count.')}
    shown={[{ column: 'power_w', name: t('Power'), unit: 'kW', factor: 0.001, color: '--line-1' }]} />;
}
export function ChurnPlot({ minutes }: { minutes: number }) {
  return <StatisticCard title={t('Connects and disconnects per minute')} wanted={{ statistic: 'churn', minutes }}
    definition={t('Connections of stations that were accepted, and those that ended. A storm is a minute with 20 or more of either, and ten times the usual.')}
    remark={(found) => {
      const storms = found.data.filter((row) => valueOf(found, row, 'storm') === 1).length;
      return storms ? t('{n|minute|minutes} of storm', { n: storms }) : '';
    }}
    shown={[
      { column: 'storm', name: t('Storm'), unit: '#', color: '--bad', bars: true, digits: 0, of: (value) => (value('storm') === 1 ? Math.max(value('connects') ?? 0, value('disconnects') ?? 0) : null) },
      { column: 'connects', name: t('Connects'), unit: '#', color: '--line-2', digits: 0 },
      { column: 'disconnects', name: t('Disconnects'), unit: '#', color: '--line-4', dashed: true, digits: 0 },
    ]} />;
}
export function UtilisationPlot(place: Place) {
  return <StatisticCard title={t('Utilisation')} wanted={{ statistic: 'utilisation', ...place }}
    definition={t('Occupied: time with an open session ÷ time of all connectors that are known now. Delivering: time in which the register rose ÷ time with an open session.')}
    shown={[
      { column: 'occupied_percent', name: t('Occupied'), unit: '%', color: '--line-1' },
      { column: 'delivering_percent', name: t('Delivering'), unit: '%', color: '--line-2', dashed: true },
    ]} />;
}
export function AvailabilityPlot(place: Place) {
  return <StatisticCard title={t('Availability')} wanted={{ statistic: 'availability', ...place }}
    definition={t('Uptime: time that was neither faulted, unavailable nor without a connection ÷ all time that was watched (the formula of NEVI; excluded periods are not taken off). Connected: time with a connection ÷ all of it.')}
    shown={[
      { column: 'uptime_percent', name: t('Uptime'), unit: '%', color: '--line-2', digits: 3 },
      { column: 'connected_percent', name: t('Connected'), unit: '%', color: '--line-1', dashed: true, digits: 3 },
    ]} />;
}
export function FaultsPlot(place: Place) {
  return <StatisticCard title={t('Faults per day')} wanted={{ statistic: 'faults', ...place }}
    definition={t('Times that a connector or a station began to report an error code other than NoError, or the status Faulted.')}
    shown={[{ column: 'count', name: t('Faults'), unit: '#', color: '--line-4', bars: true, digits: 0 }]} />;
}
export function FaultsTable({ group, title, ...place }: Place & { group: string; title: string }) {
  return <StatisticCard title={title} wanted={{ statistic: 'faults', interval: 'total', group, ...place }} shown={[]} tableOnly
    definition={t('The same faults, and the minutes until they were over, as far as the station was connected.')} />;
}
export function LatencyPlot({ days }: { days: number }) {
  return <StatisticCard title={t('Answer times')} wanted={{ statistic: 'latency', days: Math.min(days, 14), interval: 'hour' }}
    definition={t('95 % of the hour’s messages took at most as long. In: from a station’s message reaching us to its answer leaving. Out: from a command leaving to the station’s answer.')}
    shown={[
      { column: 'p95_ms', name: t('In, 95 %'), unit: 'ms', color: '--line-1', group: 'in', digits: 0 },
      { column: 'p95_ms', name: t('Out, 95 %'), unit: 'ms', color: '--line-4', group: 'out', dashed: true, digits: 0 },
    ]} />;
}
export function ConnectionsPlot({ days, ...place }: Place) {
  const short = days <= 14;
  return <StatisticCard title={short ? t('Connects and disconnects per hour') : t('Connects and disconnects per day')}
    wanted={{ statistic: 'connections', days, interval: short ? 'hour' : 'day', ...place }}
    definition={t('Connections of stations that were accepted, and those that ended.')}
    shown={[
      { column: 'connects', name: t('Connects'), unit: '#', color: '--line-2', digits: 0 },
      { column: 'disconnects', name: t('Disconnects'), unit: '#', color: '--line-4', dashed: true, digits: 0 },
    ]} />;
}
