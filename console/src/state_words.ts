// The api's own words for states, results and reasons, in the person's language. What OCPP calls
// something (Accepted, Faulted, …) stays as it says it, so that it can be found in its documents.
import type { Batch, Command, Schemas } from './types';
import { t } from './words';

// A word that the api's description lists fails the build until it stands below.
type Listed =
  | Command['state'] | Batch['state']
  | Schemas['Report']['state'] | Schemas['Reservation']['state'] | Schemas['LocalListEntry']['state'] | Schemas['IssuedCertificate']['state']
  | Schemas['VariableDrift']['items'][number]['state'] | Schemas['Log']['state']
  | Schemas['StationImportResult']['items'][number]['result']
  | Schemas['Authorization']['decided_by'];
type Said =
  | 'pending' | 'missed' | 'contradicted' | 'rejected' | 'scheduled' | 'not_supported' | 'error' | 'waiting'
  | 'timeout' | 'offline' | 'disconnected' | 'call_error'
  | 'held' | 'superseded' | 'signed' | 'issued'
  | 'downloading' | 'downloaded' | 'installing' | 'installed' | 'finished'
  | 'boot' | 'status' | 'security' | 'notify_event' | 'data_transfer'
  | 'registers' | 'intervals'
  | 'session_register' | 'register_backwards' | 'energy_implausible' | 'start_missing' | 'events_after_end' | 'seq_gap' | 'token_changed' | 'evse_changed' | 'intervals_lost' | 'numbered'
  | 'newer_start' | 'connector_available' | 'stop_missing' | 'made_from_status' | 'open_too_long' | 'conflict' | 'left_out' | 'matched';
export type OwnWord = Listed | Said;

const words: Record<OwnWord, () => string> = {
  queued: () => t('waiting'),
  waiting: () => t('waiting'),
  sent: () => t('sent'),
  answered: () => t('answered'),
  failed: () => t('failed'),
  expired: () => t('expired'),
  cancelled: () => t('cancelled'),
  cancelling: () => t('cancelling'),
  running: () => t('running'),
  finished: () => t('finished'),
  aborted: () => t('aborted'),
  interrupted: () => t('interrupted'),
  dry_run: () => t('dry run'),

  accepted: () => t('accepted'),
  rejected: () => t('rejected'),
  refused: () => t('refused'),
  scheduled: () => t('scheduled'),
  not_supported: () => t('not supported'),
  error: () => t('error'),
  timeout: () => t('no answer'),
  offline: () => t('offline'),
  disconnected: () => t('disconnected'),
  call_error: () => t('error'),

  pending: () => t('pending'),
  confirmed: () => t('confirmed'),
  missed: () => t('missed'),
  contradicted: () => t('contradicted'),

  ordered: () => t('ordered'),
  receiving: () => t('receiving'),
  received: () => t('received'),
  complete: () => t('complete'),
  incomplete: () => t('incomplete'),
  gap: () => t('gap'),
  elsewhere: () => t('elsewhere'),
  removed: () => t('removed'),
  replaced: () => t('replaced'),
  used: () => t('used'),
  unknown: () => t('unknown'),
  matches: () => t('matches'),
  differs: () => t('differs'),
  created: () => t('created'),
  updated: () => t('updated'),
  exists: () => t('exists'),
  to_add: () => t('to add'),
  to_change: () => t('to change'),
  to_remove: () => t('to remove'),
  held: () => t('held'),
  superseded: () => t('superseded'),
  signed: () => t('signed'),
  issued: () => t('issued'),
  downloading: () => t('downloading'),
  downloaded: () => t('downloaded'),
  installing: () => t('installing'),
  installed: () => t('installed'),

  list: () => t('list'),
  webhook: () => t('webhook'),
  fallback: () => t('fallback'),
  transaction: () => t('session'),

  boot: () => t('boot'),
  status: () => t('status'),
  security: () => t('security'),
  notify_event: () => t('event'),
  data_transfer: () => t('vendor’s data'),

  registers: () => t('from registers'),
  intervals: () => t('from intervals'),

  session_register: () => t('the register counts the session alone'),
  register_backwards: () => t('the register ran backwards'),
  energy_implausible: () => t('more energy than is plausible'),
  start_missing: () => t('its start is missing'),
  events_after_end: () => t('messages after its end'),
  seq_gap: () => t('messages are missing'),
  token_changed: () => t('the token changed'),
  evse_changed: () => t('the EVSE changed'),
  intervals_lost: () => t('intervals are lost'),
  numbered: () => t('messages got their numbers here'),
  newer_start: () => t('a newer session began there'),
  connector_available: () => t('its connector is free again'),
  stop_missing: () => t('its end is missing'),
  made_from_status: () => t('made of states, as its start is missing'),
  open_too_long: () => t('open for too long'),
  conflict: () => t('messages contradict each other'),
  left_out: () => t('values that cannot be read were left out'),
  matched: () => t('its stop did not name it'),
};

export function wordOf(said: string): string {
  return Object.hasOwn(words, said) ? words[said as OwnWord]() : said;
}
export const wordsOf = (said: readonly string[]): string => said.map(wordOf).join(', ');

// Why a connection ended: what the worker saw, in words.
const ends = {
  closed: () => t('closed by the station'),
  reset: () => t('broken off'),
  ping_timeout: () => t('silent, no answer to pings'),
  replaced: () => t('it connected anew'),
  drain: () => t('worker was drained'),
  worker_lost: () => t('worker failed'),
  worker_restarted: () => t('worker was restarted'),
  worker_lost_it: () => t('worker had lost it'),
  protocol_error: () => t('unreadable frames'),
  slow_reader: () => t('it read too slowly'),
  no_api: () => t('nothing could be stored'),
  kicked: () => t('closed from here'),
  closed_by_us: () => t('closed by the worker'),
};
export const endOf = (reason: string): string => (Object.hasOwn(ends, reason) ? ends[reason as keyof typeof ends]() : reason);
