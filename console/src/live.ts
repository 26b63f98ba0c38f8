// What keeps the screen true without asking: events of the server over one WebSocket where it
// offers them, else a look every few seconds at what is visible. Everything else only says which
// events concern it (watch), and is told when to read again.
import { signal } from '@preact/signals';
import { address, firstWord, get, isSignedIn, may, reachable } from './api';
import { apiRoot } from './router';
import type { Schemas } from './types';

export type LiveState = 'live' | 'polling' | 'offline';
export const liveState = signal<LiveState>('polling');
// The time of the clock that "3 min ago" is counted by.
export const now = signal(Date.now());

export interface LiveEvent {
  specversion: string;
  id: string;
  sequence: string;
  type: string;
  source: string;
  subject: string;
  time: string;
  data: unknown;
}
interface Watch {
  types: string[]; // prefixes of event types: 'station.', 'transaction.'
  station?: string | undefined;
  every: number; // ms between looks where there are no events
  again: () => void;
  lookedAt: number;
  timer?: ReturnType<typeof setTimeout> | undefined;
}

const watches = new Set<Watch>();
const betweenLooksMs = 1000; // a thousand events a second are still one look a second
export const pollMs = 5000;

// Calls `again` whenever what is shown may have changed. Returns what ends it.
export function watch(types: string[], again: () => void, station?: string, every = pollMs): () => void {
  const one: Watch = { types, station, again, every, lookedAt: Date.now() };
  watches.add(one);
  return () => {
    clearTimeout(one.timer);
    watches.delete(one);
  };
}

function look(one: Watch): void {
  clearTimeout(one.timer);
  one.timer = undefined;
  one.lookedAt = Date.now();
  one.again();
}
function lookSoon(one: Watch): void {
  if (one.timer !== undefined || document.hidden) return;
  one.timer = setTimeout(() => look(one), Math.max(0, one.lookedAt + betweenLooksMs - Date.now()));
}
function lookAtAll(): void {
  for (const one of watches) lookSoon(one);
}

// ---- events ----

const betweenQuestionsMs = 60_000; // whether a server that had no events has them now

let socket: WebSocket | null = null;
let sequence: string | null = null;
let retryMs = 1000;
let retry: ReturnType<typeof setTimeout> | undefined;

async function isOffered(): Promise<boolean> {
  const { features } = await get<Schemas['Capabilities']>('/api/v1/capabilities');
  return features.some((feature) => /events/.test(feature));
}

function onEvent(event: LiveEvent): void {
  if (event.sequence) sequence = event.sequence;
  for (const one of watches) {
    if (one.station && event.subject && one.station !== event.subject) continue;
    if (one.types.some((type) => event.type.startsWith(type))) lookSoon(one);
  }
}

function open(): void {
  const url = new URL('api/v1/events/ws', apiRoot);
  url.protocol = url.protocol.replace('http', 'ws');
  if (sequence) url.searchParams.set('after', sequence);
  const one = (socket = new WebSocket(url));
  one.onopen = () => one.send(JSON.stringify(firstWord()));
  one.onmessage = (message) => {
    const event = JSON.parse(String(message.data)) as LiveEvent;
    if (event.type !== 'ready') return onEvent(event);
    retryMs = 1000;
    // What happened while nothing was heard, and before the first word, is read once.
    sequence = sequence ?? event.sequence;
    liveState.value = 'live';
    lookAtAll();
  };
  one.onclose = () => {
    if (socket !== one) return;
    socket = null;
    liveState.value = reachable.value ? 'polling' : 'offline';
    clearTimeout(retry);
    retry = setTimeout(connect, retryMs);
    retryMs = Math.min(retryMs * 2, 30_000);
  };
}

async function connect(): Promise<void> {
  clearTimeout(retry);
  if (!isSignedIn.value || socket || !may('events:subscribe')) return;
  retry = setTimeout(connect, betweenQuestionsMs);
  try {
    if (!(await isOffered())) return;
    clearTimeout(retry);
    if (isSignedIn.value && !socket) open();
  } catch {
    clearTimeout(retry);
    retry = setTimeout(connect, retryMs);
    retryMs = Math.min(retryMs * 2, 30_000);
  }
}

// ---- looks ----

// Workers, batches, refused strangers and written tokens are announced by no event.
const announced = /^(station|connector|transaction|authorization|command|reservation|firmware|log|security|configuration|certificate|alert)\./;

async function isBack(): Promise<boolean> {
  try {
    return (await fetch(address('/livez'), { cache: 'no-store' })).ok;
  } catch {
    return false;
  }
}

let asksWhetherBack = false;
async function beat(): Promise<void> {
  now.value = Date.now();
  if (!isSignedIn.value || document.hidden) return;
  if (!reachable.value) {
    liveState.value = 'offline';
    if (asksWhetherBack) return;
    asksWhetherBack = true;
    reachable.value = await isBack();
    asksWhetherBack = false;
    if (!reachable.value) return;
    retryMs = 1000;
    lookAtAll();
  }
  if (liveState.value === 'offline') liveState.value = socket ? 'live' : 'polling';
  if (!socket && !retry) void connect();
  // With events a look now and then remains: what no event announces changes as well.
  for (const one of watches) {
    const isAnnounced = liveState.value === 'live' && one.types.length > 0 && one.types.every((type) => announced.test(type));
    if (Date.now() - one.lookedAt >= one.every * (isAnnounced ? 12 : 1)) lookSoon(one);
  }
}

export function startLive(): void {
  setInterval(beat, 1000);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) lookAtAll();
  });
  window.addEventListener('online', lookAtAll);
  void connect();
}
export function endLive(): void {
  clearTimeout(retry);
  retry = undefined;
  sequence = null;
  const one = socket;
  socket = null;
  one?.close();
}
