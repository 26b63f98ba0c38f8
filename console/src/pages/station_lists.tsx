// Lists of one station: its sessions, the orders to it, what it reported.
import { query, stationPath } from '../api';
import { useList } from '../query';
import { path } from '../router';
import type { Command, Schemas, Transaction } from '../types';
import { Chip, Empty, Facts, JsonBlock, Time } from '../ui/basics';
import { chosen } from '../ui/columns';
import { ChoiceFilter, ClearFilters, filter, ownChoices, SinceFilter, sinceTime } from '../ui/filters';
import { Table } from '../ui/table';
import { wordOf } from '../state_words';
import { t } from '../words';
import { commandColumns, CommandFilters, commandQuery } from './commands';
import { countsSessions, sessionColumns, SessionFilters, sessionQuery } from './sessions';
import type { TabProps } from './station';

export function StationSessions({ station }: TabProps) {
  const list = useList<Transaction>(query(stationPath(station.id, '/transactions'), sessionQuery()), {
    id: (one) => one.id, types: ['transaction.'], station: station.id, grows: true, total: countsSessions(),
  });
  return (
    <>
      <SessionFilters />
      <Table label={t('Sessions')} list={list} id={(one) => one.id} href={(one) => path('sessions', one.id)} columns={chosen(sessionColumns(false))}
        empty={<Empty icon="session" title={t('No session')}><p>{t('One appears as soon as somebody charges there.')}</p></Empty>} />
    </>
  );
}

export function StationCommands({ station }: TabProps) {
  const list = useList<Command>(query(stationPath(station.id, '/commands'), commandQuery()), {
    id: (one) => one.id, types: ['command.'], station: station.id, grows: true, total: true,
  });
  return (
    <>
      <CommandFilters />
      <Table label={t('Commands')} list={list} id={(one) => one.id} href={(one) => path('commands', one.id)} columns={commandColumns(false)}
        empty={<Empty icon="command" title={t('No command')}><p>{t('Orders to this station appear here, with what became of them.')}</p></Empty>} />
    </>
  );
}

type StationEvent = Schemas['Event'];
export function StationEvents({ station }: TabProps) {
  const list = useList<StationEvent>(query(stationPath(station.id, '/events'), { kind: filter('kind'), from: sinceTime() }), {
    id: (one) => `${one.received_at} ${one.kind} ${one.name} ${one.evse_id} ${one.connector_id}`, types: ['station.'], station: station.id, grows: true, total: true,
  });
  return (
    <>
      <div class="filters">
        <ChoiceFilter name="kind" label={t('Any kind')} choices={ownChoices(['boot', 'status', 'security', 'notify_event', 'data_transfer'])} />
        <SinceFilter />
        <ClearFilters names={['kind', 'since']} />
      </div>
      <Table label={t('Events')} list={list} id={(one) => `${one.received_at} ${one.kind} ${one.name} ${one.evse_id} ${one.connector_id}`}
        empty={<Empty title={t('It has reported nothing yet')}><p>{t('Boots, states and alarms appear here as it tells them; “More…” above asks it for a message.')}</p></Empty>}
        expanded={(one) => (
          <div class="stack">
            <h2>{wordOf(one.kind)} {one.name}</h2>
            <Facts facts={[[t('Said at'), <Time at={one.at} full />], [t('Received'), <Time at={one.received_at} full />], [t('Severity'), one.severity]]} />
            <JsonBlock value={one.payload ?? {}} />
          </div>
        )}
        columns={[
          { name: t('Received'), width: '160px', cell: (one) => <Time at={one.received_at} /> },
          { name: t('Kind'), width: '160px', cell: (one) => <Chip word={one.kind} /> },
          { name: t('Name'), width: 'minmax(140px, 1fr)', cell: (one) => <span class="clip">{one.name}</span> },
          { name: 'EVSE', width: '90px', cell: (one) => one.evse_id === null ? '–' : `${one.evse_id}${one.connector_id === null ? '' : ` / ${one.connector_id}`}` },
          { name: t('Content'), width: 'minmax(200px, 2fr)', cell: (one) => <code class="clip">{JSON.stringify(one.payload)}</code> },
        ]} />
    </>
  );
}
