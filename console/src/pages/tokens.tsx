// S10: tokens that may charge, who was let in or refused and why, and cards nobody knows.
import { useState } from 'preact/hooks';
import { ask, may, type Page as ListPage, post, Problem, query } from '../api';
import { useList, useQuery } from '../query';
import { go, params, path, segments, setParams, withQuery } from '../router';
import type { Schemas, Token } from '../types';
import { Ago, Button, Card, Chip, complain, confirmed, Dialog, Empty, ErrorBox, Facts, Page, say, Skeleton, Time } from '../ui/basics';
import { ChoiceFilter, ClearFilters, filter, SinceFilter, sinceTime, standardChoices, TextFilter } from '../ui/filters';
import { SmallTable, Table, type Column } from '../ui/table';
import { wordOf } from '../state_words';
import { t } from '../words';

type Decision = Schemas['Authorization'];
const statuses = ['Accepted', 'Blocked', 'Expired', 'Invalid', 'NoCredit', 'NotAllowedTypeEVSE', 'NotAtThisTime'];
const types = ['Central', 'eMAID', 'ISO14443', 'ISO15693', 'KeyCode', 'Local', 'MacAddress', 'NoAuthorization'];
const tokenPath = (uid: string) => `/api/v1/tokens/${encodeURIComponent(uid)}`;

function TokenTabs({ current }: { current: string }) {
  const tabs: [string, string][] = [['tokens', t('Tokens')], ['decisions', t('Decisions')], ['unknown-tokens', t('Unknown tokens')]];
  return (
    <nav class="subtabs" aria-label={t('Tokens')}>
      {tabs.map(([to, name]) => <a key={to} href={path(to)} aria-current={to === current ? 'page' : undefined}>{name}</a>)}
    </nav>
  );
}

export function reasonText(reason: string): string {
  switch (reason) {
    case 'known': case 'accepted': return t('It is in the list.');
    case 'unknown': return t('Nobody has added it.');
    case 'blocked': return t('It is blocked.');
    case 'expired': return t('Its time is over.');
    case 'concurrent_limit': case 'concurrent': return t('It is charging elsewhere already.');
    case 'station_not_allowed': case 'not_here': return t('It does not count at this station.');
    default: return reason.replaceAll('_', ' ');
  }
}

// What the form does not show: a PUT replaces the whole, and a token must not be let in at more places by an edit.
function whatStays(token: Token | null) {
  if (!token) return {};
  const { evses, location_ids, master_pass, prepaid, language, personal_message } = token;
  return {
    evses, location_ids, master_pass, prepaid,
    ...(language ? { language } : {}), ...(personal_message ? { personal_message } : {}),
  };
}

const placesOf = (token: Token) => [
  ...token.station_ids, ...token.evses.map((one) => `${one.station_id} #${one.evse_id}`), ...token.location_ids,
];

