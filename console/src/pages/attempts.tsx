// Connections that were refused: why, what helps, and letting a station in.
import { may, query } from '../api';
import { useList } from '../query';
import { path, withQuery } from '../router';
import type { Schemas } from '../types';
import { Chip, Empty, Facts, Page, Time } from '../ui/basics';
import { ChoiceFilter, ClearFilters, filter, SinceFilter, sinceTime, TextFilter } from '../ui/filters';
import { Table } from '../ui/table';
import { t } from '../words';
import { explain } from './attempts_words';

type Attempt = Schemas['ConnectionAttempt'];
const causes = ['unknown_station', 'wrong_password', 'missing_credentials', 'wrong_user_name', 'no_password_set', 'no_common_subprotocol', 'tls_required', 'client_certificate_required', 'wrong_certificate', 'wrong_organization', 'revoked_certificate', 'bad_identity'];
const names = ['station_id', 'cause', 'since'];

function Detail({ one }: { one: Attempt }) {
  const { title, remedy } = explain(one.cause);
  return (
    <div class="stack">
      <h2>{one.identity ?? t('No identity')}: {title}</h2>
      <p>{remedy}</p>
      <Facts facts={[
        [t('Said at the door'), one.detail],
        ['HTTP', one.http_status],
        [t('Address'), one.address],
        ['TLS', one.tls === null ? null : one.tls ? t('yes') : t('no')],
        [t('Sub-protocols'), one.subprotocols || t('none')],
        [t('User name'), one.user_name],
        [t('Program'), one.user_agent],
        [t('Worker'), one.worker],
        [t('Cause'), <code>{one.cause}</code>],
      ]} />
      {one.identity && (one.station_id
        ? <p><a href={path('stations', one.station_id, 'security')}>{t('To its security')}</a></p>
        : may('stations:write') && <p><a class="button primary" href={withQuery(path('stations', 'new'), { id: one.identity })}>{t('Accept as a new station')}</a></p>)}
    </div>
  );
}

export function Attempts() {
  const list = useList<Attempt>(query('/api/v1/connection-attempts', { station_id: filter('station_id'), cause: filter('cause'), from: sinceTime() }), {
    id: (one) => one.id, types: ['connection.'], grows: true, total: true,
  });
  return (
    <Page fills title={t('Connection attempts')} sub={t('Stations that were refused, and what helps')}>
      <div class="filters">
        <TextFilter main name="station_id" label={t('Identity, exactly')} />
        <ChoiceFilter name="cause" label={t('Any cause')} choices={causes.map((cause) => [cause, explain(cause).title])} />
        <SinceFilter />
        <ClearFilters names={names} />
      </div>
      <Table label={t('Connection attempts')} list={list} id={(one) => one.id} expanded={(one) => <Detail one={one} />}
        empty={<Empty icon="check" title={names.some(filter) ? t('No attempt fits these filters') : t('Nobody was refused')}>
          <p>{t('A station that cannot connect appears here within a second, with the reason.')}</p>
          <ClearFilters names={names} />
        </Empty>}
        columns={[
          { name: t('Time'), width: '160px', cell: (one) => <Time at={one.at} /> },
          { name: t('Identity'), width: 'minmax(140px, 1fr)', cell: (one) => <span class="strong clip">{one.identity ?? '–'}</span> },
          { name: t('Why'), width: 'minmax(180px, 1.2fr)', cell: (one) => <Chip word="refused" label={explain(one.cause).title} /> },
          { name: t('What helps'), width: 'minmax(240px, 2.4fr)', cell: (one) => <span class="clip">{explain(one.cause).remedy}</span> },
          { name: t('Address'), width: '130px', cell: (one) => <span class="clip">{one.address}</span> },
          { name: '', width: '110px', cell: (one) => one.identity && !one.station_id && may('stations:write')
            ? <a class="button small-button" href={withQuery(path('stations', 'new'), { id: one.identity })}>{t('Accept…')}</a> : null },
        ]} />
    </Page>
  );
}
