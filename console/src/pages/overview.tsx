// S1: how the whole is doing, and what wants a person. Every figure leads to the list behind it.
import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { may, type Page as ListPage, query } from '../api';
import { energy, power, zone } from '../format';
import { type Query, useQuery } from '../query';
import { path, withQuery } from '../router';
import { type Statistics, useStatistics, valueOf } from '../statistics_read';
import type { Command, Schemas, Station, Transaction } from '../types';
import { Ago, Button, Card, Chip, Empty, ErrorBox, Page, save, Tabs, Time } from '../ui/basics';
import { Icon, type IconName } from '../ui/icons';
import { lazyPart } from '../ui/lazy';
import { counted, SmallTable } from '../ui/table';
import { wordsOf } from '../state_words';
import { number, t } from '../words';
import { alertWords } from './alerts_words';
import { explain } from './attempts_words';
import { Remedy, ResetWhenIdle } from './remedy';

const OverviewPlots = lazyPart(() => import('./overview_plots').then((one) => one.OverviewPlots));

const hour = 3_600_000;
const hoursAgo = (hours: number) => new Date(Math.floor(Date.now() / 60_000) * 60_000 - hours * hour).toISOString();

// Counted by the api every few seconds, for everybody who looks: no events are waited for.
type Now = Schemas['StatisticsNow'];
const useNow = () => useQuery<Now>('/api/v1/statistics/now', { every: 5000 });

function Tile({ label, value, href, sub, bad, icon }: {
  label: string;
  value: string;
  href: string;
  sub?: ComponentChildren;
  bad?: boolean;
  icon: IconName;
}) {
  return (
    <a class={`tile ${bad ? 'bad' : ''}`} href={href}>
      <span class="tile-label"><Icon name={icon} />{label}</span>
      <span class="tile-value">{value}</span>
      <span class="tile-sub">{sub ?? '\u00a0'}</span>
    </a>
  );
}

export function percent(part: number, whole: number): string {
  return whole > 0 ? `${number((100 * part) / whole, 1)} %` : '–';
}

function PowerTile({ whole }: { whole: Now | undefined }) {
  const found = whole?.power;
  const running = whole?.sessions?.running ?? 0;
  const sub = !whole ? undefined
    : !found ? t('not known yet')
    : found.sessions < running ? t('of {n} of {m} sessions', { n: found.sessions, m: running })
    : t('{n|session|sessions}', { n: found.sessions });
  return <Tile icon="plug" label={t('Power now')} value={!whole ? '…' : !found || (found.sessions === 0 && running > 0) ? '–' : power(found.power_w)} href={path('statistics')} sub={sub} />;
}

function Tiles({ asked }: { asked: Query<Now> }) {
  const stations = path('stations');
  const sessions = path('sessions');
  const whole = asked.data;
  const of = whole?.sessions;
  const share = whole?.stations ? Math.floor((100 * whole.online) / whole.stations) : null;
  const offline = whole && whole.stations - whole.online;
  const faulty = whole?.connectors.find((one) => one.status === 'Faulted')?.count ?? 0;
  const onlyConnectors = faulty > 0 && whole?.faulted === 0;
  return (
    <>
      {asked.error && !whole && <ErrorBox problem={asked.error} retry={asked.reload} />}
      <div class="tiles">
        <Tile icon="station" label={t('Stations')} value={counted(whole?.stations)} href={stations} sub={share === null ? undefined : t('{share} % online', { share })} />
        <Tile icon="dot" label={t('Online')} value={counted(whole?.online)} href={withQuery(stations, { connectivity: 'online' })} />
        <Tile icon="ban" label={t('Offline')} value={counted(offline)} href={withQuery(stations, { connectivity: 'offline' })} bad={!!offline} />
        <Tile icon="warning" label={t('Faulted')} value={counted(onlyConnectors ? faulty : whole?.faulted)} href={onlyConnectors ? withQuery(path('alerts'), { kind: 'connector_faulted' }) : withQuery(stations, { status: 'Faulted' })} sub={faulty ? t('{n|connector|connectors}', { n: faulty }) : undefined} bad={!!whole?.faulted || faulty > 0} />
        {may('transactions:read') && (
          <>
            <Tile icon="bolt" label={t('Charging now')} value={counted(of?.running)} href={withQuery(sessions, { state: 'active' })} sub={of && t('{n} in 24 hours', { n: of.started })} />
            <PowerTile whole={whole} />
            <Tile icon="session" label={t('Session success')} value={of ? percent(of.charged, of.ended) : '…'} href={path('statistics')} sub={of && t('{n} ended in 24 hours', { n: of.ended })} />
            <Tile icon="check" label={t('First-try success')} value={of ? percent(of.first_tries_charged, of.first_tries) : '…'} href={path('statistics')} sub={t('in 24 hours')} />
            <Tile icon="session" label={t('Suspect sessions')} value={counted(of?.suspect)} href={withQuery(sessions, { suspect: 'true', since: '24' })} sub={t('in 24 hours')} bad={!!of?.suspect} />
          </>
        )}
        {may('commands:read') && (
          <Tile icon="command" label={t('Unanswered')} value={counted(whole?.commands_waiting ?? undefined)} href={withQuery(path('commands'), { state: 'queued,sent' })} sub={t('commands')} bad={!!whole?.commands_waiting} />
        )}
      </div>
    </>
  );
}

