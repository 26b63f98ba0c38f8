// Where stations stand: name, address, time zone, and how many of them are on line.
import { useState } from 'preact/hooks';
import { ask, may, Problem } from '../api';
import { useList } from '../query';
import { params, path, setParams, withQuery } from '../router';
import type { Schemas } from '../types';
import { Button, complain, confirmed, Dialog, Empty, ErrorBox, Page, say } from '../ui/basics';
import { Table } from '../ui/table';
import { number, t } from '../words';

type Location = Schemas['Location'];
const pathOf = (id: string) => `/api/v1/locations/${encodeURIComponent(id)}`;

function Edit({ location, onDone }: { location: Location | null; onDone: () => void }) {
  const [id, setId] = useState(location?.id ?? '');
  const [name, setName] = useState(location?.name ?? '');
  const [address, setAddress] = useState(location?.address ?? '');
  const [zone, setZone] = useState(location?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    setProblem(null);
    const body = { name: name.trim(), address: address.trim() || null, time_zone: zone.trim() || null };
    const done = location
      ? ask(pathOf(location.id), { method: 'PATCH', body, headers: { 'If-Match': `"${location.version}.0"` } })
      : ask(pathOf(id.trim()), { method: 'PUT', body: Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null)) });
    done.then(() => { say(t('Saved')); onDone(); }).catch((error) => setProblem(error as Problem));
  };
  return (
    <Dialog title={location ? t('Edit {name}', { name: location.name }) : t('Add location')} onClose={onDone}>
      <form class="stack" onSubmit={submit}>
        {!location && <label class="field"><span>{t('Id, e.g. harbour')}</span><input name="id" required maxLength={64} pattern="[A-Za-z0-9_.\\-]+" autoFocus autoComplete="off" value={id} onInput={(event) => setId(event.currentTarget.value)} /></label>}
        <label class="field"><span>{t('Name')}</span><input name="name" required maxLength={200} value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
        <label class="field"><span>{t('Address, whom to call')}</span><textarea name="address" rows={3} maxLength={500} value={address} onInput={(event) => setAddress(event.currentTarget.value)} /></label>
        <label class="field"><span>{t('Time zone, by which its days are counted')}</span><input name="zone" maxLength={64} value={zone} onInput={(event) => setZone(event.currentTarget.value)} /></label>
        {problem && <ErrorBox problem={problem} />}
        <footer class="row end"><Button onClick={onDone}>{t('Cancel')}</Button><Button type="submit" kind="primary">{location ? t('Save') : t('Add')}</Button></footer>
      </form>
    </Dialog>
  );
}

export function Locations() {
  const list = useList<Location>('/api/v1/locations', { id: (one) => one.id, total: true, every: 15_000 });
  const [edited, setEdited] = useState<Location | null>(null);
  const mayWrite = may('locations:write');
  const close = () => { setEdited(null); setParams({ add: '' }); list.reload(); };
  const remove = async (one: Location) => {
    const answer = await confirmed({ title: t('Remove {name}', { name: one.name }), whom: one.id, action: t('Remove'), danger: true, text: t('Only a location where no station stands can be removed.') });
    if (answer === null) return;
    ask(pathOf(one.id), { method: 'DELETE' }).then(() => { say(t('{name} is removed', { name: one.name })); list.reload(); }).catch(complain);
  };
  return (
    <Page fills title={t('Locations')} sub={<a href={path('stations')}>{t('Stations')}</a>}
      actions={mayWrite && <Button kind="primary" icon="plus" onClick={() => setParams({ add: '1' })}>{t('Add location')}</Button>}>
      <Table label={t('Locations')} list={list} id={(one) => one.id} href={(one) => withQuery(path('stations'), { location_id: one.id })}
        empty={<Empty icon="station" title={t('No location yet')}><p>{t('A location says where stations stand; its time zone says when their days begin.')}</p></Empty>}
        columns={[
          { name: t('Name'), width: 'minmax(160px, 1.2fr)', cell: (one) => <a class="strong clip" href={withQuery(path('stations'), { location_id: one.id })}>{one.name}</a> },
          { name: t('Id'), width: 'minmax(100px, 0.7fr)', cell: (one) => <code class="clip">{one.id}</code> },
          { name: t('Address'), width: 'minmax(160px, 1.5fr)', cell: (one) => <span class="clip" title={one.address ?? ''}>{one.address}</span> },
          { name: t('Time zone'), width: '150px', cell: (one) => <span class="clip">{one.time_zone}</span> },
          { name: t('Stations'), width: '90px', cell: (one) => number(one.stations.total), right: true },
          { name: t('Online'), width: '90px', cell: (one) => number(one.stations.online), right: true },
          { name: '', width: '150px', cell: (one) => mayWrite && <span class="row">
            <Button class="small-button" onClick={() => setEdited(one)}>{t('Edit')}</Button>
            <Button class="small-button" kind="quiet" icon="trash" aria-label={t('Remove {name}', { name: one.name })} title={t('Remove {name}', { name: one.name })} onClick={() => void remove(one)} />
          </span> },
        ]} />
      {params.value.get('add') && mayWrite && <Edit location={null} onDone={close} />}
      {edited && <Edit location={edited} onDone={close} />}
    </Page>
  );
}
