// However a connection ends, station and connectors are shown `Unavailable`, and again what they
// last reported once the station is back. `connectivity` and `reported_status` stand beside it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDistributed, Lab, setup, sleep, until } from './lab.mjs';
import {
  connectorsOf,
  freshId,
  raw,
  rawBooted,
  Station,
  untilOffline,
  versions,
} from './station.mjs';
import { opcodes } from './wire.mjs';

let lab;

function assertOffline(shown, version) {
  assert.equal(shown.connectivity, 'offline');
  assert.equal(shown.status, 'Unavailable');
  const connectors = connectorsOf(shown);
  assert.equal(connectors[1][1].status, 'Unavailable');
  assert.equal(connectors[1][1].reported_status, version.busy);
  assert.equal(connectors[2][1].status, 'Unavailable');
  assert.equal(connectors[2][1].reported_status, 'Faulted');
}
function assertBack(shown, version) {
  assert.equal(shown.connectivity, 'online');
  const connectors = connectorsOf(shown);
  assert.equal(connectors[1][1].status, version.busy);
  assert.equal(connectors[1][1].reported_status, version.busy);
  assert.equal(connectors[2][1].status, 'Faulted');
}

async function reportAll(peer, version) {
  let number = 0;
  for (const [evse, status] of [
    [1, version.busy],
    [2, 'Faulted'],
  ]) {
    const payload = version.report(evse, status);
    assert.equal((await peer.call(`s${++number}`, 'StatusNotification', payload))[0], 3);
  }
}
async function reported(version, more) {
  const peer = await rawBooted(lab, version, more);
  await reportAll(peer, version);
  return peer;
}
async function reasonOf(id) {
  return (await lab.rest().station(id)).disconnect_reason;
}
async function assertComesBack(id, version, worker = 0) {
  const peer = await raw(lab, version, id, { worker });
  assert.equal(peer.status, 101);
  const shown = await until('the station to be back', async () => {
    const now = await lab.rest().status(id);
    return now.connectivity === 'online' && now;
  });
  assertBack(shown, version);
  peer.destroy();
  await untilOffline(lab, id);
}

describe(`${setup}: disconnect`, { timeout: 240_000 }, () => {
  before(async () => (lab = await Lab.start()), { timeout: 120_000 });
  after(() => lab?.stop());

  for (const version of versions) {
    describe(version.name, () => {
      test('by a close frame', async () => {
        const station = await Station.boot(lab, version);
        await station.report(1, version.busy);
        await station.report(2, 'Faulted');
        assertBack(await station.shown(), version);
        await station.close();
        assertOffline(await untilOffline(lab, station.id), version);
        assert.equal(await reasonOf(station.id), 'closed');
        await assertComesBack(station.id, version);
      });

      test('by a TCP reset', async () => {
        const peer = await reported(version);
        peer.socket.resetAndDestroy();
        assertOffline(await untilOffline(lab, peer.id), version);
        assert.equal(await reasonOf(peer.id), 'reset');
        await assertComesBack(peer.id, version);
      });

      test('by hanging up without a close frame', async () => {
        const peer = await reported(version);
        peer.socket.end();
        assertOffline(await untilOffline(lab, peer.id), version);
        await assertComesBack(peer.id, version);
      });

      test('by an operator', async () => {
        const peer = await reported(version);
        await lab.rest().expect(202, 'DELETE', `/stations/${peer.id}/connection`);
        assert.equal((await peer.nextClose()).code, 1000);
        peer.close();
        assertOffline(await untilOffline(lab, peer.id), version);
        assert.equal(await reasonOf(peer.id), 'kicked');
        const again = await lab.rest().ask('DELETE', `/api/v1/stations/${peer.id}/connection`);
        assert.equal(again.status, 409);
        assert.equal(again.body.code, 'station_offline');
        await assertComesBack(peer.id, version);
      });

      test('by deleting the station: it is unknown at once', async () => {
        const peer = await reported(version);
        await lab.rest().expect(204, 'DELETE', `/stations/${peer.id}`);
        assert.equal((await peer.nextClose()).code, 1001);
        for (const path of ['', '/status', '/connection'])
          await lab.rest().expect(404, 'GET', `/stations/${peer.id}${path}`);
        peer.close();
        await peer.hangUp();
        assert.equal((await raw(lab, version, peer.id)).status, 404);
        // Its name is free again, and a new station has none of the old one's past.
        await lab.rest().create(peer.id);
        assert.deepEqual((await lab.rest().status(peer.id)).evses, []);
      });

      test('by the death of its worker', async () => {
        const peer = await reported(version);
        await lab.worker(0).end('SIGKILL');
        if (isDistributed) {
          assertOffline(await untilOffline(lab, peer.id, 30_000), version);
          assert.equal(await reasonOf(peer.id), 'worker_lost');
          await assertComesBack(peer.id, version, 1);
        }
        await lab.worker(0).start().ready();
        assertOffline(await untilOffline(lab, peer.id), version);
        await assertComesBack(peer.id, version);
      });
    });
  }
});

