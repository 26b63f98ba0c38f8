// The station's configuration: 1.6 keys and 2.0.1 variables in one table, with what is wanted beside
// what is. Edits are collected and sent as one command.
import { useState } from 'preact/hooks';
import { mayConfigure, mayOrder, query, stationPath } from '../api';
import { command, order, orderCarefully } from '../commands';
import { useList, useQuery } from '../query';
import type { Schemas } from '../types';
import { Ago, Button, Card, Chip, Empty } from '../ui/basics';
import { ClearFilters, filter, TextFilter } from '../ui/filters';
import { Table } from '../ui/table';
import { SmallTable } from '../ui/table';
import { t } from '../words';
import type { TabProps } from './station';

type Variable = Schemas['Variable'];
const keyOf = (one: Variable) => [one.component, one.component_instance, one.evse_id, one.connector_id, one.variable, one.instance, one.attribute].join('/');
const nameOf = (one: Variable) => `${one.variable}${one.instance ? ` [${one.instance}]` : ''}`;
const whereOf = (one: Variable) =>
  `${one.component}${one.component_instance ? ` [${one.component_instance}]` : ''}${one.evse_id === null ? '' : ` · EVSE ${one.evse_id}${one.connector_id === null ? '' : `/${one.connector_id}`}`}`;

function Drift({ id }: { id: string }) {
  const asked = useQuery<Schemas['VariableDrift']>(stationPath(id, '/variables/drift'), { types: ['station.', 'command.'], station: id });
  const drift = asked.data;
  if (!drift || drift.items.length === 0) return null;
  return (
    <Card title={t('Wanted, and what is')} actions={<span class="small muted">{t('{n} match, {m} differ', { n: drift.matches, m: drift.differs })}</span>}>
      <SmallTable label={t('Wanted, and what is')} items={drift.items} id={(one) => [one.component, one.variable, one.instance, one.evse_id, one.attribute].join('/')} columns={[
        { name: t('Variable'), cell: (one) => `${one.component} · ${one.variable}` },
        { name: t('Wanted'), cell: (one) => <code>{one.desired}</code> },
        { name: t('Is'), cell: (one) => <code>{one.actual ?? '–'}</code> },
        { name: t('State'), cell: (one) => <Chip word={one.state} /> },
      ]} />
    </Card>
  );
}

function Value({ one, pending, onChange, locked }: { one: Variable; pending: string | undefined; onChange: (value: string | undefined) => void; locked: boolean }) {
  const readOnly = locked || one.mutability === 'ReadOnly' || one.constant === true;
  if (readOnly) return <code class="clip">{one.value ?? (one.mutability === 'WriteOnly' ? '***' : '–')}</code>;
  const shown = pending ?? one.value ?? '';
  const change = (value: string) => onChange(value === (one.value ?? '') ? undefined : value);
  const list = one.values_list?.split(',').map((word) => word.trim()).filter(Boolean) ?? [];
  const label = `${one.component} ${one.variable}`;
  if (list.length > 0 && one.data_type === 'OptionList')
    return (
      <select aria-label={label} class={pending === undefined ? '' : 'set'} value={shown} onChange={(event) => change(event.currentTarget.value)}>
        {!list.includes(shown) && <option>{shown}</option>}
        {list.map((word) => <option key={word}>{word}</option>)}
      </select>
    );
  return <input aria-label={label} class={`cell-input ${pending === undefined ? '' : 'set'}`} value={shown} onInput={(event) => change(event.currentTarget.value)} />;
}

export function StationConfiguration({ station, sessions }: TabProps) {
  const [edits, setEdits] = useState<Map<string, { one: Variable; value: string }>>(new Map());
  const list = useList<Variable>(query(stationPath(station.id, '/variables'), { component: filter('component'), variable: filter('variable') }), {
    id: keyOf, types: ['station.', 'command.'], station: station.id, total: true, size: 500,
  });
  const isOff = station.connectivity !== 'online';
  const read = () => order(station.id, t('Read the configuration'), () => command(station.id, 'get-base-report', { report: 'full' }));
  const send = () => {
    const variables = [...edits.values()].map(({ one, value }) => ({
      component: one.component,
      variable: one.variable,
      value,
      ...(one.component_instance ? { component_instance: one.component_instance } : {}),
      ...(one.evse_id === null ? {} : { evse_id: one.evse_id }),
      ...(one.connector_id === null ? {} : { connector_id: one.connector_id }),
      ...(one.instance ? { variable_instance: one.instance } : {}),
      ...(one.attribute && one.attribute !== 'Actual' ? { attribute: one.attribute } : {}),
    }));
    void orderCarefully(station.id, t('Set {n|value|values}', { n: variables.length }),
      sessions.length ? t('{n|session is|sessions are} running there.', { n: sessions.length }) : t('Nothing is charging there.'),
      () => command(station.id, 'set-variables', { variables, verify: true })).then(() => setEdits(new Map()));
  };
  const edit = (one: Variable, value: string | undefined) => {
    const next = new Map(edits);
    if (value === undefined) next.delete(keyOf(one));
    else next.set(keyOf(one), { one, value });
    setEdits(next);
  };
  const reboot = list.items.some((one) => one.reboot_required);
  return (
    <>
      <Drift id={station.id} />
      <div class="filters">
        <TextFilter main name="variable" label={t('Variable or key, exactly')} />
        <TextFilter name="component" label={t('Component, exactly')} />
        <ClearFilters names={['variable', 'component']} />
        <span class="grow" />
        {reboot && <Chip word="pending" label={t('takes effect after a reset')} />}
        {edits.size > 0 && <Button onClick={() => setEdits(new Map())}>{t('Discard')}</Button>}
        {edits.size > 0 && <Button kind="primary" disabled={isOff} onClick={send}>{t('Set {n|value|values}', { n: edits.size })}</Button>}
        {mayOrder() && <Button icon="refresh" disabled={isOff} onClick={read}>{t('Read it anew')}</Button>}
      </div>
      <div class="tall">
        <Table label={t('Configuration')} list={list} id={keyOf}
          empty={<Empty icon="edit" title={t('The station has not said its configuration')}>
            {mayOrder() && <Button kind="primary" disabled={isOff} onClick={read}>{t('Read it now')}</Button>}
          </Empty>}
          columns={[
            { name: t('Component'), width: 'minmax(140px, 1fr)', cell: (one) => <span class="clip">{whereOf(one)}</span> },
            { name: t('Variable'), width: 'minmax(180px, 1.4fr)', cell: (one) => <span class="strong clip">{nameOf(one)}{one.attribute !== 'Actual' && <span class="muted"> {one.attribute}</span>}</span> },
            { name: t('Value'), width: 'minmax(180px, 1.6fr)', cell: (one) => <Value one={one} locked={!mayConfigure()} pending={edits.get(keyOf(one))?.value} onChange={(value) => edit(one, value)} /> },
            { name: t('Unit'), width: '70px', cell: (one) => one.unit },
            { name: t('Type'), width: '110px', cell: (one) => <span class="clip">{one.data_type}</span> },
            { name: t('Access'), width: '100px', cell: (one) => one.mutability },
            { name: t('Said'), width: '90px', cell: (one) => <Ago at={one.reported_at} />, right: true },
          ]} />
      </div>
    </>
  );
}
