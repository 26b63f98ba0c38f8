// Two schemas, constraint by constraint; and the differences that are meant.

// A difference is allowed where one of these says so. A reason that excuses nothing any more is an
// error as well: the list stays as short as it can be.
export const meant = [
  {
    reason: 'an integer of OCPP has 32 bits, and no database column or station takes more; the '
      + 'schemas name no range',
    allows: (d) => d.constraint === 'format' && d.ours === 'int32' && d.type === 'integer',
  },
  {
    reason: 'the same 32 bits, of an integer that has a lower bound of its own',
    allows: (d) => d.constraint === 'maximum' && d.ours === 2147483647 && d.type === 'integer' &&
      d.official === undefined,
  },
];

const isSet = (constraint) => constraint === 'required' || constraint === 'enum';
const sorted = (constraint, value) =>
  isSet(constraint) && Array.isArray(value) ? [...value].sort() : value;

// Every difference as {place, type, constraint, ours, official}.
export function* differences(ours, official, place = '') {
  const constraints = new Set([...Object.keys(ours), ...Object.keys(official)]);
  for (const constraint of constraints) {
    if (constraint === 'properties') {
      yield* ofMembers(ours.properties ?? {}, official.properties ?? {}, place);
    } else if (constraint === 'items' && ours.items && official.items) {
      yield* differences(ours.items, official.items, `${place}/items`);
    } else {
      const [a, b] = [ours, official].map((schema) => sorted(constraint, schema[constraint]));
      if (JSON.stringify(a) !== JSON.stringify(b))
        yield { place, type: official.type, constraint, ours: a, official: b };
    }
  }
}

function* ofMembers(ours, official, place) {
  for (const name of new Set([...Object.keys(ours), ...Object.keys(official)])) {
    const here = `${place}/${name}`;
    if (ours[name] && official[name]) yield* differences(ours[name], official[name], here);
    else
      yield { place: here, constraint: 'member', ours: ours[name] !== undefined,
        official: official[name] !== undefined };
  }
}
