// The overview's plots and the tiles that come of them: fetched behind the page itself.
import { Fragment } from 'preact';
import { energy } from '../format';
import { path, withQuery } from '../router';
import { ChurnPlot, EnergyPlot, FaultsTable, PowerPlot } from '../statistics';
import { type Row, type Statistics, useStatistics, valueOf } from '../statistics_read';
import { Card, ErrorBox, Skeleton } from '../ui/basics';
import { Icon, type IconName } from '../ui/icons';
import { language, number, t } from '../words';

const newest = (statistics: Statistics | undefined, back = 0): Row | undefined => statistics?.data.at(-1 - back);

function Tile({ label, value, sub, icon }: { label: string; value: string; sub: string; icon: IconName }) {
  return (
    <a class="tile" href={path('statistics')}>
      <span class="tile-label"><Icon name={icon} />{label}</span>
      <span class="tile-value">{value}</span>
      <span class="tile-sub">{sub}</span>
    </a>
  );
}

export function StatisticTiles() {
  const days = useStatistics({ statistic: 'energy', days: 8 });
  const month = useStatistics({ statistic: 'availability', days: 30, interval: 'total' }, 600_000); // every connector is looked at
  const today = days.data && valueOf(days.data, newest(days.data), 'energy_wh');
  const before = days.data && valueOf(days.data, newest(days.data, 7), 'energy_wh');
  const uptime = month.data && valueOf(month.data, newest(month.data), 'uptime_percent');
  return (
    <div class="tiles statistic-tiles">
      <Tile icon="bolt" label={t('Energy today')} value={energy(today)} sub={t('{energy} a week ago', { energy: energy(before) })} />
      <Tile icon="check" label={t('Uptime, 30 days')} value={uptime === null || uptime === undefined ? '–' : `${number(uptime, 2)} %`} sub={t('as far as it was watched')} />
    </div>
  );
}

// ---- when sessions start ----

const weekday = (day: number) => new Date(Date.UTC(2026, 0, 5 + day)).toLocaleDateString(language.value, { weekday: 'short', timeZone: 'UTC' });

function HeatMap() {
  const { data, error, reload } = useStatistics({ statistic: 'sessions', days: 28, interval: 'hour' });
  const cells = Array.from({ length: 7 * 24 }, () => 0);
  for (const row of data?.data ?? []) {
    const at = new Date(row.from);
    const place = ((at.getDay() + 6) % 7) * 24 + at.getHours();
    cells[place] = (cells[place] as number) + (valueOf(data as Statistics, row, 'started') ?? 0);
  }
  const most = Math.max(1, ...cells);
  return (
    <Card title={t('When sessions start, last 28 days')} class="heat">
      {error && !data && <ErrorBox problem={error} retry={reload} />}
      {!data && !error && <Skeleton />}
      {data && (
        <div class="small-table" tabIndex={0} role="group" aria-label={t('When sessions start, last 28 days')}>
          <table class="heat-map">
            <caption class="hidden">{t('When sessions start, last 28 days')}</caption>
            <thead><tr><th scope="col"><span class="hidden">{t('Day')}</span></th>{Array.from({ length: 24 }, (_, hour) => <th key={hour} scope="col">{hour}</th>)}</tr></thead>
            <tbody>
              {Array.from({ length: 7 }, (_, day) => (
                <tr key={day}>
                  <th scope="row">{weekday(day)}</th>
                  {cells.slice(day * 24, day * 24 + 24).map((count, hour) => (
                    <td key={hour} class={`heat-${count === 0 ? 0 : Math.ceil((4 * count) / most)}`}>{count || ''}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p class="small muted definition">{t('Sessions that started in that hour of that weekday, by this browser’s clock.')}</p>
    </Card>
  );
}

export function OverviewPlots() {
  return (
    <Fragment>
      <StatisticTiles />
      <div class="halves plots">
        <PowerPlot minutes={24 * 60} />
        <ChurnPlot minutes={3 * 60} />
        <EnergyPlot days={30} />
        <HeatMap />
        <FaultsTable days={30} group="station" title={t('Stations with the most faults, 30 days')} />
      </div>
      <p class="small"><a href={withQuery(path('statistics'), {})}>{t('All statistics')}</a></p>
    </Fragment>
  );
}
