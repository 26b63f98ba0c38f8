// Whom an order to many stations means: those that are named, or those that the filters of the list
// find.
import { wordOf } from './state_words';
import type { Json } from './types';
import { t } from './words';

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

// The same, as people read it.
export function filterText(filter: Filter): string {
  return Object.entries(filter).map(([name, value]) => {
    if (name === 'has_active_session') return value ? t('A session runs') : t('No session runs');
    const said = Array.isArray(value) ? value.map(String).join(', ') : wordOf(String(value));
    return name === 'ocpp_version' ? `OCPP ${said}` : `${filterName(name)}: ${said}`;
  }).join(' · ');
}
function filterName(name: string): string {
  switch (name) {
    case 'q': return t('Text');
    case 'status': return t('Status');
    case 'connectivity': return t('Connection');
    case 'security_profile': return t('Security profile');
    case 'vendor': return t('Vendor');
    case 'model': return t('Model');
    case 'firmware_version': return t('Firmware');
    case 'worker': return t('Worker');
    case 'location_id': return t('Location');
    case 'silent_min': return t('Silent, minutes');
    default: return name;
  }
}
