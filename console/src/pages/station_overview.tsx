// The station's EVSEs and connectors, and what is known of it.
import { useState } from 'preact/hooks';
import { ask, mayOrder, may, post, Problem, query, stationPath, type Page as ListPage } from '../api';
import { command, orderCarefully, order } from '../commands';
import { duration, energy, power } from '../format';
import { now } from '../live';
import { useQuery } from '../query';
import { go, path } from '../router';
import { latest } from '../samples';
import { endOf } from '../state_words';
import { sheetPath, StationUrl } from '../station_url';
import type { Command, MeterValue, Schemas, Station, Transaction } from '../types';
import { Ago, Button, Card, Chip, complain, confirmed, Dialog, Empty, ErrorBox, Facts, say, Time } from '../ui/basics';
import { lazyPart } from '../ui/lazy';
import { t } from '../words';
import { Checklist } from './onboarding';
import type { TabProps } from './station';
import { StationAlerts } from './station_alerts';
import { StartDialog } from './station_start';

const Power = lazyPart(() => import('../statistics').then((one) => one.StationPowerPlot));

type Evse = NonNullable<Station['evses']>[number];

function EvseCard({ station, evse, session, onStart }: { station: Station; evse: Evse; session: Transaction | undefined; onStart: () => void }) {
  const values = useQuery<ListPage<MeterValue>>(
    session ? query(`/api/v1/transactions/${encodeURIComponent(session.id)}/meter-values`, { limit: 200, from: new Date(Math.floor(now.value / 60_000) * 60_000 - 10 * 60_000).toISOString() }) : null, { types: ['meter.', 'transaction.'], station: station.id });
  const found = latest(values.data?.data ?? []);
  const isOn = station.connectivity === 'online';
  const stop = () =>
    session && orderCarefully(station.id, t('Stop charging'), t('The vehicle at EVSE {n} stops charging.', { n: String(evse.id) }),
      () => post<Command>(`/api/v1/transactions/${encodeURIComponent(session.id)}/stop`, {}, { Prefer: 'respond-async' }));
  const unlock = (connector: number) =>
    orderCarefully(station.id, t('Unlock connector {n}', { n: String(connector) }),
      session ? t('A session is running there; the station may refuse, or end it.') : t('Nothing is charging there.'),
      () => command(station.id, 'unlock-connector', { evse_id: evse.id, connector_id: connector }));
  return (
    <section class={`evse status-edge-${evse.status}`} aria-label={`EVSE ${evse.id}`}>
      <header class="row"><h3 class="grow">EVSE {evse.id}</h3><Chip word={evse.status} /></header>
      {evse.connectors.map((one) => (
        <div key={one.id} class="connector">
          <span class="grow">
            {t('Connector {n}', { n: String(one.id) })}
            {one.reported_status && one.reported_status !== one.status && <span class="small muted"> {t('said {status}', { status: one.reported_status })}</span>}
            {one.error_code && one.error_code !== 'NoError' && <span class="danger-text small"> {[one.error_code, one.vendor_error_code, one.info].filter(Boolean).join(' · ')}</span>}
            <span class="small muted"> <Ago at={one.status_at} /></span>
          </span>
          {mayOrder() && <Button icon="lock" kind="quiet" disabled={!isOn} aria-label={t('Unlock connector {n}', { n: String(one.id) })} title={t('Unlock connector {n}', { n: String(one.id) })} onClick={() => void unlock(one.id)} />}
        </div>
      ))}
      {session ? (
        <>
          <dl class="live-figures">
            <div><dt>{t('Power')}</dt><dd>{power(found.power_w)}</dd></div>
            <div><dt>{t('Energy')}</dt><dd>{energy(session.energy_wh)}</dd></div>
            <div><dt>{t('State of charge')}</dt><dd>{found.soc === null ? '–' : `${found.soc} %`}</dd></div>
            <div><dt>{t('For')}</dt><dd>{duration(session.started_at, new Date(now.value).toISOString())}</dd></div>
          </dl>
          <footer class="row">
            <a class="grow" href={path('sessions', session.id)}>{t('Session')}</a>
            {mayOrder() && <Button icon="stop" disabled={!isOn} onClick={() => void stop()}>{t('Stop charging')}</Button>}
          </footer>
        </>
      ) : (
        <footer class="row"><span class="grow small muted">{t('No session')}</span>{mayOrder() && <Button icon="play" disabled={!isOn} onClick={onStart}>{t('Start')}</Button>}</footer>
      )}
    </section>
  );
}

