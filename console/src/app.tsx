// The frame around every page: rail, top bar, banner, dialogs; and which page an address names.
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get, isSignedIn, may, me, reachable, signOut } from './api';
import { helpOpen, paletteOpen } from './keys';
import { endLive, liveState, startLive } from './live';
import { Overview } from './pages/overview';
import { askAboutLink, OwnPassword, SignIn } from './pages/sign_in';
import { StationPage } from './pages/station';
import { StationNew } from './pages/station_new';
import { Stations } from './pages/stations';
import { Followed } from './commands';
import { forgetAll, useQuery } from './query';
import { path, segments } from './router';
import type { Schemas } from './types';
import { Button, Confirmation, Empty, Page, Skeleton, Toasts } from './ui/basics';
import { Help } from './ui/help';
import { Icon, type IconName } from './ui/icons';
import { Palette } from './ui/palette';
import { setTheme, theme } from './ui/theme';
import { language, languages, setLanguage, t, type Language } from './words';

// Pages that are fetched when they are first wanted.
function later(load: () => Promise<ComponentType>): ComponentType {
  let loaded: ComponentType | null = null;
  return function Later() {
    const [, draw] = useState(0);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (!loaded)
        load().then((page) => {
          loaded = page;
          draw(1);
        }).catch(() => setFailed(true));
    }, []);
    const Loaded = loaded;
    if (failed)
      return (
        <Page title={t('This page could not be loaded')}>
          <Empty title={t('The program was perhaps renewed meanwhile')}>
            <Button icon="refresh" onClick={() => location.reload()}>{t('Load again')}</Button>
          </Empty>
        </Page>
      );
    return Loaded ? <Loaded /> : <Page title={' '}><Skeleton /></Page>;
  };
}
const pages: Record<string, ComponentType> = {
  '': Overview,
  stations: Stations,
  'stations/new': StationNew,
  'stations/import': later(() => import('./pages/station_import').then((one) => one.StationImport)),
  'stations/*': StationPage,
  'qr-sheet': later(() => import('./pages/qr_sheet').then((one) => one.QrSheet)),
  attempts: later(() => import('./pages/attempts').then((one) => one.Attempts)),
  sessions: later(() => import('./pages/sessions').then((one) => one.Sessions)),
  'sessions/*': later(() => import('./pages/session').then((one) => one.SessionPage)),
  'orphan-stops': later(() => import('./pages/sessions').then((one) => one.OrphanStops)),
  tokens: later(() => import('./pages/tokens').then((one) => one.Tokens)),
  'tokens/*': later(() => import('./pages/tokens').then((one) => one.TokenPage)),
  'token-import': later(() => import('./pages/token_import').then((one) => one.TokenImport)),
  decisions: later(() => import('./pages/tokens').then((one) => one.Decisions)),
  'unknown-tokens': later(() => import('./pages/tokens').then((one) => one.UnknownTokens)),
  commands: later(() => import('./pages/commands').then((one) => one.Commands)),
  'commands/*': later(() => import('./pages/commands').then((one) => one.CommandPage)),
  batches: later(() => import('./pages/batches').then((one) => one.Batches)),
  'batches/*': later(() => import('./pages/batches').then((one) => one.BatchPage)),
  raw: later(() => import('./pages/raw_many').then((one) => one.RawMany)),
  alerts: later(() => import('./pages/alerts').then((one) => one.Alerts)),
  'alert-rules': later(() => import('./pages/alerts').then((one) => one.AlertRules)),
  statistics: later(() => import('./pages/statistics').then((one) => one.StatisticsPage)),
  messages: later(() => import('./pages/messages').then((one) => one.FleetMessages)),
  workers: later(() => import('./pages/workers').then((one) => one.Workers)),
  users: later(() => import('./pages/people').then((one) => one.Users)),
  'api-keys': later(() => import('./pages/people').then((one) => one.ApiKeys)),
  webhooks: later(() => import('./pages/webhooks').then((one) => one.Webhooks)),
  locations: later(() => import('./pages/locations').then((one) => one.Locations)),
  roles: later(() => import('./pages/roles').then((one) => one.Roles)),
  audit: later(() => import('./pages/audit').then((one) => one.Audit)),
  settings: later(() => import('./pages/settings').then((one) => one.SettingsPage)),
};

function Current() {
  const [first = '', second] = segments.value;
  const named = second === undefined ? first : `${first}/${second}`;
  const Shown = pages[named] ?? (second === undefined ? undefined : pages[`${first}/*`]);
  if (Shown) return <Shown key={`${first}/${second ?? ''}`} />;
  return (
    <Page title={t('There is no such page')}>
      <Empty title={t('Nothing is at this address')}>
        <a href={path()}>{t('To the overview')}</a>
      </Empty>
    </Page>
  );
}

// ---- frame ----

const rail = (): [string, string, IconName][] =>
  ([
    ['', t('Overview'), 'overview', ''],
    ['stations', t('Stations'), 'station', 'stations:read'],
    ['sessions', t('Sessions'), 'session', 'transactions:read'],
    ['tokens', t('Tokens'), 'token', 'tokens:read'],
    ['commands', t('Commands'), 'command', 'commands:read'],
    ['messages', t('Messages'), 'messages', 'messages:read'],
    ['attempts', t('Attempts'), 'attempts', 'stations:read'],
    ['alerts', t('Alerts'), 'warning', 'alerts:read'],
    ['statistics', t('Statistics'), 'chart', 'stations:read'],
    ['workers', t('Workers'), 'worker', 'workers:read'],
    [may('users:read') ? 'users' : may('api-keys:read') ? 'api-keys' : 'audit', t('Admin'), 'lock',
      may('users:read') ? 'users:read' : may('api-keys:read') ? 'api-keys:read' : 'audit:read'],
  ] as [string, string, IconName, string][])
    .filter(([, , , scope]) => !scope || may(scope))
    .map(([to, text, icon]) => [to, text, icon]);