function Edit({ token, uid, onDone }: { token: Token | null; uid?: string; onDone: (uid: string | null) => void }) {
  const [name, setName] = useState(token?.uid ?? uid ?? '');
  const [type, setType] = useState<string>(token?.type ?? '');
  const [status, setStatus] = useState<string>(token?.status ?? 'Accepted');
  const [group, setGroup] = useState(token?.group_id ?? '');
  const [limit, setLimit] = useState(token?.concurrent_limit === null || token?.concurrent_limit === undefined ? '' : String(token.concurrent_limit));
  const [expires, setExpires] = useState(token?.expires_at?.slice(0, 16) ?? '');
  const [stations, setStations] = useState((token?.station_ids ?? []).join(', '));
  const [note, setNote] = useState(token?.note ?? '');
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      await ask(tokenPath(name.trim()), {
        method: 'PUT',
        body: {
          ...whatStays(token),
          status,
          ...(type ? { type } : {}),
          ...(group.trim() ? { group_id: group.trim() } : {}),
          ...(limit.trim() ? { concurrent_limit: Number(limit) } : {}),
          ...(expires ? { expires_at: new Date(`${expires}:00Z`).toISOString() } : {}),
          ...(stations.trim() ? { station_ids: stations.split(',').map((one) => one.trim()).filter(Boolean) } : {}),
          ...(note.trim() ? { note: note.trim() } : {}),
        },
        headers: token ? { 'If-Match': `"${token.version}.0"` } : {},
      });
      say(t('Saved'));
      onDone(name.trim());
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  return (
    <Dialog title={token ? t('Edit {token}', { token: token.uid }) : t('Add token')} onClose={() => onDone(null)}>
      <form class="stack" onSubmit={submit}>
        <label class="field"><span>{t('Token')}</span><input name="uid" required maxLength={255} disabled={!!token} autoFocus value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
        <div class="halves">
          <label class="field"><span>{t('Status')}</span><select value={status} onChange={(event) => setStatus(event.currentTarget.value)}>{statuses.map((one) => <option key={one}>{one}</option>)}</select></label>
          <label class="field"><span>{t('Type')}</span><select value={type} onChange={(event) => setType(event.currentTarget.value)}><option value="">{t('any')}</option>{types.map((one) => <option key={one}>{one}</option>)}</select></label>
          <label class="field"><span>{t('Group')}</span><input maxLength={36} value={group} onInput={(event) => setGroup(event.currentTarget.value)} /></label>
          <label class="field"><span>{t('Sessions at once')}</span><input inputMode="numeric" pattern="[0-9]*" value={limit} placeholder={t('without limit')} onInput={(event) => setLimit(event.currentTarget.value)} /></label>
        </div>
        <label class="field"><span>{t('Until (UTC)')}</span><input type="datetime-local" value={expires} onInput={(event) => setExpires(event.currentTarget.value)} /></label>
        <label class="field"><span>{t('Only at these stations')}</span><input value={stations} placeholder={t('everywhere')} onInput={(event) => setStations(event.currentTarget.value)} /></label>
        <label class="field"><span>{t('Note')}</span><textarea rows={2} maxLength={2000} value={note} onInput={(event) => setNote(event.currentTarget.value)} /></label>
        {problem && <ErrorBox problem={problem} />}
        <footer class="row end"><Button onClick={() => onDone(null)}>{t('Cancel')}</Button><Button type="submit" kind="primary">{t('Save')}</Button></footer>
      </form>
    </Dialog>
  );
}

export function Tokens() {
  const list = useList<Token>(query('/api/v1/tokens', { q: filter('q'), status: filter('status'), type: filter('type'), group_id: filter('group_id') }), {
    id: (one) => one.uid, types: ['token.'], total: true,
  });
  const adding = params.value.get('add');
  const names = ['q', 'status', 'type', 'group_id'];
  const filtered = names.some(filter);
  return (
    <Page fills title={t('Tokens')} sub={<TokenTabs current="tokens" />} actions={may('tokens:write') && <><a class="button" href={path('token-import')}>{t('Import')}</a><Button kind="primary" icon="plus" onClick={() => setParams({ add: '1' })}>{t('Add token')}</Button></>}>
      <div class="filters">
        <TextFilter main name="q" label={t('Token or note')} />
        <ChoiceFilter name="status" label={t('Any status')} choices={standardChoices(statuses)} />
        <ChoiceFilter name="type" label={t('Any type')} choices={standardChoices(types)} />
        <TextFilter name="group_id" label={t('Group')} />
        <ClearFilters names={names} />
      </div>
      <Table label={t('Tokens')} list={list} id={(one) => one.uid} href={(one) => path('tokens', one.uid)}
        empty={<Empty icon="token" title={filtered ? t('No token fits these filters') : t('No token yet')}>
          {filtered ? <ClearFilters names={names} /> : <><p>{t('Cards that were shown at stations stand under Unknown tokens, ready to be added.')}</p><p><a href={path('unknown-tokens')}>{t('Unknown tokens')}</a></p></>}
        </Empty>}
        columns={[
          { name: t('Token'), width: 'minmax(160px, 1.2fr)', cell: (one) => <a class="strong clip" href={path('tokens', one.uid)}>{one.uid}</a> },
          { name: t('Status'), width: '150px', cell: (one) => <Chip word={one.status} /> },
          { name: t('Type'), width: '120px', cell: (one) => one.type ?? <span class="muted">{t('any')}</span> },
          { name: t('Group'), width: 'minmax(100px, 0.8fr)', cell: (one) => <span class="clip">{one.group_id}</span> },
          { name: t('At once'), width: '90px', cell: (one) => one.concurrent_limit ?? '∞', right: true },
          { name: t('Until'), width: '170px', cell: (one) => <Time at={one.expires_at} /> },
          { name: t('Stations'), width: '110px', cell: (one) => placesOf(one).length === 0 ? t('everywhere') : String(placesOf(one).length) },
          { name: t('Note'), width: 'minmax(140px, 1.4fr)', cell: (one) => <span class="clip">{one.note}</span> },
        ]} />
      {adding && <Edit token={null} uid={adding === '1' ? '' : adding} onDone={(uid) => { setParams({ add: '' }); if (uid) go(path('tokens', uid)); }} />}
    </Page>
  );
}

