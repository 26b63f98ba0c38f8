// S5: what was said on the wire, of one station or of all. A request and its answer are one row, with
// the time between.
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { curlOf, get, mayOrder, mayRaw, type Page as ListPage, query, stationPath } from '../api';
import { byOtherClock, ms, timeWithMs } from '../format';
import { type List, useList, useQuery } from '../query';
import { wantedAgain } from '../raw_history';
import { go, path, withQuery } from '../router';
import type { Json, Message, Station } from '../types';
import { t } from '../words';
import { Button, Chip, complain, CopyButton, Empty, JsonBlock, say, Tabs } from './basics';
import { ChoiceFilter, ClearFilters, filter, SinceFilter, sinceTime, TextFilter } from './filters';
import { Icon } from './icons';
import { lazyPart } from './lazy';
import { type Column, Table } from './table';

const MessageFields = lazyPart(() => import('./message_fields').then((one) => one.MessageFields));

interface Exchange {
  id: string;
  request: Message | null;
  answer: Message | null;
  first: Message; // what there is of the two
}
const keyOf = (one: Message) => `${one.station_id} ${one.at} ${one.direction} ${one.message_id} ${one.message_type} ${one.connection}`;

// Newest first, as they come; a request keeps its place by its own time.
function pair(messages: Message[]): Exchange[] {
  const answers = new Map<string, Message>();
  const out: Exchange[] = [];
  const conversation = (one: Message, asker: string) => `${one.station_id} ${one.connection} ${asker} ${one.message_id}`;
  const used = new Set<Message>();
  for (const one of messages)
    if (one.message_type !== 'CALL') answers.set(conversation(one, one.direction === 'in' ? 'out' : 'in'), one);
  for (const one of messages) {
    if (one.message_type !== 'CALL') continue;
    const answer = answers.get(conversation(one, one.direction)) ?? null;
    if (answer) used.add(answer);
    out.push({ id: keyOf(one), request: one, answer, first: one });
  }
  for (const one of messages)
    if (one.message_type !== 'CALL' && !used.has(one)) out.push({ id: keyOf(one), request: null, answer: one, first: one });
  return out.sort((a, b) => Date.parse(b.first.at) - Date.parse(a.first.at));
}
const rtt = (one: Exchange) => (one.request && one.answer ? Date.parse(one.answer.at) - Date.parse(one.request.at) : null);
// Who began the conversation: an answer travels the other way.
const beganBy = (one: Exchange) => (one.request ? one.request.direction : one.first.direction === 'in' ? 'out' : 'in');

export function payloadOf(message: Message | null): unknown {
  if (!message) return null;
  if (message.frame === null) return message.frame_base64;
  try {
    const frame = JSON.parse(message.frame) as unknown[];
    return frame.at(-1);
  } catch {
    return message.frame;
  }
}

function Direction({ one }: { one: Message }) {
  const fromStation = one.direction === 'in';
  return (
    <span class={`direction ${one.direction}`} title={fromStation ? t('From the station') : t('To the station')}>
      <Icon name={fromStation ? 'out' : 'in'} />
      {fromStation ? t('station') : t('us')}
    </span>
  );
}

type View = 'json' | 'fields' | 'frame';
function Part({ title, message, action, part }: { title: string; message: Message | null; action: string | null; part: 'request' | 'response' }) {
  const [view, setView] = useState<View>('json');
  if (!message) return <div><h3>{title}</h3><p class="muted">{t('None yet.')}</p></div>;
  const payload = payloadOf(message);
  const hasFields = action !== null && message.message_type !== 'CALLERROR' && typeof payload === 'object' && payload !== null;
  return (
    <div>
      <h3>{title} <span class="small muted" title={byOtherClock(message.at)}>{timeWithMs(message.at)} · {message.bytes} B</span>
      </h3>
      <Tabs label={t('How to show it')} current={view} onPick={(wanted) => setView(wanted as View)}
        tabs={[['json', 'JSON'], ...(hasFields ? [['fields', t('Fields')] as [string, string]] : []), ['frame', t('Frame')]]} />
      {view === 'fields' && hasFields
        ? <MessageFields station={message.station_id} action={action} part={part} value={payload as Json} />
        : <JsonBlock value={view === 'frame' ? (message.frame ?? message.frame_base64 ?? '') : payload} />}
    </div>
  );
}

// What two programs said to each other, as transcripts have it: > from the station, < to it.
function transcriptOf(messages: (Message | null)[]): string {
  return messages.filter((one): one is Message => one !== null)
    .map((one) => `${one.direction === 'in' ? '>' : '<'} ${one.frame ?? one.frame_base64 ?? ''}`).join('\n');
}