function Edit({ station, onDone }: { station: Station; onDone: () => void }) {
  const [name, setName] = useState(station.name ?? '');
  const [note, setNote] = useState(station.note ?? '');
  const [version, setVersion] = useState(station.default_ocpp_version ?? '');
  const [decision, setDecision] = useState(station.boot_decision);
  const [location, setLocation] = useState(station.location_id ?? '');
  const locations = useQuery<ListPage<Schemas['Location']>>(may('locations:read') ? query('/api/v1/locations', { limit: 200 }) : null, { every: 600_000 });
  const known = locations.data?.data ?? [];
  const [problem, setProblem] = useState<Problem | null>(null);
  // Of what the person saw: the page behind this goes on to be read anew.
  const [seen] = useState(station.version);
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      await ask(stationPath(station.id), {
        method: 'PATCH',
        body: { name: name.trim() || null, note: note.trim() || null, default_ocpp_version: version || null, boot_decision: decision, ...(location === (station.location_id ?? '') ? {} : { location_id: location || null }) },
        headers: { 'If-Match': `"${seen}.0"` },
      });
      say(t('Saved'));
      onDone();
    } catch (error) {
      const failed = error as Problem;
      setProblem(failed.status !== 412 ? failed
        : new Problem(412, t('Somebody else has changed it'), t('Close this, look at what is there now, and edit again.'), failed.requestId, failed.curl, failed.code));
    }
  };
  return (
    <Dialog title={t('Edit {station}', { station: station.id })} onClose={onDone}>
      <form class="stack" onSubmit={submit}>
        <label class="field"><span>{t('Name')}</span><input maxLength={200} value={name} autoFocus onInput={(event) => setName(event.currentTarget.value)} /></label>
        {(known.length > 0 || location) && (
          <label class="field">
            <span>{t('Location')}</span>
            <select name="location" value={location} onChange={(event) => setLocation(event.currentTarget.value)}>
              <option value="">{t('none')}</option>
              {known.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
              {location && !known.some((one) => one.id === location) && <option value={location}>{location}</option>}
            </select>
          </label>
        )}
        <label class="field">
          <span>{t('OCPP version, where it offers none')}</span>
          <select value={version} onChange={(event) => setVersion(event.currentTarget.value)}><option value="">{t('It must offer one')}</option><option>1.6</option><option>2.0.1</option></select>
        </label>
        <label class="field">
          <span>{t('What it is told when it boots')}</span>
          <select value={decision} onChange={(event) => setDecision(event.currentTarget.value)}>{['accepted', 'pending', 'rejected'].map((one) => <option key={one}>{one}</option>)}</select>
        </label>
        <label class="field"><span>{t('Note')}</span><textarea rows={4} maxLength={2000} value={note} onInput={(event) => setNote(event.currentTarget.value)} /></label>
        {problem && <ErrorBox problem={problem} />}
        <footer class="row end"><Button onClick={onDone}>{t('Cancel')}</Button><Button type="submit" kind="primary">{t('Save')}</Button></footer>
      </form>
    </Dialog>
  );
}

// Where to send somebody to.
function Place({ id }: { id: string }) {
  const asked = useQuery<Schemas['Location']>(may('locations:read') ? `/api/v1/locations/${encodeURIComponent(id)}` : null, { every: 600_000 });
  return <><a href={`${path('stations')}?location_id=${encodeURIComponent(id)}`}>{asked.data?.name ?? id}</a>{asked.data?.address && <span class="pre muted"> {asked.data.address}</span>}</>;
}

async function archive(station: Station, sessions: number): Promise<void> {
  const answer = await confirmed({
    title: t('Archive {station}', { station: station.id }),
    text: t('Its connection ends and it cannot connect again. Its sessions and messages stay. {n|session is|sessions are} running.', { n: sessions }),
    action: t('Archive'),
    danger: true,
  });
  if (answer === null) return;
  try {
    await ask(stationPath(station.id), { method: 'DELETE' });
    say(t('{station} is archived', { station: station.id }));
    go(path('stations'));
  } catch (error) {
    complain(error);
  }
}

