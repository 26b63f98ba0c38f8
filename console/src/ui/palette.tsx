// Ctrl-K: to any station, page or action by a few letters.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { get, may, mayRaw, type Page, query } from '../api';
import { paletteOpen } from '../keys';
import { go, path } from '../router';
import type { Station } from '../types';
import { t } from '../words';
import { Icon, type IconName } from './icons';
import { setTheme } from './theme';

interface Entry {
  id: string;
  text: string;
  hint: string;
  icon: IconName;
  run: () => void;
}

const page = (text: string, icon: IconName, ...parts: string[]): Entry => ({
  id: `page-${parts.join('-')}`,
  text,
  icon,
  hint: t('Page'),
  run: () => go(path(...parts)),
});
const allowed = (scope: string, entry: Entry): Entry[] => (may(scope) ? [entry] : []);
const actions = (): Entry[] => [
  page(t('Overview'), 'overview'),
  page(t('Stations'), 'station', 'stations'),
  ...allowed('stations:write', page(t('Add station'), 'plus', 'stations', 'new')),
  ...allowed('locations:read', page(t('Locations'), 'station', 'locations')),
  page(t('Connection attempts'), 'attempts', 'attempts'),
  page(t('Sessions'), 'session', 'sessions'),
  ...allowed('tokens:read', page(t('Tokens'), 'token', 'tokens')),
  ...allowed('tokens:read', page(t('Decisions'), 'token', 'decisions')),
  page(t('Commands'), 'command', 'commands'),
  page(t('Batches'), 'command', 'batches'),
  page(t('Alerts'), 'warning', 'alerts'),
  page(t('Rules of alerts'), 'warning', 'alert-rules'),
  page(t('Statistics'), 'chart', 'statistics'),
  page(t('Messages'), 'messages', 'messages'),
  page(t('Workers'), 'worker', 'workers'),
  ...allowed('users:read', page(t('Operators'), 'lock', 'users')),
  ...allowed('users:read', page(t('Roles'), 'lock', 'roles')),
  ...allowed('api-keys:read', page(t('API keys'), 'lock', 'api-keys')),
  ...allowed('webhooks:read', page(t('Webhooks'), 'lock', 'webhooks')),
  ...allowed('audit:read', page(t('Audit'), 'lock', 'audit')),
  ...allowed('settings:read', page(t('Settings'), 'lock', 'settings')),
  { id: 'dark', text: t('Dark theme'), hint: t('Action'), icon: 'moon', run: () => setTheme('dark') },
  { id: 'light', text: t('Light theme'), hint: t('Action'), icon: 'sun', run: () => setTheme('light') },
];
const ofStation = (station: Station): Entry[] => [
  { id: `s-${station.id}`, text: station.id, hint: station.name ?? [station.vendor, station.model].filter(Boolean).join(' '), icon: 'station', run: () => go(path('stations', station.id)) },
];
const partsOfStation = (station: Station): Entry[] =>
  (
    [
      [t('Messages'), 'messages', 'messages'],
      [t('Commands'), 'command', 'commands'],
      [t('Configuration'), 'edit', 'configuration'],
      [t('OCPP console'), 'command', 'raw'],
    ] as [string, IconName, string][]
  ).filter(([, , tab]) => (tab === 'raw' ? mayRaw() : tab !== 'messages' || may('messages:read'))).map(([text, icon, tab]) => ({
    id: `s-${station.id}-${tab}`,
    text: `${station.id} · ${text}`,
    hint: t('Station'),
    icon,
    run: () => go(path('stations', station.id, tab)),
  }));

function useStations(text: string): Station[] {
  const [found, setFound] = useState<Station[]>([]);
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      get<Page<Station>>(query('/api/v1/stations', { q: text, limit: 8 }), stop.signal)
        .then((list) => setFound(list.data))
        .catch(() => {});
    }, 120);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text]);
  return found;
}

export function Palette() {
  const frame = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const stations = useStations(text.trim());
  const close = () => (paletteOpen.value = false);
  useEffect(() => frame.current?.showModal(), []);
  const entries = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    const pages = actions().filter((entry) => entry.text.toLowerCase().includes(wanted));
    const exact = stations.length > 0 && stations.length <= 2 ? stations.flatMap(partsOfStation) : [];
    const found = [...stations.flatMap(ofStation), ...exact];
    return wanted ? [...found, ...pages].slice(0, 14) : [...pages, ...found].slice(0, 14);
  }, [text, stations]);
  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    close();
    entry.run();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(entries.length - 1, at + 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(0, at - 1));
    else if (event.key === 'Enter') run(entries[at]);
    else return;
    event.preventDefault();
  };
  return (
    <dialog ref={frame} class="palette" aria-label={t('Go to anything')}
      onCancel={(event) => { event.preventDefault(); close(); }}
      onClick={(event) => { if (event.target === frame.current) close(); }}>
      <div class="palette-field">
        <Icon name="search" />
        <input autoFocus value={text} placeholder={t('Station, page or action')} role="combobox" aria-expanded="true"
          aria-controls="palette-list" aria-label={t('Station, page or action')}
          aria-activedescendant={entries[at] ? `palette-${at}` : undefined}
          onKeyDown={onKey}
          onInput={(event) => { setText(event.currentTarget.value); setAt(0); }} />
      </div>
      <div id="palette-list" role="listbox" aria-label={t('Results')}>
        {entries.map((entry, index) => (
          <div role="option" id={`palette-${index}`} key={entry.id} aria-selected={index === at}
            onPointerMove={() => setAt(index)} onClick={() => run(entry)}>
            <Icon name={entry.icon} />
            <span class="grow clip">{entry.text}</span>
            <span class="small muted clip">{entry.hint}</span>
          </div>
        ))}
        {entries.length === 0 && <div role="option" aria-selected="false" class="muted">{t('Nothing is called so')}</div>}
      </div>
    </dialog>
  );
}
