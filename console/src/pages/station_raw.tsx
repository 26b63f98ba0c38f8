// S6: any message of OCPP to this station. The form is made of the schema; the JSON beside it is
// what will be sent; what the schema does not allow is shown before.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { curlOf, get, stationPath } from '../api';
import { order, rawAction, rawCall } from '../commands';
import { blank, check, type Schema, SchemaForm, type Violation } from '../form';
import { actionPath, actionsOf, bodyOf } from '../openapi';
import { forgetCalls, type RawCall, rawCalls, rememberCall, wantedAgain } from '../raw_history';
import { filter } from '../ui/filters';
import { setParams } from '../router';
import type { Json, Schemas } from '../types';
import { Ago, Button, Card, confirmed, CopyButton, Empty, Tabs } from '../ui/basics';
import { SmallTable } from '../ui/table';
import { t } from '../words';
import { useQuery } from '../query';
import type { TabProps } from './station';

// What ends or hinders a session is asked about first.
export const disturbs = new Set(['Reset', 'ChangeAvailability', 'UpdateFirmware', 'SignedUpdateFirmware', 'RemoteStopTransaction', 'RequestStopTransaction', 'UnlockConnector', 'SetNetworkProfile', 'ChangeConfiguration', 'SetVariables']);

export function StationRaw({ station, sessions }: TabProps) {
  const version = station.ocpp_version ?? station.default_ocpp_version ?? '1.6';
  const action = filter('action') || 'TriggerMessage';
  const send = async (payload: Json, checked: boolean) => {
    if (disturbs.has(action) || !checked) {
      const answer = await confirmed({
        title: t('Send {action} to {station}', { action, station: station.id }),
        text: sessions.length ? t('{n|session is|sessions are} running there.', { n: sessions.length }) : t('Nothing is charging there.'),
        action: t('Send'),
        danger: true,
      });
      if (answer === null) return;
    }
    rememberCall(station.id, version, action, payload);
    order(station.id, action, () => (checked ? rawAction(station.id, version, action, payload) : rawCall(station.id, action, payload)));
  };
  const isOff = station.connectivity !== 'online';
  return (
    <RawFrame version={version}>
      <Editor key={`${version} ${action}`} version={version} action={action} isOff={isOff} curl={(body) => curlOf(stationPath(station.id, `/ocpp/${version}/${action}`), { method: 'POST', body })}
        note={isOff ? t('The station is offline; it cannot be asked now.') : undefined} onSend={(payload, checked) => void send(payload, checked)} />
    </RawFrame>
  );
}

// The actions beside what one of them is written with.
export function RawFrame({ version, children }: { version: string; children: ComponentChildren }) {
  const action = filter('action') || 'TriggerMessage';
  const [names, setNames] = useState<string[]>([]);
  const all = useQuery<{ data: Schemas['OcppAction'][] }>(`/api/v1/ocpp/${version}/actions`);
  useEffect(() => void actionsOf(version).then(setNames).catch(() => {}), [version]);
  const others = (all.data?.data ?? []).filter((one) => one.sent_by !== 'station' && !names.includes(one.name));
  return (
    <div class="raw">
      <Card title={`OCPP ${version}`}>
        <ul class="action-list" aria-label={t('Actions')}>
          {[...names, ...others.map((one) => one.name)].map((name) => (
            <li key={name}><button type="button" aria-current={name === action ? 'true' : undefined} onClick={() => setParams({ action: name })}>{name}</button></li>
          ))}
        </ul>
      </Card>
      <div class="stack">
        {children}
        <History version={version} />
      </div>
    </div>
  );
}

// What was sent from this browser, to send again: to this station or to another.
function History({ version }: { version: string }) {
  const calls = rawCalls.value;
  const take = (one: RawCall) => {
    wantedAgain.value = one;
    setParams({ action: one.action });
  };
  return (
    <Card title={t('Sent from this browser')} actions={calls.length > 0 && <Button kind="quiet" icon="trash" onClick={forgetCalls}>{t('Forget them')}</Button>}>
      {calls.length === 0 && <p class="muted">{t('The last 20 calls appear here once something was sent, without passwords and tokens.')}</p>}
      {calls.length > 0 && (
        <SmallTable label={t('Sent from this browser')} items={calls} id={(one) => one.at} columns={[
          { name: t('At'), cell: (one) => <Ago at={one.at} /> },
          { name: t('Action'), cell: (one) => <strong>{one.action}</strong> },
          { name: t('To'), cell: (one) => one.station },
          { name: t('Body'), cell: (one) => <><code class="one-line">{JSON.stringify(one.payload)}</code>{one.masked && <span class="small muted"> {t('secrets left out')}</span>}</> },
          { name: t('Again'), cell: (one) => one.version === version
            ? <Button onClick={() => take(one)} aria-label={t('Take {action} into the form', { action: one.action })}>{t('Take')}</Button>
            : <span class="small muted">OCPP {one.version}</span> },
        ]} />
      )}
    </Card>
  );
}

