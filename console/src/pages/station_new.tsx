// S3: a new station. Left who it is, right where it connects to and how far it has come.
import { useState } from 'preact/hooks';
import { post, Problem, query, stationPath, type Page as ListPage } from '../api';
import { useQuery } from '../query';
import { params, path } from '../router';
import { StationUrl } from '../station_url';
import type { Schemas, Station } from '../types';
import { Ago, Button, Card, Chip, CopyButton, ErrorBox, Facts, Page } from '../ui/basics';
import { Icon } from '../ui/icons';
import { t } from '../words';
import { explain } from './attempts_words';

export function StationNew() {
  const [created, setCreated] = useState<Station | null>(null);
  return (
    <Page title={t('Add station')} sub={<a href={path('stations')}>{t('Stations')}</a>}>
      <div class="columns">
        <Card title={t('Who it is')}>{created ? <Made station={created} /> : <NewForm onMade={setCreated} />}</Card>
        <Card title={t('Connecting it')}>
          {created ? <Checklist station={created} /> : <p class="muted">{t('Once it is created, its URL stands here, and how far it has come.')}</p>}
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

function Checklist({ station }: { station: Station }) {
  const asked = useQuery<Station>(stationPath(station.id), { types: ['station.'], station: station.id, every: 2000 });
  const attempts = useQuery<ListPage<Schemas['ConnectionAttempt']>>(
    query('/api/v1/connection-attempts', { station_id: station.id, limit: 1, from: station.created_at }), { types: ['connection.'], every: 2000 });
  const now = asked.data ?? station;
  const refusal = attempts.data?.data[0];
  const steps: [boolean, string][] = [
    [now.connectivity === 'online' || now.booted_at !== null, t('Connected')],
    [now.boot_status !== null, t('BootNotification')],
    [now.boot_status === 'Accepted', t('Accepted')],
    [(now.evses ?? []).length > 0, t('Status of its connectors')],
  ];
  return (
    <div class="stack">
      <StationUrl id={station.id} profile={station.security_profile} />
      <ol class="steps">
        {steps.map(([isDone, text], i) => {
          const isNow = !isDone && (i === 0 || steps[i - 1]?.[0]);
          return (
            <li key={text} class={`step ${isDone ? 'done' : isNow ? 'now' : 'later'}`}>
              <Icon name={isDone ? 'check' : 'clock'} />
              <div><strong>{text}</strong>{isNow && <div class="small muted">{t('waiting…')}</div>}</div>
            </li>
          );
        })}
      </ol>
      {refusal && now.connectivity !== 'online' && (
        <div class="note-box">
          <strong><Chip word="refused" label={explain(refusal.cause).title} /> <Ago at={refusal.at} /></strong>
          <p>{explain(refusal.cause).remedy}</p>
        </div>
      )}
      {now.connectivity === 'online' && <a class="button primary" href={path('stations', station.id)}>{t('To its page')}</a>}
    </div>
  );
}
