// S4: one station. The head stays on every tab; the tab is part of the address.
import type { ComponentType } from 'preact';
import { lazyPart } from '../ui/lazy';
import { useState } from 'preact/hooks';
import { may, mayOrder, mayRaw, type Page as ListPage, query, stationPath } from '../api';
import { command, order, orderCarefully } from '../commands';
import { useQuery } from '../query';
import { duration, time } from '../format';
import { now } from '../live';
import { go, path, segments } from '../router';
import { isSimulated } from '../simulated';
import { endOf } from '../state_words';
import type { Station, Transaction } from '../types';
import { Ago, Button, Chip, Connectivity, Empty, ErrorBox, Page, Skeleton, Tabs } from '../ui/basics';
import { useOffered } from '../ui/lazy';
import { t } from '../words';
import { StartDialog } from './station_start';
import { StationOverview } from './station_overview';

export interface TabProps {
  station: Station;
  sessions: Transaction[]; // that run now
  reload: () => void;
}
const tabs: Record<string, ComponentType<TabProps>> = {
  '': StationOverview,
  check: lazyPart(() => import('./station_check').then((one) => one.StationCheck)),
  messages: lazyPart(() => import('./station_messages').then((one) => one.StationMessages)),
  sessions: lazyPart(() => import('./station_lists').then((one) => one.StationSessions)),
  commands: lazyPart(() => import('./station_lists').then((one) => one.StationCommands)),
  configuration: lazyPart(() => import('./station_configuration').then((one) => one.StationConfiguration)),
  files: lazyPart(() => import('./station_files').then((one) => one.StationFiles)),
  security: lazyPart(() => import('./station_security').then((one) => one.StationSecurity)),
  certificates: lazyPart(() => import('./station_held').then((one) => one.StationCertificates)),
  profiles: lazyPart(() => import('./station_held').then((one) => one.StationProfiles)),
  reservations: lazyPart(() => import('./station_held').then((one) => one.StationReservations)),
  'local-list': lazyPart(() => import('./station_held').then((one) => one.StationLocalList)),
  events: lazyPart(() => import('./station_lists').then((one) => one.StationEvents)),
  metrics: lazyPart(() => import('./station_metrics').then((one) => one.StationMetrics)),
  simulate: lazyPart(() => import('./station_simulate').then((one) => one.StationSimulate)),
  raw: lazyPart(() => import('./station_raw').then((one) => one.StationRaw)),
};

function tabNames(station: Station, offered: (path: string) => boolean): [string, string][] {
  const all: [string, string, boolean][] = [
    ['', t('Overview'), true],
    ['check', t('Check'), offered('/api/v1/stations/{id}/check')],
    ['messages', t('Messages'), may('messages:read')],
    ['sessions', t('Sessions'), true],
    ['commands', t('Commands'), true],
    ['configuration', t('Configuration'), true],
    ['profiles', t('Charging profiles'), true],
    ['reservations', t('Reservations'), offered('/api/v1/stations/{id}/reservations')],
    ['local-list', t('Local list'), offered('/api/v1/stations/{id}/local-list')],
    ['files', t('Firmware & logs'), true],
    ['security', t('Security'), true],
    ['certificates', t('Certificates'), offered('/api/v1/stations/{id}/certificates')],
    ['events', t('Events'), true],
    ['metrics', t('Metrics'), true],
    ['raw', t('OCPP console'), mayRaw()],
    ['simulate', t('Simulate'), isSimulated(station) && mayOrder()],
  ];
  return all.filter(([, , shown]) => shown).map(([id, name]) => [id, name]);
}

function hits(sessions: Transaction[]): string {
  return sessions.length === 0
    ? t('Nothing is charging there.')
    : t('{n|session is running there and will|sessions are running there and will} be interrupted.', { n: sessions.length });
}

