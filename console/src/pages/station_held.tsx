// What the station holds: charging profiles, reservations, its local list, certificates. Shown as
// far as this api has them.
import { may, mayCharge, mayConfigure, mayOrder, mayRaw, type Page as ListPage, post, query, stationPath } from '../api';
import { command, order, orderCarefully } from '../commands';
import { useQuery } from '../query';
import { path } from '../router';
import type { Json, Schemas } from '../types';
import { Ago, Button, Card, Chip, complain, Empty, ErrorBox, Facts, JsonBlock, say, Time } from '../ui/basics';
import { SmallTable } from '../ui/table';
import { number, t } from '../words';
import type { TabProps } from './station';

type Row = { [name: string]: Json };
interface Profile {
  id: number;
  evse_id: number;
  purpose: string;
  stack_level: number;
  profile?: unknown;
}
const text = (value: Json | undefined) => (value === null || value === undefined ? '–' : typeof value === 'object' ? JSON.stringify(value) : String(value));
const at = (value: Json | undefined) => <Time at={typeof value === 'string' ? value : null} />;

function useRows(id: string, rest: string, isAllowed = true) {
  return useQuery<ListPage<Row>>(isAllowed ? query(stationPath(id, rest), { limit: 200 }) : null, { types: ['station.', 'command.', 'reservation.'], station: id });
}

export function StationProfiles({ station }: TabProps) {
  const asked = useQuery<ListPage<Profile>>(stationPath(station.id, '/charging-profiles?limit=200'), { types: ['station.', 'command.'], station: station.id });
  const isOff = station.connectivity !== 'online';
  const clear = () => void orderCarefully(station.id, t('Clear all charging profiles'), t('Running sessions get the full power of the station.'), () => command(station.id, 'clear-charging-profile', {}));
  const profiles = asked.data?.data ?? [];
  return (
    <Card title={t('Charging profiles')} actions={(
      <>
        {mayOrder() && station.ocpp_version === '2.0.1' && <Button icon="refresh" disabled={isOff} onClick={() => order(station.id, t('Ask for its profiles'), () => command(station.id, 'get-charging-profiles', {}))}>{t('Ask for its profiles')}</Button>}
        {mayRaw() && <a class="button" href={`${path('stations', station.id, 'raw')}?action=SetChargingProfile`}>{t('Set one…')}</a>}
        {mayCharge() && <Button kind="danger" disabled={isOff} onClick={clear}>{t('Clear all')}</Button>}
      </>)}>
      {asked.error && !asked.data && <ErrorBox problem={asked.error} retry={asked.reload} />}
      {asked.data && profiles.length === 0 && <Empty title={t('No charging profile is known')}><p>{t('Without one the station gives what its hardware and the grid allow.')}</p></Empty>}
      {profiles.map((one) => (
        <details key={`${one.id} ${one.evse_id}`} class="profile">
          <summary><strong>{one.purpose}</strong> · EVSE {one.evse_id || t('all')} · {t('level {n}', { n: String(one.stack_level) })} <span class="muted">#{one.id}</span></summary>
          <JsonBlock value={one.profile} />
        </details>
      ))}
    </Card>
  );
}

export function StationReservations({ station }: TabProps) {
  const asked = useRows(station.id, '/reservations');
  const rows = asked.data?.data ?? [];
  return (
    <Card title={t('Reservations')} actions={mayRaw() && <a class="button" href={`${path('stations', station.id, 'raw')}?action=ReserveNow`}>{t('Reserve…')}</a>}>
      {asked.error && !asked.data && <ErrorBox problem={asked.error} retry={asked.reload} />}
      {asked.data && rows.length === 0 && <Empty icon="clock" title={t('Nothing is reserved')}><p>{t('“Reserve…” holds a connector for one token until a time.')}</p></Empty>}
      {rows.length > 0 && (
        <SmallTable label={t('Reservations')} items={rows} id={(one) => text(one.id)} columns={[
          { name: t('Number'), cell: (one) => text(one.reservation_id), right: true },
          { name: 'EVSE', cell: (one) => text(one.evse_id) },
          { name: t('Token'), cell: (one) => text(one.token) },
          { name: t('State'), cell: (one) => <Chip word={text(one.state)} /> },
          { name: t('Until'), cell: (one) => at(one.expires_at) },
          { name: t('Ordered'), cell: (one) => at(one.created_at) },
          { name: '', cell: (one) => mayOrder() && ['active', 'accepted', 'pending'].includes(text(one.state)) && (
            <Button onClick={() => void orderCarefully(station.id, t('Cancel the reservation'), t('Whoever reserved it may find it taken. Token {token}.', { token: text(one.token) }), () => command(station.id, 'cancel-reservation', { reservation_id: one.reservation_id }))}>{t('Cancel')}</Button>) },
        ]} />
      )}
    </Card>
  );
}

