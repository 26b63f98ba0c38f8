// S5: what was said on the wire. A request and its answer are one row, with the time between.
import { useMemo, useState } from 'preact/hooks';
import { ask, get, may, type Page as ListPage, query, stationPath } from '../api';
import { ms, timeWithMs, byOtherClock } from '../format';
import { type List, useList, useQuery } from '../query';
import { path } from '../router';
import type { Message, Schemas } from '../types';
import { Button, Chip, complain, csvCell, Empty, JsonBlock, save, say } from '../ui/basics';
import { ChoiceFilter, ClearFilters, filter, SinceFilter, sinceTime, TextFilter } from '../ui/filters';
import { Icon } from '../ui/icons';
import { Table } from '../ui/table';
import { t } from '../words';
import type { TabProps } from './station';

interface Exchange {
  id: string;
  request: Message | null;
  answer: Message | null;
  first: Message; // what there is of the two
}
const names = ['action', 'direction', 'errors_only', 'message_id', 'since'];
const keyOf = (one: Message) => `${one.at} ${one.direction} ${one.message_id} ${one.message_type} ${one.connection}`;

// Newest first, as they come; a request keeps its place by its own time.
function pair(messages: Message[]): Exchange[] {
  const answers = new Map<string, Message>();
  const out: Exchange[] = [];
  const conversation = (one: Message, asker: string) => `${one.connection} ${asker} ${one.message_id}`;
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

function Part({ title, message }: { title: string; message: Message | null }) {
  const [raw, setRaw] = useState(false);
  if (!message) return <div><h3>{title}</h3><p class="muted">{t('None yet.')}</p></div>;
  return (
    <div>
      <h3>{title} <span class="small muted" title={byOtherClock(message.at)}>{timeWithMs(message.at)} · {message.bytes} B</span>
        <Button kind="quiet" onClick={() => setRaw(!raw)}>{raw ? 'JSON' : t('Frame')}</Button></h3>
      <JsonBlock value={raw ? (message.frame ?? message.frame_base64 ?? '') : payloadOf(message)} />
    </div>
  );
}

function Detail({ one, station }: { one: Exchange; station: string }) {
  return (
    <div class="stack">
      <h2>{one.first.action ?? one.first.message_type} <code class="small">{one.first.message_id}</code></h2>
      <div class="halves">
        <Part title={t('Request')} message={one.request} />
        <Part title={t('Answer')} message={one.answer} />
      </div>
      {one.first.action && <p class="small"><a href={`${path('stations', station, 'messages')}?action=${encodeURIComponent(one.first.action)}`}>{t('Only {action}', { action: one.first.action })}</a></p>}
    </div>
  );
}

function Level({ station }: { station: string }) {
  const asked = useQuery<Schemas['MessageLogLevel']>(stationPath(station, '/message-log-level'));
  if (!asked.data) return null;
  const change = (level: string) =>
    ask(stationPath(station, '/message-log-level'), { method: 'PUT', body: { level: level || null } })
      .then(() => { say(t('Saved')); asked.reload(); })
      .catch(complain);
  return (
    <label class="inline-field">
      <span class="small muted">{t('Kept')}</span>
      <select disabled={!may('stations:write')} value={asked.data.level ?? ''} onChange={(event) => void change(event.currentTarget.value)}>
        <option value="">{t('as all: {level}', { level: asked.data.effective })}</option>
        <option value="all">{t('all messages')}</option>
        <option value="errors">{t('errors only')}</option>
        <option value="off">{t('none')}</option>
      </select>
    </label>
  );
}

const exportMax = 5000;
async function collect(where: string): Promise<Message[]> {
  const all: Message[] = [];
  for (let cursor: string | null = null; all.length < exportMax; ) {
    const page: ListPage<Message> = await get(`${where}${where.includes('?') ? '&' : '?'}limit=500${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    all.push(...page.data);
    cursor = page.next_cursor;
    if (!cursor) break;
  }
  return all;
}
async function exportAs(kind: string, where: string, station: string): Promise<void> {
  try {
    const all = await collect(where);
    const name = `${station.replace(/[^\w.-]/g, '_')}-messages`;
    if (kind === 'ndjson') save(`${name}.ndjson`, all.map((one) => JSON.stringify(one)).join('\n'), 'application/x-ndjson');
    else {
      const columns = ['at', 'direction', 'message_type', 'action', 'message_id', 'error_code', 'bytes', 'frame'] as const;
      save(`${name}.csv`, [columns.join(','), ...all.map((one) => columns.map((column) => csvCell(one[column])).join(','))].join('\r\n'), 'text/csv');
    }
    say(all.length >= exportMax ? t('The newest {n} messages are exported', { n: all.length }) : t('{n|message|messages} exported', { n: all.length }));
  } catch (error) {
    complain(error);
  }
}

export function StationMessages({ station }: TabProps) {
  const where = query(stationPath(station.id, '/messages'), {
    action: filter('action'), direction: filter('direction'), errors_only: filter('errors_only'), message_id: filter('message_id'), from: sinceTime(),
  });
  const messages = useList<Message>(where, { id: keyOf, types: ['message.'], station: station.id, grows: true, every: 2000, size: 200 });
  const beats = filter('heartbeats') === 'show' || filter('action') === 'Heartbeat';
  const exchanges = useMemo(() => pair(messages.items), [messages.items.length, messages.items[0]]);
  const shown = beats ? exchanges : exchanges.filter((one) => one.first.action !== 'Heartbeat');
  const list: List<Exchange> = { ...messages, items: shown, total: undefined, held: messages.held };
  const hidden = exchanges.length - shown.length;
  return (
    <>
      <div class="filters">
        <TextFilter main name="action" label={t('Action, e.g. BootNotification')} />
        <ChoiceFilter name="direction" label={t('Both directions')} choices={[['in', t('From the station')], ['out', t('To the station')]]} />
        <ChoiceFilter name="errors_only" label={t('Good and bad')} choices={[['true', t('Errors only')]]} />
        <TextFilter name="message_id" label={t('Message id')} />
        <SinceFilter />
        <ChoiceFilter name="heartbeats" label={hidden ? t('{n|heartbeat|heartbeats} hidden', { n: hidden }) : t('Without heartbeats')} choices={[['show', t('With heartbeats')]]} />
        <ClearFilters names={names} />
        <span class="grow" />
        <Level station={station.id} />
        <select aria-label={t('Export')} onChange={(event) => { const kind = event.currentTarget.value; event.currentTarget.value = ''; if (kind) void exportAs(kind, where, station.id); }}>
          <option value="">{t('Export')}</option>
          <option value="ndjson">NDJSON</option>
          <option value="csv">CSV</option>
        </select>
      </div>
      <Table label={t('Messages')} list={list} id={(one) => one.id} expanded={(one) => <Detail one={one} station={station.id} />}
        rowClass={(one) => (one.answer?.error_code || one.first.error_code ? 'bad-row' : '')}
        empty={<Empty icon="session" title={names.some(filter) ? t('No message fits these filters') : t('No message is kept')}>
          <p>{t('Messages appear as they are said; how long they are kept is a setting.')}</p><ClearFilters names={names} />
        </Empty>}
        columns={[
          { name: t('Time'), width: '128px', cell: (one) => <time dateTime={one.first.at} title={byOtherClock(one.first.at)} class="num">{timeWithMs(one.first.at)}</time> },
          { name: t('From'), width: '92px', cell: (one) => <Direction one={one.first} /> },
          { name: t('Action'), width: 'minmax(150px, 1fr)', cell: (one) => <span class="strong clip">{one.first.action ?? one.first.message_type}</span> },
          { name: t('Request'), width: 'minmax(180px, 2.2fr)', cell: (one) => <code class="clip">{one.request ? JSON.stringify(payloadOf(one.request)) : ''}</code> },
          { name: t('Answer'), width: 'minmax(150px, 1.6fr)', cell: (one) => one.answer
            ? one.answer.error_code ? <Chip word="failed" label={one.answer.error_code} /> : <code class="clip">{JSON.stringify(payloadOf(one.answer))}</code>
            : <span class="muted">{t('none yet')}</span> },
          { name: t('Round trip'), width: '90px', cell: (one) => ms(rtt(one)), right: true },
        ]} />
    </>
  );
}
