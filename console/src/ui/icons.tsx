// Icons as strokes on a 16 × 16 field.
const strokes = {
  dot: 'M8 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8z',
  bolt: 'M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z',
  plug: 'M6 1.5v3M10 1.5v3M4 4.5h8v3a4 4 0 0 1-8 0zM8 11.5v3',
  pause: 'M5.5 4v8M10.5 4v8',
  clock: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 4.8V8l2.3 1.6',
  ban: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2zM4 4l8 8',
  warning: 'M8 2 1.5 13.5h13zM8 6.3v3.4M8 11.4v.3',
  check: 'M2.8 8.6 6.2 12l7-7.6',
  copy: 'M5.5 5.5h7v8h-7zM3.5 10.5v-8h7',
  close: 'm4 4 8 8M12 4l-8 8',
  refresh: 'M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3',
  empty: 'M2 9.5 4.2 3h7.6L14 9.5V13H2zM2 9.5h3.5L6.5 11h3l1-1.5H14',
  overview: 'M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z',
  station: 'M3.5 14V3.2c0-.7.5-1.2 1.2-1.2h4.1c.7 0 1.2.5 1.2 1.2V14M2 14h9.5M5.5 5h2.6M10 8h1.2c.7 0 1 .4 1 1v2.2a1 1 0 0 0 2 0V6l-1.8-1.8',
  session: 'M1.5 8h3l2-5 3 10 2-5h3',
  token: 'M2 4h12v8.5H2zM4.5 7h3M4.5 9.5h5',
  command: 'M2.5 3h11v10h-11zM5 6.3 7 8l-2 1.7M8.5 10.2H11',
  attempts: 'M8 1.8v7M5.2 6.3 8 9.1l2.8-2.8M2.5 11v3h11v-3',
  messages: 'M2 3h9v6H6l-2.5 2V9H2zM13 6.5h1V12h-1.5v2L10 12H7.5',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.4 10.4l3.3 3.3',
  plus: 'M8 3v10M3 8h10',
  sun: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8 1.2v1.6M8 13.2v1.6M1.2 8h1.6M13.2 8h1.6M3.2 3.2l1.1 1.1M11.7 11.7l1.1 1.1M12.8 3.2l-1.1 1.1M4.3 11.7l-1.1 1.1',
  moon: 'M13 9.8A5.6 5.6 0 0 1 6.2 3a5.6 5.6 0 1 0 6.8 6.8z',
  system: 'M2 3h12v8H2zM6 13.8h4',
  help: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM6.2 6.4c0-1 .8-1.7 1.8-1.7s1.8.7 1.8 1.6c0 1.3-1.8 1.4-1.8 2.6M8 11v.3',
  out: 'M6.5 2.5h-4v11h4M6 8h7.5M10.7 5l3 3-3 3',
  chart: 'M2.5 2v11.5H14M5 11V8M8 11V4.5M11 11V6.5',
  worker: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5v.1M5 11v.1',
  in: 'M13.5 8h-10M6.5 5l-3 3 3 3',
  play: 'M5 3v10l8-5z',
  stop: 'M4 4h8v8H4z',
  lock: 'M4 7.2h8V14H4zM5.7 7.2V5a2.3 2.3 0 0 1 4.6 0',
  menu: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  download: 'M8 2v8M5 7.3l3 3 3-3M3 13.5h10',
  down: 'm4 6.2 4 4 4-4',
  right: 'm6.2 4 4 4-4 4',
  edit: 'M3 13l.6-2.8L10.8 3 13 5.2 5.8 12.4z',
  trash: 'M3 4.5h10M6.3 4.5V2.8h3.4v1.7M4.3 4.5l.6 9h6.2l.6-9',
  qr: 'M2.5 2.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 9.5h4v4h-4zM9.5 9.5h1.5v1.5M13.5 9.5v.1M13.5 12v1.5H12M9.5 13.5v.1',
  columns: 'M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10',
  print: 'M4.5 6V2.2h7V6M4.5 11.5H2.2V6h11.6v5.5h-2.3M4.5 9.5h7v4.3h-7z',
  globe: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM2.2 8h11.6M8 2c-3.5 3.6-3.5 8.4 0 12M8 2c3.5 3.6 3.5 8.4 0 12',
} as const;
export type IconName = keyof typeof strokes;

const filled = new Set<IconName>(['dot', 'bolt', 'play', 'stop']);

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon ${filled.has(name) ? 'filled' : ''}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={strokes[name]} />
    </svg>
  );
}