// ---- connectors ----

const statusOrder = ['Charging', 'Occupied', 'Preparing', 'SuspendedEV', 'SuspendedEVSE', 'Finishing', 'Reserved', 'Available', 'Unavailable', 'Faulted'];
function Connectors({ asked }: { asked: Query<Now> }) {
  const counts = new Map<string, number>((asked.data?.connectors ?? []).map((one) => [one.status, one.count]));
  const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
  const parts = [...counts].sort((a, b) => statusOrder.indexOf(a[0]) - statusOrder.indexOf(b[0]));
  return (
    <Card title={t('Connectors')} actions={total > 0 && <span class="small muted">{t('{n|connector|connectors}', { n: total })}</span>}>
      {asked.error && !asked.data && <ErrorBox problem={asked.error} retry={asked.reload} />}
      {total === 0 && asked.data && <p class="muted">{t('No station has reported a connector yet.')}</p>}
      {total > 0 && (
        <>
          <div class="stack-bar" role="img" aria-label={parts.map(([name, n]) => `${name}: ${n}`).join(', ')}>
            {parts.map(([name, n]) => <i key={name} class={`status-${name}`} style={{ flexGrow: n }} />)}
          </div>
          <ul class="legend">
            {parts.map(([name, n]) => (
              <li key={name}>
                <i class={`swatch status-${name}`} /><span class="grow">{name}</span><span class="num">{number(n)}</span>
                <span class="small muted num">{number((100 * n) / total)} %</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}

// ---- the last day ----

function Day() {
  const sessions = useStatistics({ statistic: 'sessions', days: 1, interval: 'hour' });
  const energies = useStatistics({ statistic: 'energy', days: 1, interval: 'hour' });
  const whOf = new Map((energies.data?.data ?? []).map((row) => [row.from, valueOf(energies.data as Statistics, row, 'energy_wh') ?? 0]));
  const bars = (sessions.data?.data ?? []).map((row) => ({
    at: Date.parse(row.from), sessions: valueOf(sessions.data as Statistics, row, 'started') ?? 0, wh: whOf.get(row.from) ?? 0,
  }));
  const count = bars.reduce((sum, bar) => sum + bar.sessions, 0);
  const most = Math.max(1, ...bars.map((bar) => bar.sessions));
  const wh = bars.reduce((sum, bar) => sum + bar.wh, 0);
  const [tab, setTab] = useState('chart');
  const exportHours = () =>
    save('sessions-an-hour.csv', ['hour,sessions,energy_wh', ...bars.map((bar) => `${new Date(bar.at).toISOString()},${bar.sessions},${Math.round(bar.wh)}`)].join('\r\n'), 'text/csv');
  const hourOf = (at: number) => String(zone.value === 'utc' ? new Date(at).getUTCHours() : new Date(at).getHours()).padStart(2, '0');
  return (
    <Card title={t('Sessions started, last 24 hours')} actions={
      <>
        <span class="small muted">{`${t('{n|session|sessions}', { n: count })} · ${energy(wh)}`}</span>
        <Tabs label={t('Sessions started, last 24 hours')} tabs={[['chart', t('Chart')], ['table', t('Table')]]} current={tab} onPick={setTab} />
        <Button icon="download" kind="quiet" aria-label={t('Sessions an hour, as CSV')} onClick={exportHours}>CSV</Button>
      </>}>
      {sessions.error && !sessions.data && <ErrorBox problem={sessions.error} retry={sessions.reload} />}
      {sessions.data && count === 0 && <p class="muted">{t('No session started in the last 24 hours.')} <a href={path('stations')}>{t('Start one on a station’s page, or plug in a vehicle.')}</a></p>}
      {tab === 'table' && (
        <SmallTable label={t('Sessions started, last 24 hours')} items={bars} id={(bar) => String(bar.at)} columns={[
          { name: t('Hour'), cell: (bar) => <Time at={new Date(bar.at).toISOString()} /> },
          { name: t('Sessions'), cell: (bar) => number(bar.sessions), right: true },
          { name: t('Energy'), cell: (bar) => energy(bar.wh), right: true },
        ]} />
      )}
      {tab === 'chart' && count > 0 && (
        <svg class="bars" viewBox="0 0 480 120" role="img" aria-label={bars.map((bar) => `${hourOf(bar.at)}: ${bar.sessions}`).join(', ')}>
          <text x="0" y="10" class="axis">{most}</text>
          <line x1="24" x2="480" y1="6" y2="6" class="grid" />
          <line x1="24" x2="480" y1="53" y2="53" class="grid" />
          <line x1="24" x2="480" y1="100" y2="100" class="grid" />
          {bars.map((bar, i) => {
            const height = (94 * bar.sessions) / most;
            return (
              <g key={bar.at}>
                <rect x={26 + i * 19} y={100 - height} width="14" height={Math.max(height, bar.sessions ? 2 : 0)} rx="2">
                  <title>{`${hourOf(bar.at)}:00 · ${t('{n|session|sessions}', { n: bar.sessions })} · ${energy(bar.wh)}`}</title>
                </rect>
                {i % 3 === 0 && <text x={33 + i * 19} y="115" class="axis mid">{hourOf(bar.at)}</text>}
              </g>
            );
          })}
        </svg>
      )}
    </Card>
  );
}

// ---- what wants a person ----

// The newest trouble is what is looked for: of very many stations, some hundred are looked at.
const evsesOfAll = query('/api/v1/stations', { expand: 'evses', fields: 'id,evses', limit: 500 });

interface Need {
  id: string;
  icon: IconName;
  title: ComponentChildren;
  text: ComponentChildren;
  href: string;
  at?: string | null | undefined;
  remedy?: ComponentChildren;
  ofAlert?: string; // the station: an open alert says the same of it
}

// More than these are one line, not one each.
const namedAtMost = 5;
const manyOffline = 'offline';

// With very many stations a list of those that are off or faulted says little and costs much: then
// alerts say what is wrong, and the tiles lead to the lists.
const lookedThrough = 5_000;

function useNeeds(whole: Now | undefined): { needs: Need[]; loaded: boolean } {
  const isLarge = (whole?.stations ?? 0) > lookedThrough;
  const small = (where: string) => (whole && !isLarge ? where : null);
  const events = (types: string[]) => ({ types, every: 15_000 });
  const day = useMemo(() => hoursAgo(24), []);
  const station = (id: string) => path('stations', id);
  const faulted = useQuery<ListPage<Station>>(small(query('/api/v1/stations', { status: 'Faulted', limit: 6 })), events(['station.']));
  const parts = useQuery<ListPage<Pick<Station, 'id' | 'evses'>>>(small(evsesOfAll), events(['station.', 'connector.']));
  const offline = useQuery<ListPage<Station>>(small(query('/api/v1/stations', { connectivity: 'offline', limit: 50 })), events(['station.']));
  const suspect = useQuery<ListPage<Transaction>>(query('/api/v1/transactions', { suspect: 'true', from: day, limit: 5 }), { types: ['transaction.'] });
  const attempts = useQuery<ListPage<Schemas['ConnectionAttempt']>>(query('/api/v1/connection-attempts', { from: day, limit: 100 }), { types: ['connection.'] });
  const failed = useQuery<ListPage<Command>>(query('/api/v1/commands', { effect: 'missed,contradicted', from: day, limit: 5 }), { types: ['command.'] });
  const needs: Need[] = [];
  for (const one of faulted.data?.data ?? [])
    needs.push({ id: `f${one.id}`, ofAlert: one.id, icon: 'warning', href: station(one.id), at: one.status_at, title: one.id,
      remedy: <ResetWhenIdle id={one.id} />,
      text: t('is faulted: {error}', { error: [one.error_code, one.vendor_error_code, one.info].filter(Boolean).join(' · ') || t('no reason was given') }) });
  const faultedWhole = new Set((faulted.data?.data ?? []).map((one) => one.id));
  const broken = (parts.data?.data ?? []).filter((one) => !faultedWhole.has(one.id)).flatMap((one) => (one.evses ?? []).filter((evse) => evse.status === 'Faulted').map((evse) => ({ id: one.id, evse })));
  for (const { id, evse } of broken.slice(0, 6)) {
    const said = evse.connectors.find((one) => one.status === 'Faulted');
    needs.push({ id: `e${id} ${evse.id}`, ofAlert: id, icon: 'warning', href: station(id), at: said?.status_at, title: id,
      remedy: <ResetWhenIdle id={id} />,
      text: t('EVSE {n} is faulted: {error}', { n: String(evse.id), error: [said?.error_code, said?.vendor_error_code, said?.info].filter(Boolean).join(' · ') || t('no reason was given') }) });
  }
  for (const one of suspect.data?.data ?? [])
    needs.push({ id: `t${one.id}`, icon: 'session', href: path('sessions', one.id), at: one.started_at, title: one.station_id ?? one.id,
      text: t('has a suspect session: {evidence}', { evidence: wordsOf(one.evidence) }) });
  for (const one of failed.data?.data ?? [])
    needs.push({ id: `c${one.id}`, icon: 'command', href: path('commands', one.id), at: one.created_at, title: one.station_id,
      text: t('accepted {command}, but it did not happen', { command: one.command }) });
  const refused = new Map<string, { count: number; last: Schemas['ConnectionAttempt'] }>();
  for (const one of attempts.data?.data ?? []) {
    const name = one.identity ?? one.address ?? '?';
    const known = refused.get(name);
    if (known) known.count += 1;
    else refused.set(name, { count: 1, last: one });
  }
  for (const [name, { count, last }] of [...refused].slice(0, 5))
    needs.push({ id: `a${name}`, icon: 'attempts', at: last.at, title: name,
      href: withQuery(path('attempts'), last.identity ? { station_id: last.identity } : {}),
      text: t('was refused {n|time|times}: {cause}', { n: count, cause: explain(last.cause).title }) });
  const gone = (offline.data?.data ?? []).filter((each) => each.disconnected_at);
  if (gone.length > namedAtMost)
    needs.push({ id: manyOffline, icon: 'ban', href: withQuery(path('stations'), { connectivity: 'offline' }), at: gone.map((one) => one.disconnected_at ?? '').sort().at(-1),
      title: t('{n|station|stations}', { n: offline.data?.next_cursor ? (whole?.stations ?? 0) - (whole?.online ?? 0) : gone.length }), text: t('are offline') });
  else
    for (const one of gone)
      needs.push({ id: `o${one.id}`, ofAlert: one.id, icon: 'ban', href: station(one.id), at: one.disconnected_at, title: one.id, text: t('is offline') });
  return { needs, loaded: whole !== undefined && (isLarge || (faulted.data !== undefined && offline.data !== undefined)) };
}

// Open alerts come first; below them what no rule has found yet.
function OpenAlerts({ alerts }: { alerts: ListPage<Schemas['Alert']> | undefined }) {
  return (
    <>
      {(alerts?.data ?? []).map((one) => (
        <li key={one.id} class={`alert-${one.severity}`}>
          <Icon name="warning" />
          <span class="grow"><a href={withQuery(path('alerts'), one.station_id ? { station_id: one.station_id } : { kind: one.kind, ...(one.members ? { open: one.id } : {}) })}>{one.station_id ?? t('Alert')}</a> {alertWords(one.kind, one).title}</span>
          <Remedy one={one} />
          <span class="small muted"><Ago at={one.since} /></span>
        </li>
      ))}
      {alerts?.next_cursor && <li><span class="grow"><a href={path('alerts')}>{t('All open alerts')}</a></span></li>}
    </>
  );
}

function Attention({ whole }: { whole: Now | undefined }) {
  const { needs, loaded } = useNeeds(whole);
  const mayAlerts = may('alerts:read');
  const alerts = useQuery<ListPage<Schemas['Alert']>>(mayAlerts ? query('/api/v1/alerts', { state: 'open', limit: 6 }) : null, { types: ['alert.'] });
  const told = new Set((alerts.data?.data ?? []).map((one) => one.station_id));
  const saysMany = alerts.data?.data.some((one) => one.kind === 'station_offline' && one.members);
  const isWell = loaded && needs.length === 0 && (!mayAlerts || alerts.data?.data.length === 0);
  return (
    <Card title={t('Needs attention')} class="attention" actions={<a href={path('alerts')}>{t('Alerts')}</a>}>
      {isWell && <p class="all-well"><Icon name="check" />{t('Nothing. Every station is well.')}</p>}
      <ul class="needs">
        <OpenAlerts alerts={alerts.data} />
        {needs.filter((need) => !(need.ofAlert && told.has(need.ofAlert)) && !(need.id === manyOffline && saysMany)).map((need) => (
          <li key={need.id}>
            <Icon name={need.icon} />
            <span class="grow"><a href={need.href}>{need.title}</a> {need.text}</span>
            {need.remedy}
            <span class="small muted"><Ago at={need.at} /></span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function WorkersCard() {
  const asked = useQuery<ListPage<Schemas['Worker']>>('/api/v1/workers?limit=100', { types: ['worker.'] });
  const workers = asked.data?.data ?? [];
  return (
    <Card title={t('Workers')} actions={<a href={path('workers')}>{t('All')}</a>}>
      {asked.data && workers.length === 0 && <p class="muted">{t('No worker is heard: stations cannot connect. Start one: sh run.sh -s worker')}</p>}
      {workers.length > 0 && (
        <SmallTable label={t('Workers')} items={workers.slice(0, 8)} id={(one) => one.id} columns={[
          { name: t('Worker'), cell: (one) => <a href={withQuery(path('stations'), { worker: one.id })}>{one.id}</a> },
          { name: t('Connections'), cell: (one) => number(one.connections), right: true },
          { name: t('State'), cell: (one) => one.draining ? <Chip word="cancelling" label={t('draining')} /> : <Chip word="online" label={t('serves')} /> },
          { name: t('Heard'), cell: (one) => <Ago at={one.seen_at} /> },
        ]} />
      )}
    </Card>
  );
}

export function Overview() {
  const known = useQuery<ListPage<Station>>('/api/v1/stations?limit=1&fields=id', { types: ['station.'] });
  const none = known.data?.data.length === 0;
  const asked = useNow();
  return (
    <Page title={t('Overview')}>
      {known.error && !known.data && <ErrorBox problem={known.error} retry={known.reload} />}
      {none && (
        <Card>
          <Empty icon="station" title={t('No station yet')}>
            <p>{t('Add one, or let one connect and accept it under Connection attempts.')}</p>
            <p class="row center">
              <a class="button primary" href={path('stations', 'new')}>{t('Add station')}</a>
              <a class="button" href={path('attempts')}>{t('Connection attempts')}</a>
            </p>
            <p class="small muted">{t('To try it out with simulated stations:')} <code>build/release/ohmstead sim --stations 10 --mix transactions</code></p>
          </Empty>
        </Card>
      )}
      <Tiles asked={asked} />
      <div class="columns">
        <div class="stack"><Attention whole={asked.data} /><WorkersCard /></div>
        <div class="stack"><Day /><Connectors asked={asked} /></div>
      </div>
      {!none && known.data && <OverviewPlots />}
    </Page>
  );
}
