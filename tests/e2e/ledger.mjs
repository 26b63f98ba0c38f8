// The proof that billing messages count exactly once: simulated stations charge and write down what
// they sent and what was answered, while the api and the workers are killed at random. Afterwards
// their ledgers are compared with the database. `node ledger.mjs [MINUTES] [MESSAGES_A_SECOND]`.
import { spawnSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { adminKey, Lab, Program, Services, sleep } from './lab.mjs';

const billing = new Set(['StartTransaction', 'StopTransaction', 'TransactionEvent', 'MeterValues']);
const micros = (time) => Date.parse(time) * 1000;
const psql = join(process.env.POSTGRES_BIN ?? '/usr/lib/postgresql/15/bin', 'psql');

// ---- what stations say ----

// Every billing message by station and number, with its answer where one came.
export async function readLedger(file) {
  const messages = new Map();
  const counts = { sent: 0, attempts: 0, answered: 0, refused: 0, dropped: 0, answered_of_any_kind: 0 };
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const entry = JSON.parse(line);
    if (entry.event === 'acked') ++counts.answered_of_any_kind;
    if (!billing.has(entry.action)) continue;
    const name = `${entry.station} ${entry.key}`;
    if (entry.event === 'sent') {
      ++counts.attempts;
      if (messages.has(name)) continue;
      ++counts.sent;
      messages.set(name, { station: entry.station, action: entry.action, said: entry.body });
    } else if (entry.event === 'acked') {
      ++counts.answered;
      messages.get(name).answer = entry.body;
    } else if (entry.event === 'refused' || entry.event === 'dropped') {
      ++counts[entry.event];
    }
  }
  return { messages: [...messages.values()], counts };
}

// ---- what the database holds ----

function rows(services, query) {
  const run = spawnSync(
    psql,
    ['-h', '127.0.0.1', '-p', services.postgresPort, '-U', 'ohm', '-d', 'ohm', '-qAt', '-F', '\t'],
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

export function readDatabase(services) {
  const found = {};
  found.transactions = rows(
    services,
    `select p.id, t.ocpp_id, t.start_key, t.begin_mwh, t.end_mwh, t.energy_mwh, t.state
       from transactions t join charge_points p on p.station_no = t.station_no`,
  );
  found.events = countBy(
    rows(
      services,
      `select p.id, e.ocpp_id, e.seq_no, e.at from transaction_events e
         join charge_points p on p.station_no = e.station_no`,
    ).map((row) => row.join(' ')),
  );
  found.samples = countBy(
    rows(
      services,
      `select p.id, t.ocpp_id, m.at from meter_values m
         join charge_points p on p.station_no = m.station_no
         left join transactions t on t.id = m.transaction_id`,
    ).map((row) => row.join(' ')),
  );
  for (const table of ['transaction_conflicts', 'orphan_stops', 'quarantine'])
    found[table] = Number(rows(services, `select count(*) from ${table}`)[0][0]);
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

export function compare({ messages }, found) {
  const faults = [];
  const fault = (text) => faults.length < 50 && faults.push(text);
  const samples = new Map(); // by trace: the values that were said, and those that were answered
  let checked = 0;
  for (const message of messages) {
    const { event, sample, value } = traces(message);
    if (message.answer) ++checked;
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
  // Nothing that no station said. A start whose answer was lost is known by its key alone.
  const starts = new Map();
  for (const { station, action, said: start } of messages)
    if (action === 'StartTransaction')
      starts.set(`${station} ${start.connectorId} ${micros(start.timestamp)} ${start.meterStart}`, 0);
  for (const sample of found.samples.keys())
    if (!samples.has(sample)) fault(`sample ${sample}: nobody said it`);
  for (const [station, , key] of found.transactions) {
    if (key === '') continue;
    const name = `${station} ${key.split(' ').slice(0, 3).join(' ')}`;
    if (!starts.has(name)) fault(`start ${name}: nobody said it`);
    else starts.set(name, starts.get(name) + 1);
  }
  for (const [name, count] of starts)
    if (count > 1) fault(`start ${name}: ${count} transactions`);
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
  for (const table of ['transaction_conflicts', 'orphan_stops', 'quarantine'])
    if (found[table] !== 0) fault(`${table}: ${found[table]} rows`);
  return { faults, checked, sessions, energy_kwh: energy / 1e6 };
}

// ---- the run ----

function startFleet(lab, worker, { seconds, rate, stations }) {
  const directory = join(lab.temporary.directory, `sim-${worker}`);
  const words = `sim --stations ${stations} --prefix L${worker}- --profile 0 --mix transactions
    --rate ${rate} --duration ${seconds} --url ${lab.ws(worker)} --rest ${lab.url()} --ledger ledger.jsonl
    --back-off-min 1 --back-off-random 2 --back-off-repeats 1 --call-timeout 20 --seed ${worker + 1}`;
  const fleet = new Program(words.split(/\s+/), { OHM_ADMIN_KEY: adminKey }, directory);
  fleet.ledger = join(directory, 'ledger.jsonl');
  return fleet.start();
}

// Kills the api or a worker, again and again; each is back after a moment.
async function killAtRandom(lab, until, pauseMs, kills) {
  while (Date.now() < until) {
    await sleep(pauseMs * (0.5 + Math.random()));
    const victims = [lab.apis[0], ...lab.workers];
    const victim = victims[Math.floor(Math.random() * victims.length)];
    await victim.end('SIGKILL');
    kills[victim.words[0]] = (kills[victim.words[0]] ?? 0) + 1;
    await sleep(Math.random() * 2_000);
    await victim.start().ready();
  }
}

// Returns the figures; `faults` is empty where every answered message is there exactly once.
export async function prove({ seconds, rate = 300, stations = 200, pauseMs = 8_000, services }) {
  const lab = await Lab.start({
    kind: 'distributed',
    apis: 1,
    workers: 2,
    services,
    env: { OHM_UNKNOWN_TOKENS: 'accept', OHM_MESSAGE_LOG: 'off' },
  });
  try {
    const kills = {};
    const began = Date.now();
    const fleets = [0, 1].map((worker) =>
      startFleet(lab, worker, { seconds, rate: rate / 2, stations: stations / 2 }),
    );
    await sleep(3_000); // the stations are made through REST first
    await killAtRandom(lab, began + seconds * 1_000, pauseMs, kills);
    for (const fleet of fleets) {
      if (fleet.runs) fleet.child.ref();
      const { code } = await fleet.ended;
      if (code !== 0) throw new Error(`sim ended with ${code}: ${fleet.log.slice(-2_000)}`);
    }
    const read = await Promise.all(fleets.map((fleet) => readLedger(fleet.ledger)));
    const counts = {};
    for (const one of read)
      for (const [name, count] of Object.entries(one.counts))
        counts[name] = (counts[name] ?? 0) + count;
    const all = { messages: read.flatMap((one) => one.messages) };
    const answered_per_s = Math.round(counts.answered_of_any_kind / seconds);
    return { seconds, kills, answered_per_s, ...counts, ...compare(all, readDatabase(services)) };
  } finally {
    await lab.stop();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [minutes = '1', rate = '300'] = process.argv.slice(2);
  const services = Services.start();
  const figures = await prove({ seconds: Number(minutes) * 60, rate: Number(rate), services });
  console.log(JSON.stringify(figures, null, 2));
  process.exit(figures.faults.length === 0 && figures.answered > 0 ? 0 : 1);
}
