// S15: who works here: operators and their roles, and the keys of programs.
import { useState } from 'preact/hooks';
import { ask, may, me, type Page as ListPage, post, Problem, query } from '../api';
import { useList, useQuery } from '../query';
import { params, path, setParams, withQuery } from '../router';
import type { Schemas } from '../types';
import { Ago, Button, Chip, complain, confirmed, Dialog, Empty, ErrorBox, Page, say, Time } from '../ui/basics';
import { ChoiceFilter, filter } from '../ui/filters';
import { Table } from '../ui/table';
import { t } from '../words';
import { Secret } from './station_new';

type User = Schemas['User'];
type ApiKey = Schemas['ApiKey'];
type Role = Schemas['Role'];

export function AdminTabs({ current }: { current: string }) {
  const tabs = ([['users', t('Operators'), 'users:read'], ['roles', t('Roles'), 'users:read'], ['api-keys', t('API keys'), 'api-keys:read'], ['webhooks', t('Webhooks'), 'webhooks:read'], ['audit', t('Audit'), 'audit:read'], ['settings', t('Settings'), 'settings:read']] as const)
    .filter(([, , scope]) => may(scope));
  return (
    <nav class="subtabs" aria-label={t('Admin')}>
      {tabs.map(([to, name]) => <a key={to} href={path(to)} aria-current={to === current ? 'page' : undefined}>{name}</a>)}
    </nav>
  );
}

// The program's roles in the person's language; others as their makers described them.
export function roleText({ name, meaning }: Role): string {
  switch (name) {
    case 'viewer': return t('looks, and changes nothing');
    case 'support': return t('helps people who stand at a station');
    case 'technician': return t('sets stations up and keeps them running');
    case 'energy': return t('decides over current');
    case 'finance': return t('keeps tokens and the records of transactions');
    case 'admin': return t('does all of this, and looks after operators, keys and webhooks');
    case 'owner': return t('may do everything, and makes other owners');
    default: return meaning;
  }
}

// Nobody gives more than they have: roles beyond one's own cannot be picked.
const mayGive = (role: Role) => role.scopes.every((scope) => may(scope));

function RoleChoice({ role, onPick, empty }: { role: string; onPick: (role: string) => void; empty?: string }) {
  const roles = useQuery<ListPage<Role>>('/api/v1/roles');
  return (
    <label class="field">
      <span>{t('Role')}</span>
      <select name="role" required value={role} onChange={(event) => onPick(event.currentTarget.value)}>
        {empty !== undefined && <option value="">{empty}</option>}
        {(roles.data?.data ?? []).map((one) => (
          <option key={one.name} value={one.name} disabled={!mayGive(one)}>{one.name}{roleText(one) && ` – ${roleText(one)}`}</option>
        ))}
      </select>
    </label>
  );
}

// ---- operators ----

function NewUser({ onDone }: { onDone: () => void }) {
  const [name, setName] = useState('');
  const [fullName, setFullName] = useState('');
  const [role, setRole] = useState('viewer');
  const [password, setPassword] = useState('');
  const [made, setMade] = useState<User | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    setProblem(null);
    post<User>('/api/v1/users', {
      name: name.trim(), role,
      ...(fullName.trim() ? { full_name: fullName.trim() } : {}),
      ...(password ? { password } : {}),
    }).then((user) => {
      say(t('{name} can sign in now', { name: user.name }));
      if (user.password) setMade(user);
      else onDone();
    }).catch((error) => setProblem(error as Problem));
  };
  if (made?.password)
    return (
      <Dialog title={made.name} onClose={onDone}>
        <div class="stack">
          <Secret password={made.password} />
          <p>{t('Give it to the person; they change it behind their name, top right.')}</p>
          <footer class="row end"><Button kind="primary" onClick={onDone}>{t('Close')}</Button></footer>
        </div>
      </Dialog>
    );
  return (
    <Dialog title={t('Add operator')} onClose={onDone}>
      <form class="stack" onSubmit={submit}>
        <label class="field"><span>{t('Name, to sign in with')}</span><input name="name" required maxLength={64} autoFocus autoComplete="off" value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
        <label class="field"><span>{t('Full name')}</span><input name="full_name" maxLength={200} autoComplete="off" value={fullName} onInput={(event) => setFullName(event.currentTarget.value)} /></label>
        <RoleChoice role={role} onPick={setRole} />
        <label class="field"><span>{t('Password, 10 characters or more; empty: one is made')}</span><input type="password" name="password" minLength={10} maxLength={200} autoComplete="new-password" value={password} onInput={(event) => setPassword(event.currentTarget.value)} /></label>
        {problem && <ErrorBox problem={problem} />}
        <footer class="row end"><Button onClick={onDone}>{t('Cancel')}</Button><Button type="submit" kind="primary">{t('Add')}</Button></footer>
      </form>
    </Dialog>
  );
}

