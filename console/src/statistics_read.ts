// Statistics as the api answers them: what is asked for, and a value of an answer. Without plots, so
// that a page may read them before those are fetched.
import { query } from './api';
import { type Query, useQuery } from './query';
import type { Schemas } from './types';

export type Statistics = Schemas['Statistics'];
export type Row = Statistics['data'][number];

const minuteMs = 60_000;

export interface Wanted {
  statistic: string;
  days?: number;
  minutes?: number; // in place of days: counted by the minute
  interval?: 'day' | 'hour' | 'total';
  station?: string | undefined;
  location?: string | undefined;
  group?: string;
}
// The same view asks the same for an hour.
export function addressOf({ statistic, days = 1, minutes, interval = 'day', station, location, group }: Wanted): string {
  const hour = 3_600_000;
  if (minutes !== undefined)
    return query(`/api/v1/statistics/${statistic}`, { from: new Date(Math.floor(Date.now() / hour) * hour - minutes * minuteMs).toISOString(), station_id: station });
  const from = Math.floor(Date.now() / hour) * hour - (interval === 'hour' ? days * 24 - 1 : (days - 1) * 24) * hour;
  return query(`/api/v1/statistics/${statistic}`, {
    from: new Date(from).toISOString(), interval, station_id: station, location_id: location, group_by: group,
  });
}
// They are counted behind events, in steps of seconds: a look a minute, however much happens.
export function useStatistics(wanted: Wanted | null, every = minuteMs): Query<Statistics> {
  return useQuery<Statistics>(wanted && addressOf(wanted), { every });
}

export function valueOf(statistics: Statistics, row: Row | undefined, column: string): number | null {
  const at = statistics.columns.findIndex((one) => one.name === column);
  const value = row?.values[at];
  return value === undefined || value === null ? null : (value as number);
}
