// Meter values as lines over time. Nothing is made up: where samples are missing there is a gap, and
// what is computed from another register says so.
import type { MeterValue } from './types';

type Sample = MeterValue['samples'][number];

// The total over phases: the sample that names none, else the sum of L1 to L3.
function total(samples: Sample[], measurand: string): number | null {
  const own = samples.filter((one) => one.measurand === measurand && one.value !== null && (one.location === null || one.location === 'Outlet'));
  const whole = own.find((one) => one.phase === null);
  if (whole) return whole.value as number;
  const phases = own.filter((one) => /^L[123](-N)?$/.test(one.phase ?? ''));
  return phases.length === 0 ? null : phases.reduce((sum, one) => sum + (one.value as number), 0);
}

const register = 'Energy.Active.Import.Register';
const powerName = 'Power.Active.Import';

export interface Latest {
  power_w: number | null;
  soc: number | null;
  at: string | null;
}
export function latest(values: MeterValue[]): Latest {
  const newest = [...values].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  const first = <T>(pick: (value: MeterValue) => T | null): T | null => {
    for (const value of newest) {
      const found = pick(value);
      if (found !== null) return found;
    }
    return null;
  };
  return {
    power_w: first((value) => total(value.samples, powerName)) ?? derivedPower(newest),
    soc: first((value) => total(value.samples, 'SoC')),
    at: newest[0]?.at ?? null,
  };
}
function derivedPower(newestFirst: MeterValue[]): number | null {
  const [last, before] = newestFirst.filter((value) => total(value.samples, register) !== null);
  if (!last || !before) return null;
  const hours = (Date.parse(last.at) - Date.parse(before.at)) / 3_600_000;
  const wh = (total(last.samples, register) as number) - (total(before.samples, register) as number);
  return hours > 0 && wh >= 0 ? wh / hours : null;
}

export interface Lines {
  at: number[]; // seconds
  power_kw: (number | null)[];
  derived: boolean; // power is made of the register
  holes: number; // of time without a sample
  energy_kwh: (number | null)[];
  soc: (number | null)[];
  current_a: (number | null)[];
  voltage_v: (number | null)[];
}

export function linesOf(values: MeterValue[]): Lines {
  const sorted = [...values].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const merged = new Map<number, Sample[]>();
  for (const value of sorted) {
    const at = Date.parse(value.at) / 1000;
    merged.set(at, [...(merged.get(at) ?? []), ...value.samples]);
  }
  const times = [...merged.keys()];
  const pick = (measurand: string) => times.map((at) => total(merged.get(at) ?? [], measurand));
  const registers = pick(register);
  const start = registers.find((one) => one !== null) ?? 0;
  const said = pick(powerName);
  const derived = said.every((one) => one === null);
  const lines: Lines = {
    at: times,
    power_kw: (derived ? slopes(times, registers) : said).map((w) => (w === null ? null : w / 1000)),
    derived,
    holes: 0,
    energy_kwh: registers.map((wh) => (wh === null ? null : (wh - (start as number)) / 1000)),
    soc: pick('SoC'),
    current_a: pick('Current.Import'),
    voltage_v: mean(times, merged),
  };
  return withGaps(lines);
}
function slopes(times: number[], wh: (number | null)[]): (number | null)[] {
  let before = -1;
  return times.map((at, i) => {
    const here = wh[i] ?? null;
    if (here === null) return null;
    const last = before;
    before = i;
    if (last < 0) return null;
    const delta = here - (wh[last] as number);
    const seconds = at - (times[last] as number);
    return delta >= 0 && seconds > 0 ? (delta * 3600) / seconds : null;
  });
}
function mean(times: number[], merged: Map<number, Sample[]>): (number | null)[] {
  return times.map((at) => {
    const found = (merged.get(at) ?? []).filter((one) => one.measurand === 'Voltage' && one.value !== null);
    return found.length === 0 ? null : found.reduce((sum, one) => sum + (one.value as number), 0) / found.length;
  });
}
// Three times the usual distance without a sample is a gap: a point without values breaks the line.
function withGaps(lines: Lines): Lines {
  const distances = lines.at.slice(1).map((at, i) => at - (lines.at[i] as number)).sort((a, b) => a - b);
  const usual = distances[Math.floor(distances.length / 2)] ?? 0;
  const gap = Math.max(usual * 3, 5);
  const holes: number[] = [];
  for (let i = 1; i < lines.at.length; ++i) if ((lines.at[i] as number) - (lines.at[i - 1] as number) > gap) holes.push(i);
  if (holes.length === 0) return lines;
  const widen = (list: (number | null)[], filler: (i: number) => number | null) =>
    list.flatMap((value, i) => (holes.includes(i) ? [filler(i), value] : [value]));
  return {
    at: widen(lines.at, (i) => (lines.at[i - 1] as number) + gap) as number[],
    derived: lines.derived,
    holes: holes.length,
    power_kw: widen(lines.power_kw, () => null),
    energy_kwh: widen(lines.energy_kwh, () => null),
    soc: widen(lines.soc, () => null),
    current_a: widen(lines.current_a, () => null),
    voltage_v: widen(lines.voltage_v, () => null),
  };
}