function EditUser({ user, onDone }: { user: User; onDone: () => void }) {
  const [fullName, setFullName] = useState(user.full_name ?? '');
  const [role, setRole] = useState<string>(user.role);
  const [password, setPassword] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [version] = useState(user.version);
  const isMe = me.value?.is_operator && me.value.name === `user:${user.name}`;
  const failed = (error: unknown) => setProblem(error as Problem);
  const where = `/api/v1/users/${user.id}`;
  const change = (body: object) =>
    ask(where, { method: 'PATCH', body, headers: { 'If-Match': `"${version}.0"` } })
      .then(() => { say(t('Saved')); onDone(); }).catch(failed);
  const disable = async () => {
    const answer = await confirmed({
      title: t('Disable {name}', { name: user.name }), whom: user.name, action: t('Disable'), danger: true,
      text: t('All browsers of this operator are signed out at once, and nobody gets in by this name until you enable it again.'),
    });
    if (answer !== null) await change({ disabled: true });
  };
  const reset = async () => {
    const answer = await confirmed({
      title: t('New password for {name}', { name: user.name }), whom: user.name, action: t('Make a new password'), danger: true,
      text: t('The old password counts no more, and all browsers of this operator are signed out.'),
    });
    if (answer === null) return;
    post<User>(`${where}/password`, {}).then((changed) => setPassword(changed.password ?? null)).catch(failed);
  };
  return (
    <Dialog title={t('Edit {name}', { name: user.name })} onClose={onDone}>
      <form class="stack" onSubmit={(event) => { event.preventDefault(); void change({ full_name: fullName.trim() || null, role }); }}>
        <label class="field"><span>{t('Full name')}</span><input name="full_name" maxLength={200} value={fullName} onInput={(event) => setFullName(event.currentTarget.value)} /></label>
        {isMe ? <p class="muted">{t('Nobody changes the own role: another operator does.')}</p> : <RoleChoice role={role} onPick={setRole} />}
        {password && <Secret password={password} />}
        {problem && <ErrorBox problem={problem} />}
        {!isMe && (
          <p class="row wrap">
            <Button icon="lock" onClick={() => void reset()}>{t('New password…')}</Button>
            {user.disabled
              ? <Button icon="check" onClick={() => void change({ disabled: false })}>{t('Enable')}</Button>
              : <Button icon="ban" kind="danger" onClick={() => void disable()}>{t('Disable…')}</Button>}
          </p>
        )}
        <footer class="row end"><Button onClick={onDone}>{t('Cancel')}</Button><Button type="submit" kind="primary">{t('Save')}</Button></footer>
      </form>
    </Dialog>
  );
}

export function Users() {
  const list = useList<User>('/api/v1/users', { id: (one) => one.id, total: true });
  const [edited, setEdited] = useState<User | null>(null);
  const close = () => { setEdited(null); setParams({ add: '' }); list.reload(); };
  const mayWrite = may('users:write');
  return (
    <Page fills title={t('Admin')} sub={<AdminTabs current="users" />}
      actions={<Button kind="primary" icon="plus" disabled={!mayWrite} title={mayWrite ? '' : t('Your role does not allow it.')} onClick={() => setParams({ add: '1' })}>{t('Add operator')}</Button>}>
      <Table label={t('Operators')} list={list} id={(one) => one.id} onOpen={mayWrite ? setEdited : undefined}
        empty={<Empty icon="lock" title={t('No operator yet')}><p>{t('Operators sign in by name and password, and may do what their role says. You are here by a key.')}</p></Empty>}
        columns={[
          { name: t('Name'), width: 'minmax(140px, 1fr)', cell: (one) => <span class="strong clip">{one.name}</span> },
          { name: t('Full name'), width: 'minmax(140px, 1.2fr)', cell: (one) => <span class="clip">{one.full_name}</span> },
          { name: t('Role'), width: '130px', cell: (one) => one.role },
          { name: t('State'), width: '130px', cell: (one) => one.disabled ? <Chip word="disabled" tone="off" label={t('disabled')} /> : <Chip word="enabled" tone="good" label={t('enabled')} /> },
          { name: t('Signed in last'), width: '150px', cell: (one) => <Ago at={one.last_sign_in_at} /> },
          { name: t('Password of'), width: '150px', cell: (one) => <Ago at={one.password_at} /> },
          { name: '', width: '170px', cell: (one) => <span class="row">
            {mayWrite && <Button class="small-button" onClick={(event) => { event.stopPropagation(); setEdited(one); }}>{t('Edit')}</Button>}
            {may('audit:read') && <a class="button small-button" href={withQuery(path('audit'), { who: `user:${one.name}` })}>{t('Audit')}</a>}
          </span> },
        ]} />
      {params.value.get('add') && mayWrite && <NewUser onDone={close} />}
      {edited && <EditUser user={edited} onDone={close} />}
    </Page>
  );
}