async function again(station: string, action: string, payload: Json): Promise<void> {
  const { ocpp_version, default_ocpp_version } = await get<Station>(stationPath(station));
  wantedAgain.value = { at: '', station, version: ocpp_version ?? default_ocpp_version ?? '1.6', action, payload, masked: false };
  go(withQuery(path('stations', station, 'raw'), { action }));
}

const messagesOf = (station: string | null) => (station === null ? '/api/v1/messages' : stationPath(station, '/messages'));

// A filter may have found one half alone: the other is asked for.
function Detail({ one, of }: { one: Exchange; of: string | null }) {
  const isWhole = one.request !== null && one.answer !== null;
  const both = useQuery<ListPage<Message>>(isWhole || !one.first.message_id ? null : query(messagesOf(one.first.station_id), { message_id: one.first.message_id, limit: 50 }), { every: 2000 });
  const found = pair(both.data?.data ?? []).find((other) => [other.request, other.answer].some((part) => part && keyOf(part) === keyOf(one.first))) ?? one;
  const shown = isWhole ? one : found;
  const action = shown.request?.action ?? shown.first.action;
  // What we asked of the station can be asked again.
  const isOurs = shown.request?.direction === 'out' && action !== null && mayRaw() && mayOrder();
  const order = isOurs ? curlOf(stationPath(shown.first.station_id, '/ocpp/call'), { method: 'POST', body: { action, payload: payloadOf(shown.request) } }) : null;
  return (
    <div class="stack">
      <h2>{action ?? shown.first.message_type} <code class="small">{shown.first.message_id}</code></h2>
      <div class="halves">
        <Part title={t('Request')} message={shown.request} action={action} part="request" />
        <Part title={t('Answer')} message={shown.answer} action={action} part="response" />
      </div>
      <div class="row wrap">
        <CopyButton label={t('Copy as transcript')} text={transcriptOf([shown.request, shown.answer])} />
        {order !== null && <CopyButton label={t('Copy as curl')} text={order} />}
        {order !== null && <Button icon="command" onClick={() => void again(shown.first.station_id, action as string, payloadOf(shown.request) as Json)}>{t('Open in the OCPP console')}</Button>}
      </div>
      <p class="small row">
        {of === null && <a href={path('stations', shown.first.station_id, 'messages')}>{t('All of {station}', { station: shown.first.station_id })}</a>}
        {action && <a href={`${of === null ? path('messages') : path('stations', of, 'messages')}?action=${encodeURIComponent(action)}`}>{t('Only {action}', { action })}</a>}
      </p>
    </div>
  );
}

// ---- export ----

async function exportAs(kind: string, where: string, name: string, fits: (one: Message) => boolean): Promise<void> {
  try {
    const files = await import('../message_export');
    const read = await files.collect(where);
    const all = read.filter(fits);
    if (kind === 'ndjson') files.saveLines(name, all);
    else if (kind === 'csv') files.saveTable(name, all);
    else await files.saveForVendor(name, all);
    say(read.length >= files.exportMax ? t('The newest {n} messages are exported', { n: all.length }) : t('{n|message|messages} exported', { n: all.length }));
  } catch (error) {
    complain(error);
  }
}

// ---- the list ----

const names = ['action', 'direction', 'errors_only', 'message_id', 'text', 'since'];
const looksMax = 10; // pages that are read by themselves while none fits

// Newest first and followed; on a pause what comes waits, and is counted.
function useMessages(where: string, station: string | null) {
  const [paused, setPaused] = useState(false);
  const messages = useList<Message>(where, { id: keyOf, types: ['message.'], grows: true, every: 2000, size: 200, ...(station === null ? {} : { station }) });
  useEffect(() => messages.hold(paused), [paused, where]);
  const hold = (pointedAt: boolean) => messages.hold(paused || pointedAt);
  return { messages: { ...messages, hold }, paused, setPaused: (wanted: boolean) => { setPaused(wanted); if (!wanted) messages.showHeld(); } };
}

// Looks further back while what was read so far fits no filter; not for ever.
function useLooksBack(shown: number, messages: List<Message>, where: string): { more: (() => void) | null } {
  const [looks, setLooks] = useState(0);
  useEffect(() => setLooks(0), [where]);
  const wants = shown === 0 && messages.hasMore && !messages.loading;
  useEffect(() => {
    if (!wants || looks >= looksMax) return;
    const timer = setTimeout(() => { setLooks(looks + 1); messages.more(); }, 50);
    return () => clearTimeout(timer);
  }, [wants, looks, where]);
  return { more: wants && looks >= looksMax ? () => setLooks(0) : null };
}

