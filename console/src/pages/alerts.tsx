// S13: what wants a person, until somebody looks after it or it is over. And the rules behind it.
import { useState } from 'preact/hooks';
import { ask, may, type Page as ListPage, post, query } from '../api';
import { useList, useQuery } from '../query';
import { path, setParams, withQuery } from '../router';
import type { Schemas } from '../types';
import { Ago, Button, Card, Chip, complain, confirmed, Empty, ErrorBox, Facts, Page, say, Skeleton, Tabs, Time } from '../ui/basics';
import { ChoiceFilter, ClearFilters, filter, TextFilter } from '../ui/filters';
import { Table } from '../ui/table';
import { number, t } from '../words';
import { CommonTraits } from './common_traits';
import { Remedy } from './remedy';
import { type Alert, alertWords, parameterWords, severityTone, severityWords, stateWords } from './alerts_words';

type Rule = Schemas['AlertRule'];
type Kind = Schemas['AlertKind'];
const types = ['alert.'];
const kindNames = ['station_offline', 'station_not_accepted', 'station_refused', 'connector_faulted', 'command_missed', 'transaction_suspect', 'session_without_energy', 'security_event', 'certificate_expiring', 'clock_drift', 'firmware_failed', 'unknown_tokens', 'webhook_failing', 'worker_silent', 'message_quarantined'];

export function AlertTabs({ current }: { current: 'alerts' | 'rules' }) {
  return (
    <nav class="subtabs" aria-label={t('Alerts')}>
      <a href={path('alerts')} aria-current={current === 'alerts' ? 'page' : undefined}>{t('Alerts')}</a>
      <a href={path('alert-rules')} aria-current={current === 'rules' ? 'page' : undefined}>{t('Rules')}</a>
    </nav>
  );
}

export function AlertTitle({ one }: { one: Alert }) {
  return (
    <>
      {one.station_id && <a class="strong" href={path('stations', one.station_id)}>{one.station_id}</a>} {alertWords(one.kind, one).title}
    </>
  );
}

async function act(one: Alert, what: 'ack' | 'snooze' | 'close', body: unknown = {}): Promise<void> {
  await post(`/api/v1/alerts/${one.id}/${what}`, body);
}

const membersShown = 100;
function Members({ one }: { one: Alert }) {
  const asked = useQuery<ListPage<Alert>>(query('/api/v1/alerts', { group_id: one.id, limit: membersShown }), { types, every: 10_000 });
  const members = asked.data?.data ?? [];
  return (
    <div class="alert-members">
      <p class="small muted">{t('{open} of {total} are still away', { open: one.members?.open ?? 0, total: one.members?.total ?? 0 })}</p>
      <ul class="row wrap">
        {members.map((member) => (
          <li key={member.id}>
            <a class={member.closed_at ? 'muted' : ''} href={path('stations', member.station_id ?? '')}>{member.station_id}</a>
          </li>
        ))}
        {asked.data?.next_cursor && <li class="muted">…</li>}
      </ul>
    </div>
  );
}

