// How the station shows who it is, and what it reported about its security.
import { useState } from 'preact/hooks';
import { ask, may, mayConfigure, type Page as ListPage, post, Problem, query, stationPath } from '../api';
import { command, orderCarefully } from '../commands';
import { useList, useQuery } from '../query';
import { path } from '../router';
import type { Schemas, Station } from '../types';
import { Ago, Button, Card, Chip, confirmed, Empty, ErrorBox, Facts, JsonBlock, say, Time } from '../ui/basics';
import { SmallTable, Table } from '../ui/table';
import { t } from '../words';
import { explain } from './attempts_words';
import type { TabProps } from './station';
import { Secret } from './station_new';

type Credentials = Schemas['Credentials'];
type SecurityEvent = Schemas['SecurityEvent'];

// What a station must hold before it connects by a profile.
function needsOf(profile: number): string {
  switch (profile) {
    case 1: return t('a password');
    case 2: return t('a password, and the root certificate of this server');
    default: return t('its own certificate, and the root certificate of this server');
  }
}

export function StationSecurity({ station, sessions, reload }: TabProps) {
  const credentials = useQuery<Credentials>(stationPath(station.id, '/credentials'), { types: ['station.'], station: station.id });
  const attempts = useQuery<ListPage<Schemas['ConnectionAttempt']>>(query('/api/v1/connection-attempts', { station_id: station.id, limit: 20 }), { types: ['connection.'] });
  const events = useList<SecurityEvent>(stationPath(station.id, '/security-events'), { id: (one) => `${one.at} ${one.type} ${one.received_at}`, types: ['station.'], station: station.id, grows: true });
  const [password, setPassword] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const next = station.next_security_profile;
  const takeBack = async () => {
    const answer = await confirmed({
      title: t('Take profile {n} back', { n: String(next) }), whom: station.id, action: t('Take it back'), danger: true,
      text: t('Profile {n} goes on to count here, and a connection by the new one changes nothing. The station is told nothing: if it has switched already, set it back in the station.', { n: String(station.security_profile) }),
    });
    if (answer === null) return;
    try {
      const current = await ask<Station>(stationPath(station.id));
      const etag = current.headers.get('etag');
      await ask(stationPath(station.id), { method: 'PATCH', body: { security_profile: current.data.security_profile }, headers: etag ? { 'If-Match': etag } : {} });
      say(t('It is taken back'));
      reload();
      credentials.reload();
    } catch (error) {
      failed(error);
    }
  };
  const failed = (error: unknown) => setProblem(error as Problem);
  const setProfile = async (profile: number) => {
    const answer = await confirmed({ title: t('Security profile {n}', { n: String(profile) }), whom: station.id, text: t('It counts from the next connection on. If the station is not set up for it, it will not get in again.'), action: t('Change'), danger: true });
    if (answer === null) return;
    try {
      const changed = await ask<Credentials>(stationPath(station.id, '/credentials'), { method: 'PUT', body: { security_profile: profile } });
      setPassword(changed.data.password ?? null);
      credentials.reload();
      reload();
      say(t('Saved'));
    } catch (error) {
      failed(error);
    }
  };
  const makePassword = async () => {
    const answer = await confirmed({ title: t('Make a new password'), whom: station.id, text: t('The old one is void at once; the station gets in again when the new one is set in it.'), action: t('Make a new password'), danger: true });
    if (answer === null) return;
    post<Credentials>(stationPath(station.id, '/credentials/rotate')).then((made) => { setPassword(made.password ?? null); credentials.reload(); }).catch(failed);
  };
  const sendPassword = () =>
    orderCarefully(station.id, t('Give it a new password'), t('The station is sent a new password over its connection, and counts by it once it has accepted. {now}', { now: sessions.length ? t('Running sessions go on.') : '' }),
      () => command(station.id, 'rotate-password', {}));
  const shown = credentials.data;
  return (
    <>
      {problem && <ErrorBox problem={problem} />}
      <div class="columns even">
        <Card title={t('How it gets in')}>
          {shown && (
            <div class="stack">
              {next !== null && (
                <div class="note-box next-profile">
                  <strong><Chip word="pending" label={t('Profile {n} is coming', { n: String(next) })} /></strong>
                  <p>{t('The station has accepted profile {next} and has not connected by it yet. Until its first connection by {next}, profile {now} still lets it in; afterwards it never does.', { next: String(next), now: String(station.security_profile) })}</p>
                  <p class="small">{t('It takes effect when the station connects anew, mostly after a reset. See that it has what the new profile needs: {needs}.', { needs: needsOf(next) })}</p>
                  {may('stations:write') && <Button onClick={() => void takeBack()}>{t('Take it back')}</Button>}
                </div>
              )}
              <label class="field">
                <span>{t('Security profile')}</span>
                <select disabled={!may('stations:write')} value={shown.security_profile} onChange={(event) => { const wanted = Number(event.currentTarget.value); event.currentTarget.value = String(shown.security_profile); void setProfile(wanted); }}>
                  <option value={0}>{t('0: anyone who knows the identity')}</option>
                  <option value={1}>{t('1: password')}</option>
                  <option value={2}>{t('2: password and TLS')}</option>
                  <option value={3}>{t('3: client certificate and TLS')}</option>
                </select>
              </label>
              <Facts facts={[[t('Password'), shown.has_password ? t('is set') : t('none')], [t('Note'), shown.security_profile_note]]} />
              {password && <Secret password={password} />}
              <div class="row wrap">
                {may('stations:write') && <Button onClick={() => void makePassword()}>{t('Make a new password')}</Button>}
                {mayConfigure() && station.connectivity === 'online' && <Button onClick={() => void sendPassword()}>{t('Send it a new password')}</Button>}
              </div>
            </div>
          )}
        </Card>
        <Card title={t('Refused connections')} actions={<a href={`${path('attempts')}?station_id=${encodeURIComponent(station.id)}`}>{t('All')}</a>}>
          {attempts.data?.data.length === 0 && <p class="muted">{t('None.')}</p>}
          {(attempts.data?.data.length ?? 0) > 0 && (
            <SmallTable label={t('Refused connections')} items={attempts.data?.data ?? []} id={(one) => one.id} columns={[
              { name: t('At'), cell: (one) => <Ago at={one.at} /> },
              { name: t('Why'), cell: (one) => explain(one.cause).title },
              { name: t('Address'), cell: (one) => one.address },
            ]} />
          )}
        </Card>
      </div>
      <Card title={t('Security events')}>
        <div class="medium">
          <Table label={t('Security events')} list={events} id={(one) => `${one.at} ${one.type} ${one.received_at}`} expanded={(one) => <><h2>{one.type}</h2><JsonBlock value={one.details ?? {}} /></>}
            empty={<Empty icon="check" title={t('It has reported none')} />}
            columns={[
              { name: t('At'), width: '170px', cell: (one) => <Time at={one.at} /> },
              { name: t('Type'), width: 'minmax(180px, 1fr)', cell: (one) => <span class="strong clip">{one.type}</span> },
              { name: '', width: '110px', cell: (one) => one.critical && <Chip word="failed" label={t('critical')} /> },
              { name: t('Details'), width: 'minmax(180px, 2fr)', cell: (one) => <code class="clip">{JSON.stringify(one.details)}</code> },
            ]} />
        </div>
      </Card>
    </>
  );
}
