// Asks the api, as an operator or by a key. An operator's sign-in is a cookie that no script sees;
// a key lives in this tab's session storage and goes as a header. Nothing is asked of any other
// place.
import { computed, signal } from '@preact/signals';
import { apiRoot } from './router';
import type { Schemas } from './types';

const storageName = 'ohm.key';
// A link brings behind its #, which no server sees, what signs one browser in once; the address does
// not keep it.
function takeLink(): string | null {
  const found = /^#link=(\w+)$/.exec(location.hash);
  if (!found) return null;
  history.replaceState(null, '', location.pathname + location.search);
  return found[1] ?? null;
}
// That there is a cookie is all that is known of it; other tabs know it as well.
const sessionName = 'ohm.session';
export const key = signal<string | null>(sessionStorage.getItem(storageName));
let offered = takeLink();
export function takeOffered(): string | null {
  const found = offered;
  offered = null;
  return found;
}
export const bySession = signal(key.value === null && localStorage.getItem(sessionName) === 'yes');
export const isSignedIn = computed(() => key.value !== null || bySession.value);
// What a WebSocket says first.
export const firstWord = () => (key.value ? { authorization: `Bearer ${key.value}` } : { session: true });
export const me = signal<Schemas['Me'] | null>(null);
// Whether the last request reached the api.
export const reachable = signal(true);

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly requestId: string | null,
    readonly curl: string,
    readonly code = '',
    readonly errors: NonNullable<Schemas['Problem']['errors']> = [],
  ) {
    super(`${title}: ${detail}`);
  }
}

export interface Ask {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}
export interface Answer<T> {
  status: number;
  headers: Headers;
  data: T;
}

export function address(where: string): string {
  return new URL(where.replace(/^\//, ''), apiRoot).href;
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
export function curlOf(where: string, { method = 'GET', body }: Ask = {}): string {
  const words = ['curl', ...(method === 'GET' ? [] : ['-X', method]), '-H', '"Authorization: Bearer $KEY"'];
  if (body !== undefined)
    words.push('-H', quoted('Content-Type: application/json'), '-d', quoted(typeof body === 'string' ? body : JSON.stringify(body)));
  return [...words, quoted(address(where))].join(' ');
}

async function send(where: string, ask: Ask): Promise<Response> {
  const { method = 'GET', body, headers = {}, signal: stop } = ask;
  try {
    const answer = await fetch(address(where), {
      method,
      headers: {
        ...(key.value ? { Authorization: `Bearer ${key.value}` } : {}),
        ...(method === 'GET' ? {} : { 'X-Ohm-Csrf': '1' }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(stop ? { signal: stop } : {}),
      credentials: key.value || headers.Authorization ? 'omit' : 'same-origin',
    });
    reachable.value = true;
    return answer;
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    reachable.value = false;
    throw new Problem(0, 'No answer', (error as Error).message, null, curlOf(where, ask));
  }
}

async function refusal(where: string, ask: Ask, answer: Response): Promise<Problem> {
  const said = (await answer.json().catch(() => null)) as Schemas['Problem'] | null;
  const id = said?.request_id ?? answer.headers.get('x-request-id');
  const problem = new Problem(answer.status, said?.title ?? answer.statusText, said?.detail ?? '', id,
    curlOf(where, ask), said?.code, said?.errors);
  const isAtTheDoor = said?.code === 'sign_in_refused' || said?.code === 'sign_in_link_refused';
  if (answer.status === 401 && isSignedIn.value && !isAtTheDoor) forgetCaller();
  return problem;
}

export async function ask<T>(where: string, options: Ask = {}): Promise<Answer<T>> {
  const answer = await send(where, options);
  if (!answer.ok) throw await refusal(where, options, answer);
  const text = await answer.text();
  const isJson = /json/.test(answer.headers.get('content-type') ?? '');
  const data = (isJson && text ? JSON.parse(text) : text) as T;
  return { status: answer.status, headers: answer.headers, data };
}
export async function get<T>(where: string, stop?: AbortSignal): Promise<T> {
  return (await ask<T>(where, stop ? { signal: stop } : {})).data;
}
export async function post<T>(where: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
  return (await ask<T>(where, { method: 'POST', body, ...(headers ? { headers } : {}) })).data;
}
export async function blob(where: string): Promise<Blob> {
  const answer = await send(where, {});
  if (!answer.ok) throw await refusal(where, {}, answer);
  return answer.blob();
}

export interface Page<T> {
  data: T[];
  next_cursor: string | null;
  total?: number;
}

// ---- who asks ----

export async function signIn(wanted: string): Promise<void> {
  const answer = await ask<Schemas['Me']>('/api/v1/me', { headers: { Authorization: `Bearer ${wanted}` } });
  sessionStorage.setItem(storageName, wanted);
  me.value = answer.data;
  key.value = wanted;
}
export async function signInOperator(name: string, password: string): Promise<void> {
  const answer = await ask<Schemas['Me']>('/api/v1/session', { method: 'POST', body: { name, password } });
  localStorage.setItem(sessionName, 'yes');
  me.value = answer.data;
  bySession.value = true;
}
export async function signInByLink(secret: string): Promise<void> {
  await ask('/api/v1/session/link', { method: 'POST', body: { secret } });
  me.value = await get<Schemas['Me']>('/api/v1/me');
  localStorage.setItem(sessionName, 'yes');
  bySession.value = true;
}
function forgetCaller(): void {
  sessionStorage.removeItem(storageName);
  if (bySession.value) localStorage.removeItem(sessionName);
  key.value = null;
  bySession.value = false;
  me.value = null;
}
// The server ends a sign-in; where it cannot be reached, the cookie stays until its time is over.
export async function signOut(): Promise<void> {
  if (bySession.value && !key.value) await ask('/api/v1/session', { method: 'DELETE' }).catch(() => {});
  forgetCaller();
}
export function may(scope: string): boolean {
  const scopes = me.value?.scopes ?? [];
  const [area] = scope.split(':');
  return scopes.includes('admin:*') || scopes.includes(scope) || scopes.includes(`${area}:*`);
}

// ---- paths ----

export const stationPath = (id: string, rest = '') => `/api/v1/stations/${encodeURIComponent(id)}${rest}`;
export function query(where: string, values: Record<string, string | number | undefined | null>): string {
  const wanted = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== undefined && value !== null && value !== '') wanted.set(name, String(value));
  const text = wanted.toString();
  return text ? `${where}?${text}` : where;
}
export const mayOrder = () => may('commands:execute');
export const mayConfigure = () => may('commands:configure');
export const mayCharge = () => may('charging:write');
export const mayRaw = () => may('commands:raw');