function Detail({ one, reload }: { one: Alert; reload: () => void }) {
  const words = alertWords(one.kind, one);
  const [note, setNote] = useState(one.note ?? '');
  const press = (what: 'ack' | 'snooze' | 'close', text: string, more: object = {}) => () =>
    act(one, what, { ...(note ? { note } : {}), ...more }).then(() => { say(text); reload(); }).catch(complain);
  return (
    <div class="stack alert-detail">
      <h2><AlertTitle one={one} /></h2>
      <p>{words.advice}</p>
      <Facts facts={[
        [t('Since'), <><Time at={one.since} full /> · <Ago at={one.since} /></>],
        [t('How often'), number(one.occurrences)],
        ...(one.due_at ? [[t('Ends'), <Time at={one.due_at} full />] as [string, preact.ComponentChildren]] : []),
        [t('Worker'), one.worker],
        [t('Looked after by'), one.acknowledged_by && <>{one.acknowledged_by} · <Ago at={one.acknowledged_at} /></>],
        [t('Note'), one.note],
        ...(one.snoozed_until ? [[t('Snoozed until'), <Time at={one.snoozed_until} full />] as [string, preact.ComponentChildren]] : []),
        ...(one.closed_at ? [[t('Closed'), <><Time at={one.closed_at} full /> · {one.closed_by ?? t('by itself')}</>] as [string, preact.ComponentChildren]] : []),
      ]} />
      {one.members && <CommonTraits one={one} />}
      <div class="row wrap">
        <Remedy one={one} />
        {one.state !== 'closed' && may('alerts:write') && (
          <>
            <input aria-label={t('Note')} placeholder={t('Note')} value={note} maxLength={500} onInput={(event) => setNote(event.currentTarget.value)} />
            <Button kind="primary" icon="check" onClick={press('ack', t('Acknowledged'))}>{t('Acknowledge')}</Button>
            <Button icon="clock" onClick={press('snooze', t('Snoozed'), { seconds: 3600 })}>{t('Snooze 1 h')}</Button>
            <Button icon="clock" onClick={press('snooze', t('Snoozed'), { seconds: 8 * 3600 })}>{t('Snooze 8 h')}</Button>
            <Button icon="close" onClick={press('close', t('Closed'))}>{t('Close')}</Button>
          </>
        )}
      </div>
      {one.members && <Members one={one} />}
    </div>
  );
}

const states: [string, () => string][] = [['open', () => t('Open')], ['acknowledged', () => t('Acknowledged')], ['snoozed', () => t('Snoozed')], ['closed', () => t('Closed')]];
const filterNames = ['severity', 'kind', 'station_id'];

export function Alerts() {
  const state = filter('state') || 'open';
  const list = useList<Alert>(query('/api/v1/alerts', { state, severity: filter('severity'), kind: filter('kind'), station_id: filter('station_id') }), { id: (one) => one.id, types, total: true });
  const counts = useQuery<Schemas['AlertCounts']>('/api/v1/alerts/counts', { types });
  const [selected, setSelected] = useState(new Set<string>());
  const chosen = list.items.filter((one) => selected.has(one.id));
  const all = (what: 'ack' | 'close', text: string) => async () => {
    try {
      for (const one of chosen) await act(one, what);
      say(text);
    } catch (error) {
      complain(error);
    }
    setSelected(new Set());
    list.reload();
    counts.reload();
  };
  const named = (id: string, name: string) => {
    const n = counts.data?.[id as 'open' | 'acknowledged' | 'snoozed'];
    return n ? `${name} (${number(n)})` : name;
  };
  return (
    <Page fills title={t('Alerts')} sub={<AlertTabs current="alerts" />}>
      <Tabs label={t('State')} tabs={states.map(([id, name]) => [id, named(id, name())])} current={state}
        onPick={(picked) => { setSelected(new Set()); setParams({ state: picked === 'open' ? '' : picked }); }} />
      <div class="filters">
        <TextFilter main name="station_id" label={t('Station, exactly')} />
        <ChoiceFilter name="severity" label={t('Any severity')} choices={['critical', 'warning', 'info'].map((one) => [one, severityWords(one)])} />
        <ChoiceFilter name="kind" label={t('Any kind')} choices={kindNames.map((one) => [one, alertWords(one).name])} />
        <ClearFilters names={filterNames} />
      </div>
      {chosen.length > 0 && may('alerts:write') && (
        <div class="bulk" role="region" aria-label={t('What to do with the selected alerts')}>
          <strong>{t('{n} selected', { n: chosen.length })}</strong>
          {state !== 'closed' && <Button onClick={() => void all('ack', t('Acknowledged'))()}>{t('Acknowledge')}</Button>}
          {state !== 'closed' && <Button onClick={() => void all('close', t('Closed'))()}>{t('Close')}</Button>}
        </div>
      )}
      <Table label={t('Alerts')} list={list} id={(one) => one.id} selected={selected} onSelect={setSelected} opened={filter('open') || undefined}
        expanded={(one) => <Detail one={one} reload={() => { list.reload(); counts.reload(); }} />}
        empty={<Empty icon="check" title={filterNames.some(filter) ? t('No alert fits these filters') : state === 'open' ? t('Nothing is open') : t('None here')}>
          <p><a href={path('alert-rules')}>{t('The rules say what opens an alert.')}</a></p>
          <ClearFilters names={filterNames} />
        </Empty>}
        columns={[
          { name: t('Severity'), width: '110px', cell: (one) => <Chip word="alert" tone={severityTone(one.severity)} label={severityWords(one.severity)} /> },
          { name: t('What'), width: 'minmax(260px, 3fr)', cell: (one) => <span class="clip"><AlertTitle one={one} /></span> },
          { name: t('State'), width: '130px', cell: (one) => <Chip word={one.state} label={stateWords(one.state)} /> },
          { name: t('Since'), width: '130px', cell: (one) => <Ago at={one.since} /> },
          { name: t('How often'), width: '90px', right: true, cell: (one) => number(one.occurrences) },
          { name: t('Looked after by'), width: 'minmax(120px, 1fr)', cell: (one) => <span class="clip">{one.acknowledged_by}</span> },
        ]} />
    </Page>
  );
}

