// A worker that an operator drains gives its stations to the others, a few a second, and no message
// is lost on the way; it serves again once it is restarted.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDistributed, Lab, setup, until } from './lab.mjs';
import { freshId, raw, versions } from './station.mjs';

const count = 24;
const perSecond = 6;
let lab;

// A station that charges all the time: what was not answered it says again, on the connection that
// comes next, as a station does that queues while it is offline.
class Restless {
  said = 0; // starts that were answered
  codes = [];
  homes = [];

  constructor(id) {
    this.id = id;
  }
  async connect(worker) {
    this.peer = await raw(lab, versions[0], this.id, { worker });
    assert.equal(this.peer.status, 101);
    this.homes.push(worker);
    const { peer } = this;
    this.gone = peer.nextClose(200_000).then((close) => {
      if (!close) return;
      this.codes.push(close.code);
      peer.close(close.code);
      peer.destroy();
    });
    await this.say('BootNotification', versions[0].boot());
  }
  // Until it is answered.
  async say(action, payload) {
    for (let i = 0; ; ++i) {
      const answer = await this.peer.call(`${this.said}-${action}-${i}`, action, payload);
      if (answer?.[0] === 3) return answer[2];
      assert.equal(answer, null, JSON.stringify(answer)); // the connection has ended
      await this.gone;
      await this.connect(1 - this.homes.at(-1));
    }
  }
  async charge(isOver) {
    while (!isOver()) {
      const began = new Date(Date.now() - 10).toISOString();
      const at = { idTag: 'CARD', timestamp: began };
      const { transactionId } = await this.say('StartTransaction', { connectorId: 1, meterStart: this.said * 10, ...at });
      await this.say('StopTransaction', { transactionId, meterStop: this.said * 10 + 5, ...at });
      ++this.said;
    }
  }
  async transactions() {
    return (await lab.rest().get(`/stations/${this.id}/transactions?limit=500&total=exact`)).body;
  }
}

const worker = (name) => lab.rest().expect(200, 'GET', `/workers/${name}`);

describe(`${setup}: drain`, { timeout: 240_000, skip: !isDistributed && 'it takes two workers' }, () => {
  before(async () => {
    lab = await Lab.start({ env: { OHM_DRAIN_PER_SECOND: `${perSecond}`, OHM_UNKNOWN_TOKENS: 'accept' } });
  }, { timeout: 120_000 });
  after(() => lab?.stop());

  test('stations go to the other worker, and lose nothing', async () => {
    const stations = Array.from({ length: count }, () => new Restless(freshId('DRAIN')));
    for (const one of stations) {
      await lab.rest().create(one.id);
      await one.connect(0);
    }
    let over = false;
    const charging = stations.map((one) => one.charge(() => over));
    await until('its connections are known', async () => (await worker('e2e-1')).connections === count);

    const told = await lab.rest().expect(202, 'POST', '/workers/e2e-1/drain');
    assert.equal(told.id, 'e2e-1');
    const began = Date.now();
    await until('its row says so', async () => (await worker('e2e-1')).draining);
    const seen = new Set();
    await until('nobody is left', async () => {
      const { connections } = await worker('e2e-1');
      seen.add(connections);
      return connections === 0;
    }, 60_000);
    assert.ok(seen.size >= 3, `only ${[...seen]} were seen: it is not slow`);
    // 24 at 6 a second on average; in two loops, each of which may save up a little.
    assert.ok(Date.now() - began > 2_000, 'all at once');
    await assert.rejects(raw(lab, versions[0], stations[0].id, { worker: 0 }), /ECONNREFUSED/);

    over = true;
    await Promise.all(charging);
    for (const one of stations) {
      assert.deepEqual(one.homes, [0, 1], one.id);
      assert.deepEqual(one.codes, [1001], one.id);
      const shown = await lab.rest().station(one.id);
      assert.equal(shown.connectivity, 'online', one.id);
      assert.equal(shown.connection.worker, 'e2e-2', one.id);
      const all = await one.transactions();
      assert.equal(all.total, one.said, one.id);
      assert.ok(all.data.every((tx) => tx.state === 'ended' && !tx.suspect), one.id);
    }
    for (const one of stations) one.peer.destroy();
  });

  test('the last one that takes stations is spared, and who is unknown is not found', async () => {
    const refused = await lab.rest().post('/workers/e2e-2/drain');
    assert.equal(refused.status, 409, refused.text);
    assert.equal(refused.body.code, 'last_worker');
    assert.equal((await lab.rest().post('/workers/nobody/drain')).status, 404);
    assert.equal((await worker('e2e-2')).draining, false);
  });

  test('a drained worker ends at once, and serves again when it is back', async () => {
    const first = lab.worker(0);
    const began = Date.now();
    assert.deepEqual(await first.end(), { code: 0, signal: null });
    assert.ok(Date.now() - began < 10_000);
    await first.start().ready();
    await until('its row says so', async () => !(await worker('e2e-1')).draining);
    const again = new Restless(freshId('AGAIN'));
    await lab.rest().create(again.id);
    await again.connect(0);
    again.peer.destroy();
  });
});
