// S2: the stations, filtered by the server, and orders to many of them at once.
import { useState } from 'preact/hooks';
import { may, mayConfigure, mayOrder, mayRaw, query } from '../api';
import { batchFilter, batchFilters } from '../bulk_filter';
import { useList } from '../query';
import { power } from '../format';
import { path } from '../router';
import { sheetMax, sheetPath } from '../station_url';
import { isSimulated } from '../simulated';
import { endOf } from '../state_words';
import type { Station } from '../types';
import { rawPath } from './raw';
import { Ago, Button, Chip, Connectivity, Empty, Page, Time } from '../ui/basics';
import { chosen, type ChosenColumn, ColumnChoice } from '../ui/columns';
import { ChoiceFilter, ClearFilters, filter, standardChoices, TextFilter } from '../ui/filters';
import { Icon } from '../ui/icons';
import { lazyPart } from '../ui/lazy';
import { LocationFilter } from '../ui/location_filter';
import { Table } from '../ui/table';
import { SavedViews } from '../ui/views';
import { number, t } from '../words';

const Bulk = lazyPart(() => import('./station_bulk').then((one) => one.Bulk));

const filterNames = [...batchFilters, 'archived'];
export const statusWords = ['Available', 'Preparing', 'Charging', 'Occupied', 'SuspendedEV', 'SuspendedEVSE', 'Finishing', 'Reserved', 'Unavailable', 'Faulted'];

export function ConnectorChips({ station }: { station: Station }) {
  const evses = station.evses ?? [];
  if (evses.length === 0) return <Chip word={station.status} />;
  const shown = evses.slice(0, 6);
  return (
    <span class="connector-chips">
      {shown.map((evse) => {
        return <i key={evse.id} class={`pip status-${evse.status}`} title={t('EVSE {n}: {status}', { n: String(evse.id), status: evse.status })}>{evse.id}</i>;
      })}
      {evses.length > shown.length && <span class="small muted">+{evses.length - shown.length}</span>}
      <span class="clip">{summary(station)}</span>
    </span>
  );
}
// "Charging", or "2 Charging, 1 Available".
function summary(station: Station): string {
  const counts = new Map<string, number>();
  for (const evse of station.evses ?? []) counts.set(evse.status, (counts.get(evse.status) ?? 0) + 1);
  if (counts.size === 1) return [...counts.keys()][0] as string;
  return [...counts].map(([status, n]) => `${n} ${status}`).join(', ');
}

// It is there, but may not work yet.
const isRefused = (one: Station) => one.connectivity === 'online' && (one.boot_status === 'Pending' || one.boot_status === 'Rejected');