function useSchema(version: string, action: string): { schema: Schema | null; example: unknown; error: string | null } {
  const [found, setFound] = useState<{ schema: Schema | null; example: unknown; error: string | null }>({ schema: null, example: null, error: null });
  useEffect(() => {
    const ofSchema = async () => {
      const body = await bodyOf(actionPath(version, action));
      if (body) return { schema: body.schema, example: body.example, error: null };
      const schema = await get<Schema>(`/api/v1/ocpp/${version}/schemas/${encodeURIComponent(action)}.request`);
      return { schema, example: null, error: null };
    };
    ofSchema().then(setFound).catch((error) => setFound({ schema: null, example: null, error: (error as Error).message }));
  }, [version, action]);
  return found;
}

export function Editor({ version, action, isOff, note, curl, onSend }: {
  version: string;
  action: string;
  isOff: boolean; // nobody is there to be sent anything
  note?: string | undefined;
  curl: (body: string) => string;
  onSend: (payload: Json, checked: boolean) => void;
}) {
  const { schema, example, error } = useSchema(version, action);
  const [tab, setTab] = useState('form');
  const [value, setValue] = useState<Json | null>(null);
  const [text, setText] = useState('');
  const [unreadable, setUnreadable] = useState<string | null>(null);
  const again = wantedAgain.value;
  const isAgain = again !== null && again.action === action && again.version === version;
  useEffect(() => {
    if (schema && !isAgain) change(blank(schema));
  }, [schema]);
  useEffect(() => {
    if (!schema || !isAgain) return;
    change(again.payload);
    wantedAgain.value = null;
  }, [schema, again]);
  const change = (next: Json) => {
    setValue(next);
    setText(JSON.stringify(next, null, 2));
    setUnreadable(null);
  };
  const write = (next: string) => {
    setText(next);
    try {
      setValue(JSON.parse(next) as Json);
      setUnreadable(null);
    } catch (problem) {
      setUnreadable((problem as Error).message);
    }
  };
  if (error) return <Card title={action}><Empty title={t('There is no schema of {action}', { action })}><p>{error}</p></Empty></Card>;
  if (!schema || value === null) return <Card title={action}><p class="muted">{t('Reading the schema…')}</p></Card>;
  const violations: Violation[] = unreadable ? [] : check(schema, value);
  const send = (checked: boolean) => onSend(JSON.parse(text) as Json, checked);
  return (
    <Card title={action} actions={<CopyButton text={curl(text)} label={t('Copy as curl')} />}>
      <Tabs label={t('How to write it')} tabs={[['form', t('Form')], ['json', 'JSON']]} current={tab} onPick={setTab} />
      {tab === 'form' && !unreadable && <SchemaForm schema={schema} value={value} onChange={(next) => change(next ?? {})} violations={violations} />}
      {tab === 'form' && unreadable && <p class="field-error">{t('The JSON cannot be read; mend it there first.')}</p>}
      {tab === 'json' && (
        <label class="field">
          <span class="hidden">JSON</span>
          <textarea class="mono" rows={16} spellcheck={false} value={text} aria-label={t('Body as JSON')} onInput={(event) => write(event.currentTarget.value)} />
        </label>
      )}
      <div role="status">
        {unreadable && <p class="field-error">{unreadable}</p>}
        {violations.length > 0 && (
          <ul class="violations">{violations.slice(0, 8).map((one) => <li key={one.at + one.text}><code>{one.at}</code> {one.text}</li>)}</ul>
        )}
      </div>
      {note && <p class="muted">{note}</p>}
      <footer class="row end">
        {example !== null && <Button kind="quiet" onClick={() => change(example as Json)}>{t('An example')}</Button>}
        <Button kind="quiet" onClick={() => change(blank(schema))}>{t('Start anew')}</Button>
        {violations.length > 0 && !unreadable && <Button kind="danger" disabled={isOff} onClick={() => send(false)}>{t('Send all the same, unchecked')}</Button>}
        <Button kind="primary" disabled={isOff || unreadable !== null || violations.length > 0} onClick={() => send(true)}>{t('Send')}</Button>
      </footer>
    </Card>
  );
}