// ---- rules ----

function RuleCard({ rule, kind, reload }: { rule: Rule; kind: Kind | undefined; reload: () => void }) {
  const words = alertWords(rule.kind);
  const values = rule.parameters as Record<string, number>;
  const [wanted, setWanted] = useState<Record<string, number>>({});
  const [severity, setSeverity] = useState(rule.severity as string);
  const change = (body: object, text: string) =>
    ask(`/api/v1/alert-rules/${rule.id}`, { method: 'PATCH', body, headers: { 'Content-Type': 'application/merge-patch+json', 'If-Match': `"${rule.version}.0"` } })
      .then(() => { say(text); setWanted({}); reload(); }).catch(complain);
  const remove = async () => {
    if ((await confirmed({ title: t('Remove the rule'), text: t('What it opened is closed.'), action: t('Remove'), danger: true })) === null) return;
    ask(`/api/v1/alert-rules/${rule.id}`, { method: 'DELETE', headers: { 'If-Match': '*' } }).then(() => { say(t('Removed')); reload(); }).catch(complain);
  };
  const test = () => post(`/api/v1/alert-rules/${rule.id}/test`).then(() => say(t('alert.tested was sent to whoever follows events'))).catch(complain);
  const isChanged = severity !== rule.severity || Object.entries(wanted).some(([name, value]) => value !== values[name]);
  const mayWrite = may('alerts:write');
  const about = [rule.station_id, rule.location_id, rule.vendor].filter(Boolean).join(', ');
  return (
    <Card class={`rule ${rule.enabled ? '' : 'off'}`} title={rule.name ?? words.name} actions={
      <>
        {rule.open_alerts > 0 && <a class="small" href={withQuery(path('alerts'), { kind: rule.kind })}>{t('{n} open', { n: rule.open_alerts })}</a>}
        <label class="row small"><input type="checkbox" checked={rule.enabled} disabled={!mayWrite}
          onChange={() => void change({ enabled: !rule.enabled }, rule.enabled ? t('Switched off') : t('Switched on'))} />{t('enabled')}</label>
      </>}>
      <p class="small muted">{words.advice}</p>
      {about && <p class="small">{t('Only: {about}', { about })}</p>}
      <form class="row wrap" onSubmit={(event) => { event.preventDefault(); void change({ parameters: wanted, severity }, t('Saved')); }}>
        {(kind?.parameters ?? []).map((one) => (
          <label key={one.name} class="rule-field" title={one.meaning}>
            <span class="small muted">{parameterWords(one.name)}</span>
            <input type="number" min={one.min} max={one.max} required disabled={!mayWrite} value={wanted[one.name] ?? values[one.name]}
              onInput={(event) => setWanted({ ...wanted, [one.name]: event.currentTarget.valueAsNumber })} />
          </label>
        ))}
        <label class="rule-field">
          <span class="small muted">{t('Severity')}</span>
          <select value={severity} disabled={!mayWrite} onChange={(event) => setSeverity(event.currentTarget.value)}>
            {['critical', 'warning', 'info'].map((one) => <option key={one} value={one}>{severityWords(one)}</option>)}
          </select>
        </label>
        {mayWrite && (
          <footer class="row">
            <Button type="submit" kind="primary" disabled={!isChanged}>{t('Save')}</Button>
            <Button onClick={() => void test()}>{t('Test')}</Button>
            <span class="grow" />
            <Button kind="quiet" icon="trash" aria-label={t('Remove the rule')} title={t('Remove the rule')} onClick={() => void remove()} />
          </footer>
        )}
      </form>
    </Card>
  );
}

