// Operators, keys and the record of what they did, as other programs and browsers see them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { adminKey, Lab, setup } from './lab.mjs';
import { Rest } from './rest.mjs';
import { freshId } from './station.mjs';

let lab;
const v1 = '/api/v1';
const password = 'correct horse battery';
const csrf = { 'x-ohm-csrf': '1' };

// A browser: what it was given as a cookie, and what scripts of its pages add.
class Browser {
  async signIn(name, word = password) {
    const answer = await new Rest(lab.url()).ask('POST', `${v1}/session`, { name, password: word });
    this.cookie = answer.headers.get('set-cookie')?.split(';')[0];
    return answer;
  }
  ask(method, path, body, headers = csrf) {
    return new Rest(lab.url()).ask(method, v1 + path, body, { cookie: this.cookie, ...headers });
  }
}

describe(`${setup}: people`, { timeout: 120_000 }, () => {
  const viewer = freshId('viewer').toLowerCase();
  const owner = freshId('owner').toLowerCase();
  const rest = () => lab.rest();
  const record = async (query) => (await rest().expect(200, 'GET', `/audit?${query}`)).data;
  // The record is stored behind the answer.
  async function recorded(query, wanted) {
    for (let i = 0; i < 100; ++i) {
      const rows = await record(query);
      if (rows.length >= wanted) return rows;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`no ${wanted} rows: ${query}`);
  }

  before(async () => (lab = await Lab.start()), { timeout: 100_000 });
  after(() => lab?.stop());

  test('the admin key makes operators, who sign in', async () => {
    await rest().expect(201, 'POST', '/users', { name: viewer, role: 'viewer', password });
    await rest().expect(201, 'POST', '/users', { name: owner, role: 'owner', password });
    const browser = new Browser();
    const answer = await browser.signIn(viewer);
    assert.equal(answer.status, 201, answer.text);
    assert.match(answer.headers.get('set-cookie'), /HttpOnly; SameSite=Strict/);
    const me = await browser.ask('GET', '/me');
    assert.equal(me.body.name, `user:${viewer}`);
    assert.equal(me.body.role, 'viewer');
    assert.ok(me.body.scopes.includes('stations:read'));
  });

  test('a viewer looks, is refused the rest by the name of the scope, and it is recorded', async () => {
    const id = freshId('P');
    await rest().create(id);
    const browser = new Browser();
    await browser.signIn(viewer);
    assert.equal((await browser.ask('GET', `/stations/${id}`)).status, 200);
    const refused = await browser.ask('PATCH', `/stations/${id}`, { name: 'mine' });
    assert.equal(refused.status, 403);
    assert.equal(refused.body.code, 'insufficient_scope');
    assert.equal(refused.body.scope, 'stations:write');
    const order = await browser.ask('POST', `/stations/${id}/commands/reset`, { type: 'immediate' });
    assert.equal(order.body.scope, 'commands:execute');
    const rows = await recorded(`target=stations/${id}&who=user:${viewer}`, 2);
    assert.deepEqual(rows.map((row) => [row.operation, row.status, row.code]), [
      ['resetStation', 403, 'insufficient_scope'],
      ['patchStation', 403, 'insufficient_scope'],
    ]);
    assert.equal(rows[1].summary, '{"name":"mine"}');
    assert.ok(['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(rows[0].address), rows[0].address);
    const [created] = await recorded(`target=stations/${id}&operation=createStation`, 1);
    assert.equal(created.status, 201);
  });

  test('a cookie alone changes nothing', async () => {
    const browser = new Browser();
    await browser.signIn(owner);
    const path = `/locations/${freshId('l')}`;
    for (const headers of [{}, { ...csrf, 'sec-fetch-site': 'same-site' }, { ...csrf, origin: 'http://evil.example' }]) {
      const answer = await browser.ask('PUT', path, { name: 'x' }, headers);
      assert.equal(answer.status, 403);
      assert.equal(answer.body.code, 'csrf_refused');
    }
    assert.equal((await browser.ask('PUT', path, { name: 'x' })).status, 201);
  });

  test('guessing is held back, and does not tell who is there', async () => {
    const name = freshId('nobody');
    const browser = new Browser();
    const details = new Set();
    let last;
    for (let i = 0; i < 6; ++i) {
      last = await browser.signIn(name, 'not the password');
      if (last.status === 401) details.add(last.body.detail);
    }
    assert.equal(last.status, 429);
    assert.ok(Number(last.headers.get('retry-after')) > 0);
    details.add((await browser.signIn(viewer, 'not the password')).body.detail);
    assert.equal(details.size, 1);
    assert.equal((await browser.signIn(viewer)).status, 201);
  });

  test('a key is shown once, does what it may, and dies', async () => {
    const name = freshId('key');
    const made = await rest().expect(201, 'POST', '/api-keys', { name, scopes: ['stations:read'] });
    const program = new Rest(lab.url(), made.key);
    await program.expect(200, 'GET', '/stations?limit=1');
    assert.equal((await program.expect(403, 'GET', '/users')).scope, 'users:read');
    assert.ok(!(await rest().get(`/api-keys/${made.id}`)).text.includes(made.key));
    await rest().expect(204, 'DELETE', `/api-keys/${made.id}`);
    for (let i = 0; i < 100; ++i) {
      const answer = await program.ask('GET', `${v1}/stations`);
      if (answer.status === 401) return;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error('a revoked key lives on');
  });

  test('events follow a signed in browser, and its sign-out', async () => {
    const browser = new Browser();
    await browser.signIn(viewer);
    const stream = await fetch(`${lab.url()}${v1}/events/stream`, { headers: { cookie: browser.cookie } });
    assert.equal(stream.status, 200);
    await stream.body.cancel();
    assert.equal((await browser.ask('DELETE', '/session')).status, 204);
    assert.equal((await browser.ask('GET', '/me')).status, 401);
  });

  test('the record is whole and can be taken along', async () => {
    const file = await rest().get('/audit/export?format=csv');
    assert.equal(file.status, 200);
    assert.match(file.text, /^number,at,who,/);
    assert.ok(!file.text.includes(password));
    const answer = await fetch(`${lab.url()}${v1}/audit/export?format=ndjson`, {
      headers: { authorization: `Bearer ${adminKey}` },
    });
    assert.equal(answer.headers.get('content-type'), 'application/x-ndjson');
    const lines = (await answer.text()).trim().split('\n');
    assert.ok(lines.length > 10 && lines.every((line) => JSON.parse(line).digest.length === 64));
    const check = await rest().expect(200, 'GET', '/audit/check');
    assert.equal(check.intact, true);
    assert.equal(check.broken_at, null);
  });
});