const decisionColumns = (): Column<Decision>[] => [
  { name: t('Time'), width: '160px', cell: (one) => <Time at={one.at} /> },
  { name: t('Token'), width: 'minmax(130px, 1fr)', cell: (one) => one.token ? <a class="strong clip" href={path('tokens', one.token)}>{one.token}</a> : '–' },
  { name: t('Decision'), width: '140px', cell: (one) => <Chip word={one.status} /> },
  { name: t('Why'), width: 'minmax(180px, 1.6fr)', cell: (one) => <span class="clip">{reasonText(one.reason)} {one.detail}</span> },
  { name: t('By'), width: '110px', cell: (one) => <span class="clip">{wordOf(one.decided_by)}</span> },
  { name: t('Asked by'), width: '150px', cell: (one) => <span class="clip">{one.action}</span> },
  { name: t('Station'), width: 'minmax(120px, 1fr)', cell: (one) => one.station_id ? <a class="clip" href={path('stations', one.station_id)}>{one.station_id}</a> : '–' },
  { name: t('Session'), width: '104px', cell: (one) => one.transaction_id ? <a href={path('sessions', one.transaction_id)}>{t('show')}</a> : '–' },
];

export function Decisions() {
  const list = useList<Decision>(query('/api/v1/authorizations', { token: filter('token'), status: filter('status'), station_id: filter('station_id'), from: sinceTime() }), {
    id: (one) => one.id, types: ['authorization.', 'token.'], grows: true, total: true,
  });
  const names = ['token', 'status', 'station_id', 'since'];
  return (
    <Page fills title={t('Tokens')} sub={<TokenTabs current="decisions" />}>
      <div class="filters">
        <TextFilter main name="token" label={t('Token, exactly')} />
        <TextFilter name="station_id" label={t('Station, exactly')} />
        <ChoiceFilter name="status" label={t('Any decision')} choices={standardChoices([...new Set([...statuses, 'Unknown', 'ConcurrentTx', 'NotAllowedTypeEVSE'])])} />
        <SinceFilter />
        <ClearFilters names={names} />
      </div>
      <Table label={t('Decisions')} list={list} id={(one) => one.id} columns={decisionColumns()}
        empty={<Empty icon="token" title={names.some(filter) ? t('No decision fits these filters') : t('Nobody has asked yet')}><p>{t('Each time somebody wants to charge, the decision and its reason appear here.')}</p></Empty>} />
    </Page>
  );
}

export function UnknownTokens() {
  const list = useList<Schemas['UnknownToken']>('/api/v1/unknown-tokens', { id: (one) => one.token, types: ['token.', 'authorization.'], total: true });
  return (
    <Page fills title={t('Tokens')} sub={<TokenTabs current="unknown-tokens" />}>
      <Table label={t('Unknown tokens')} list={list} id={(one) => one.token}
        empty={<Empty icon="check" title={t('No unknown token was shown')}><p>{t('Hold a card to a station: it appears here, ready to be added.')}</p></Empty>}
        columns={[
          { name: t('Token'), width: 'minmax(180px, 1fr)', cell: (one) => <span class="strong clip">{one.token}</span> },
          { name: t('Type'), width: '130px', cell: (one) => one.type ?? '–' },
          { name: t('Shown last at'), width: 'minmax(150px, 1fr)', cell: (one) => one.station_id ? <a class="clip" href={path('stations', one.station_id)}>{one.station_id}</a> : '–' },
          { name: t('Last'), width: '120px', cell: (one) => <Ago at={one.last_seen_at} /> },
          { name: '', width: '110px', cell: (one) => may('tokens:write') ? <a class="button small-button" href={withQuery(path('tokens'), { add: one.token })}>{t('Add…')}</a> : null },
        ]} />
    </Page>
  );
}

