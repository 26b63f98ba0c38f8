// Events as their clients see them: over WebSocket, as server-sent events, by pages and by webhook;
// nothing is missed over restarts, and who is too slow or too late is told so.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { WebSocket } from 'ws';
import { adminKey, isDistributed, Lab, sleep, until } from './lab.mjs';
import { freshId, Station, versions } from './station.mjs';

const [v16] = versions;
let lab;
before(async () => {
  lab = await Lab.start({
    env: { OHM_WEBHOOK_ALLOW_PRIVATE: 'true', OHM_EVENTS_MAX_ROWS: '100000' },
    apis: isDistributed ? 2 : 1,
  });
});
after(() => lab?.stop());
const rest = (number) => lab.rest(number);

// Follows events over a WebSocket as a browser would: the key comes in the first frame.
class Follower {
  events = [];
  closed = null;
  constructor(query = {}, { api = 0, key = adminKey } = {}) {
    const url = new URL(lab.url(api).replace('http', 'ws') + '/api/v1/events/ws');
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    this.socket = new WebSocket(url);
    this.socket.on('open', () =>
      this.socket.send(JSON.stringify({ authorization: `Bearer ${key}` })),
    );
    this.socket.on('message', (text) => this.take(JSON.parse(text)));
    this.socket.on('close', (code) => (this.closed = code));
    this.socket.on('error', () => {});
  }
  take(message) {
    if (message.type === 'ready') this.ready = message;
    else if (message.specversion) this.events.push(message);
    else this.said = message;
  }
  static async open(query, options) {
    const one = new Follower(query, options);
    await until('ready', () => one.ready);
    return one;
  }
  get last() {
    return this.events.at(-1)?.sequence ?? this.ready.sequence;
  }
  of(id) {
    return this.events.filter((event) => event.subject === id).map((event) => event.type);
  }
  has(id, type) {
    return until(`${type} of ${id}`, () =>
      this.events.find((event) => event.subject === id && event.type === type),
    );
  }
  end() {
    this.socket.terminate();
  }
}

// All events that are kept, page by page.
async function replay(query, api = 0) {
  const all = [];
  for (let after; ; ) {
    const search = new URLSearchParams({ ...query, limit: '500', ...(after ? { after } : {}) });
    const page = await rest(api).expect(200, 'GET', `/events?${search}`);
    all.push(...page.data);
    if (!page.next_cursor) return { all, sequence: page.sequence };
    after = page.next_cursor;
  }
}

function assertNoGapsAndNoRepeats(events) {
  const next = new Map();
  for (const { id } of events) {
    const [partition, n] = id.split('-').map(Number);
    if (next.has(partition)) assert.equal(n, next.get(partition), `${id} follows`);
    next.set(partition, n + 1);
  }
}

