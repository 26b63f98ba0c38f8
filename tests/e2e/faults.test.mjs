// Every operation of the description with hostile bodies, path words and parameters: the answer is never
// a 5xx, what is refused is refused as a problem, and what the description shows as an example is accepted as a
// body. The operations come from /openapi.json, so that a new one is tried from its first day.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDistributed, Lab, setup } from './lab.mjs';
import { freshId } from './station.mjs';

const hostileValues = [
  null,
  -1,
  1.5,
  1e308,
  2 ** 63,
  '',
  'x'.repeat(70_000),
  'a\u0000b',
  '\ud800',
  '\u202eabc',
  "' or 1=1--",
  '=cmd()',
  '../../etc/passwd',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  true,
  [],
  {},
  [[[[]]]],
  { a: { b: {} } },
];
const hostileBodies = ['{', '['.repeat(5000), 'null', '[]', '"x"', '{"\\u0000":1}', '', '\ufffe'];
const hostileWords = ['nobody', '-1', '%00', '..%2f..', 'a%2Fb', '9223372036854775808', 'x'.repeat(300)];
const faultsPerOperation = 60;

let lab;
let description;
let stationId;

const operations = () =>
  Object.entries(description.paths).flatMap(([path, methods]) =>
    ['get', 'put', 'post', 'patch', 'delete']
      .filter((method) => methods[method])
      .map((method) => ({ path, method: method.toUpperCase(), ...methods[method] })),
  );

// Events have no end; they have tests of their own.
const isEndless = ({ responses }) =>
  Object.values(responses).some(({ content }) => content?.['text/event-stream']);

const filled = (path, word) => path.replace(/\{\w+\}/g, word);

async function answerTo({ method }, path, body, type = 'application/json') {
  const answer = await lab.rest().ask(method, path, body, { 'content-type': type, prefer: 'wait=0' });
  const sent = `${method} ${path.slice(0, 120)} ${String(body).slice(0, 120)}`;
  const said = `${sent}: ${answer.status} ${answer.text.slice(0, 300)}`;
  assert.ok(answer.status < 500, said);
  if (answer.status >= 400) assert.match(answer.headers.get('content-type'), /problem\+json/, said);
  return { status: answer.status, said };
}

function examplesOf(operation) {
  const [type, shown] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (!shown) return [];
  const named = Object.values(shown.examples ?? {}).map(({ value }) => value);
  return [shown.example, ...named]
    .filter((value) => value !== undefined)
    .map((value) => ({ type, value }));
}

// The body once for each member, however deep, and some of the hostile values in its place; each member begins
// elsewhere in the list, so that together they see all of it.
function* faultsOf(body) {
  let next = 0;
  function* within(holder) {
    for (const member of Object.keys(holder)) {
      const good = holder[member];
      for (let i = 0; i < 4; ++i) {
        holder[member] = hostileValues[next++ % hostileValues.length];
        yield JSON.stringify(body);
      }
      delete holder[member];
      yield JSON.stringify(body);
      holder[member] = good;
      if (good && typeof good === 'object') yield* within(good);
    }
  }
  yield* within(body);
}

// REST is the same code in every set-up.
describe(`${setup}: faults in requests`, { skip: isDistributed, timeout: 180_000 }, () => {
  before(
    async () => {
      lab = await Lab.start();
      stationId = freshId();
      await lab.rest().create(stationId);
      description = (await lab.rest().ask('GET', '/openapi.json')).body;
    },
    { timeout: 120_000 },
  );
  after(() => lab?.stop());

  test('there are operations to try', () => {
    assert.ok(operations().length > 100, `only ${operations().length}`);
  });

  test('words and parameters of reading operations', async () => {
    for (const operation of operations().filter((o) => o.method === 'GET' && !isEndless(o))) {
      for (const word of [stationId, ...hostileWords])
        await answerTo(operation, filled(operation.path, word));
      for (const parameter of operation.parameters ?? [])
        if (parameter.in === 'query')
          for (const value of ['', '-1', '\u0000', 'x'.repeat(2000), '9999-12-31T23:59:59Z']) {
            const query = new URLSearchParams({ [parameter.name]: value });
            await answerTo(operation, `${filled(operation.path, stationId)}?${query}`);
          }
    }
  });

  test('the examples are accepted as bodies', async () => {
    for (const operation of operations().filter((o) => o.path.includes('/stations/{')))
      for (const { type, value } of examplesOf(operation)) {
        const { status, said } = await answerTo(
          operation,
          filled(operation.path, 'nobody'),
          JSON.stringify(value),
          type,
        );
        assert.notEqual(status, 400, said);
      }
  });

  test('bodies', async () => {
    for (const operation of operations().filter((o) => o.requestBody)) {
      const path = filled(operation.path, stationId);
      for (const body of hostileBodies) await answerTo(operation, path, body);
      await answerTo(operation, path, 'x', 'text/plain');
      for (const { type, value } of examplesOf(operation).slice(0, 1)) {
        let tried = 0;
        for (const body of faultsOf(structuredClone(value))) {
          await answerTo(operation, path, body, type);
          if (++tried === faultsPerOperation) break;
        }
      }
    }
  });

  test('deleting what is not there', async () => {
    for (const operation of operations().filter((o) => o.method === 'DELETE'))
      for (const word of hostileWords) await answerTo(operation, filled(operation.path, word));
  });

  test('it lives', async () => {
    assert.equal((await lab.rest().ask('GET', '/readyz')).status, 200);
  });
});
