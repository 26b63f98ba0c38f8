// S3: a new station. Left who it is, right where it connects to and how far it has come.
import { useState } from 'preact/hooks';
import { may, type Page as ListPage, post, Problem, query } from '../api';
import { useQuery } from '../query';
import { params, path } from '../router';
import { StationUrl } from '../station_url';
import type { Schemas, Station } from '../types';
import { Button, Card, CopyButton, ErrorBox, Facts, Page } from '../ui/basics';
import { t } from '../words';
import { Checklist } from './onboarding';

export function StationNew() {
  const [created, setCreated] = useState<Station | null>(null);
  return (
    <Page title={t('Add station')} sub={<a href={path('stations')}>{t('Stations')}</a>}>
      <div class="columns">
        <Card title={t('Who it is')}>{created ? <Made station={created} /> : <NewForm onMade={setCreated} />}</Card>
        <Card title={t('Connecting it')}>
          {created ? <Connecting station={created} /> : <p class="muted">{t('Once it is created, its URL stands here, and how far it has come.')}</p>}
          {!created && (
            <p>{t('A station that is already calling is quicker to accept:')} <a href={path('attempts')}>{t('Connection attempts')}</a></p>
          )}
        </Card>
      </div>
    </Page>
  );
}

function NewForm({ onMade }: { onMade: (station: Station) => void }) {
  const [id, setId] = useState(params.value.get('id') ?? '');
  const [name, setName] = useState('');
  const [profile, setProfile] = useState(1);
  const [version, setVersion] = useState('');
  const [location, setLocation] = useState('');
  const locations = useQuery<ListPage<Schemas['Location']>>(may('locations:read') ? query('/api/v1/locations', { limit: 500 }) : null);
  const places = locations.data?.data ?? [];
  const [note, setNote] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    setProblem(null);
    try {
      onMade(await post<Station>('/api/v1/stations', {
        id: id.trim(),
        security_profile: profile,
        ...(name.trim() ? { name: name.trim() } : {}),
        ...(version ? { default_ocpp_version: version } : {}),
        ...(location ? { location_id: location } : {}),
        ...(note.trim() ? { note: note.trim() } : {}),
      }));
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  return (
    <form class="stack" onSubmit={submit}>
      <label class="field">
        <span>{t('Identity')}</span>
        <input name="id" required maxLength={255} autoFocus value={id} placeholder="CP0001" onInput={(event) => setId(event.currentTarget.value)} />
        <span class="hint">{t('As it ends the URL that is set in the station.')}</span>
      </label>
      <label class="field">
        <span>{t('Name')}</span>
        <input maxLength={200} value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <label class="field">
        <span>{t('Security')}</span>
        <select value={profile} onChange={(event) => setProfile(Number(event.currentTarget.value))}>
          <option value={0}>{t('0: anyone who knows the identity')}</option>
          <option value={1}>{t('1: password')}</option>
          <option value={2}>{t('2: password and TLS')}</option>
          <option value={3}>{t('3: client certificate and TLS')}</option>
        </select>
        <span class="hint">{profile === 1 || profile === 2 ? t('A password is made and shown once.') : profile === 0 ? t('For trying out and for closed networks only.') : ''}</span>
      </label>
      <label class="field">
        <span>{t('OCPP version, where it offers none')}</span>
        <select value={version} onChange={(event) => setVersion(event.currentTarget.value)}>
          <option value="">{t('It must offer one')}</option>
          <option>1.6</option>
          <option>2.0.1</option>
        </select>
      </label>
      {places.length > 0 && (
        <label class="field">
          <span>{t('Location')}</span>
          <select name="location" value={location} onChange={(event) => setLocation(event.currentTarget.value)}>
            <option value="">{t('None')}</option>
            {places.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
          </select>
        </label>
      )}
      <label class="field">
        <span>{t('Note')}</span>
        <textarea rows={2} maxLength={2000} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
      </label>
      {problem && <ErrorBox problem={problem} />}
      <footer class="row end"><Button type="submit" kind="primary">{t('Create')}</Button></footer>
    </form>
  );
}

export function Secret({ password, label }: { password: string; label?: string }) {
  return (
    <div class="secret">
      <p><strong>{label ?? t('Password, shown only now:')}</strong></p>
      <p class="row"><code class="grow">{password}</code><CopyButton text={password} /></p>
    </div>
  );
}

function Made({ station }: { station: Station }) {
  return (
    <div class="stack">
      <Facts facts={[[t('Identity'), <a class="strong" href={path('stations', station.id)}>{station.id}</a>], [t('Security'), t('Profile {n}', { n: String(station.security_profile) })]]} />
      {station.password && <Secret password={station.password} />}
      <p><a href={path('stations', station.id)}>{t('To its page')}</a></p>
    </div>
  );
}

function Connecting({ station }: { station: Station }) {
  return (
    <div class="stack">
      <StationUrl id={station.id} profile={station.security_profile} />
      <Checklist id={station.id} />
    </div>
  );
}