describe('over a WebSocket', () => {
  test('a station is followed from its creation to its end', async () => {
    const follower = await Follower.open();
    const station = await Station.boot(lab, v16);
    await station.report(1, 'Available');
    await station.report(1, 'Available');
    await station.report(1, 'Preparing');
    await station.close();
    await follower.has(station.id, 'station.disconnected');
    assert.deepEqual(follower.of(station.id), [
      'station.created',
      'station.connected',
      'station.booted',
      'connector.status_changed',
      'connector.status_changed',
      'station.disconnected',
    ]);
    const event = follower.events.find((one) => one.type === 'connector.status_changed');
    assert.equal(event.specversion, '1.0');
    assert.equal(event.source, `/api/v1/stations/${station.id}`);
    assert.equal(event.data.status, 'Available');
    assert.ok(Math.abs(Date.parse(event.time) - Date.now()) < 60_000);
    assertNoGapsAndNoRepeats(follower.events);
    follower.end();
  });

  test('types and station choose what comes', async () => {
    const id = freshId();
    const one = await Follower.open({ types: 'station.booted,connector.*', station: id.toLowerCase() });
    const other = await Station.boot(lab, v16);
    const station = await Station.boot(lab, v16, { id });
    await station.report(1, 'Available');
    await one.has(id, 'connector.status_changed');
    assert.deepEqual(one.events.map((event) => event.type), [
      'station.booted',
      'connector.status_changed',
    ]);
    await station.close();
    await other.close();
    one.end();
  });

  test('what came while nobody listened is read from `after` on', async () => {
    const first = await Follower.open();
    const station = await Station.boot(lab, v16);
    await first.has(station.id, 'station.booted');
    const after = first.last;
    first.end();
    await station.report(1, 'Available');
    await station.report(1, 'Charging');
    await station.close();
    const second = await Follower.open({ after, station: station.id });
    await second.has(station.id, 'station.disconnected');
    assert.deepEqual(second.of(station.id), [
      'connector.status_changed',
      'connector.status_changed',
      'station.disconnected',
    ]);
    second.end();
  });

  test('who has no key, or asks for nonsense, is told so and closed', async () => {
    const wrong = new Follower({}, { key: 'ohk_wrong' });
    await until('closing', () => wrong.closed !== null);
    assert.equal(wrong.closed, 4401);
    assert.equal(wrong.said.code, 'unauthorized');
    const nonsense = new Follower({ types: 'station.exploded' });
    await until('closing', () => nonsense.closed !== null);
    assert.equal(nonsense.closed, 4400);
    assert.match(nonsense.said.errors[0].detail, /station\.exploded/);
  });

  test('a plain request is told to use a WebSocket', async () => {
    assert.equal((await rest().get('/events/ws')).status, 426);
  });

  test('a place that is not kept is said, with the newest one', async () => {
    const { sequence } = await replay();
    const beyond = sequence.replace(/[^.]+$/, 'zzzzzz');
    const follower = new Follower({ after: beyond });
    await until('closing', () => follower.closed !== null);
    assert.equal(follower.closed, 4410);
    assert.equal(follower.said.type, 'stream.expired');
    assert.match(follower.said.sequence, /^[0-9a-z.]+$/);
    const page = await rest().get(`/events?after=${beyond}`);
    assert.deepEqual([page.status, page.body.code], [410, 'events_expired']);
  });

  test('events of each api reach the followers of every api', { skip: !isDistributed }, async () => {
    const followers = await Promise.all([0, 1].map((api) => Follower.open({}, { api })));
    const stations = await Promise.all([1, 2, 3, 4, 5, 6].map(() => Station.boot(lab, v16)));
    for (const follower of followers)
      for (const station of stations) await follower.has(station.id, 'station.booted');
    for (const follower of followers) {
      assertNoGapsAndNoRepeats(follower.events);
      follower.end();
    }
    for (const station of stations) await station.close();
  });

  test('nothing is missed when the api is killed and comes back', async () => {
    const number = 0;
    let follower = await Follower.open({}, { api: number });
    const seen = [];
    const ids = [];
    for (let round = 0; round < 2; ++round) {
      const station = await Station.boot(lab, v16);
      await station.report(1, round % 2 ? 'Available' : 'Charging');
      await station.close();
      ids.push(station.id);
      await follower.has(station.id, 'station.booted');
      await lab.apis[number].end('SIGKILL');
      await until('the end', () => follower.closed !== null);
      seen.push(...follower.events);
      const after = follower.last;
      lab.apis[number].start();
      await lab.apis[number].ready();
      follower = await Follower.open({ after }, { api: number });
    }
    const last = await until('a station to boot', () => Station.boot(lab, v16));
    await follower.has(last.id, 'station.booted');
    seen.push(...follower.events);
    follower.end();
    await last.close();
    for (const id of ids) {
      const types = seen.filter((event) => event.subject === id).map((event) => event.type);
      for (const type of ['station.created', 'station.connected', 'station.booted'])
        assert.equal(types.filter((one) => one === type).length, 1, `${type} of ${id}`);
      assert.ok(types.includes('connector.status_changed'));
    }
    assertNoGapsAndNoRepeats(seen);
    assertNoGapsAndNoRepeats((await replay({}, number)).all);
  });

  test('who does not read is told so and closed, and nobody else waits', async () => {
    const { port } = new URL(lab.url());
    const slow = connect(Number(port), '127.0.0.1');
    slow.on('error', () => {});
    slow.write(
      'GET /api/v1/events/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        `Authorization: Bearer ${adminKey}\r\n\r\n`,
    );
    await new Promise((done) => slow.once('data', done));
    slow.pause();
    const follower = await Follower.open({ types: 'data_transfer.received' });
    const station = await Station.boot(lab, v16);
    const data = 'x'.repeat(3_800);
    let gone = false;
    slow.once('close', () => (gone = true));
    // The kernel takes some megabytes before anything is kept waiting here.
    const count = 4_000;
    for (let sent = 0; sent < count; sent += 50)
      await Promise.all(
        Array.from({ length: 50 }, () =>
          station.call('DataTransfer', { vendorId: 'org.ohmstead', messageId: 'Note', data }),
        ),
      );
    await until('all of them', () => follower.events.length >= count, 60_000);
    // Whether it reads the word is its own affair; it is closed, and the log says why.
    await until('the word', () => lab.apis[0].log.includes('why=stream.overflow'));
    slow.resume();
    await until('the end', () => gone);
    follower.end();
    await station.close();
  });
});