// ---- API keys ----

const days = [30, 90, 365];
const words = (text: string) => text.split(/[\s,]+/).filter(Boolean);

function NetworksField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <label class="field">
      <span>{t('Only from these addresses and networks, e.g. 192.0.2.0/24; empty: from anywhere')}</span>
      <input name="networks" autoComplete="off" spellcheck={false} value={value} onInput={(event) => onChange(event.currentTarget.value)} />
    </label>
  );
}

function EditNetworks({ one, onDone }: { one: ApiKey; onDone: () => void }) {
  const [networks, setNetworks] = useState(one.networks.join(' '));
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    setProblem(null);
    ask(`/api/v1/api-keys/${one.id}`, { method: 'PATCH', body: { networks: words(networks).length ? words(networks) : null } })
      .then(() => { say(t('Saved')); onDone(); }).catch((error) => setProblem(error as Problem));
  };
  return (
    <Dialog title={t('From where {name} may be used', { name: one.name })} onClose={onDone}>
      <form class="stack" onSubmit={submit}>
        <NetworksField value={networks} onChange={setNetworks} />
        <p class="small muted">{t('Requests from elsewhere are refused and recorded. Behind a proxy its address must be among the trusted ones.')}</p>
        {problem && <ErrorBox problem={problem} />}
        <footer class="row end"><Button onClick={onDone}>{t('Cancel')}</Button><Button type="submit" kind="primary">{t('Save')}</Button></footer>
      </form>
    </Dialog>
  );
}

function NewKey({ onDone }: { onDone: () => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState('');
  const [scopes, setScopes] = useState('');
  const [age, setAge] = useState('');
  const [networks, setNetworks] = useState('');
  const [made, setMade] = useState<ApiKey | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    setProblem(null);
    post<ApiKey>('/api/v1/api-keys', {
      name: name.trim(),
      ...(role ? { role } : { scopes: words(scopes) }),
      ...(age ? { expires_at: new Date(Date.now() + Number(age) * 86_400_000).toISOString() } : {}),
      ...(words(networks).length ? { networks: words(networks) } : {}),
    }).then(setMade).catch((error) => setProblem(error as Problem));
  };
  if (made?.key)
    return (
      <Dialog title={t('The key {name}', { name: made.name })} onClose={onDone}>
        <div class="stack">
          <Secret password={made.key} label={t('API key, shown only now:')} />
          <footer class="row end"><Button kind="primary" onClick={onDone}>{t('Close')}</Button></footer>
        </div>
      </Dialog>
    );
  return (
    <Dialog title={t('Make an API key')} onClose={onDone}>
      <form class="stack" onSubmit={submit}>
        <label class="field"><span>{t('Name, of the program that uses it')}</span><input name="name" required maxLength={64} autoFocus autoComplete="off" value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
        <RoleChoice role={role} onPick={setRole} empty={t('none: the scopes below')} />
        {!role && <label class="field"><span>{t('Scopes, e.g. stations:read tokens:write')}</span><input name="scopes" required value={scopes} onInput={(event) => setScopes(event.currentTarget.value)} /></label>}
        <label class="field"><span>{t('Counts')}</span>
          <select name="age" value={age} onChange={(event) => setAge(event.currentTarget.value)}>
            <option value="">{t('until it is revoked')}</option>
            {days.map((one) => <option key={one} value={String(one)}>{t('{n} days', { n: one })}</option>)}
          </select>
        </label>
        <NetworksField value={networks} onChange={setNetworks} />
        {problem && <ErrorBox problem={problem} />}
        <footer class="row end"><Button onClick={onDone}>{t('Cancel')}</Button><Button type="submit" kind="primary">{t('Make it')}</Button></footer>
      </form>
    </Dialog>
  );
}