const columns = (of: string | null): Column<Exchange>[] => [
  { name: t('Time'), width: '128px', cell: (one) => <time dateTime={one.first.at} title={byOtherClock(one.first.at)} class="num">{timeWithMs(one.first.at)}</time> },
  ...(of === null ? [{ name: t('Station'), width: 'minmax(120px, 0.8fr)', cell: (one: Exchange) => <a class="clip" href={path('stations', one.first.station_id, 'messages')}>{one.first.station_id}</a> }] : []),
  { name: t('From'), width: '92px', cell: (one) => <Direction one={one.first} /> },
  { name: t('Action'), width: 'minmax(150px, 1fr)', cell: (one) => <span class="strong clip">{one.first.action ?? one.first.message_type}</span> },
  { name: t('Request'), width: 'minmax(180px, 2.2fr)', cell: (one) => <code class="clip">{one.request ? JSON.stringify(payloadOf(one.request)) : ''}</code> },
  { name: t('Answer'), width: 'minmax(150px, 1.6fr)', cell: (one) => one.answer
    ? one.answer.error_code ? <Chip word="failed" label={one.answer.error_code} /> : <code class="clip">{JSON.stringify(payloadOf(one.answer))}</code>
    : <span class="muted">{t('none yet')}</span> },
  { name: t('Round trip'), width: '90px', cell: (one) => ms(rtt(one)), right: true },
];

// `of` null: of all stations.
export function Messages({ of, beside }: { of: string | null; beside?: ComponentChildren }) {
  const where = query(messagesOf(of), {
    action: filter('action'), errors_only: filter('errors_only'), message_id: filter('message_id'), text: filter('text'), from: sinceTime(),
    ...(of === null ? { station_id: filter('station') } : {}),
  });
  const direction = filter('direction');
  const beats = filter('heartbeats') === 'show' || filter('action') === 'Heartbeat';
  const { messages, paused, setPaused } = useMessages(where, of);
  const exchanges = useMemo(() => pair(messages.items), [messages.items.length, messages.items[0], messages.items.at(-1), where]);
  const facing = direction ? exchanges.filter((one) => beganBy(one) === direction) : exchanges;
  const shown = beats ? facing : facing.filter((one) => one.first.action !== 'Heartbeat');
  const list: List<Exchange> = { ...messages, items: shown, total: undefined };
  const hidden = facing.length - shown.length;
  const back = useLooksBack(shown.length, messages, where);
  const all = of === null ? [...names, 'station'] : names;
  const fits = (one: Message) => (!direction || (one.message_type === 'CALL') === (one.direction === direction)) && (beats || one.action !== 'Heartbeat');
  return (
    <>
      <div class="filters">
        <TextFilter main name="action" label={t('Action, e.g. BootNotification')} />
        {of === null && <TextFilter name="station" label={t('Station')} />}
        <ChoiceFilter name="direction" label={t('Both directions')} choices={[['in', t('From the station')], ['out', t('To the station')]]} />
        <ChoiceFilter name="errors_only" label={t('Good and bad')} choices={[['true', t('Errors only')]]} />
        <TextFilter name="message_id" label={t('Message id')} />
        <TextFilter name="text" label={t('Text in the message')} />
        <SinceFilter />
        <ChoiceFilter name="heartbeats" label={hidden ? t('{n|heartbeat|heartbeats} hidden', { n: hidden }) : t('Without heartbeats')} choices={[['show', t('With heartbeats')]]} />
        <ClearFilters names={all} />
        <span class="grow" />
        {beside}
        <Button icon={paused ? 'play' : 'pause'} aria-pressed={paused} onClick={() => setPaused(!paused)}>{paused ? t('Follow') : t('Pause')}</Button>
        <select aria-label={t('Export')} onChange={(event) => { const kind = event.currentTarget.value; event.currentTarget.value = ''; if (kind) void exportAs(kind, where, of ?? 'ohmstead', fits); }}>
          <option value="">{t('Export')}</option>
          <option value="ndjson">NDJSON</option>
          <option value="csv">CSV</option>
          {of !== null && <option value="vendor">{t('For the vendor, without tokens')}</option>}
        </select>
      </div>
      <Table label={t('Messages')} list={list} id={(one) => one.id} expanded={(one) => <Detail one={one} of={of} />}
        rowClass={(one) => (one.answer?.error_code || one.first.error_code ? 'bad-row' : '')}
        empty={<Empty icon="session" title={all.some(filter) ? t('No message fits these filters') : t('No message is kept')}>
          <p>{t('Messages appear as they are said; how long they are kept is a setting.')}</p>
          {back.more && <Button icon="down" onClick={back.more}>{t('Look further back')}</Button>}
          <ClearFilters names={all} />
        </Empty>}
        columns={columns(of)} />
    </>
  );
}
