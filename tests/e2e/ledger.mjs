// What stations swear to beside what the database holds: an answered message is stored, exactly once.
// `node ledger.mjs PORT LEDGER...` compares the files of `ohmstead sim --ledger` with PostgreSQL there.
import { spawnSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const billing = new Set(['StartTransaction', 'StopTransaction', 'TransactionEvent', 'MeterValues']);
const micros = (time) => Date.parse(time) * 1000;
const psql = join(process.env.POSTGRES_BIN ?? '/usr/lib/postgresql/15/bin', 'psql');

// ---- what stations say ----

function newLedger() {
  return {
    messages: new Map(), // of billing, by station and number, with the answer where one came
    authorizes: new Map(), // by station: how many were sent, how many answered
    statuses: new Map(), // by station and connector: the last answered, and what was sent since
    said: new Map(), // by station: which of those it spoke of last
    counts: { sent: 0, attempts: 0, answered: 0, refused: 0, dropped: 0, answered_of_any_kind: 0 },
  };
}

function noteBilling({ messages, counts }, entry) {
  const name = `${entry.station} ${entry.key}`;
  if (entry.event === 'sent') {
    ++counts.attempts;
    if (messages.has(name)) return;
    ++counts.sent;
    messages.set(name, { station: entry.station, action: entry.action, said: entry.body });
  } else if (entry.event === 'acked') {
    ++counts.answered;
    messages.get(name).answer = entry.body;
  } else if (entry.event === 'refused' || entry.event === 'dropped') {
    ++counts[entry.event];
  }
}

function noteAuthorize({ authorizes }, entry) {
  const count = authorizes.get(entry.station) ?? { attempts: 0, answered: 0 };
  if (entry.event === 'sent') ++count.attempts;
  if (entry.event === 'acked') ++count.answered;
  authorizes.set(entry.station, count);
}

// A station has one CALL in flight: an answer is to what was sent last.
function noteStatus({ statuses, said }, entry) {
  if (entry.event === 'sent') {
    const { evseId, connectorId, connectorStatus, status = connectorStatus } = entry.body;
    const name = `${entry.station} ${evseId ?? connectorId}`;
    const known = statuses.get(name) ?? { answered: undefined, since: [] };
    known.since.push(status);
    statuses.set(name, known);
    said.set(entry.station, known);
  } else if (entry.event === 'acked') {
    const known = said.get(entry.station);
    known.answered = known.since.at(-1);
    known.since = [];
  }
}

export async function readLedgers(files) {
  const ledger = newLedger();
  for (const file of files)
    for await (const line of createInterface({ input: createReadStream(file) })) {
      const entry = JSON.parse(line);
      if (entry.event === 'acked') ++ledger.counts.answered_of_any_kind;
      if (billing.has(entry.action)) noteBilling(ledger, entry);
      if (entry.action === 'Authorize') noteAuthorize(ledger, entry);
      if (entry.action === 'StatusNotification') noteStatus(ledger, entry);
    }
  return { ...ledger, messages: [...ledger.messages.values()] };
}

// ---- what the database holds ----

function rows(port, query) {
  const run = spawnSync(
    psql,
    ['-h', '127.0.0.1', '-p', port, '-U', 'ohm', '-d', 'ohm', '-qAt', '-F', '\t'],
    { input: query, encoding: 'utf8', maxBuffer: 1 << 30, env: { ...process.env, PGPASSWORD: 'ohm' } },
  );
  if (run.status !== 0) throw new Error(`psql: ${run.stderr}`);
  return run.stdout.split('\n').filter((line) => line !== '').map((line) => line.split('\t'));
}

function countBy(list) {
  const counts = new Map();
  for (const name of list) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

export function readDatabase(port) {
  const found = {};
  found.transactions = rows(
    port,
    `select p.id, t.ocpp_id, t.start_key, t.begin_mwh, t.end_mwh, t.energy_mwh, t.state
       from transactions t join charge_points p on p.station_no = t.station_no`,
  );
  found.events = countBy(
    rows(
      port,
      `select p.id, e.ocpp_id, e.seq_no, e.at from transaction_events e
         join charge_points p on p.station_no = e.station_no`,
    ).map((row) => row.join(' ')),
  );
  found.samples = countBy(
    rows(
      port,
      `select p.id, t.ocpp_id, m.at from meter_values m
         join charge_points p on p.station_no = m.station_no
         left join transactions t on t.id = m.transaction_id`,
    ).map((row) => row.join(' ')),
  );
  found.authorizes = new Map(
    rows(
      port,
      `select p.id, count(*) from authorizations a join charge_points p on p.station_no = a.station_no
        where a.action = 'Authorize' group by p.id`,
    ),
  );
  found.statuses = new Map(
    rows(
      port,
      `select p.id || ' ' || c.evse, c.status from connectors c
         join charge_points p on p.station_no = c.station_no
       union all select p.id || ' 0', s.reported_status from station_state s
         join charge_points p on p.station_no = s.station_no`,
    ),
  );
  for (const table of ['transaction_conflicts', 'orphan_stops', 'quarantine'])
    found[table] = Number(rows(port, `select count(*) from ${table}`)[0][0]);
  return found;
}

// ---- the comparison ----

// What a message leaves behind: an event under its natural key, a sample at its time. Stations write
// whole seconds, so samples of one second are told apart by their values.
function traces({ station, action, said, answer }) {
  if (action === 'StartTransaction')
    return { event: answer && `${station} ${answer.transactionId} 0 ${micros(said.timestamp)}` };
  if (action === 'StopTransaction')
    return { event: `${station} ${said.transactionId} 1 ${micros(said.timestamp)}` };
  if (action === 'MeterValues')
    return {
      sample: `${station} ${said.transactionId} ${micros(said.meterValue[0].timestamp)}`,
      value: valueOf(said),
    };
  const id = said.transactionInfo.transactionId;
  return {
    event: `${station} ${id} ${said.seqNo} ${micros(said.timestamp)}`,
    sample: `${station} ${id} ${micros(said.meterValue[0].timestamp)}`,
    value: valueOf(said),
  };
}
const valueOf = (said) => Number(said.meterValue[0].sampledValue[0].value);

// Starts and ends that were answered, by session: what it must have cost.
function expectedEnergy(messages) {
  const sessions = new Map();
  for (const { station, action, said, answer } of messages) {
    if (!answer) continue;
    const isEvent = action === 'TransactionEvent';
    const id = isEvent ? said.transactionInfo.transactionId : said.transactionId ?? answer.transactionId;
    const session = sessions.get(`${station} ${id}`) ?? {};
    const meter = () => said.meterValue[0].sampledValue[0].value * 1000;
    if (action === 'StartTransaction') session.begin = said.meterStart * 1000;
    if (action === 'StopTransaction') session.end = said.meterStop * 1000;
    if (isEvent && said.eventType === 'Started') session.begin = meter();
    if (isEvent && said.eventType === 'Ended') session.end = meter();
    sessions.set(`${station} ${id}`, session);
  }
  return sessions;
}

function compareEventsAndSamples({ messages }, found, fault) {
  const samples = new Map(); // by trace: the values that were said, and those that were answered
  for (const message of messages) {
    const { event, sample, value } = traces(message);
    const count = found.events.get(event) ?? 0;
    if (message.answer && event && count !== 1) fault(`${message.action} ${event}: ${count} rows`);
    if (!sample) continue;
    if (!samples.has(sample)) samples.set(sample, { said: new Set(), answered: new Set() });
    samples.get(sample).said.add(value);
    if (message.answer) samples.get(sample).answered.add(value);
  }
  for (const [sample, { said, answered }] of samples) {
    const count = found.samples.get(sample) ?? 0;
    if (count < answered.size || count > said.size)
      fault(`sample ${sample}: ${count} rows, ${answered.size} answered, ${said.size} said`);
  }
  for (const sample of found.samples.keys())
    if (!samples.has(sample)) fault(`sample ${sample}: nobody said it`);
}

// A start whose answer was lost is known by its key alone.
function compareStarts({ messages }, found, fault) {
  const starts = new Map();
  for (const { station, action, said: start } of messages)
    if (action === 'StartTransaction')
      starts.set(`${station} ${start.connectorId} ${micros(start.timestamp)} ${start.meterStart}`, 0);
  for (const [station, , key] of found.transactions) {
    if (key === '') continue;
    const name = `${station} ${key.split(' ').slice(0, 3).join(' ')}`;
    if (!starts.has(name)) fault(`start ${name}: nobody said it`);
    else starts.set(name, starts.get(name) + 1);
  }
  for (const [name, count] of starts) if (count > 1) fault(`start ${name}: ${count} transactions`);
}

function compareSessions({ messages }, found, fault) {
  const expected = expectedEnergy(messages);
  let sessions = 0;
  let energy = 0;
  for (const [station, id, , , , mwh, state] of found.transactions) {
    const { begin, end } = expected.get(`${station} ${id}`) ?? {};
    if (begin === undefined || end === undefined) continue;
    ++sessions;
    energy += end - begin;
    if (state !== 'ended' || Number(mwh) !== end - begin)
      fault(`${station} ${id}: ${state}, ${mwh} mWh for ${begin} to ${end}`);
  }
  return { sessions, energy_kwh: energy / 1e6 };
}

// Decisions about tokens, and what connectors are in: as stations were answered, or have said since.
function compareAuthorizes({ authorizes }, found, fault) {
  for (const [station, { attempts, answered }] of authorizes) {
    const count = Number(found.authorizes.get(station) ?? 0);
    if (count < answered || count > attempts)
      fault(`Authorize ${station}: ${count} rows, ${answered} answered, ${attempts} sent`);
  }
}

function compareStatuses({ statuses }, found, fault) {
  for (const [connector, { answered, since }] of statuses) {
    const status = found.statuses.get(connector);
    const maybe = answered === undefined ? [undefined, ...since] : [answered, ...since];
    if (!maybe.includes(status)) fault(`status ${connector}: ${status}, answered ${maybe.join(', ')}`);
  }
}

export function compare(ledger, found) {
  const faults = [];
  const fault = (text) => faults.length < 50 && faults.push(text);
  compareEventsAndSamples(ledger, found, fault);
  compareStarts(ledger, found, fault);
  const { sessions, energy_kwh } = compareSessions(ledger, found, fault);
  compareAuthorizes(ledger, found, fault);
  compareStatuses(ledger, found, fault);
  for (const table of ['transaction_conflicts', 'orphan_stops', 'quarantine'])
    if (found[table] !== 0) fault(`${table}: ${found[table]} rows`);
  const authorizes = [...ledger.authorizes.values()].reduce((sum, { answered }) => sum + answered, 0);
  const checked = ledger.messages.filter((message) => message.answer).length;
  return { faults, checked, sessions, energy_kwh, authorizes, connectors: ledger.statuses.size };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [port, ...files] = process.argv.slice(2);
  const ledger = await readLedgers(files);
  const figures = { ...ledger.counts, ...compare(ledger, readDatabase(port)) };
  console.log(JSON.stringify(figures));
  process.exit(figures.faults.length === 0 && figures.checked > 0 ? 0 : 1);
}