export function StationLocalList({ station }: TabProps) {
  const asked = useQuery<Schemas['LocalList']>(stationPath(station.id, '/local-list'), { types: ['station.', 'command.'], station: station.id });
  const entries = useRows(station.id, '/local-list/entries', may('tokens:read'));
  const sync = () =>
    post(stationPath(station.id, '/local-list/sync'), {}).then(() => { say(t('The list is being sent')); asked.reload(); }).catch(complain);
  const list = asked.data;
  const rows = entries.data?.data ?? [];
  return (
    <>
      <Card title={t('Local list')} actions={mayConfigure() && <Button disabled={station.connectivity !== 'online'} onClick={() => void sync()}>{t('Send what is wanted')}</Button>}>
        {asked.error && !list && <ErrorBox problem={asked.error} retry={asked.reload} />}
        {list && !list.supported && <p class="note-box">{t('The station says that it keeps no local list.')}</p>}
        {list && (
          <Facts facts={[
            [t('State'), list.drift ? <Chip word="incomplete" label={t('the station has another one')} /> : list.in_sync ? <Chip word="complete" label={t('as it is wanted')} /> : <Chip word="queued" label={t('not sent yet')} />],
            [t('Entries that are wanted'), number(list.wanted_entries)],
            [t('Entries that it has confirmed'), number(list.confirmed_entries)],
            [t('Version that it has confirmed'), list.confirmed_version !== null && <>{list.confirmed_version} · <Ago at={list.confirmed_at} /></>],
            [t('Version that it reported'), list.reported_version !== null && <>{list.reported_version} · <Ago at={list.reported_at} /></>],
            [t('Changed'), list.updated_at && <>{list.updated_by} · <Ago at={list.updated_at} /></>],
          ]} />
        )}
      </Card>
      <Card title={t('Its entries')}>
        {!may('tokens:read') && <p class="muted">{t('They are shown to who may see tokens.')}</p>}
        {entries.data && rows.length === 0 && <Empty icon="token" title={t('The list is empty')}><p>{t('While it has no connection, the station then lets in whom its own settings allow.')}</p></Empty>}
        {rows.map((one, i) => <details key={i} class="profile"><summary><Chip word={text(one.state)} /> {text((one.wanted as Row | null)?.uid ?? (one.confirmed as Row | null)?.uid)}</summary><JsonBlock value={one} /></details>)}
      </Card>
    </>
  );
}

export function StationCertificates({ station }: TabProps) {
  const installed = useRows(station.id, '/certificates');
  const issued = useRows(station.id, '/certificates/issued');
  const requests = useRows(station.id, '/certificates/csrs');
  const decide = (id: string, what: 'sign' | 'reject') =>
    post(stationPath(station.id, `/certificates/csrs/${encodeURIComponent(id)}/${what}`), {}).then(() => { say(t('Done')); requests.reload(); issued.reload(); }).catch(complain);
  return (
    <>
      <Card title={t('Requests for a certificate')}>
        {requests.data?.data.length === 0 && <p class="muted">{t('None.')}</p>}
        {(requests.data?.data.length ?? 0) > 0 && <SmallTable label={t('Requests for a certificate')} items={requests.data?.data ?? []} id={(one) => text(one.id)} columns={[
          { name: t('Received'), cell: (one) => at(one.received_at) },
          { name: t('Type'), cell: (one) => text(one.certificate_type) },
          { name: t('Name'), cell: (one) => text(one.common_name) },
          { name: t('State'), cell: (one) => <Chip word={text(one.state)} /> },
          { name: '', cell: (one) => one.state === 'pending' && <span class="row"><Button kind="primary" onClick={() => void decide(text(one.id), 'sign')}>{t('Sign')}</Button><Button onClick={() => void decide(text(one.id), 'reject')}>{t('Reject')}</Button></span> },
        ]} />}
      </Card>
      <Card title={t('Certificates that it was given')}>
        {issued.data?.data.length === 0 && <p class="muted">{t('None.')}</p>}
        {(issued.data?.data.length ?? 0) > 0 && <SmallTable label={t('Certificates that it was given')} items={issued.data?.data ?? []} id={(one) => text(one.fingerprint)} columns={[
          { name: t('Type'), cell: (one) => text(one.certificate_type) },
          { name: t('Name'), cell: (one) => text(one.subject) },
          { name: t('State'), cell: (one) => <Chip word={text(one.state)} /> },
          { name: t('Valid until'), cell: (one) => at(one.not_after) },
        ]} />}
      </Card>
      <Card title={t('Certificates that it trusts')} actions={mayOrder() && <Button icon="refresh" disabled={station.connectivity !== 'online'} onClick={() => order(station.id, t('Ask for its certificates'), () => command(station.id, 'get-installed-certificate-ids', {}))}>{t('Ask for its certificates')}</Button>}>
        {installed.data?.data.length === 0 && <p class="muted">{t('It has not said yet.')}</p>}
        {(installed.data?.data.length ?? 0) > 0 && <SmallTable label={t('Certificates that it trusts')} items={installed.data?.data ?? []} id={(one) => `${text(one.serial_number)} ${text(one.issuer_key_hash)}`} columns={[
          { name: t('Type'), cell: (one) => text(one.certificate_type) },
          { name: t('Name'), cell: (one) => text(one.subject) },
          { name: t('Serial number'), cell: (one) => <code>{text(one.serial_number)}</code> },
          { name: t('Valid until'), cell: (one) => at(one.not_after) },
        ]} />}
      </Card>
    </>
  );
}
