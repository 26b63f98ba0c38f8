// Orders to stations: sent, then followed until the station has answered and the effect is known.
import { useEffect, useState } from 'preact/hooks';
import { get, post, Problem, stationPath } from './api';
import { ms } from './format';
import { path } from './router';
import type { Command } from './types';
import { confirmed, Chip, Dialog, ErrorBox, JsonBlock } from './ui/basics';
import { Icon } from './ui/icons';
import { t } from './words';
import { signal } from '@preact/signals';

export interface Order {
  station: string;
  title: string;
  send: () => Promise<Command>;
}
const followed = signal<Order | null>(null);

const async_ = { Prefer: 'respond-async' };
export const command = (station: string, name: string, body: unknown = {}) =>
  post<Command>(stationPath(station, `/commands/${name}`), body, async_);
export const rawAction = (station: string, version: string, action: string, body: unknown) =>
  post<Command>(stationPath(station, `/ocpp/${version}/${encodeURIComponent(action)}`), body, async_);
export const rawCall = (station: string, action: string, payload: unknown) =>
  post<Command>(stationPath(station, '/ocpp/call'), { action, payload, validate: false }, async_);

// Sends and shows what becomes of it.
export function order(station: string, title: string, send: () => Promise<Command>): void {
  followed.value = { station, title, send };
}
// The same for what interrupts people: only after a question that says whom it hits.
export async function orderCarefully(station: string, title: string, text: string, send: () => Promise<Command>): Promise<void> {
  const whom = <><strong>{station}</strong><br />{text}</>;
  const answer = await confirmed({ title, text: whom, action: title, danger: true });
  if (answer !== null) order(station, title, send);
}

const settled = (one: Command) => !['queued', 'sent'].includes(one.state);
export const done = (one: Command) => settled(one) && one.effect.state !== 'pending';

// A command's row, looked at until it can say no more.
export function useCommand(id: string | null): { shown: Command | null; problem: Problem | null } {
  const [shown, setShown] = useState<Command | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    if (!id) return;
    let stopped = false;
    let timer: ReturnType<typeof setTimeout>;
    let wait = 250;
    const look = () => {
      get<Command>(`/api/v1/commands/${encodeURIComponent(id)}`)
        .then((found) => {
          if (stopped) return;
          setShown(found);
          setProblem(null);
          if (done(found)) return;
          wait = Math.min(wait * 1.4, 3000);
          timer = setTimeout(look, wait);
        })
        .catch((error) => {
          if (stopped) return;
          setProblem(error as Problem);
          timer = setTimeout(look, 3000);
        });
    };
    look();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [id]);
  return { shown, problem };
}

export function failureText(reason: string): string {
  switch (reason) {
    case 'offline': return t('The station is not connected; nothing was sent.');
    case 'timeout': return t('The station did not answer in time; it has perhaps done it.');
    case 'disconnected': return t('The connection ended before the answer; it has perhaps done it.');
    case 'call_error': return t('The station answered with an error.');
    default: return reason;
  }
}

function Step({ state, title, children }: { state: 'done' | 'now' | 'bad' | 'later'; title: string; children?: preact.ComponentChildren }) {
  const icon = state === 'done' ? 'check' : state === 'bad' ? 'warning' : 'clock';
  return (
    <li class={`step ${state}`}>
      <Icon name={icon} />
      <div><strong>{title}</strong>{children && <div class="small">{children}</div>}</div>
    </li>
  );
}

export function Progress({ shown }: { shown: Command }) {
  const isSettled = settled(shown);
  const failed = shown.state === 'failed' || shown.state === 'expired' || shown.state === 'cancelled';
  const { effect, timing } = shown;
  const bad = ['missed', 'contradicted'].includes(effect.state);
  return (
    <ol class="steps">
      <Step state={shown.sent_at ? 'done' : failed ? 'bad' : 'now'} title={shown.sent_at ? t('Sent to the station') : failed ? t('Not sent') : t('Waits to be sent')}>
        {shown.sent_at && timing.queued_ms !== null && t('after {time}', { time: ms(timing.queued_ms) })}
      </Step>
      <Step state={failed || shown.ocpp.error ? 'bad' : isSettled ? (shown.result && shown.result !== 'accepted' && shown.result !== 'scheduled' ? 'bad' : 'done') : 'later'}
        title={failed ? t('No answer') : isSettled ? t('The station answered') : t('The station’s answer')}>
        {shown.failed_reason && <p>{failureText(shown.failed_reason)}</p>}
        {shown.status && <Chip word={shown.status} />} {shown.result && shown.result !== shown.status?.toLowerCase() && <Chip word={shown.result} />}
        {shown.ocpp.error && <p><code>{shown.ocpp.error.code}</code> {shown.ocpp.error.description}</p>}
        {timing.rtt_ms !== null && ` ${t('in {time}', { time: ms(timing.rtt_ms) })}`}
      </Step>
      {effect.state !== 'none' && (
        <Step state={effect.state === 'confirmed' ? 'done' : bad ? 'bad' : 'now'}
          title={effect.state === 'confirmed' ? t('It has happened') : bad ? t('It did not happen') : t('Waiting for it to happen')}>
          {effect.expects}
        </Step>
      )}
    </ol>
  );
}

// What was ordered last, above whatever page.
export function Followed() {
  const wanted = followed.value;
  return wanted ? <Follow key={wanted.title + wanted.station} wanted={wanted} /> : null;
}
function Follow({ wanted }: { wanted: Order }) {
  const [id, setId] = useState<string | null>(null);
  const [refused, setRefused] = useState<Problem | null>(null);
  useEffect(() => {
    wanted.send().then((sent) => setId(sent.id)).catch((error) => setRefused(error as Problem));
  }, [wanted]);
  const { shown, problem } = useCommand(id);
  const close = () => (followed.value = null);
  return (
    <Dialog title={wanted.title} onClose={close}>
      <p class="muted">{wanted.station}</p>
      {refused && <ErrorBox problem={refused} />}
      {problem && <ErrorBox problem={problem} />}
      {!refused && !shown && <p>{t('Sending…')}</p>}
      {shown && (
        <div role="status">
          <Progress shown={shown} />
          {shown.ocpp.response && Object.keys(shown.ocpp.response as object).length > 1 && <JsonBlock value={shown.ocpp.response} />}
          <p class="small"><a href={path('commands', shown.id)} onClick={close}>{t('Everything about this command')}</a></p>
        </div>
      )}
    </Dialog>
  );
}
