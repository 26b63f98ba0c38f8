// Commands by REST: what the station answers, when it does not, and what is shown meanwhile.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createRPCError } from 'ocpp-rpc';
import { Lab, setup, sleep, until } from './lab.mjs';
import { connectorsOf, freshId, rawBooted, Station, versions } from './station.mjs';

let lab;
const rest = () => lab.rest();

async function ready(version, more) {
  const station = await Station.boot(lab, version, more);
  await station.report(1, version.busy);
  return station;
}
function reset(station, body = { type: 'immediate' }, headers) {
  return rest().command(station.id, 'reset', body, headers);
}
async function command(id) {
  return rest().expect(200, 'GET', `/commands/${id}`);
}

function assertUnavailable(shown, version) {
  assert.equal(shown.connectivity, 'online');
  assert.equal(shown.status, 'Unavailable');
  const connector = connectorsOf(shown)[1][1];
  assert.equal(connector.status, 'Unavailable');
  assert.equal(connector.reported_status, version.busy);
}
function assertUntouched(shown, version) {
  assert.equal(shown.connectivity, 'online');
  assert.equal(shown.override, null);
  assert.equal(connectorsOf(shown)[1][1].status, version.busy);
}

describe(`${setup}: commands`, { timeout: 240_000 }, () => {
  before(async () => (lab = await Lab.start()), { timeout: 120_000 });
  after(() => lab?.stop());

  for (const version of versions) {
    describe(version.name, () => {
      describe('Reset', () => {
        for (const [type, sent] of Object.entries(version.resetTypes))
          test(`${type} is ${sent}`, async () => {
            const station = await ready(version);
            const answer = await reset(station, { type });
            assert.equal(answer.status, 200, answer.text);
            assert.deepEqual(station.resets, [{ type: sent }]);
            assert.equal(answer.body.state, 'answered');
            assert.equal(answer.body.result, 'accepted');
            assert.equal(answer.body.ocpp.action, 'Reset');
            assert.deepEqual(answer.body.ocpp.request, { type: sent });
            assert.deepEqual(answer.body.ocpp.response, { status: 'Accepted' });
            await station.close();
          });

        const permitted = version.name === '1.6' ? ['Accepted'] : ['Accepted', 'Scheduled'];
        for (const status of permitted)
          test(`${status}: Unavailable until it is back`, async () => {
            const station = await ready(version);
            station.onReset = () => ({ status });
            const answer = await reset(station);
            assert.equal(answer.body.result, status.toLowerCase());
            assertUnavailable(answer.body.station, version);
            assertUnavailable(await station.shown(), version);
            assert.ok((await station.shown()).override.since);
            await station.bootNotification();
            assertUntouched(await station.shown(), version);
            await station.close();
          });

        test('a StatusNotification or a new connection ends it as well', async () => {
          const station = await ready(version);
          await reset(station);
          await station.report(1, version.busy);
          assertUntouched(await station.shown(), version);
          await reset(station);
          assertUnavailable(await station.shown(), version);
          const again = await new Station(lab, { id: station.id, version }).connect();
          assertUntouched(await again.shown(), version);
          await again.close();
        });

        test('Rejected changes nothing', async () => {
          const station = await ready(version);
          station.onReset = () => ({ status: 'Rejected' });
          const answer = await reset(station);
          assert.equal(answer.status, 200);
          assert.equal(answer.body.state, 'answered');
          assert.equal(answer.body.result, 'rejected');
          assertUntouched(answer.body.station, version);
          await station.close();
        });

        test('a CALLERROR changes nothing', async () => {
          const station = await ready(version);
          station.onReset = () => {
            throw createRPCError('InternalError', 'no relay', { relay: 2 });
          };
          const answer = await reset(station);
          assert.equal(answer.status, 200);
          assert.equal(answer.body.state, 'failed');
          assert.equal(answer.body.failed.reason, 'call_error');
          assert.equal(answer.body.result, 'error');
          const { code, description, details } = answer.body.ocpp.error;
          assert.deepEqual([code, description], ['InternalError', 'no relay']);
          assert.equal(details.relay, 2);
          assertUntouched(answer.body.station, version);
          await station.close();
        });

        test('no answer in time is a time-out; a late answer is kept', async () => {
          const create = { security_profile: 0, call_timeout_s: 1 };
          const peer = await rawBooted(lab, version, { create });
          await peer.call('s', 'StatusNotification', version.report(1, version.busy));
          const answer = await rest().command(peer.id, 'reset', { type: 'immediate' });
          assert.equal(answer.status, 200);
          assert.equal(answer.body.state, 'failed');
          assert.equal(answer.body.failed.reason, 'timeout');
          assertUntouched(answer.body.station, version);
          const [, messageId] = await peer.nextText();
          peer.text([3, messageId, { status: 'Accepted' }]);
          const late = await until('the late answer', async () => {
            const shown = await command(answer.body.id);
            return shown.ocpp.late_response && shown;
          });
          assert.equal(late.state, 'failed');
          assert.match(JSON.stringify(late.ocpp.late_response), /Accepted/);
          // The next one is not held up.
          const next = rest().command(peer.id, 'reset', { type: 'graceful' });
          const [, nextId] = await peer.nextText();
          peer.text([3, nextId, { status: 'Rejected' }]);
          assert.equal((await next).body.result, 'rejected');
          peer.destroy();
        });

        test('a connection that ends meanwhile is told at once', async () => {
          const station = await ready(version);
          station.onReset = () => new Promise(() => {});
          const asked = reset(station);
          await until('the CALL to arrive', () => station.resets.length === 1);
          station.client.close({ code: 1000, force: true }); // the handler is not waited for
          const answer = await asked;
          assert.equal(answer.body.state, 'failed');
          assert.equal(answer.body.failed.reason, 'disconnected');
          assert.equal(answer.body.station.connectivity, 'offline');
        });

        test('an answer that breaks its schema is said to', async () => {
          const peer = await rawBooted(lab, version);
          const asked = rest().command(peer.id, 'reset', { type: 'immediate' });
          const [, messageId] = await peer.nextText();
          peer.text([3, messageId, { status: 5 }]);
          const answer = await asked;
          assert.equal(answer.body.state, 'failed');
          assert.equal(answer.body.failed.reason, 'invalid_response');
          peer.destroy();
        });
      });

      test('UnlockConnector', async () => {
        const station = await ready(version);
        const seen = [];
        station.onUnlock = ({ params }) => (seen.push(params), { status: 'Unlocked' });
        const answer = await rest().command(station.id, 'unlock-connector', { evse_id: 1 });
        assert.equal(answer.status, 200, answer.text);
        assert.equal(answer.body.result, 'accepted');
        const wanted = version.name === '1.6' ? { connectorId: 1 } : { evseId: 1, connectorId: 1 };
        assert.deepEqual(seen, [wanted]);
        assert.equal(answer.body.station, undefined);
        station.onUnlock = () => ({ status: 'UnlockFailed' });
        const failed = await rest().command(station.id, 'unlock-connector', {
          evse_id: 1,
          connector_id: 1,
        });
        assert.equal(failed.body.result, 'rejected');
        assertUntouched(await station.shown(), version);
        await station.close();
      });

      test('a new password of ours is random, and once accepted it alone counts', async () => {
        const made = [];
        for (const _ of [1, 2]) {
          const password = 'the-first-password';
          const create = { password };
          const station = await Station.boot(lab, version, { create, password });
          const key = (call) => {
            made.push(call.params.value);
            return { status: 'Accepted' };
          };
          const variables = (call) => {
            const { attributeValue, ...named } = call.params.setVariableData[0];
            made.push(attributeValue);
            return { setVariableResult: [{ ...named, attributeStatus: 'Accepted' }] };
          };
          if (version.name === '1.6') station.client.handle('ChangeConfiguration', key);
          else station.client.handle('SetVariables', variables);
          const done = await lab.rest().command(station.id, 'rotate-password', {});
          assert.equal(done.body.result, 'accepted');
          assert.match(made.at(-1), /^[0-9a-f]{40}$/);
          assert.ok(!JSON.stringify(done.body).includes(made.at(-1)));
          await station.close();
          const old = new Station(lab, { id: station.id, version, password });
          await assert.rejects(old.connect(), /Unauthorized/);
          const back = new Station(lab, { id: station.id, version, password: made.at(-1) });
          await (await back.connect()).close();
        }
        assert.notEqual(made[0], made[1]);
      });

      test('a raw CALL goes as it is written', async () => {
        const station = await ready(version);
        let seen;
        station.client.handle('TriggerMessage', ({ params }) => {
          seen = params;
          return { status: 'NotImplemented' };
        });
        const payload = { requestedMessage: 'Heartbeat' };
        const answer = await rest().call(station.id, { action: 'TriggerMessage', payload });
        assert.equal(answer.status, 200, answer.text);
        assert.equal(answer.body.state, 'answered');
        assert.equal(answer.body.result, 'not_supported');
        assert.deepEqual(seen, payload);
        const raw = await rest().call(station.id, {
          action: 'Reset',
          payload: { type: version.resetTypes.immediate },
        });
        assertUnavailable(raw.body.station, version);
        await station.close();
      });

      test('a raw CALL is checked first, unless that is not wanted', async () => {
        const peer = await rawBooted(lab, version);
        const bad = await rest().call(peer.id, { action: 'Reset', payload: { type: 'Later' } });
        assert.equal(bad.status, 400);
        assert.equal(bad.body.code, 'validation_failed');
        assert.equal(bad.body.errors[0].pointer, '/payload/type');
        const missing = await rest().call(peer.id, { action: 'Reset' });
        assert.equal(missing.status, 400);
        assert.equal(missing.body.errors[0].pointer, '/payload/type');
        const unknown = await rest().call(peer.id, { action: 'Nonsense', payload: {} });
        assert.equal(unknown.status, 422);
        assert.equal(unknown.body.code, 'not_supported_by_protocol');
        const theirs = await rest().call(peer.id, { action: 'Heartbeat', payload: {} });
        assert.equal(theirs.status, 422);

        const unchecked = { action: 'Nonsense', payload: { a: [1] }, validate: false };
        const asked = rest().call(peer.id, unchecked);
        const [type, messageId, action, payload] = await peer.nextText();
        assert.deepEqual([type, action, payload], [2, 'Nonsense', { a: [1] }]);
        peer.text([4, messageId, 'NotImplemented', '', {}]);
        assert.equal((await asked).body.result, 'not_supported');
        peer.destroy();
      });

      test('an offline station is 409, an unknown one 404', async () => {
        const id = freshId();
        await rest().create(id);
        for (const answer of [
          await rest().command(id, 'reset', { type: 'immediate' }),
          await rest().command(id, 'unlock-connector', { evse_id: 1 }),
          await rest().call(id, { action: 'Reset', payload: { type: 'Soft' } }),
        ]) {
          assert.equal(answer.status, 409);
          assert.equal(answer.body.code, 'station_offline');
        }
        const nobody = await rest().command(freshId(), 'reset', { type: 'immediate' });
        assert.equal(nobody.status, 404);
      });

      test('one CALL at a time, in the order they were asked for', async () => {
        const peer = await rawBooted(lab, version);
        const asked = [];
        for (const type of ['immediate', 'graceful', 'immediate']) {
          const headers = { prefer: 'respond-async' };
          const answer = await rest().command(peer.id, 'reset', { type }, headers);
          assert.equal(answer.status, 202);
          asked.push(answer.body.id);
        }
        for (const id of asked) {
          const [, messageId] = await peer.nextText();
          await sleep(150);
          assert.equal(peer.received.length, 0, 'the next one waits');
          peer.text([3, messageId, { status: 'Rejected' }]);
          await until('its end', async () => (await command(id)).state === 'answered');
        }
        const list = await rest().expect(200, 'GET', `/stations/${peer.id}/commands`);
        assert.deepEqual(list.data.map((one) => one.id).reverse(), asked);
        peer.destroy();
      });

      test('Prefer decides how long REST waits', async () => {
        const peer = await rawBooted(lab, version);
        const began = Date.now();
        const headers = { prefer: 'wait=1' };
        const answer = await rest().command(peer.id, 'reset', { type: 'immediate' }, headers);
        assert.ok(Date.now() - began >= 900);
        assert.equal(answer.status, 202);
        assert.equal(answer.body.state, 'sent');
        assert.equal(answer.headers.get('preference-applied'), 'wait=1');
        const location = answer.headers.get('location');
        const [, messageId] = await peer.nextText();
        peer.text([3, messageId, { status: 'Accepted' }]);
        await until('the answer at Location', async () => {
          const shown = await rest().ask('GET', location);
          return shown.body.state === 'answered';
        });
        peer.destroy();
      });

      test('an Idempotency-Key sends one CALL only', async () => {
        const station = await ready(version);
        const headers = { 'idempotency-key': freshId('key') };
        const first = await reset(station, { type: 'immediate' }, headers);
        const second = await reset(station, { type: 'immediate' }, headers);
        assert.equal(second.status, 200);
        assert.equal(second.body.id, first.body.id);
        assert.equal(second.headers.get('idempotency-replayed'), 'true');
        assert.equal(station.resets.length, 1);
        const other = await reset(station, { type: 'graceful' }, headers);
        assert.equal(other.status, 422);
        assert.equal(other.body.code, 'idempotency_mismatch');
        await station.close();
      });
    });
  }

  test('1.6 has no reset of one EVSE and no second connector', async () => {
    const station = await ready(versions[0]);
    const evse = await reset(station, { type: 'immediate', evse_id: 1 });
    assert.equal(evse.status, 422);
    const second = { evse_id: 1, connector_id: 2 };
    const connector = await rest().command(station.id, 'unlock-connector', second);
    assert.equal(connector.status, 422);
    await station.close();
  });

  test('2.0.1: a reset of one EVSE leaves the others as they are', async () => {
    const station = await ready(versions[1]);
    await station.report(2, 'Available');
    const answer = await reset(station, { type: 'immediate', evse_id: 2 });
    assert.deepEqual(station.resets, [{ type: 'Immediate', evseId: 2 }]);
    const connectors = connectorsOf(answer.body.station);
    assert.equal(connectors[2][1].status, 'Unavailable');
    assert.equal(connectors[1][1].status, 'Occupied');
    await station.close();
  });
});