export function StationOverview({ station, sessions, reload }: TabProps) {
  const [starting, setStarting] = useState<number | null>(null);
  const [editing, setEditing] = useState(false);
  const [showsUrl, setShowsUrl] = useState(false);
  const evses = station.evses ?? [];
  const isOnItsWay = station.boot_status !== 'Accepted' || evses.length === 0;
  const never = station.connectivity !== 'online' && !station.booted_at;
  const drop = async () => {
    const answer = await confirmed({ title: t('End the connection'), whom: station.id, text: `${t('The station connects again by itself, most within a minute.')} ${sessions.length ? t('Running sessions go on.') : ''}`, action: t('End the connection'), danger: true });
    if (answer === null) return;
    ask(stationPath(station.id, '/connection'), { method: 'DELETE' }).then(() => say(t('The connection is ended'))).catch(complain);
  };
  return (
    <>
      <StationAlerts id={station.id} />
      {evses.length > 0 ? (
        <div class="evses">
          {evses.map((evse) => (
            <EvseCard key={evse.id} station={station} evse={evse} session={sessions.find((one) => one.evse_id === evse.id)} onStart={() => setStarting(evse.id)} />
          ))}
        </div>
      ) : (
        <Card>
          <Empty icon="plug" title={never ? t('It has never connected') : t('It has not reported a connector yet')}>
            {never ? <><p>{t('Set this URL in the station:')}</p><StationUrl id={station.id} profile={station.security_profile} /></>
              : station.connectivity === 'online' && mayOrder() && <Button onClick={() => order(station.id, t('Trigger {message}', { message: 'StatusNotification' }), () => command(station.id, 'trigger-message', { message: 'StatusNotification' }))}>{t('Ask it for its status')}</Button>}
          </Empty>
        </Card>
      )}
      {isOnItsWay && <Card title={t('On its way into service')}><Checklist id={station.id} /></Card>}
      {!never && <Power station={station.id} />}
      <div class="columns even">
        <Card title={t('Station')} actions={may('stations:write') && <Button icon="edit" kind="quiet" onClick={() => setEditing(true)}>{t('Edit')}</Button>}>
          <Facts facts={[
            [t('Identity'), <code>{station.id}</code>],
            [t('Name'), station.name],
            [t('Location'), station.location_id && <Place id={station.location_id} />],
            [t('Vendor'), station.vendor],
            [t('Model'), station.model],
            [t('Serial number'), station.serial_number],
            [t('Firmware'), station.firmware_version],
            [t('Meter'), [station.meter_type, station.meter_serial_number].filter(Boolean).join(' ')],
            ['ICCID, IMSI', [station.iccid, station.imsi].filter(Boolean).join(', ')],
            [t('Note'), station.note && <span class="pre">{station.note}</span>],
            [t('Added'), <Time at={station.created_at} full />],
          ]} />
        </Card>
        <Card title={t('Connection')} actions={
          <>
            <Button icon="qr" kind="quiet" onClick={() => setShowsUrl(true)}>{t('URL and QR code')}</Button>
            {may('stations:write') && station.connectivity === 'online' && <Button kind="quiet" onClick={() => void drop()}>{t('End the connection')}</Button>}
          </>}>
          <Facts facts={[
            [t('Worker'), station.connection?.worker],
            [t('Address'), station.connection?.address],
            ['TLS', station.connection ? (station.connection.tls ? t('yes') : t('no')) : null],
            [t('Sub-protocol'), station.connection?.subprotocol],
            [t('Connected'), <Time at={station.connection?.connected_at} full />],
            [t('Disconnected'), <><Time at={station.disconnected_at} full /> {endOf(station.disconnect_reason ?? '')}</>],
            [t('Last seen'), <Ago at={station.last_seen_at} />],
            [t('Booted'), <><Chip word={station.boot_status} /> <Time at={station.booted_at} full /> {station.boot_reason}</>],
            [t('Security'), <>{t('Profile {n}', { n: String(station.security_profile) })} {station.security_profile_note && <span class="small muted">{station.security_profile_note}</span>}</>],
          ]} />
          {may('stations:write') && <p class="row end"><Button icon="trash" kind="quiet" onClick={() => void archive(station, sessions.length)}>{t('Archive the station')}</Button></p>}
        </Card>
      </div>
      {starting !== null && <StartDialog station={station} evse={starting} onClose={() => setStarting(null)} />}
      {showsUrl && (
        <Dialog title={t('URL of {station}', { station: station.id })} onClose={() => setShowsUrl(false)}>
          <StationUrl id={station.id} profile={station.security_profile} />
          <p class="small"><a href={sheetPath([station.id])}>{t('To print')}</a></p>
        </Dialog>
      )}
      {editing && <Edit station={station} onDone={() => { setEditing(false); reload(); }} />}
    </>
  );
}