function Actions({ station, sessions }: Omit<TabProps, 'reload'>) {
  const [starting, setStarting] = useState(false);
  const { id } = station;
  const isOff = station.connectivity !== 'online';
  const reset = (type: string) =>
    orderCarefully(id, t('Reset {station}', { station: id }),
      type === 'immediate' ? hits(sessions) : t('It resets once nothing is charging. {now}', { now: sessions.length ? t('{n|session is|sessions are} running now.', { n: sessions.length }) : '' }),
      () => command(id, 'reset', { type }));
  const availability = (type: string) =>
    orderCarefully(id, type === 'operative' ? t('Put {station} into service', { station: id }) : t('Take {station} out of service', { station: id }),
      type === 'operative' ? t('Drivers can charge there again.') : t('Nobody can start charging there. {now}', { now: sessions.length ? t('Running sessions go on.') : '' }),
      () => command(id, 'change-availability', { type }));
  const pick = (event: Event) => {
    const field = event.currentTarget as HTMLSelectElement;
    const what = field.value;
    field.value = '';
    if (what.startsWith('reset ')) void reset(what.slice(6));
    else if (what.startsWith('availability ')) void availability(what.slice(13));
    else if (what.startsWith('trigger ')) order(id, t('Trigger {message}', { message: what.slice(8) }), () => command(id, 'trigger-message', { message: what.slice(8) }));
    else if (what === 'clear-cache') order(id, t('Clear the cache of tokens'), () => command(id, 'clear-cache'));
    else if (what === 'inventory') order(id, t('Read the configuration'), () => command(id, 'get-base-report', { report: 'full' }));
  };
  return (
    <>
      <Button icon="play" kind="primary" disabled={isOff} onClick={() => setStarting(true)}>{t('Start charging')}</Button>
      <select class="actions" aria-label={t('More actions')} disabled={isOff} onChange={pick}>
        <option value="">{t('More…')}</option>
        <optgroup label={t('Reset')}>
          <option value="reset graceful">{t('Reset, gracefully')}</option>
          <option value="reset immediate">{t('Reset at once')}</option>
          <option value="reset on_idle">{t('Reset when idle')}</option>
        </optgroup>
        <optgroup label={t('Availability')}>
          <option value="availability operative">{t('Put into service')}</option>
          <option value="availability inoperative">{t('Take out of service')}</option>
        </optgroup>
        <optgroup label={t('Trigger a message')}>
          {['StatusNotification', 'BootNotification', 'Heartbeat', 'MeterValues'].map((one) => <option key={one} value={`trigger ${one}`}>{one}</option>)}
        </optgroup>
        <optgroup label={t('Other')}>
          <option value="clear-cache">{t('Clear the cache of tokens')}</option>
        </optgroup>
      </select>
      {starting && <StartDialog station={station} onClose={() => setStarting(false)} />}
    </>
  );
}

function Connected({ at }: { at: string | null | undefined }) {
  return <time {...(at ? { dateTime: at, title: time(at, true) } : {})}>{t('connected for {time}', { time: duration(at, new Date(now.value).toISOString()) })}</time>;
}

export function StationPage() {
  const [, id = '', tab = ''] = segments.value;
  const asked = useQuery<Station>(stationPath(id), { types: ['station.', 'connector.', 'transaction.', 'command.', 'security.'], station: id });
  const running = useQuery<ListPage<Transaction>>(query(stationPath(id, '/transactions'), { state: 'active', limit: 50 }), { types: ['transaction.'], station: id });
  const offered = useOffered();
  const station = asked.data;
  if (!station) {
    return (
      <Page title={id}>
        {!asked.error && <Skeleton />}
        {asked.error && (asked.error.status === 404
          ? <Empty icon="station" title={t('There is no such station')}>
              <p><a href={path('stations')}>{t('Stations')}</a> · <a href={`${path('attempts')}?station_id=${encodeURIComponent(id)}`}>{t('Did it try to connect?')}</a></p>
            </Empty>
          : <ErrorBox problem={asked.error} retry={asked.reload} />)}
      </Page>
    );
  }
  const Shown = tabs[tab] ?? tabs[''];
  const sessions = running.data?.data ?? [];
  const facts = [
    station.ocpp_version && `OCPP ${station.ocpp_version}`,
    [station.vendor, station.model].filter(Boolean).join(' '),
    station.firmware_version && t('firmware {version}', { version: station.firmware_version }),
  ].filter(Boolean);
  return (
    <Page fills={['messages', 'sessions', 'commands', 'events'].includes(tab)}
      title={<>{station.id}{station.name && <span class="muted title-name"> {station.name}</span>}</>}
      sub={
        <span class="station-sub">
          <Chip word={station.status} />
          <Connectivity value={station.connectivity} />
          {isSimulated(station) && <span class="badge" title={t('No real station: `ohmstead sim` plays it')}>{t('Simulated')}</span>}
          <span class="muted">
            {station.connectivity === 'online'
              ? <Connected at={station.connection?.connected_at} />
              : station.disconnected_at ? <>{t('disconnected')} <Ago at={station.disconnected_at} /> {station.disconnect_reason && <>({endOf(station.disconnect_reason)})</>}</> : t('never connected')}
          </span>
          {facts.map((fact) => <span key={String(fact)} class="muted">{fact}</span>)}
          {sessions.map((one) => <a key={one.id} href={path('sessions', one.id)}>{t('Session on EVSE {n}', { n: String(one.evse_id ?? '?') })}</a>)}
        </span>
      }
      actions={mayOrder() && <Actions station={station} sessions={sessions} />}>
      <Tabs label={t('Parts of the station')} tabs={tabNames(station, offered)} current={tab} onPick={(picked) => go(picked ? path('stations', id, picked) : path('stations', id))} />
      {Shown && <Shown key={tab} station={station} sessions={sessions} reload={asked.reload} />}
    </Page>
  );
}
