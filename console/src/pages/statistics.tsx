// Statistics: the whole, a location or a station, over days. What is chosen stands in the address.
import { type Page as ListPage, query } from '../api';
import { useQuery } from '../query';
import { setParams } from '../router';
import { AvailabilityPlot, ChurnPlot, ConnectionsPlot, EnergyPlot, FaultsPlot, FaultsTable, LatencyPlot, PowerPlot, SessionsPlot, UtilisationPlot } from '../statistics';
import type { Schemas } from '../types';
import { Page } from '../ui/basics';
import { ChoiceFilter, ClearFilters, filter, TextFilter } from '../ui/filters';
import { t } from '../words';

const ranges = [7, 30, 90, 365];

export function StatisticsPage() {
  const days = ranges.find((one) => String(one) === filter('days')) ?? 30;
  const locations = useQuery<ListPage<Schemas['Location']>>(query('/api/v1/locations', { limit: 200 }), { types: ['location.'] });
  const station = filter('station_id') || undefined;
  const location = station ? undefined : filter('location_id') || undefined;
  const place = { days, station, location };
  const key = `${days} ${station ?? ''} ${location ?? ''}`;
  return (
    <Page title={t('Statistics')}>
      <div class="filters" role="search">
        <select aria-label={t('Time')} value={String(days)} onChange={(event) => setParams({ days: event.currentTarget.value === '30' ? '' : event.currentTarget.value })}>
          {ranges.map((one) => <option key={one} value={String(one)}>{t('{n|day|days}', { n: one })}</option>)}
        </select>
        <TextFilter name="station_id" label={t('Station')} />
        {(locations.data?.data.length ?? 0) > 0 && (
          <ChoiceFilter name="location_id" label={t('All locations')} choices={(locations.data?.data ?? []).map((one) => [one.id, one.name])} />
        )}
        <ClearFilters names={['days', 'station_id', 'location_id']} />
      </div>
      <p class="small muted">{t('Drag over a plot to zoom in; a double click shows all again. Every plot has its values under Table.')}</p>
      <div class="halves plots" key={key}>
        <EnergyPlot {...place} />
        <SessionsPlot {...place} />
        <UtilisationPlot {...place} />
        <AvailabilityPlot {...place} />
        <FaultsPlot {...place} />
        <ConnectionsPlot {...place} />
        <FaultsTable {...place} group="error_code" title={t('Faults by error code')} />
        <FaultsTable {...place} group="model" title={t('Faults by model')} />
        <FaultsTable {...place} group="firmware_version" title={t('Faults by firmware')} />
        {!station && !location && (
          <>
            <PowerPlot minutes={24 * 60} />
            <ChurnPlot minutes={24 * 60} />
            <LatencyPlot days={days} />
          </>
        )}
      </div>
    </Page>
  );
}
