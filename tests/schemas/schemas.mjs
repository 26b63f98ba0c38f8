// Are our declarations what the official schemas say? They are compared constraint by constraint, and
// by messages: what ajv and the strict decoder make of valid ones and of ones with one fault.
//
//   OHM_SCHEMA_ORACLE=<program> node schemas.mjs [COUNT] [SEED]
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

import { differences, meant } from './differences.mjs';
import { Random, spoil, validMessage } from './messages.mjs';
import { officialSchemas } from './official.mjs';

const require = createRequire(new URL('../e2e/package.json', import.meta.url));
const Ajv = require('ajv').default;
const addFormats = require('ajv-formats').default;

const count = Number(process.argv[2] ?? 20_000);
const seed = Number(process.argv[3] ?? 20_260_101);
const batch = 5_000;
const complaintsShown = 20;

// The code that answers each fault: 1.6-J §4.2.3 with its spelling, 2.0.1 Part 4 §4.3.
const occurrence = ['OccurenceConstraintViolation', 'OccurrenceConstraintViolation'];
const type = ['TypeConstraintViolation', 'TypeConstraintViolation'];
const property = ['PropertyConstraintViolation', 'PropertyConstraintViolation'];
const format = ['FormationViolation', 'FormatViolation'];
const codes = {
  missing: occurrence, 'too few': occurrence, 'too many': occurrence,
  null: type, type,
  enumeration: property, length: property, range: property, decimals: property,
  'date-time': property, uri: property,
  'unknown member': format,
};

let complaints = 0;
function complain(sentence) {
  if (++complaints <= complaintsShown) console.log(sentence);
}

function oracle(args, input) {
  const { status, stdout, stderr, error } = spawnSync(process.env.OHM_SCHEMA_ORACLE, args,
    { input, encoding: 'utf8', maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(`the oracle ended with ${status}: ${error ?? stderr}`);
  return stdout.split('\n').slice(0, -1);
}

function splitLine(line) {
  const end = line.split('\t', 3).join('\t').length;
  return [line.slice(0, end), line.slice(end + 1)];
}

function compareSchemas(official) {
  const excused = new Map(meant.map((rule) => [rule, 0]));
  const described = new Map(oracle(['describe'], '').map(splitLine));
  for (const key of new Set([...official.keys(), ...described.keys()])) {
    if (!official.has(key) || !described.has(key)) {
      complain(`${key}: ${official.has(key) ? 'not declared' : 'not in the standard'}`);
      continue;
    }
    for (const found of differences(JSON.parse(described.get(key)), official.get(key))) {
      const rule = meant.find((one) => one.allows(found));
      if (rule) excused.set(rule, excused.get(rule) + 1);
      else complain(`${key}${found.place}: ${found.constraint} is ${JSON.stringify(found.ours)}, `
        + `officially ${JSON.stringify(found.official)}`);
    }
  }
  for (const [rule, times] of excused) {
    console.log(`  ${times} times: ${rule.reason}`);
    if (times === 0) complain(`a difference is excused that is none: ${rule.reason}`);
  }
  console.log(`${described.size} schemas compared`);
}

// One validator a message. A tenth is no binary fraction: multipleOf needs a tolerance. And this
// release of ajv-formats lets a date-time pass without its zone, which RFC 3339 §5.6 demands.
function validators(official) {
  const ajv = addFormats(new Ajv({ strict: false, multipleOfPrecision: 6 }));
  const lax = ajv.formats['date-time'].validate;
  ajv.addFormat('date-time', (text) => lax(text) && /(z|[+-]\d\d:\d\d)$/i.test(text));
  return new Map([...official].map(([key, schema]) => [key, ajv.compile(schema)]));
}

function makeMessages(official, random, size) {
  const keys = [...official.keys()];
  return Array.from({ length: size }, () => {
    const key = random.pick(keys);
    const schema = official.get(key);
    const payload = validMessage(schema, random);
    if (random.chance(0.01))
      return { key, payload: random.pick([[], 'x', 5, true]), fault: { kind: 'type', place: '' } };
    const fault = random.chance(0.75) ? spoil(schema, payload, random) : undefined;
    return { key, payload, fault };
  });
}

function expectedVerdict({ key, fault }) {
  if (!fault) return 'ok';
  return `${codes[fault.kind][key.startsWith('1.6') ? 0 : 1]}\t${fault.place}`;
}

function compareVerdicts(official, valid, random, size, tally) {
  const messages = makeMessages(official, random, size);
  const lines = messages.map(({ key, payload }) => `${key}\t${JSON.stringify(payload)}\n`);
  const verdicts = oracle(['judge'], lines.join(''));
  if (verdicts.length !== messages.length) throw new Error('the oracle lost messages');
  messages.forEach((message, i) => {
    const accepts = valid.get(message.key)(message.payload);
    const kind = message.fault?.kind ?? 'valid';
    tally.set(kind, (tally.get(kind) ?? 0) + 1);
    if (accepts !== !message.fault)
      complain(`ajv ${accepts ? 'accepts' : 'refuses'} a message (${kind}): ${lines[i]}`);
    if (verdicts[i] !== expectedVerdict(message))
      complain(`${kind}: the decoder says ${verdicts[i]}, not ${expectedVerdict(message)}: ${lines[i]}`);
  });
}

// What we take for valid, and would send, is so for the standard.
function compareSamples(valid, from, size) {
  for (const line of oracle(['sample', String(from), String(size)], '')) {
    const [key, payload] = splitLine(line);
    if (!valid.get(key)(JSON.parse(payload))) complain(`ajv refuses our ${line}`);
  }
}

const official = officialSchemas();
compareSchemas(official);
const valid = validators(official);
const random = new Random(seed);
const tally = new Map();
const samples = Math.floor(count / 10);
for (let done = 0; done < samples; done += batch)
  compareSamples(valid, seed + done, Math.min(batch, samples - done));
for (let done = samples; done < count; done += batch)
  compareVerdicts(official, valid, random, Math.min(batch, count - done), tally);
for (const kind of Object.keys(codes))
  if (!tally.has(kind)) complain(`no message had this fault: ${kind}`);
console.log([...tally].map(([kind, times]) => `${kind} ${times}`).join(', '));
console.log(`${count} messages (${samples} of them samples of ours), seed ${seed}: `
  + `${complaints} disagreements`);
process.exit(complaints === 0 ? 0 : 1);