function KeyState({ one }: { one: ApiKey }) {
  if (one.revoked_at) return <Chip word="revoked" tone="off" label={t('revoked')} />;
  const isOver = one.expires_at && Date.parse(one.expires_at) <= Date.now();
  return isOver ? <Chip word="expired" tone="off" label={t('expired')} /> : <Chip word="in force" tone="good" label={t('in force')} />;
}

export function ApiKeys() {
  const list = useList<ApiKey>(query('/api/v1/api-keys', { revoked: filter('revoked') }), { id: (one) => one.id, total: true });
  const mayWrite = may('api-keys:write');
  const [edited, setEdited] = useState<ApiKey | null>(null);
  const close = () => { setEdited(null); setParams({ add: '' }); list.reload(); };
  const revoke = async (one: ApiKey) => {
    const answer = await confirmed({
      title: t('Revoke {name}', { name: one.name }), whom: one.name, action: t('Revoke'), danger: true,
      text: t('Programs that use this key are refused within seconds. It cannot be taken back.'),
    });
    if (answer === null) return;
    ask(`/api/v1/api-keys/${one.id}`, { method: 'DELETE' }).then(() => { say(t('{name} is revoked', { name: one.name })); list.reload(); }).catch(complain);
  };
  return (
    <Page fills title={t('Admin')} sub={<AdminTabs current="api-keys" />}
      actions={<Button kind="primary" icon="plus" disabled={!mayWrite} title={mayWrite ? '' : t('Your role does not allow it.')} onClick={() => setParams({ add: '1' })}>{t('Make an API key')}</Button>}>
      <div class="filters"><ChoiceFilter name="revoked" label={t('In force')} choices={[['true', t('Revoked ones too')]]} /></div>
      <Table label={t('API keys')} list={list} id={(one) => one.id}
        empty={<Empty icon="lock" title={t('No API key')}><p>{t('A key lets a program in, with a role or with scopes.')}</p></Empty>}
        columns={[
          { name: t('Name'), width: 'minmax(140px, 1fr)', cell: (one) => <span class="strong clip">{one.name}</span> },
          { name: t('May'), width: 'minmax(160px, 1.4fr)', cell: (one) => <span class="clip" title={one.scopes.join(' ')}>{one.role ?? one.scopes.join(' ')}</span> },
          { name: t('From'), width: 'minmax(110px, 0.8fr)', cell: (one) => <span class={one.networks.length ? 'clip' : 'clip muted'} title={one.networks.join(' ')}>{one.networks.join(' ') || t('anywhere')}</span> },
          { name: t('State'), width: '120px', cell: (one) => <KeyState one={one} /> },
          { name: t('Used last'), width: '130px', cell: (one) => <Ago at={one.last_used_at} /> },
          { name: t('Until'), width: '160px', cell: (one) => <Time at={one.expires_at} /> },
          { name: t('Made by'), width: 'minmax(120px, 0.8fr)', cell: (one) => <span class="clip">{one.created_by}</span> },
          { name: t('Made'), width: '130px', cell: (one) => <Ago at={one.created_at} /> },
          { name: '', width: '250px', cell: (one) => <span class="row">
            {mayWrite && !one.revoked_at && <Button class="small-button" onClick={() => setEdited(one)}>{t('From…')}</Button>}
            {mayWrite && !one.revoked_at && <Button class="small-button" onClick={() => void revoke(one)}>{t('Revoke…')}</Button>}
            {may('audit:read') && <a class="button small-button" href={withQuery(path('audit'), { who: `key:${one.name}` })}>{t('Audit')}</a>}
          </span> },
        ]} />
      {params.value.get('add') && mayWrite && <NewKey onDone={close} />}
      {edited && <EditNetworks one={edited} onDone={close} />}
    </Page>
  );
}