const railOf: Record<string, string> = {
  'unknown-tokens': 'tokens',
  'token-import': 'tokens',
  decisions: 'tokens',
  batches: 'commands',
  raw: 'commands',
  'orphan-stops': 'sessions',
  'qr-sheet': 'stations',
  locations: 'stations',
  'alert-rules': 'alerts',
};

function AlertBadge() {
  const asked = useQuery<Schemas['AlertCounts']>(may('alerts:read') ? '/api/v1/alerts/counts' : null, { types: ['alert.'] });
  const counts = asked.data;
  if (!counts?.open) return null;
  return <b role="img" class={`badge ${counts.critical ? 'bad' : ''}`} aria-label={t('{n|open alert|open alerts}', { n: counts.open })}>{counts.open}</b>;
}

function Rail() {
  const first = segments.value[0] ?? '';
  const isAdmin = ['users', 'roles', 'api-keys', 'webhooks', 'audit', 'settings'].includes(first);
  const current = isAdmin ? rail().at(-1)?.[0] : railOf[first] ?? first;
  return (
    <nav class="rail" aria-label={t('Main')}>
      <a class="brand" href={path()} aria-label={t('Ohmstead, overview')}>
        <svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7" /><path d="M17.5 5 8 18h6.5L13 27l11-14h-7z" /></svg>
        <span>Ohmstead</span>
      </a>
      {rail().map(([to, text, icon]) => (
        <a key={to} href={to ? path(to) : path()} aria-current={to === current ? 'page' : undefined} title={text}>
          <Icon name={icon} />
          <span>{text}</span>
          {to === 'alerts' && <AlertBadge />}
        </a>
      ))}
    </nav>
  );
}

function Live() {
  const state = liveState.value;
  const text = state === 'live' ? t('Live') : state === 'polling' ? t('Every 5 s') : t('Offline');
  const hint =
    state === 'live' ? t('Events arrive as they happen')
    : state === 'polling' ? t('What is visible is read again every few seconds')
    : t('The api does not answer');
  return <span class={`live ${state}`} title={hint}><span class="live-dot" />{text}</span>;
}

function TopBar() {
  const [changing, setChanging] = useState(false);
  const next = theme.value === 'system' ? 'light' : theme.value === 'light' ? 'dark' : 'system';
  const icon = theme.value === 'system' ? 'system' : theme.value === 'light' ? 'sun' : 'moon';
  const themeName = theme.value === 'system' ? t('Theme: as the system') : theme.value === 'light' ? t('Theme: light') : t('Theme: dark');
  return (
    <header class="top">
      <button type="button" class="jump" onClick={() => (paletteOpen.value = true)}>
        <Icon name="search" />
        <span class="grow">{t('Go to a station, page or action')}</span>
        <kbd>Ctrl K</kbd>
      </button>
      <Live />
      <select aria-label={t('Language')} value={language.value} onChange={(event) => void setLanguage(event.currentTarget.value as Language)}>
        {Object.entries(languages).map(([id, name]) => <option key={id} value={id}>{name}</option>)}
      </select>
      <Button kind="quiet" icon={icon} aria-label={themeName} title={themeName} onClick={() => setTheme(next)} />
      <Button kind="quiet" icon="help" aria-label={t('Keys and help')} title={t('Keys and help')} onClick={() => (helpOpen.value = true)} />
      {me.value?.is_operator
        ? <Button kind="quiet" class="who small" title={t('Your password')} onClick={() => setChanging(true)}>{me.value.name.replace(/^user:/, '')}{me.value.role && <span class="muted"> · {me.value.role}</span>}</Button>
        : <span class="who small muted clip" title={me.value?.scopes.join(' ')}>{me.value?.name}</span>}
      {changing && <OwnPassword onDone={() => setChanging(false)} />}
      <Button kind="quiet" icon="out" aria-label={t('Sign out')} title={t('Sign out')} onClick={() => { forgetAll(); void signOut(); }} />
    </header>
  );
}

let liveStarted = false;
function Frame() {
  useEffect(() => {
    if (!liveStarted) startLive();
    liveStarted = true;
    void askAboutLink();
    return endLive;
  }, []);
  return (
    <div class="frame">
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById('main')?.focus(); }}>{t('To the content')}</a>
      <Rail />
      <div class="column">
        <TopBar />
        {!reachable.value && (
          <div class="banner" role="alert">
            <Icon name="warning" />
            {t('The api does not answer. What you see is from before; it is read again as soon as the api is back.')}
          </div>
        )}
        <main id="main" tabIndex={-1}>
          <Current />
        </main>
      </div>
      {paletteOpen.value && <Palette />}
      {helpOpen.value && <Help />}
      <Confirmation />
      <Followed />
      <Toasts />
    </div>
  );
}

// What was kept over a reload is asked for its scopes first.
export function App() {
  const [asked, setAsked] = useState(!isSignedIn.value);
  useEffect(() => {
    document.title = 'Ohmstead';
    if (!isSignedIn.value) return;
    const tryAgain = () =>
      get<Schemas['Me']>('/api/v1/me')
        .then((found) => { me.value = found; setAsked(true); })
        .catch(() => { if (!isSignedIn.value) setAsked(true); else setTimeout(tryAgain, 2000); });
    tryAgain();
  }, []);
  if (!asked) return <main class="waiting">{!reachable.value && <p role="alert">{t('The api does not answer; trying again…')}</p>}</main>;
  if (!isSignedIn.value) return <SignIn />;
  return <Frame />;
}
