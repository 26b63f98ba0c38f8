// Lines over time. Zoomed by dragging, a double click shows all; every chart stands above a table of
// the same values for who cannot see it.
import { useEffect, useReducer, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { zone } from './format';
import { theme } from './ui/theme';
import { language, number, t } from './words';

export interface Line {
  name: string;
  unit: string;
  values: (number | null)[];
  color: string; // a custom property: '--line-1'
  dashed?: boolean;
  fills?: boolean;
  bars?: boolean;
  digits?: number;
}

// A property as a colour that a canvas understands, in the theme of now.
function property(name: string, alpha = 1): string {
  const probe = document.createElement('i');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return alpha === 1 ? color : color.replace('rgb(', 'rgba(').replace(')', `, ${alpha})`);
}

function optionsOf(lines: Line[], width: number, height: number, group: string): uPlot.Options {
  const units = [...new Set(lines.map((line) => line.unit))];
  const axis = { stroke: property('--muted'), grid: { stroke: property('--line'), width: 1 }, ticks: { stroke: property('--line'), width: 1 }, font: '11px system-ui' };
  return {
    width,
    height,
    ms: 1e-3,
    // As wide as one with an axis on the right, so that charts one below the other share their times.
    padding: [8, units.length > 1 ? 8 : 68, 0, 0],
    cursor: { sync: { key: group }, drag: { x: true, y: false }, points: { size: 7 } },
    legend: { live: true },
    scales: { x: { time: true }, ...Object.fromEntries(units.map((unit) => [unit, unit === '%' ? { range: [0, 100] as [number, number] } : { range: unit === 'V' ? aroundThem : fromZero }])) },
    series: [
      { label: t('Time'), value: (_, at) => (at === null ? '–' : new Date(at * 1000).toLocaleString(language.value, zoned())) },
      ...lines.map((line) => ({
        label: `${line.name} (${line.unit})`,
        scale: line.unit,
        stroke: property(line.color),
        width: 1.75,
        spanGaps: false,
        points: { show: line.values.length < 40, size: 5 },
        ...(line.dashed ? { dash: [6, 4] } : {}),
        ...(line.fills ? { fill: property(line.color, 0.12) } : {}),
        ...(line.bars && bars ? { paths: bars, fill: property(line.color, 0.55), points: { show: false } } : {}),
        value: (_: uPlot, value: number | null) => (value === null || value === undefined ? '–' : `${number(value, line.digits ?? 2)} ${line.unit}`),
      })),
    ],
    axes: [
      { ...axis, values: clock, size: 34 },
      ...units.map((unit, i) => ({ ...axis, scale: unit, side: i === 0 ? 3 : 1, size: 60, grid: { ...axis.grid, show: i === 0 }, values: (_: uPlot, ticks: number[]) => ticks.map((tick) => `${number(tick, 2)} ${unit}`) })),
    ],
  };
}
const aroundThem = (_: uPlot, least: number | null, most: number | null): [number, number] => {
  const low = least ?? 0;
  const high = most ?? 1;
  const margin = Math.abs(high - low) * 0.1 + 0.5;
  return [low - margin, high + margin];
};
const fromZero = (plot: uPlot, least: number | null, most: number | null): [number, number] =>
  (least ?? 0) < 0 ? aroundThem(plot, least, most) : [0, (most ?? 1) * 1.08 || 1];
const bars = uPlot.paths.bars?.({ size: [0.7, 40] });
const zoned = () => (zone.value === 'utc' ? { timeZone: 'UTC' } : {});
const clock = (_: uPlot, ticks: number[]) => {
  const span = (ticks.at(-1) ?? 0) - (ticks[0] ?? 0);
  if (span > 40 * 3600)
    return ticks.map((tick) => new Date(tick * 1000).toLocaleDateString(language.value, { day: 'numeric', month: 'short', ...zoned() }));
  return ticks.map((tick) =>
    new Date(tick * 1000).toLocaleTimeString(language.value, { hour: '2-digit', minute: '2-digit', hour12: false, ...zoned(), ...(span < 600 ? { second: '2-digit' } : {}) }));
};

// ---- as a picture ----

const shown = new Map<HTMLElement, { group: string; lines: Line[]; plot: uPlot }>();

// The charts of a group one below the other, each under the names of its lines, in the theme of now.
export async function chartsAsPng(group: string, title: string): Promise<Blob | null> {
  const charts = [...shown].filter(([, one]) => one.group === group)
    .sort(([a], [b]) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1)).map(([, one]) => one);
  const scale = window.devicePixelRatio || 1;
  const row = 24 * scale;
  const canvases = charts.map((one) => one.plot.ctx.canvas);
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, ...canvases.map((one) => one.width));
  canvas.height = row * (1 + charts.length) + canvases.reduce((sum, one) => sum + one.height, 0);
  const pen = canvas.getContext('2d') as CanvasRenderingContext2D;
  pen.fillStyle = property('--panel');
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.textBaseline = 'middle';
  const write = (text: string, x: number, y: number, weight: number) => {
    pen.font = `${weight} ${12 * scale}px system-ui, sans-serif`;
    pen.fillText(text, x, y);
    return x + pen.measureText(text).width;
  };
  pen.fillStyle = property('--text');
  write(title, 12 * scale, row / 2, 600);
  let y = row;
  charts.forEach((one, i) => {
    let x = 12 * scale;
    for (const line of one.lines) {
      pen.fillStyle = property(line.color);
      pen.fillRect(x, y + row / 2 - 2 * scale, 14 * scale, 4 * scale);
      pen.fillStyle = property('--text');
      x = write(`${line.name} (${line.unit})`, x + 20 * scale, y + row / 2, 400) + 24 * scale;
    }
    const drawn = canvases[i] as HTMLCanvasElement;
    pen.drawImage(drawn, 0, y + row);
    y += row + drawn.height;
  });
  return new Promise((done) => canvas.toBlob(done, 'image/png'));
}

export function Chart({ at, lines, label, group, height = 220 }: { at: number[]; lines: Line[]; label: string; group: string; height?: number }) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [turns, turn] = useReducer((n: number) => n + 1, 0);
  // The system went from light to dark: a canvas keeps the colours that it was drawn with.
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const onChange = () => turn(0);
    dark.addEventListener('change', onChange);
    return () => dark.removeEventListener('change', onChange);
  }, []);
  const shape = `${lines.map((line) => line.name + line.dashed).join()} ${theme.value} ${language.value} ${zone.value} ${turns}`;
  useEffect(() => {
    const box = frame.current as HTMLDivElement;
    const made = (plot.current = new uPlot(optionsOf(lines, box.clientWidth, height, group), [at, ...lines.map((line) => line.values)] as uPlot.AlignedData, box));
    const watcher = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height }));
    watcher.observe(box);
    shown.set(box, { group, lines, plot: made });
    return () => {
      shown.delete(box);
      watcher.disconnect();
      made.destroy();
    };
  }, [shape]);
  useEffect(() => {
    const { min, max } = plot.current?.scales.x ?? {};
    const before = plot.current?.data[0];
    const zoomed = before && min !== undefined && max !== undefined && min !== null && max !== null && (min > (before[0] as number) || max < (before.at(-1) as number));
    plot.current?.setData([at, ...lines.map((line) => line.values)] as uPlot.AlignedData, !zoomed);
  }, [at.length, at.at(-1), lines.map((line) => line.values.at(-1)).join()]);
  return <div class="chart" ref={frame} role="img" aria-label={label} />;
}