describe(`${setup}: a storm`, { timeout: 180_000 }, () => {
  before(async () => (lab = await Lab.start()), { timeout: 120_000 });
  after(() => lab?.stop());

  // After a power cut in the street all of them come at the same moment, again and again.
  test('a thousand at once are all back', async (t) => {
    const word = freshId('STORM');
    const ids = Array.from({ length: 1000 }, (_, i) => `${word}-${i}`);
    const stations = ids.map((id) => ({ id, security_profile: 0 }));
    await lab.rest().expect(200, 'POST', '/stations/import', { stations });
    async function comeBack(id, index) {
      const version = versions[index % versions.length];
      return until(`${id} to be let in`, async () => {
        const peer = await raw(lab, version, id);
        if (peer.status === 101) return peer;
        peer.destroy();
      }, 60_000);
    }
    for (const which of ['first', 'again']) {
      const began = Date.now();
      const peers = await Promise.all(ids.map(comeBack));
      t.diagnostic(`all connected after ${Date.now() - began} ms (${which})`);
      const answers = await Promise.all(
        peers.map((peer, i) => peer.call('b', 'BootNotification', versions[i % 2].boot())),
      );
      for (const answer of answers) assert.equal(answer[2].status, 'Accepted');
      for (const peer of peers) peer.destroy();
    }
  });
});

describe(`${setup}: silence`, { timeout: 240_000 }, () => {
  before(
    async () => {
      lab = await Lab.start({ env: { OHM_PING_INTERVAL_S: '2', HEARTBEAT_INTERVAL: '1' } });
    },
    { timeout: 120_000 },
  );
  after(() => lab?.stop());

  // A peer that acknowledges bytes and says nothing: a half-open connection as seen from here.
  async function answersOnePing(version) {
    const peer = await reported(version);
    peer.send(opcodes.pong, (await peer.next(opcodes.ping)) ?? '');
    const silentSince = Date.now();
    assertOffline(await untilOffline(lab, peer.id, 60_000), version);
    const took = Date.now() - silentSince;
    assert.equal(await reasonOf(peer.id), 'ping_timeout');
    assert.ok(await peer.hangUp());
    await assertComesBack(peer.id, version);
    return took;
  }

  // Some stations never pong; they are given up by what they owe in heartbeats only.
  async function neverPongs(version) {
    const peer = await reported(version);
    const silentSince = Date.now();
    await peer.next(opcodes.ping);
    await sleep(40_000);
    assert.equal((await lab.rest().status(peer.id)).connectivity, 'online');
    assertOffline(await untilOffline(lab, peer.id, 60_000), version);
    const took = Date.now() - silentSince;
    assert.equal(await reasonOf(peer.id), 'ping_timeout');
    assert.ok(took > 60_000, `${took} ms`);
    return took;
  }

  async function pongsAlways(version) {
    const id = freshId('PONG');
    await lab.rest().create(id);
    const station = new Station(lab, { id, version, pingIntervalMs: 1e9 });
    await station.connect();
    await station.bootNotification();
    await sleep(45_000);
    assert.equal((await station.shown()).connectivity, 'online');
    await station.heartbeat();
    await station.close();
  }

  test('ends a connection that has ponged before, then one that never does', async (t) => {
    const waits = versions.flatMap((version) => [
      answersOnePing(version),
      neverPongs(version),
      pongsAlways(version),
    ]);
    const [first, never] = await Promise.all(waits);
    t.diagnostic(`offline after ${first} ms of silence, without any pong after ${never} ms`);
  });

  test('a station may have an interval of its own', async () => {
    const create = { security_profile: 0, ping_interval_s: 1 };
    const peer = await rawBooted(lab, versions[0], { create });
    await peer.next(opcodes.ping, 6_000);
    peer.destroy();
    const never = { security_profile: 0, ping_interval_s: 0 };
    const left = await rawBooted(lab, versions[0], { create: never });
    await assert.rejects(left.next(opcodes.ping, 6_000), /no frame/);
    left.destroy();
  });
});
