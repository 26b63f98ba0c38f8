// S15: roles, as sets of scopes: those of the program, and those that are made here.
import { useState } from 'preact/hooks';
import { ask, may, post, Problem } from '../api';
import { useWhole } from '../query';
import { params, setParams } from '../router';
import type { Schemas } from '../types';
import { Button, Chip, complain, confirmed, Dialog, Empty, ErrorBox, Page, say } from '../ui/basics';
import { Table } from '../ui/table';
import { t } from '../words';
import { AdminTabs, roleText } from './people';

type Role = Schemas['Role'];

// The role that has them all is the catalogue.
const catalogue = (roles: Role[]) => roles.find((one) => one.name === 'admin')?.scopes ?? [];
const areaOf = (scope: string) => scope.split(':')[0] ?? scope;

function Scopes({ all, wanted, onChange }: { all: string[]; wanted: Set<string>; onChange: (wanted: Set<string>) => void }) {
  const areas = [...new Set(all.map(areaOf))];
  const flip = (scope: string) => {
    const next = new Set(wanted);
    if (!next.delete(scope)) next.add(scope);
    onChange(next);
  };
  return (
    <div class="scope-choice">
      {areas.map((area) => (
        <fieldset key={area}>
          <legend><code>{area}</code></legend>
          {all.filter((scope) => areaOf(scope) === area).map((scope) => (
            <label key={scope} class="check" title={may(scope) ? '' : t('You do not hold it yourself.')}>
              <input type="checkbox" name={scope} checked={wanted.has(scope)} disabled={!may(scope)} onChange={() => flip(scope)} />
              <code>{scope.slice(area.length + 1)}</code>
            </label>
          ))}
        </fieldset>
      ))}
    </div>
  );
}

function EditRole({ role, like, all, onDone }: { role: Role | null; like: Role | null; all: string[]; onDone: () => void }) {
  const from = role ?? like;
  const [name, setName] = useState(role?.name ?? '');
  const [meaning, setMeaning] = useState(role?.meaning ?? '');
  const [wanted, setWanted] = useState(new Set((from?.scopes ?? []).flatMap((one) => (one === 'admin:*' ? all : [one]))));
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    setProblem(null);
    const body = { meaning: meaning.trim(), scopes: [...wanted] };
    const done = role
      ? ask(`/api/v1/roles/${encodeURIComponent(role.name)}`, { method: 'PATCH', body, headers: { 'If-Match': `"${role.version}.0"` } })
      : post('/api/v1/roles', { name: name.trim(), ...body });
    done.then(() => { say(t('Saved')); onDone(); }).catch((error) => setProblem(error as Problem));
  };
  return (
    <Dialog title={role ? t('Edit {name}', { name: role.name }) : t('Add role')} onClose={onDone}>
      <form class="stack" onSubmit={submit}>
        {!role && <label class="field"><span>{t('Name: small letters, digits, hyphens')}</span><input name="name" required maxLength={32} pattern="[a-z0-9_\\-]+" autoFocus autoComplete="off" value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>}
        <label class="field"><span>{t('What it is for')}</span><input name="meaning" maxLength={200} autoComplete="off" value={meaning} onInput={(event) => setMeaning(event.currentTarget.value)} /></label>
        <Scopes all={all} wanted={wanted} onChange={setWanted} />
        {role && <p class="small muted">{t('It holds within seconds for everybody who has the role.')}</p>}
        {problem && <ErrorBox problem={problem} />}
        <footer class="row end"><Button onClick={onDone}>{t('Cancel')}</Button><Button type="submit" kind="primary" disabled={wanted.size === 0}>{t('Save')}</Button></footer>
      </form>
    </Dialog>
  );
}

export function Roles() {
  const list = useWhole<Role>('/api/v1/roles');
  const [edited, setEdited] = useState<Role | null>(null);
  const [like, setLike] = useState<Role | null>(null);
  const mayWrite = may('users:write');
  const all = catalogue(list.items);
  const close = () => { setEdited(null); setLike(null); setParams({ add: '' }); list.reload(); };
  const remove = async (one: Role) => {
    const answer = await confirmed({
      title: t('Remove {name}', { name: one.name }), whom: one.name, action: t('Remove'), danger: true,
      text: t('Only a role that nobody has can be removed.'),
    });
    if (answer === null) return;
    ask(`/api/v1/roles/${encodeURIComponent(one.name)}`, { method: 'DELETE' }).then(() => { say(t('{name} is removed', { name: one.name })); list.reload(); }).catch(complain);
  };
  return (
    <Page fills title={t('Admin')} sub={<AdminTabs current="roles" />}
      actions={<Button kind="primary" icon="plus" disabled={!mayWrite} title={mayWrite ? '' : t('Your role does not allow it.')} onClick={() => setParams({ add: '1' })}>{t('Add role')}</Button>}>
      <Table label={t('Roles')} list={list} id={(one) => one.name} empty={<Empty icon="lock" title={t('No role')} />}
        onOpen={(one) => { if (mayWrite && !one.built_in) setEdited(one); }}
        columns={[
          { name: t('Name'), width: 'minmax(120px, 0.7fr)', cell: (one) => <span class="strong clip">{one.name}</span> },
          { name: t('What it is for'), width: 'minmax(160px, 1.2fr)', cell: (one) => <span class="clip" title={roleText(one)}>{roleText(one)}</span> },
          { name: t('May'), width: 'minmax(200px, 1.6fr)', cell: (one) => <span class="clip" title={one.scopes.join(' ')}>{one.scopes.join(' ')}</span> },
          { name: t('Made by'), width: '160px', cell: (one) => one.built_in ? <Chip word="built in" tone="off" label={t('the program')} /> : <Chip word="own" tone="plain" label={t('an admin')} /> },
          { name: '', width: '230px', cell: (one) => mayWrite && <span class="row">
            {!one.built_in && <Button class="small-button" onClick={() => setEdited(one)}>{t('Edit')}</Button>}
            <Button class="small-button" onClick={() => { setLike(one); setParams({ add: '1' }); }}>{t('Another like it')}</Button>
            {!one.built_in && <Button class="small-button" kind="quiet" icon="trash" aria-label={t('Remove {name}', { name: one.name })} title={t('Remove {name}', { name: one.name })} onClick={() => void remove(one)} />}
          </span> },
        ]} />
      {params.value.get('add') && mayWrite && all.length > 0 && <EditRole role={null} like={like} all={all} onDone={close} />}
      {edited && <EditRole role={edited} like={null} all={all} onDone={close} />}
    </Page>
  );
}
