// Whom an order to many stations means: those that are named, or those that the filters of the list
// find.
import type { Json } from './types';

// Parameters of the list of stations that a batch has as well.
export const batchFilters = [
  'q', 'status', 'connectivity', 'ocpp_version', 'security_profile', 'vendor', 'model', 'firmware_version', 'worker', 'location_id', 'silent_min', 'has_active_session',
];
export type Filter = Record<string, Json>;
export type Selection = { ids: string[] } | { filter: Filter };

// As the address says them, to what a batch takes.
export function batchFilter(asked: (name: string) => string): Filter {
  const filter: Filter = {};
  for (const name of batchFilters) {
    const value = asked(name);
    if (!value) continue;
    filter[name] = name === 'status' ? value.split(',') : name === 'security_profile' || name === 'silent_min' ? Number(value) : name === 'has_active_session' ? value === 'true' : value;
  }
  return filter;
}