const columns = (): ChosenColumn<Station>[] => [
  { key: 'id', name: t('Station'), width: 'minmax(260px, 2.2fr)', cell: (one) => <><a class="strong clip" href={path('stations', one.id)}>{one.id}</a>{one.name && <span class="muted clip"> {one.name}</span>}{isSimulated(one) && <span class="badge">{t('Simulated')}</span>}</> },
  { key: 'connection', name: t('Connection'), width: '104px', cell: (one) => isRefused(one) ? <Chip word={one.boot_status} /> : <Connectivity value={one.connectivity} /> },
  { key: 'connectors', name: t('Connectors'), width: 'minmax(200px, 1.4fr)', cell: (one) => <ConnectorChips station={one} /> },
  { key: 'location', name: t('Location'), width: 'minmax(90px, 0.6fr)', cell: (one) => <span class="clip">{one.location_id ?? nothing}</span> },
  { key: 'power', name: t('Power'), width: '86px', cell: (one) => power(one.power_w), right: true },
  { key: 'ocpp', name: 'OCPP', width: '64px', cell: (one) => one.ocpp_version ?? nothing },
  { key: 'model', name: t('Vendor, model'), width: 'minmax(140px, 0.8fr)', cell: (one) => <span class="clip">{[one.vendor, one.model].filter(Boolean).join(' ') || nothing}</span> },
  { key: 'firmware', name: t('Firmware'), width: 'minmax(80px, 0.6fr)', cell: (one) => <span class="clip">{one.firmware_version ?? nothing}</span> },
  { key: 'uptime', name: t('Uptime, 30 d'), width: '116px', extra: true, cell: (one) => one.uptime_percent === null ? nothing : `${number(one.uptime_percent, 1)} %`, right: true },
  ...(may('alerts:read') ? [{ key: 'alerts', name: t('Open alerts'), width: '104px', extra: true, right: true, cell: (one: Station) => one.open_alerts ? <a href={`${path('alerts')}?station_id=${encodeURIComponent(one.id)}`}>{number(one.open_alerts)}</a> : nothing }] : []),
  { key: 'serial', name: t('Serial number'), width: 'minmax(122px, 0.7fr)', extra: true, cell: (one) => <span class="clip">{one.serial_number ?? nothing}</span> },
  { key: 'security', name: t('Security'), width: '110px', extra: true, cell: (one) => t('Profile {n}', { n: String(one.security_profile) }) },
  { key: 'worker', name: t('Worker'), width: 'minmax(90px, 0.6fr)', extra: true, cell: (one) => <span class="clip">{one.connection?.worker ?? nothing}</span> },
  { key: 'address', name: t('Address'), width: '130px', extra: true, cell: (one) => <span class="clip">{one.connection?.address ?? nothing}</span> },
  { key: 'note', name: t('Note'), width: 'minmax(110px, 0.8fr)', extra: true, cell: (one) => <span class="clip">{one.note ?? nothing}</span> },
  { key: 'created', name: t('Added'), width: '150px', extra: true, cell: (one) => <Time at={one.created_at} full /> },
  { key: 'away', name: t('Offline since'), width: 'minmax(150px, 0.8fr)', extra: true, cell: (one) => one.connectivity === 'online' || !one.disconnected_at ? nothing : <span class="clip"><Ago at={one.disconnected_at} /> <span class="muted">{endOf(one.disconnect_reason ?? '')}</span></span> },
  { key: 'boot', name: t('Boot'), width: '110px', extra: true, cell: (one) => <Chip word={one.boot_status} /> },
  { key: 'seen', name: t('Last seen'), width: '118px', cell: (one) => <Ago at={one.last_seen_at} />, right: true },
];
const nothing = <span class="muted">–</span>;

