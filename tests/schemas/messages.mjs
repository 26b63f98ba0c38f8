// Random messages made from the official schemas: valid ones, and ones with exactly one fault whose
// place and kind are known.

// SplitMix64, so that a seed gives the same messages everywhere.
export class Random {
  constructor(seed) {
    this.state = BigInt.asUintN(64, BigInt(seed));
  }
  next() {
    this.state = BigInt.asUintN(64, this.state + 0x9E3779B97F4A7C15n);
    let z = this.state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xBF58476D1CE4E5B9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94D049BB133111EBn);
    return Number((z ^ (z >> 31n)) >> 11n) / 2 ** 53;
  }
  below(bound) {
    return Math.floor(this.next() * bound);
  }
  chance(probability) {
    return this.next() < probability;
  }
  pick(all) {
    return all[this.below(all.length)];
  }
}

const characters = [...'abcXYZ0189 .:-_*+@|{}[]"\\/', 'ä', '€', '\u200F', '\u2028', '😀', '\u0001'];
const textOf = (random, length) =>
  Array.from({ length }, () => random.pick(characters)).join('');

function text(schema, random) {
  const most = schema.maxLength ?? 200;
  if (random.chance(0.1) && most <= 1000) return textOf(random, most);
  return textOf(random, random.below(Math.min(most, 30) + 1));
}

const two = (number) => String(number).padStart(2, '0');
function dateTime(random) {
  const year = random.chance(0.1) ? random.pick([0, 1970, 9999]) : 2000 + random.below(40);
  const date = `${String(year).padStart(4, '0')}-${two(1 + random.below(12))}-${two(1 + random.below(28))}`;
  const time = `${two(random.below(24))}:${two(random.below(60))}:${two(random.below(60))}`;
  const fraction = random.chance(0.5) ? `.${'123456789'.slice(0, 1 + random.below(9))}` : '';
  const zone = random.pick(['Z', 'Z', '+00:00', '-05:00', '+05:45', '+14:00']);
  return `${date}T${time}${fraction}${zone}`;
}

const uris = ['ftp://user:word@files.example/in/', 'https://[2001:db8::7]:8443/a%20b?c=d&e#f',
  'sftp://10.0.0.1', 'urn:x:y'];
const notTimes = ['', 'yesterday', '2024-01-01', '2024-01-01T10:00:00', '2024-13-01T10:00:00Z',
  '2024-02-30T10:00:00Z', '2024-01-01T25:00:00Z', '2024-01-01T10:61:00Z', '1704103200'];
const notUris = ['', 'files.example/in', 'ftp://a b', 'http://x/%zz', '://x', 'http://x/<y>'];

const int32 = 2 ** 31;
function integer(schema, random) {
  const [min, max] = [schema.minimum ?? -int32, schema.maximum ?? int32 - 1];
  if (random.chance(0.2)) return random.pick([min, max]);
  return min + random.below(max - min + 1);
}
function number(schema, random) {
  const tenths = (random.below(2e7) - 1e7) / 10;
  return schema.multipleOf || random.chance(0.3) ? tenths : tenths * random.next();
}

const anything = (random) => random.pick([true, -7, 'x', [1, 'two', []], { a: { b: [null] } }]);
const isCustomData = (schema) => schema.type === 'object' && schema.additionalProperties !== false;

export function validMessage(schema, random) {
  if (schema.enum) return random.pick(schema.enum);
  switch (schema.type) {
    case 'boolean': return random.chance(0.5);
    case 'integer': return integer(schema, random);
    case 'number': return number(schema, random);
    case 'string':
      if (schema.format === 'date-time') return dateTime(random);
      return schema.format === 'uri' ? random.pick(uris) : text(schema, random);
    case 'array': {
      const least = schema.minItems ?? 0;
      const most = Math.min(schema.maxItems ?? least + 3, least + 3);
      return Array.from({ length: least + random.below(most - least + 1) },
        () => validMessage(schema.items, random));
    }
    case 'object': return validObject(schema, random);
    default: return anything(random);
  }
}
function validObject(schema, random) {
  const out = {};
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const probability = isCustomData(member) ? 0.1 : 0.5;
    if (schema.required?.includes(name) || random.chance(probability))
      out[name] = validMessage(member, random);
  }
  if (isCustomData(schema) && random.chance(0.5)) out.more = anything(random);
  return out;
}

// ---- one fault ----

const wrongTypes = {
  boolean: ['true', 1, [], {}], integer: ['5', true, [], {}, 1.5], number: ['5', true, [], {}],
  string: [5, true, [], {}], array: ['x', 5, {}, true], object: ['x', 5, [], true],
};

// What may be done to a value at `place`: {kind, place, apply}, where apply() changes `holder[name]`.
function* faultsOfValue(schema, holder, name, place) {
  const to = (kind, make) => ({ kind, place, apply: (random) => { holder[name] = make(random); } });
  if (!schema.type) return;
  yield to('null', () => null);
  yield to('type', (random) => random.pick(wrongTypes[schema.type]));
  if (schema.enum) yield to('enumeration', (random) => random.pick(['', 'Nonsense', `${schema.enum[0]} `]));
  if (schema.maxLength)
    yield to('length', (random) =>
      textOf(random, schema.maxLength) + random.pick(['x', '😀', 'y'.repeat(1000)]));
  if (schema.format === 'date-time') yield to('date-time', (random) => random.pick(notTimes));
  if (schema.format === 'uri') yield to('uri', (random) => random.pick(notUris));
  if (schema.minimum !== undefined) yield to('range', () => schema.minimum - 1);
  if (schema.maximum !== undefined) yield to('range', () => schema.maximum + 1);
  if (schema.multipleOf) yield to('decimals', () => 8.14);
  if (schema.minItems) yield to('too few', () => []);
  if (schema.maxItems)
    yield to('too many', (random) =>
      Array.from({ length: schema.maxItems + 1 }, () => validMessage(schema.items, random)));
}

function* faultsInside(schema, value, place) {
  if (schema.type === 'array')
    for (let i = 0; i < value.length; ++i) {
      yield* faultsOfValue(schema.items, value, i, `${place}/${i}`);
      yield* faultsInside(schema.items, value[i], `${place}/${i}`);
    }
  if (schema.type !== 'object') return;
  if (!isCustomData(schema))
    yield { kind: 'unknown member', place: `${place}/strange`,
      apply: (random) => { value.strange = anything(random); } };
  for (const name of schema.required ?? [])
    yield { kind: 'missing', place: `${place}/${name}`, apply: () => { delete value[name]; } };
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    if (!(name in value)) continue;
    yield* faultsOfValue(member, value, name, `${place}/${name}`);
    yield* faultsInside(member, value[name], `${place}/${name}`);
  }
}

// Spoils the message, and says how: {kind, place}. Kinds are picked first, so that rare ones come.
export function spoil(schema, message, random) {
  const byKind = new Map();
  for (const fault of faultsInside(schema, message, ''))
    byKind.set(fault.kind, [...(byKind.get(fault.kind) ?? []), fault]);
  const fault = random.pick(byKind.get(random.pick([...byKind.keys()])));
  fault.apply(random);
  return { kind: fault.kind, place: fault.place };
}
