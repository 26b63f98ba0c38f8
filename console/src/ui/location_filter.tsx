// The filter of a list by location, where there are any.
import { may, type Page, query } from '../api';
import { useQuery } from '../query';
import type { Schemas } from '../types';
import { t } from '../words';
import { ChoiceFilter, filter } from './filters';

export function LocationFilter() {
  const locations = useQuery<Page<Schemas['Location']>>(may('locations:read') ? query('/api/v1/locations', { limit: 200 }) : null, { every: 600_000 });
  const known = locations.data?.data ?? [];
  if (known.length === 0 && !filter('location_id')) return null;
  return <ChoiceFilter name="location_id" label={t('All locations')} choices={known.map((one) => [one.id, one.name])} />;
}
