// Times, energies and durations as people read them; null where there is nothing to say.
import { signal } from '@preact/signals';
import { language, number, t } from './words';

export const dash = '–';

const two = (n: number) => String(n).padStart(2, '0');

// Whose clock times are read by: the browser's, unless the person wants UTC.
export type Zone = 'local' | 'utc';
const storageName = 'ohm.zone';
export const zone = signal<Zone>(localStorage.getItem(storageName) === 'utc' ? 'utc' : 'local');
export function setZone(wanted: Zone): void {
  zone.value = wanted;
  localStorage.setItem(storageName, wanted);
}

// Date and clock of a moment, down to the second.
function parts(at: Date, by: Zone): [string, string] {
  if (by === 'utc') return [at.toISOString().slice(0, 10), at.toISOString().slice(11, 19)];
  return [`${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`, `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`];
}
// Today without the date.
export function time(iso: string | null | undefined, full = false): string {
  if (!iso) return dash;
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const [date, clock] = parts(at, zone.value);
  const isToday = date === parts(new Date(), zone.value)[0];
  return isToday && !full ? clock : `${date} ${clock}`;
}
export function timeWithMs(iso: string): string {
  const at = new Date(iso);
  return `${time(iso)}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}
// What the pointer shows: the same moment by the other clock.
export function byOtherClock(iso: string): string {
  const at = new Date(iso);
  if (zone.value === 'local' || Number.isNaN(at.getTime())) return `${iso.replace('T', ' ').replace('Z', '')} UTC`;
  return `${parts(at, 'local').join(' ')} ${t('here')}`;
}

export function ago(iso: string | null | undefined, now = Date.now()): string {
  if (!iso) return dash;
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  if (seconds < 5) return t('now');
  const format = new Intl.RelativeTimeFormat(language.value, { style: 'narrow' });
  if (seconds < 60) return format.format(-seconds, 'second');
  if (seconds < 3600) return format.format(-Math.round(seconds / 60), 'minute');
  if (seconds < 48 * 3600) return format.format(-Math.round(seconds / 3600), 'hour');
  return format.format(-Math.round(seconds / 86400), 'day');
}

export function duration(from: string | null | undefined, to: string | null | undefined): string {
  if (!from) return dash;
  const seconds = Math.max(0, Math.round(((to ? Date.parse(to) : Date.now()) - Date.parse(from)) / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (hours) return `${hours}:${two(minutes)} h`;
  return minutes ? `${minutes}:${two(seconds % 60)} min` : `${seconds} s`;
}

export function energy(wh: number | null | undefined): string {
  if (wh === null || wh === undefined) return dash;
  return Math.abs(wh) < 1000 ? `${number(wh, 1)} Wh` : `${number(wh / 1000, 2)} kWh`;
}
export function power(w: number | null | undefined): string {
  if (w === null || w === undefined) return dash;
  return Math.abs(w) < 1000 ? `${number(w)} W` : `${number(w / 1000, 1)} kW`;
}
export function bytes(count: number | null | undefined): string {
  if (count === null || count === undefined) return dash;
  if (count < 1024) return `${count} B`;
  if (count < 1024 * 1024) return `${number(count / 1024, 1)} KiB`;
  return `${number(count / 1024 / 1024, 1)} MiB`;
}
export function ms(count: number | null | undefined): string {
  if (count === null || count === undefined) return dash;
  return count < 1000 ? `${number(count)} ms` : `${number(count / 1000, 1)} s`;
}