describe('as server-sent events', () => {
  async function* stream(query, headers = {}) {
    const abort = new AbortController();
    const response = await fetch(`${lab.url()}/api/v1/events/stream?${new URLSearchParams(query)}`, {
      headers: { authorization: `Bearer ${adminKey}`, ...headers },
      signal: abort.signal,
    });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    let rest = '';
    try {
      for await (const bytes of response.body) {
        const parts = (rest + Buffer.from(bytes).toString()).split('\n\n');
        rest = parts.pop();
        for (const part of parts) {
          const lines = part.split('\n').map((line) => line.split(/: (.*)/s));
          yield Object.fromEntries(lines.map(([name, value]) => [name, value]));
        }
      }
    } finally {
      abort.abort();
    }
  }

  test('Last-Event-ID says where to go on', async () => {
    const station = await Station.boot(lab, v16);
    const { sequence } = await replay();
    await station.report(1, 'Available');
    await station.close();
    const types = [];
    for await (const one of stream({ station: station.id }, { 'last-event-id': sequence })) {
      if (!one.data) continue;
      types.push(one.event);
      if (one.event !== 'ready') {
        const event = JSON.parse(one.data);
        assert.equal(event.sequence, one.id);
        assert.equal(event.type, one.event);
      }
      if (one.event === 'station.disconnected') break;
    }
    assert.deepEqual(types, ['ready', 'connector.status_changed', 'station.disconnected']);
  });

  test('a lost place is answered with 410', async () => {
    const { sequence } = await replay();
    const answer = await rest().get('/events/stream', {
      'last-event-id': sequence.replace(/[^.]+$/, 'zzzzzz'),
    });
    assert.deepEqual([answer.status, answer.body.code], [410, 'events_expired']);
  });

  // A browser's EventSource sends no header; the ticket of one api is good at all of them.
  test('a ticket opens one stream', async () => {
    const { ticket } = await rest().expect(201, 'POST', '/events/tickets');
    const open = (api) => fetch(`${lab.url(api)}/api/v1/events/stream?ticket=${ticket}`);
    const first = await open(lab.apis.length - 1);
    assert.deepEqual([first.status, first.headers.get('content-type')], [200, 'text/event-stream']);
    const reader = first.body.getReader();
    assert.match(Buffer.from((await reader.read()).value).toString(), /^event: ready\n/);
    await reader.cancel();
    assert.equal((await open(0)).status, 401);
  });
});

describe('OCPP messages', () => {
  test('are seen as they are logged, on the api of the station and on others', async () => {
    const station = await Station.boot(lab, v16);
    const watchers = lab.apis.map((_, api) => {
      const url = `${lab.url(api).replace('http', 'ws')}/api/v1/messages/ws?station=${station.id}`;
      const socket = new WebSocket(url, { headers: { authorization: `Bearer ${adminKey}` } });
      const seen = [];
      socket.on('message', (text) => seen.push(JSON.parse(text)));
      return { socket, seen };
    });
    for (const { seen } of watchers) await until('ready', () => seen[0]?.type === 'ready');
    await station.report(1, 'Charging');
    for (const { seen, socket } of watchers) {
      const frames = () => seen.slice(1).map(({ data }) => data);
      const of = (type) => frames().filter((one) => one.message_type === type && one.action !== 'BootNotification');
      await until('call and answer', () => of('CALL').length && of('CALLRESULT').length);
      const call = of('CALL').find(({ action }) => action === 'StatusNotification');
      assert.match(call.frame, /Charging/);
      assert.equal(call.station_id, station.id);
      socket.terminate();
    }
    await station.close();
  });

  test('need a station', async () => {
    const socket = new WebSocket(`${lab.url().replace('http', 'ws')}/api/v1/messages/ws`, {
      headers: { authorization: `Bearer ${adminKey}` },
    });
    const code = await new Promise((done) => socket.on('close', done));
    assert.equal(code, 4400);
  });
});

