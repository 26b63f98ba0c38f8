// How well the station talks: round trips, errors, and where it leaves the standard.
import { useMemo } from 'preact/hooks';
import { may, type Page as ListPage, stationPath } from '../api';
import { duration, ms } from '../format';
import { now } from '../live';
import { useQuery } from '../query';
import { AvailabilityPlot, ConnectionsPlot, EnergyPlot, FaultsTable, SessionsPlot, UtilisationPlot } from '../statistics';
import type { Command, Message, Schemas, Station } from '../types';
import { Ago, Card, Empty, ErrorBox } from '../ui/basics';
import { SmallTable } from '../ui/table';
import { number, t } from '../words';
import type { TabProps } from './station';

const quantile = (sorted: number[], share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;

function Figure({ label, value, sub }: { label: string; value: string; sub?: string }) {
  return <div class="figure"><span class="tile-label">{label}</span><span class="tile-value">{value}</span><span class="tile-sub">{sub ?? '\u00a0'}</span></div>;
}

function Figures({ station }: { station: Station }) {
  const commands = useQuery<ListPage<Command>>(stationPath(station.id, '/commands?limit=200'), { types: ['command.'], station: station.id });
  const messages = useQuery<ListPage<Message>>(may('messages:read') ? stationPath(station.id, '/messages?limit=500') : null, { types: ['message.'], station: station.id, every: 10_000 });
  const trips = useMemo(
    () => (commands.data?.data ?? []).map((one) => one.timing.rtt_ms).filter((each): each is number => each !== null).sort((a, b) => a - b), [commands.data]);
  const list = messages.data?.data ?? [];
  const newest = list[0];
  const oldest = list.at(-1);
  const minutes = newest && oldest ? (Date.parse(newest.at) - Date.parse(oldest.at)) / 60_000 : 0;
  const errors = list.filter((one) => one.error_code).length;
  const drift = newest ? clockDrift(list) : null;
  return (
    <div class="tiles">
      <Figure label={t('Connected for')} value={station.connectivity === 'online' ? duration(station.connection?.connected_at, new Date(now.value).toISOString()) : '–'} />
      <Figure label={t('Round trip, median')} value={ms(quantile(trips, 0.5))} sub={t('of {n|command|commands}', { n: trips.length })} />
      <Figure label={t('Round trip, 95 %')} value={ms(quantile(trips, 0.95))} />
      <Figure label={t('Messages a minute')} value={minutes >= 1 ? number(list.length / minutes, 1) : '–'} sub={t('of the last {n}', { n: list.length })} />
      <Figure label={t('Errors')} value={number(errors)} sub={t('of the last {n}', { n: list.length })} />
      <Figure label={t('Its clock')} value={drift === null ? '–' : `${drift > 0 ? '+' : ''}${number(drift)} s`} sub={t('against ours')} />
    </div>
  );
}
// By its newest message that says a time: StatusNotification says when, not long before it is sent.
function clockDrift(list: Message[]): number | null {
  for (const one of list) {
    if (one.direction !== 'in' || one.action !== 'StatusNotification' || one.message_type !== 'CALL' || !one.frame) continue;
    try {
      const said = (JSON.parse(one.frame) as [number, string, string, { timestamp?: string }])[3].timestamp;
      if (said) return Math.round((Date.parse(said) - Date.parse(one.at)) / 1000) || 0;
    } catch {
      continue;
    }
  }
  return null;
}

export function StationMetrics({ station }: TabProps) {
  const quirks = useQuery<ListPage<Schemas['Quirk']>>(stationPath(station.id, '/quirks?limit=200'), { types: ['station.'], station: station.id });
  return (
    <>
      <Figures station={station} />
      <div class="halves plots">
        <EnergyPlot days={30} station={station.id} />
        <SessionsPlot days={30} station={station.id} />
        <UtilisationPlot days={30} station={station.id} />
        <AvailabilityPlot days={30} station={station.id} />
        <ConnectionsPlot days={7} station={station.id} />
        <FaultsTable days={30} station={station.id} group="error_code" title={t('Faults by error code')} />
      </div>
      <Card title={t('Where it leaves the standard')}>
        {quirks.error && !quirks.data && <ErrorBox problem={quirks.error} retry={quirks.reload} />}
        {quirks.data?.data.length === 0 && <Empty icon="check" title={t('Nowhere, as far as is known')} />}
        {(quirks.data?.data.length ?? 0) > 0 && (
          <SmallTable label={t('Where it leaves the standard')} items={quirks.data?.data ?? []} id={(one) => one.quirk} columns={[
            { name: t('What'), cell: (one) => <code>{one.quirk}</code> },
            { name: t('Times'), cell: (one) => number(one.count), right: true },
            { name: t('Action'), cell: (one) => one.action },
            { name: t('Where'), cell: (one) => one.path && <code>{one.path}</code> },
            { name: t('First'), cell: (one) => <Ago at={one.first_at} /> },
            { name: t('Last'), cell: (one) => <Ago at={one.last_at} /> },
          ]} />
        )}
      </Card>
    </>
  );
}