export function Stations() {
  const asked = Object.fromEntries(filterNames.map((name) => [name, filter(name)]));
  const shown = new Set(chosen(columns()).map((one) => one.key));
  const showsPower = shown.has('power');
  const expand = ['evses', ...['power', 'uptime', 'alerts'].filter((one) => shown.has(one))].join();
  const list = useList<Station>(query('/api/v1/stations', { ...asked, sort: filter('sort'), expand }), {
    id: (one) => one.id, types: ['station.', 'connector.', ...(showsPower ? ['transaction.'] : []), ...(shown.has('alerts') ? ['alert.'] : [])], total: true,
  });
  const [selected, setSelected] = useState<Set<string>>(new Set());
  const [bulk, setBulk] = useState<string | null>(null);
  const [takesAll, setTakesAll] = useState(false);
  const isWhole = selected.size > 0 && selected.size === list.items.length && list.hasMore;
  const fitsBatch = filterNames.every((name) => !filter(name) || batchFilters.includes(name));
  const all = takesAll && isWhole && fitsBatch;
  const filtered = filterNames.some((name) => filter(name));
  const empty = filtered ? (
    <Empty title={t('No station fits these filters')}><ClearFilters names={filterNames} /></Empty>
  ) : (
    <Empty icon="station" title={t('No station yet')}>
      <p>{t('Add one, or let one connect and accept it under Connection attempts.')}</p>
      <p class="row center"><a class="button primary" href={path('stations', 'new')}>{t('Add station')}</a><a class="button" href={path('attempts')}>{t('Connection attempts')}</a></p>
    </Empty>
  );
  return (
    <Page fills title={t('Stations')} sub={list.total === undefined ? undefined : t('{n|station|stations}', { n: list.total })} actions={
      <>
        {may('locations:read') && <a class="button" href={path('locations')}>{t('Locations')}</a>}
        <Button icon="download" onClick={() => void import('./station_export').then((one) => one.exportStations(asked, list.total))}>{t('Export')}</Button>
        {may('stations:write') && <a class="button" href={path('stations', 'import')}>{t('Import')}</a>}
        {may('stations:write') && <a class="button primary" href={path('stations', 'new')}>{t('Add station')}</a>}
      </>}>
      <SavedViews list="stations" all={t('All stations')} />
      <div class="filters">
        <TextFilter main name="q" label={t('Id, name, vendor, serial number')} />
        <ChoiceFilter name="connectivity" label={t('Any connection')} choices={[['online', t('online')], ['offline', t('offline')]]} />
        <ChoiceFilter name="status" label={t('Any status')} choices={standardChoices(statusWords)} />
        <LocationFilter />
        <ChoiceFilter name="ocpp_version" label={t('Any version')} choices={[['1.6', 'OCPP 1.6'], ['2.0.1', 'OCPP 2.0.1']]} />
        <ChoiceFilter name="security_profile" label={t('Any security')} choices={['0', '1', '2', '3'].map((n) => [n, t('Profile {n}', { n })])} />
        <ChoiceFilter name="silent_min" label={t('Heard of or not')} choices={[['15', t('Silent for 15 minutes')], ['60', t('Silent for an hour')], ['360', t('Silent for 6 hours')], ['1440', t('Silent for a day')], ['10080', t('Silent for a week')]]} />
        <ChoiceFilter name="has_active_session" label={t('With a session or without')} choices={[['true', t('A session runs')], ['false', t('No session runs')]]} />
        <TextFilter name="vendor" label={t('Vendor')} />
        <TextFilter name="model" label={t('Model')} />
        <TextFilter name="firmware_version" label={t('Firmware')} />
        <ChoiceFilter name="sort" label={t('By id')} choices={[['-id', t('By id, backwards')], ['-created_at', t('Newest first')], ['created_at', t('Oldest first')]]} />
        <ClearFilters names={filterNames} />
        <ColumnChoice all={columns()} />
      </div>
      {selected.size > 0 && (
        <div class="bulk" role="region" aria-label={t('What to do with the selected stations')}>
          <strong>{all ? t('All {n} that match', { n: list.total ?? 0 }) : t('{n} selected', { n: selected.size })}</strong>
          {isWhole && fitsBatch && !all && <Button kind="quiet" onClick={() => setTakesAll(true)}>{t('Select all {n} that match', { n: list.total ?? 0 })}</Button>}
          {mayOrder() && (
            <>
              <Button onClick={() => setBulk('reset')}>{t('Reset')}</Button>
              <Button onClick={() => setBulk('trigger-message')}>{t('Trigger message')}</Button>
              <Button onClick={() => setBulk('change-availability')}>{t('Availability')}</Button>
              {mayConfigure() && <Button onClick={() => setBulk('get-log')}>{t('Fetch logs')}</Button>}
              <Button onClick={() => setBulk('clear-cache')}>{t('Clear cache')}</Button>
              {mayConfigure() && <Button onClick={() => setBulk('update-firmware')}>{t('Firmware')}</Button>}
              {mayConfigure() && <Button onClick={() => setBulk('local-list')}>{t('Local list')}</Button>}
              {mayConfigure() && <Button onClick={() => setBulk('password')}>{t('Password')}</Button>}
            </>
          )}
          {may('stations:write') && may('locations:read') && !all && <Button onClick={() => setBulk('location')}>{t('Location')}</Button>}
          {mayRaw() && mayOrder() && (all || selected.size <= sheetMax) && (
            <a class="button" href={rawPath(all ? asked : null, list.items.filter((one) => selected.has(one.id)))}>{t('OCPP console')}</a>
          )}
          {selected.size > sheetMax
            ? <span class="small muted">{t('QR codes of at most {n} at once', { n: sheetMax })}</span>
            : <a class="button" href={sheetPath([...selected])}><Icon name="qr" />{t('QR codes')}</a>}
          <span class="grow" />
          <Button icon="close" kind="quiet" onClick={() => { setSelected(new Set()); setTakesAll(false); }}>{t('Select none')}</Button>
        </div>
      )}
      <Table label={t('Stations')} list={list} columns={chosen(columns())} id={(one) => one.id} href={(one) => path('stations', one.id)} empty={empty}
        selected={selected} onSelect={(next) => { setSelected(next); setTakesAll(false); }} />
      {bulk && <Bulk command={bulk} whom={all ? { filter: batchFilter(filter) } : { ids: [...selected] }} count={all ? list.total ?? 0 : selected.size} vendors={[...new Set(list.items.filter((one) => selected.has(one.id)).map((one) => one.vendor ?? ''))]} onClose={() => { setBulk(null); list.reload(); }} />}
    </Page>
  );
}
