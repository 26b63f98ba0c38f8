// REST as a client sees it: bodies, parameters, pages, versions, keys, imports, descriptions.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import { Lab, setup } from './lab.mjs';
import { Rest } from './rest.mjs';
import { freshId, Station, versions } from './station.mjs';

let lab;
const rest = () => lab.rest();
const ask = (...words) => rest().ask(...words);
const v1 = '/api/v1';

function assertProblem(answer, status, code) {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
  const { body } = answer;
  assert.equal(body.status, status);
  assert.equal(body.code, code, body.detail);
  assert.equal(body.type, `/docs/errors/${code}`);
  for (const member of ['title', 'detail', 'instance', 'request_id'])
    assert.equal(typeof body[member], 'string');
  assert.equal(answer.headers.get('x-request-id'), body.request_id);
  return body;
}

describe(`${setup}: REST`, { timeout: 180_000 }, () => {
  before(async () => (lab = await Lab.start()), { timeout: 120_000 });
  after(() => lab?.stop());

  test('without a key nothing is shown', async () => {
    for (const key of ['', 'ohk_nobody'])
      for (const path of ['/stations', '/workers', '/connection-attempts', '/me']) {
        const answer = await new Rest(lab.url(), key).ask('GET', v1 + path);
        assertProblem(answer, 401, 'unauthorized');
        assert.match(answer.headers.get('www-authenticate'), /^Bearer/);
      }
  });

  describe('bodies', () => {
    const cases = {
      'no JSON': ['{', 400, 'validation_failed', undefined],
      'no object': ['[]', 400, 'validation_failed', undefined],
      'no id': ['{}', 400, 'validation_failed', '/id'],
      'an empty id': ['{"id":""}', 400, 'validation_failed', '/id'],
      'an id of the wrong type': ['{"id":5}', 400, 'validation_failed', '/id'],
      'an unknown member': ['{"id":"X","colour":1}', 400, 'validation_failed', '/colour'],
      'a profile out of range': [
        '{"id":"X","security_profile":4}',
        400,
        'validation_failed',
        '/security_profile',
      ],
      'an unknown version': [
        '{"id":"X","default_ocpp_version":"2.1"}',
        400,
        'validation_failed',
        '/default_ocpp_version',
      ],
      'a control character in the id': ['{"id":"a\\nb"}', 400, 'validation_failed', '/id'],
      'labels that are no object': ['{"id":"X","labels":[1]}', 400, 'validation_failed', '/labels'],
      'an unknown location': [
        '{"id":"X","location_id":"nowhere"}',
        400,
        'validation_failed',
        '/location_id',
      ],
      'a member twice': ['{"id":"X","id":"Y"}', 400, 'validation_failed', '/id'],
    };
    for (const [name, [body, status, code, pointer]] of Object.entries(cases))
      test(name, async () => {
        const problem = assertProblem(await ask('POST', `${v1}/stations`, body), status, code);
        if (pointer) assert.equal(problem.errors[0].pointer, pointer);
      });

    test('the wrong media type', async () => {
      const headers = { 'content-type': 'text/plain' };
      assertProblem(
        await ask('POST', `${v1}/stations`, '{"id":"X"}', headers),
        415,
        'unsupported_media_type',
      );
    });
    test('too many bytes', async () => {
      const body = JSON.stringify({ id: 'X', note: 'x'.repeat(1_200_000) });
      assertProblem(await ask('POST', `${v1}/stations`, body), 413, 'payload_too_large');
    });
    test('a compressed one', async () => {
      const headers = { 'content-encoding': 'gzip' };
      assertProblem(
        await ask('POST', `${v1}/stations`, '{"id":"X"}', headers),
        415,
        'unsupported_media_type',
      );
    });
    test('labels that are too many, or stand twice', async () => {
      const many = JSON.stringify({ id: freshId(), labels: { a: 'x'.repeat(10_000) } });
      for (const body of [many, '{"id":"LABELS","labels":{"a":1,"a":2}}']) {
        const answer = await ask('POST', `${v1}/stations`, body);
        const problem = assertProblem(answer, 400, 'validation_failed');
        assert.equal(problem.errors[0].pointer, '/labels');
      }
    });
    test('one where none belongs', async () => {
      const id = freshId();
      await rest().create(id);
      const answer = await ask('DELETE', `${v1}/stations/${id}`, '{}');
      assertProblem(answer, 400, 'validation_failed');
    });
    test('one identity twice', async () => {
      const id = freshId();
      await rest().create(id);
      assertProblem(await rest().post('/stations', { id }), 409, 'already_exists');
    });
  });

  test('unknown paths, methods and parameters', async () => {
    assertProblem(await rest().get('/nonsense'), 404, 'not_found');
    assertProblem(await rest().get('/stations/nobody'), 404, 'not_found');
    assertProblem(await rest().get('/commands/cmd_x'), 404, 'not_found');
    const put = await ask('PUT', `${v1}/stations`, {});
    assertProblem(put, 405, 'method_not_allowed');
    assert.match(put.headers.get('allow'), /GET/);
    for (const query of [
      'limit=0',
      'limit=501',
      'limit=many',
      'colour=red',
      'limit=1&limit=2',
      'cursor=abc',
      'sort=name',
      'connectivity=maybe',
      'updated_since=yesterday',
      'q=%ff',
      `q=${'x'.repeat(101)}`,
      'fields=nonsense',
    ])
      assertProblem(await rest().get(`/stations?${query}`), 400, 'validation_failed');
  });

  test('pages by cursor, in both directions', async () => {
    const word = freshId('PAGE');
    const ids = Array.from({ length: 7 }, (_, i) => `${word}-${i}`);
    for (const id of ids) await rest().create(id);
    for (const [sort, wanted] of [
      ['id', ids],
      ['-id', [...ids].reverse()],
      ['created_at', ids],
      ['-created_at', [...ids].reverse()],
    ]) {
      const seen = [];
      let path = `${v1}/stations?q=${word}-&limit=3&sort=${sort}&total=exact`;
      for (let pages = 1; path; ++pages) {
        const answer = await ask('GET', path);
        assert.equal(answer.status, 200, answer.text);
        assert.equal(answer.body.total, 7);
        seen.push(...answer.body.data.map((one) => one.id));
        const link = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '');
        assert.equal(link !== null, answer.body.next_cursor !== null);
        path = link?.[1];
        if (!path) assert.equal(pages, 3);
      }
      assert.deepEqual(seen, wanted, sort);
    }
    // A cursor belongs to its order.
    const first = await rest().get(`/stations?q=${word}&limit=3&sort=id`);
    const other = `/stations?q=${word}&limit=3&sort=-id&cursor=${first.body.next_cursor}`;
    assertProblem(await rest().get(other), 400, 'validation_failed');
  });

  test('filters and fields', async () => {
    const station = await Station.boot(lab, versions[1], { word: 'FILTER' });
    await station.report(1, 'Occupied');
    const shown = async (query) => {
      const q = `q=${encodeURIComponent(station.id)}`;
      return (await rest().expect(200, 'GET', `/stations?${q}&${query}`)).data;
    };
    for (const query of [
      'connectivity=online',
      'ocpp_version=2.0.1',
      'vendor=ACME',
      'model=M1',
      'security_profile=0',
      'archived=false',
      `updated_since=${new Date(Date.now() - 60_000).toISOString()}`,
    ])
      assert.equal((await shown(query)).length, 1, query);
    for (const query of [
      'connectivity=offline',
      'ocpp_version=1.6',
      'vendor=Other',
      'security_profile=1',
      'archived=true',
      'status=Faulted',
      `updated_since=${new Date(Date.now() + 60_000).toISOString()}`,
    ])
      assert.equal((await shown(query)).length, 0, query);
    assert.equal((await shown('expand=evses'))[0].evses[0].connectors[0].status, 'Occupied');
    assert.equal((await shown(''))[0].evses, null);
    assert.deepEqual(await shown('fields=id,vendor'), [{ id: station.id, vendor: 'ACME' }]);
    await station.close();
  });

  test('PATCH merges, and null removes', async () => {
    const id = freshId();
    const created = await rest().create(id, {
      security_profile: 0,
      name: 'Gate 1',
      note: 'by the door',
      labels: { floor: '2' },
      call_timeout_s: 5,
    });
    const patched = await rest().expect(200, 'PATCH', `/stations/${id}`, {
      name: 'Gate 2',
      note: null,
      call_timeout_s: null,
      default_ocpp_version: '1.6',
    });
    assert.equal(patched.name, 'Gate 2');
    assert.equal(patched.note, null);
    assert.equal(patched.call_timeout_s, null);
    assert.equal(patched.default_ocpp_version, '1.6');
    assert.deepEqual(patched.labels, { floor: '2' });
    assert.ok(patched.version > created.version);
    const removed = await rest().expect(200, 'PATCH', `/stations/${id}`, { labels: null });
    assert.equal(removed.labels, null);
    assert.deepEqual(await rest().station(id), removed);
    const problem = await ask('PATCH', `${v1}/stations/${id}`, { security_profile: null });
    assertProblem(problem, 400, 'validation_failed');
    const renaming = await ask('PATCH', `${v1}/stations/${id}`, { id: 'Y' });
    assertProblem(renaming, 400, 'validation_failed');
    assertProblem(await ask('PATCH', `${v1}/stations/${freshId()}`, {}), 404, 'not_found');
  });

  test('ETag and If-Match keep one from overwriting the unseen', async () => {
    const id = freshId();
    const path = `${v1}/stations/${id}`;
    await rest().create(id);
    const read = await ask('GET', path);
    const etag = read.headers.get('etag');
    assert.match(etag, /^"\d+\.\d+"$/);
    assert.equal((await ask('GET', path, undefined, { 'if-none-match': etag })).status, 304);
    const first = await ask('PATCH', path, { name: 'a' }, { 'if-match': etag });
    assert.equal(first.status, 200);
    const second = await ask('PATCH', path, { name: 'b' }, { 'if-match': etag });
    assertProblem(second, 412, 'version_conflict');
    assert.equal((await rest().station(id)).name, 'a');
    const deletion = await ask('DELETE', path, undefined, { 'if-match': etag });
    assertProblem(deletion, 412, 'version_conflict');
    const fresh = first.headers.get('etag');
    assert.equal((await ask('DELETE', path, undefined, { 'if-match': fresh })).status, 204);
    assertProblem(await ask('GET', path), 404, 'not_found');
  });

  test('Idempotency-Key: the same answer again, but no password', async () => {
    const id = freshId();
    const headers = { 'idempotency-key': freshId('key') };
    const first = await rest().post('/stations', { id }, headers);
    assert.equal(first.status, 201);
    assert.match(first.body.password, /^[0-9a-f]{40}$/);
    assert.match(first.headers.get('location'), new RegExp(`/api/v1/stations/${id}$`));
    const second = await rest().post('/stations', { id }, headers);
    assert.equal(second.status, 201);
    assert.equal(second.headers.get('idempotency-replayed'), 'true');
    assert.equal(second.body.password, undefined);
    assert.equal(second.body.id, id);
    const other = await rest().post('/stations', { id: freshId() }, headers);
    assertProblem(other, 422, 'idempotency_mismatch');
    const bad = { 'idempotency-key': 'with blank' };
    assertProblem(await rest().post('/stations', { id: freshId() }, bad), 400, 'validation_failed');
  });

  test('Idempotency-Key: at once and again, one webhook and one batch', async () => {
    const id = freshId();
    await rest().create(id);
    const orders = [
      ['/webhooks', { url: 'https://hooks.example/x' }, 201],
      ['/command-batches', { command: 'clear-cache', select: { station_ids: [id] } }, 202],
    ];
    for (const [path, body, status] of orders) {
      const headers = { 'idempotency-key': freshId('key') };
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => rest().post(path, body, headers)),
      );
      for (const answer of answers) {
        if (answer.status === status) continue;
        assertProblem(answer, 409, 'idempotency_in_progress');
      }
      const ids = answers.filter((one) => one.status === status).map((one) => one.body.id);
      assert.ok(ids.length > 0);
      const again = await rest().post(path, body, headers);
      assert.equal(again.status, status, again.text);
      assert.equal(again.headers.get('idempotency-replayed'), 'true');
      assert.deepEqual([...new Set([...ids, again.body.id])], [ids[0]]);
      assertProblem(await rest().post(path, {}, headers), 422, 'idempotency_mismatch');
    }
  });

  test('PUT replaces what operators say, and OPTIONS say what is possible', async () => {
    const id = freshId();
    await rest().create(id, { security_profile: 0, name: 'Gate 1', labels: { floor: '2' } });
    const put = await rest().expect(200, 'PUT', `/stations/${id}`, { note: 'by the door' });
    assert.deepEqual([put.name, put.labels, put.note], [null, null, 'by the door']);
    assert.equal(put.security_profile, 0);
    assertProblem(await ask('PUT', `${v1}/stations/${freshId()}`, {}), 404, 'not_found');
    const options = await ask('OPTIONS', `${v1}/stations/${id}`);
    assert.equal(options.status, 204);
    assert.equal(options.headers.get('allow'), 'GET, HEAD, PATCH, PUT, DELETE, OPTIONS');
    assert.equal(options.headers.get('access-control-allow-origin'), null);
  });

  test('credentials are set, made, and never shown again', async () => {
    const id = freshId();
    await rest().create(id);
    const path = `/stations/${id}/credentials`;
    const set = await rest().expect(200, 'PUT', path, { password: 'a-password-of-16-characters' });
    assert.equal(set.password, undefined);
    assert.equal(set.security_profile, 1);
    const rotated = await rest().expect(200, 'POST', `${path}/rotate`);
    assert.match(rotated.password, /^[0-9a-f]{40}$/);
    const read = await rest().expect(200, 'GET', path);
    assert.equal(read.password, undefined);
    assert.equal(read.has_password, true);
    const { password } = rotated;
    const old = 'a-password-of-16-characters';
    const version = versions[0];
    await assert.rejects(new Station(lab, { id, version, password: old }).connect());
    const station = await new Station(lab, { id, version, password }).connect();
    await station.close();
  });

  test('import of JSON: each row for itself', async () => {
    const word = freshId('IMP');
    const taken = `${word}-taken`;
    await rest().create(taken);
    const stations = [
      { id: `${word}-1` },
      { id: `${word}-2`, security_profile: 0, name: 'Two' },
      { id: taken },
      { id: `${word}-1` },
      { id: `${word}-3`, colour: 'red' },
      {},
      ...Array.from({ length: 300 }, (_, i) => ({ id: `${word}-n${i}`, security_profile: 0 })),
    ];
    const dry = await rest().expect(200, 'POST', '/stations/import?dry_run=true', { stations });
    assert.equal(dry.created, 302);
    await rest().expect(404, 'GET', `/stations/${word}-1`);
    const done = await rest().expect(200, 'POST', '/stations/import', { stations });
    const counts = [done.total, done.created, done.exists, done.refused];
    assert.deepEqual(counts, [306, 302, 1, 3]);
    assert.match(done.items[0].password, /^[0-9a-f]{40}$/);
    assert.deepEqual(
      done.items.slice(0, 6).map((item) => item.result),
      ['created', 'created', 'exists', 'refused', 'refused', 'refused'],
    );
    assert.equal(done.items[4].pointer, '/colour');
    assert.equal((await rest().station(`${word}-2`)).name, 'Two');
    const again = await rest().expect(200, 'POST', '/stations/import', {
      stations: [{ id: `${word}-2`, name: 'Zwei' }],
      update: true,
    });
    assert.equal(again.updated, 1);
    assert.equal((await rest().station(`${word}-2`)).name, 'Zwei');
  });

  test('import of CSV', async () => {
    const word = freshId('CSV');
    const csv = [
      'id,name,security_profile,note',
      `${word}-1,"Gate, ""north""",0,"two`,
      'lines"',
      `${word}-2,Tor ü,1,`,
      `${word}-3,x,seven,`,
    ].join('\r\n');
    const headers = { 'content-type': 'text/csv; charset=utf-8' };
    const answer = await ask('POST', `${v1}/stations/import`, csv, headers);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual([answer.body.created, answer.body.refused], [2, 1]);
    const first = await rest().station(`${word}-1`);
    assert.equal(first.name, 'Gate, "north"');
    assert.equal(first.note.replace('\r', ''), 'two\nlines');
    assert.equal(first.security_profile, 0);
    assert.equal((await rest().station(`${word}-2`)).name, 'Tor ü');
    const bad = await ask('POST', `${v1}/stations/import`, 'id,colour\r\nX,red\r\n', headers);
    assertProblem(bad, 400, 'validation_failed');
  });

  test('every station lives on every api', async () => {
    const id = freshId('weiß Ä');
    await rest().create(id);
    for (let i = 0; i < lab.apis.length; ++i)
      assert.equal((await lab.rest(i).station(id.toUpperCase().replace('SS', 'ß'))).id, id);
  });

  test('/openapi.json is whole', async () => {
    const answer = await ask('GET', '/openapi.json');
    const document = answer.body;
    assert.match(document.openapi, /^3\.1\./);
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ path, method, ...operation })),
    );
    const names = operations.map((operation) => operation.operationId);
    assert.equal(new Set(names).size, names.length);
    const outside = /^\/(livez|readyz|startupz|metrics|openapi\.(json|yaml)|asyncapi\.(json|yaml)|docs(\/.*)?|console(\/.*)?|f\/\{token\})?$/;
    for (const { path } of operations)
      assert.ok(path.startsWith('/api/v1/') || outside.test(path), path);
    for (const { path, parameters = [], responses } of operations) {
      const inPath = parameters.filter((one) => one.in === 'path').map((one) => one.name);
      const wanted = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      assert.deepEqual(inPath.sort(), wanted.sort(), path);
      const isGood = (status) => status.startsWith('2') || status === '101'; // a WebSocket
      assert.ok(Object.keys(responses).some(isGood), path);
    }
    // Every reference leads somewhere, and every schema is one.
    const text = JSON.stringify(document);
    for (const [, pointer] of text.matchAll(/"\$ref":"#([^"]+)"/g)) {
      const target = pointer
        .split('/')
        .slice(1)
        .reduce((at, name) => at?.[name.replaceAll('~1', '/')], document);
      assert.ok(target, pointer);
    }
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'ohm:all', components: document.components });
    for (const name of Object.keys(document.components.schemas))
      ajv.compile({ $ref: `ohm:all#/components/schemas/${name}` });
    // Every example is what its schema says.
    const inAll = (schema) =>
      ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/comp', '"ohm:all#/comp')));
    for (const { operationId, requestBody, responses } of operations)
      for (const { content = {} } of [requestBody ?? {}, ...Object.values(responses)])
        for (const [media, { schema, example }] of Object.entries(content)) {
          if (example === undefined || !media.endsWith('json')) continue;
          const check = inAll(schema);
          assert.ok(check(example), `${operationId}: ${JSON.stringify(check.errors)}`);
        }
    // And what is answered keeps to it.
    const id = freshId();
    const created = await rest().create(id);
    const check = ajv.compile({ $ref: 'ohm:all#/components/schemas/Station' });
    for (const station of [created, await rest().station(id)])
      assert.ok(check(station), JSON.stringify(check.errors));
  });

  test('schemas of both versions are served', async () => {
    for (const version of versions) {
      const { data } = await rest().expect(200, 'GET', `/ocpp/${version.name}/actions`);
      assert.ok(data.some((one) => one.name === 'BootNotification' && one.sent_by === 'station'));
      const path = `/ocpp/${version.name}/schemas/BootNotification.request`;
      const schema = await rest().expect(200, 'GET', path);
      const check = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
      assert.ok(check(version.boot()), JSON.stringify(check.errors));
      assert.ok(!check({}));
    }
    await rest().expect(404, 'GET', '/ocpp/9.9/actions');
  });

  test('/docs says something and loads nothing from elsewhere', async () => {
    const page = await ask('GET', '/docs');
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-type'), /^text\/html/);
    assert.match(page.text, /openapi\.json|swagger-ui/);
    assert.doesNotMatch(page.text, /(src|href)="(https?:)?\/\//);
    assert.match(page.headers.get('content-security-policy'), /default-src 'self'/);
    for (const [, file] of page.text.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g))
      assert.equal((await ask('GET', file)).status, 200, file);
    assert.equal((await ask('GET', '/docs/errors/not_found')).status, 200);
    assert.equal((await ask('GET', '/')).status, 200);
  });

  test('who am I, which version, what can it do', async () => {
    assert.deepEqual(await rest().expect(200, 'GET', '/me'), {
      name: 'key:admin',
      scopes: ['admin:*'],
      role: null,
      is_operator: false,
      expires_at: null,
    });
    assert.equal((await rest().expect(200, 'GET', '/version')).name, 'Ohmstead');
    const capabilities = await rest().expect(200, 'GET', '/capabilities');
    assert.deepEqual(capabilities.ocpp_versions, ['1.6', '2.0.1']);
  });
});