function NewRule({ kinds, reload }: { kinds: Kind[]; reload: () => void }) {
  const [kind, setKind] = useState('station_offline');
  const [name, setName] = useState('');
  const [station, setStation] = useState('');
  const [location, setLocation] = useState('');
  const [vendor, setVendor] = useState('');
  const isNarrow = kinds.find((one) => one.kind === kind)?.about_stations ?? false;
  const add = (event: Event) => {
    event.preventDefault();
    const narrowed = isNarrow ? { ...(station ? { station_id: station } : {}), ...(location ? { location_id: location } : {}), ...(vendor ? { vendor } : {}) } : {};
    post('/api/v1/alert-rules', { kind, ...(name ? { name } : {}), ...narrowed })
      .then(() => { say(t('Added')); setName(''); reload(); }).catch(complain);
  };
  return (
    <Card title={t('Another rule')}>
      <form class="row wrap" onSubmit={add}>
        <label class="rule-field"><span class="small muted">{t('Kind')}</span>
          <select value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
            {kinds.map((one) => <option key={one.kind} value={one.kind}>{alertWords(one.kind).name}</option>)}
          </select>
        </label>
        <label class="rule-field"><span class="small muted">{t('Name')}</span><input value={name} maxLength={200} onInput={(event) => setName(event.currentTarget.value)} /></label>
        {isNarrow && (
          <>
            <label class="rule-field"><span class="small muted">{t('Only this station')}</span><input value={station} maxLength={48} onInput={(event) => setStation(event.currentTarget.value)} /></label>
            <label class="rule-field"><span class="small muted">{t('Only this location')}</span><input value={location} maxLength={64} onInput={(event) => setLocation(event.currentTarget.value)} /></label>
            <label class="rule-field"><span class="small muted">{t('Only this vendor')}</span><input value={vendor} maxLength={50} onInput={(event) => setVendor(event.currentTarget.value)} /></label>
          </>
        )}
        <Button type="submit" kind="primary" icon="plus">{t('Add rule')}</Button>
      </form>
    </Card>
  );
}

export function AlertRules() {
  const rules = useQuery<ListPage<Rule>>('/api/v1/alert-rules', { types, every: 15_000 });
  const kinds = useQuery<ListPage<Kind>>('/api/v1/alert-kinds', { every: 600_000 });
  const list = rules.data?.data ?? [];
  return (
    <Page title={t('Rules of alerts')} sub={<AlertTabs current="rules" />}>
      <p class="small muted">{t('Alerts go to whoever follows events: this console, WebSockets, and webhooks of the types alert.*')}</p>
      {!rules.data && (rules.error ? <ErrorBox problem={rules.error} retry={rules.reload} /> : <Skeleton />)}
      <div class="rules">
        {list.map((rule) => <RuleCard key={`${rule.id} ${rule.version}`} rule={rule} kind={kinds.data?.data.find((one) => one.kind === rule.kind)} reload={rules.reload} />)}
        {may('alerts:write') && kinds.data && <NewRule kinds={kinds.data.data} reload={rules.reload} />}
      </div>
    </Page>
  );
}