function TryOut({ uid }: { uid: string }) {
  const [station, setStation] = useState('');
  const [result, setResult] = useState<Schemas['AuthorizeResult'] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    setProblem(null);
    post<Schemas['AuthorizeResult']>('/api/v1/authorize', { token: uid, ...(station.trim() ? { station_id: station.trim() } : {}) }).then(setResult).catch((error) => setProblem(error as Problem));
  };
  return (
    <Card title={t('Would it be let in?')}>
      <form class="row" onSubmit={submit}>
        <input class="grow" aria-label={t('Station')} placeholder={t('Station, or any')} value={station} onInput={(event) => setStation(event.currentTarget.value)} />
        <Button type="submit">{t('Ask')}</Button>
      </form>
      <div role="status">
        {problem && <ErrorBox problem={problem} />}
        {result && <p><Chip word={result.status} /> {reasonText(result.reason)} <span class="muted">{t('{n|session|sessions} now', { n: result.active_transactions })}</span></p>}
      </div>
    </Card>
  );
}

export function TokenPage() {
  const uid = segments.value[1] ?? '';
  const asked = useQuery<Token>(tokenPath(uid), { types: ['token.'] });
  const decisions = useQuery<ListPage<Decision>>(query('/api/v1/authorizations', { token: uid, limit: 50 }), { types: ['authorization.'] });
  const [editing, setEditing] = useState(false);
  const one = asked.data;
  const missing = asked.error?.status === 404;
  const remove = async () => {
    if ((await confirmed({ title: t('Remove {token}', { token: uid }), text: t('It is refused from now on. Running sessions go on.'), action: t('Remove'), danger: true })) === null) return;
    ask(tokenPath(uid), { method: 'DELETE' }).then(() => { say(t('Removed')); go(path('tokens')); }).catch(complain);
  };
  return (
    <Page title={uid} sub={<><a href={path('tokens')}>{t('Tokens')}</a> {one && <Chip word={one.status} />}</>}
      actions={one && may('tokens:write') && <><Button icon="edit" onClick={() => setEditing(true)}>{t('Edit')}</Button><Button icon="trash" onClick={() => void remove()}>{t('Remove')}</Button></>}>
      {missing && <Card><Empty icon="token" title={t('Nobody has added this token')}><a class="button primary" href={withQuery(path('tokens'), { add: uid })}>{t('Add it')}</a></Empty></Card>}
      {asked.error && !missing && !one && <ErrorBox problem={asked.error} retry={asked.reload} />}
      {!one && !asked.error && <Skeleton />}
      <div class="columns even">
        {one && (
          <Card title={t('Facts')}>
            <Facts facts={[
              [t('Status'), <Chip word={one.status} />],
              [t('Type'), one.type ?? t('any')],
              [t('Group'), one.group_id],
              [t('Sessions at once'), one.concurrent_limit ?? t('without limit')],
              [t('Until'), <Time at={one.expires_at} full />],
              [t('Stations'), placesOf(one).length === 0 ? t('everywhere') : placesOf(one).join(', ')],
              [t('Note'), one.note && <span class="pre">{one.note}</span>],
              [t('Added'), <Time at={one.created_at} full />],
            ]} />
            <p><a href={withQuery(path('sessions'), { token: uid })}>{t('Its sessions')}</a></p>
          </Card>
        )}
        <TryOut uid={uid} />
      </div>
      <Card title={t('Decisions')} actions={<a href={withQuery(path('decisions'), { token: uid })}>{t('All')}</a>}>
        {decisions.data?.data.length === 0 && <p class="muted">{t('It has not been shown yet.')}</p>}
        {(decisions.data?.data.length ?? 0) > 0 && <SmallTable label={t('Decisions')} items={decisions.data?.data ?? []} id={(each) => each.id} columns={decisionColumns().filter((column) => column.name !== t('Token'))} />}
      </Card>
      {editing && one && <Edit token={one} onDone={() => { setEditing(false); asked.reload(); }} />}
    </Page>
  );
}