describe('as webhooks', () => {
  class Receiver {
    got = [];
    answer = () => 204;
    static async start() {
      const one = new Receiver();
      one.server = createServer((request, response) => {
        let text = '';
        request.on('data', (part) => (text += part));
        request.on('end', () => {
          const said = { headers: request.headers, text, body: JSON.parse(text) };
          const status = one.answer(said);
          one.got.push({ ...said, status });
          response.writeHead(status).end();
        });
      });
      await new Promise((done) => one.server.listen(0, '127.0.0.1', done));
      one.url = `http://127.0.0.1:${one.server.address().port}/hook`;
      return one;
    }
    of(id, status) {
      return this.got
        .filter((one) => one.body.subject === id && (!status || one.status === status))
        .map((one) => one.body.type);
    }
    stop() {
      this.server.closeAllConnections();
      this.server.close();
    }
  }
  const signed = ({ headers, text }, secret) => {
    const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const mac = createHmac('sha256', key).update(content).digest('base64');
    return headers['webhook-signature'].split(' ').includes(`v1,${mac}`);
  };
  let receiver;
  let hook;
  before(async () => {
    receiver = await Receiver.start();
    hook = await rest().expect(201, 'POST', '/webhooks', {
      url: receiver.url,
      types: ['station.*', 'connector.status_changed'],
    });
  });
  after(async () => {
    await rest().expect(204, 'DELETE', `/webhooks/${hook.id}`);
    receiver.stop();
  });

  test('events come signed and in order', async () => {
    const station = await Station.boot(lab, v16);
    await station.report(1, 'Available');
    await station.close();
    await until('the last', () => receiver.of(station.id).includes('station.disconnected'));
    assert.deepEqual(receiver.of(station.id), [
      'station.created',
      'station.connected',
      'station.booted',
      'connector.status_changed',
      'station.disconnected',
    ]);
    for (const one of receiver.got) {
      assert.ok(signed(one, hook.secret));
      assert.equal(one.headers['webhook-id'], `evt_${one.body.id}`);
    }
    const list = await rest().expect(200, 'GET', `/webhooks/${hook.id}/deliveries?limit=500`);
    assert.ok(list.data.every((one) => one.state === 'delivered' && one.last_status === 204));
  });

  test('two secrets live after a rotation', async () => {
    const before = hook.secret;
    const rotated = await rest().expect(200, 'POST', `/webhooks/${hook.id}/rotate-secret`);
    assert.notEqual(rotated.secret, before);
    hook.secret = rotated.secret;
    await until('both', async () => {
      await rest().expect(202, 'POST', `/webhooks/${hook.id}/ping`);
      await sleep(500);
      const ping = receiver.got.filter((one) => one.body.type === 'webhook.ping').at(-1);
      return ping && signed(ping, before) && signed(ping, rotated.secret);
    });
  });

  test('what failed comes again, behind it what waited, also over a restart', async () => {
    const id = freshId();
    let fails = true;
    receiver.answer = (one) => (one.body.subject === id && fails ? 500 : 204);
    const station = await Station.boot(lab, v16, { id });
    await station.report(1, 'Available');
    await until('a failure', () => receiver.of(id, 500).length > 0);
    const other = await Station.boot(lab, v16);
    await until('the other', () => receiver.of(other.id).includes('station.booted'));
    await other.close();
    const waiting = await until('rows', async () => {
      const { data } = await rest().expect(200, 'GET', `/webhooks/${hook.id}/deliveries?state=pending`);
      return data.length >= 4 && data;
    });
    assert.ok(waiting.every((one) => one.station_id === id));
    await station.close();
    for (const api of lab.apis) await api.end('SIGKILL');
    fails = false;
    for (const api of lab.apis) await api.start().ready();
    await until('all of them', () => receiver.of(id, 204).includes('station.disconnected'), 60_000);
    assert.deepEqual([...new Set(receiver.of(id, 204))], [
      'station.created',
      'station.connected',
      'station.booted',
      'connector.status_changed',
      'station.disconnected',
    ]);
    const shown = await rest().expect(200, 'GET', `/webhooks/${hook.id}`);
    assert.deepEqual([shown.state, shown.failing_since], ['active', null]);
  });

  test('a delivery is sent again when asked', async () => {
    const { data } = await rest().expect(200, 'GET', `/webhooks/${hook.id}/deliveries?state=delivered`);
    const one = data.find(({ type }) => type === 'station.booted');
    const before = receiver.got.filter(({ body }) => body.id === one.id).length;
    await rest().expect(202, 'POST', `/webhooks/${hook.id}/deliveries/${one.id}/redeliver`);
    await until('it', () => receiver.got.filter(({ body }) => body.id === one.id).length > before);
  });

  test('a receiver that says Gone is not asked again', async () => {
    const quitter = await Receiver.start();
    quitter.answer = () => 410;
    const { id } = await rest().expect(201, 'POST', '/webhooks', { url: quitter.url });
    await rest().expect(202, 'POST', `/webhooks/${id}/ping`);
    const shown = await until('the end', async () => {
      const now = await rest().expect(200, 'GET', `/webhooks/${id}`);
      return now.state === 'disabled' && now;
    });
    assert.equal(shown.state_reason, 'gone');
    await rest().expect(204, 'DELETE', `/webhooks/${id}`);
    quitter.stop();
  });
});
