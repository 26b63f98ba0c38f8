// What stations that went away together share, and those that stayed do not: where to look first.
import { may, type Page as ListPage, query } from '../api';
import { useQuery } from '../query';
import { path, withQuery } from '../router';
import type { Schemas, Station } from '../types';
import { SmallTable } from '../ui/table';
import { number, t } from '../words';
import type { Alert } from './alerts_words';

type Known = Pick<Station, 'id' | 'location_id' | 'vendor' | 'model' | 'firmware_version' | 'ocpp_version' | 'disconnect_reason' | 'disconnected_at'>;
const fields = 'id,location_id,vendor,model,firmware_version,ocpp_version,disconnect_reason,disconnected_at';
const looked = 500;
const traits: [string, () => string, (one: Known) => string | null | undefined][] = [
  ['location_id', () => t('Location'), (one) => one.location_id],
  ['vendor', () => t('Vendor'), (one) => one.vendor],
  ['model', () => t('Model'), (one) => one.model],
  ['firmware_version', () => t('Firmware'), (one) => one.firmware_version],
  ['ocpp_version', () => 'OCPP', (one) => one.ocpp_version],
];

interface Trait {
  key: string;
  name: string;
  value: string;
  away: number; // shares, 0 to 1
  there: number;
}
const shareOf = (list: Known[], read: (one: Known) => string | null | undefined, value: string) =>
  list.length === 0 ? 0 : list.filter((one) => read(one) === value).length / list.length;

// Most of those that are away have it, and clearly more than of those that are there.
const most = 0.8;
const clearly = 0.2;
export function traitsOf(away: Known[], there: Known[]): Trait[] {
  const found: Trait[] = [];
  for (const [key, name, read] of traits) {
    const counts = new Map<string, number>();
    for (const one of away) {
      const value = read(one);
      if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const [value, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? ['', 0];
    const share = count / away.length;
    const other = shareOf(there, read, value);
    if (share >= most && share - other >= clearly) found.push({ key, name: name(), value, away: share, there: other });
  }
  return found.sort((a, b) => b.away - b.there - (a.away - a.there));
}

const minute = 60_000;
const percent = (share: number) => `${number(Math.round(share * 100))} %`;

// Those of an alert: what went away about when it began.
function useAway(one: Alert): { away: Known[]; there: Known[]; loaded: boolean } {
  const of = (connectivity: string) => query('/api/v1/stations', { connectivity, fields, limit: looked });
  const offline = useQuery<ListPage<Known>>(of('offline'), { every: 30_000 });
  const online = useQuery<ListPage<Known>>(of('online'), { every: 30_000 });
  const since = Date.parse(one.since);
  const away = (offline.data?.data ?? []).filter((each) => {
    const at = each.disconnected_at ? Date.parse(each.disconnected_at) : 0;
    return at >= since - minute && at <= since + 15 * minute;
  });
  return { away, there: online.data?.data ?? [], loaded: !!offline.data && !!online.data };
}

function WorkerWord({ id }: { id: string }) {
  const asked = useQuery<ListPage<Schemas['Worker']>>(may('workers:read') ? '/api/v1/workers?limit=100' : null, { types: ['worker.'], every: 10_000 });
  if (!asked.data) return null;
  const found = asked.data.data.find((one) => one.id === id);
  return <p>{!found || found.connections === 0
    ? t('Worker {id} has no connection left: look at it first.', { id })
    : t('Worker {id} still serves {n|station|stations}, so it is rather their network or power.', { id, n: found.connections })}</p>;
}

export function CommonTraits({ one }: { one: Alert }) {
  const { away, there, loaded } = useAway(one);
  const found = loaded && away.length > 0 ? traitsOf(away, there) : [];
  return (
    <>
      {one.worker && <WorkerWord id={one.worker} />}
      {found.length > 0 && (
        <SmallTable label={t('What they have in common')} items={found} id={(trait) => trait.key} columns={[
          { name: t('What they have in common'), cell: (trait) => <a href={withQuery(path('stations'), { [trait.key]: trait.value, connectivity: 'offline' })}>{trait.name}: {trait.value}</a> },
          { name: t('Of those that are away'), cell: (trait) => percent(trait.away), right: true },
          { name: t('Of those that are online'), cell: (trait) => percent(trait.there), right: true },
        ]} />
      )}
      {loaded && away.length > 0 && found.length === 0 && <p class="muted">{t('No location, vendor, model or firmware sets them apart from those that are online.')}</p>}
    </>
  );
}
