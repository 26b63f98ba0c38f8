// Where the OCPP console for several stations is: its address names them, or the filters that do.
import { batchFilters } from '../bulk_filter';
import { path } from '../router';
import type { Station } from '../types';

export const rawMax = 200; // stations that an address names
export function rawPath(filters: Record<string, string> | null, chosen: Station[]): string {
  const wanted = new URLSearchParams();
  const version = filters?.ocpp_version || chosen.find((one) => one.ocpp_version)?.ocpp_version;
  if (version) wanted.set('ocpp_version', version);
  if (!filters) for (const one of chosen.slice(0, rawMax)) wanted.append('id', one.id);
  else for (const name of batchFilters) if (filters[name] && name !== 'ocpp_version') wanted.set(name, filters[name]);
  return `${path('raw')}?${wanted}`;
}
