// What stations say: boot, status, heartbeat; and everything that is no proper CALL.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Lab, setup } from './lab.mjs';
import { connectorsOf, freshId, raw, rawBooted, Station, versions } from './station.mjs';

const interval = 17;
let lab;

function assertIsNow(text) {
  assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.ok(Math.abs(Date.parse(text) - Date.now()) < 5_000, text);
}

describe(`${setup}: messages`, { timeout: 180_000 }, () => {
  before(
    async () => {
      lab = await Lab.start({ env: { HEARTBEAT_INTERVAL: `${interval}` } });
    },
    { timeout: 120_000 },
  );
  after(() => lab?.stop());

  for (const version of versions) {
    describe(version.name, () => {
      test('BootNotification is stored and answered', async () => {
        const id = freshId();
        await lab.rest().create(id);
        const station = await new Station(lab, { id, version }).connect();
        assert.equal((await lab.rest().station(id)).boot_status, null);
        const answer = await station.bootNotification({ firmwareVersion: '1.2.3' });
        assert.equal(answer.status, 'Accepted');
        assert.equal(answer.interval, interval);
        assertIsNow(answer.currentTime);
        const shown = await lab.rest().station(id);
        assert.equal(shown.vendor, 'ACME');
        assert.equal(shown.model, 'M1');
        assert.equal(shown.firmware_version, '1.2.3');
        assert.equal(shown.boot_status, 'Accepted');
        assert.ok(Math.abs(Date.parse(shown.booted_at) - Date.now()) < 5_000);
        if (version.name === '2.0.1') assert.equal(shown.boot_reason, 'PowerUp');
        await station.close();
      });

      test('StatusNotification creates and updates connectors', async () => {
        const station = await Station.boot(lab, version);
        await station.report(1, 'Available');
        await station.report(3, version.busy);
        await station.report(1, 'Reserved');
        const shown = await station.shown();
        assert.deepEqual(shown.evses.map((evse) => evse.id), [1, 3]);
        const connectors = connectorsOf(shown);
        assert.equal(connectors[1][1].status, 'Reserved');
        assert.equal(connectors[1][1].reported_status, 'Reserved');
        assert.equal(connectors[3][1].status, version.busy);
        assert.ok(Math.abs(Date.parse(connectors[3][1].status_at) - Date.now()) < 5_000);
        await station.close();
      });

      test('Heartbeat is answered with the time', async () => {
        const station = await Station.boot(lab, version);
        for (let i = 0; i < 3; ++i) assertIsNow((await station.heartbeat()).currentTime);
        await station.close();
      });

      test('CALLs sent without waiting are answered in order', async () => {
        const peer = await rawBooted(lab, version);
        const ids = Array.from({ length: 40 }, (_, i) => `p${i}`);
        for (const id of ids) {
          const payload = version.report(1, id === 'p39' ? version.busy : 'Available');
          peer.text([2, id, 'StatusNotification', payload]);
        }
        for (const id of ids) assert.deepEqual(await peer.nextText(), [3, id, {}]);
        assert.equal((await lab.rest().status(peer.id)).evses[0].status, version.busy);
        peer.destroy();
      });

      test('the message log has what was said', async () => {
        const peer = await rawBooted(lab, version);
        await peer.call('x1', 'StatusNotification', version.report(1, version.busy));
        await peer.call('x2', 'Nonsense', {});
        const path = `/stations/${peer.id}/messages?limit=10`;
        let data = [];
        for (let i = 0; i < 100 && data.length < 6; ++i)
          data = (await lab.rest().expect(200, 'GET', path)).data;
        const seen = data.map((one) => `${one.direction} ${one.message_type} ${one.message_id}`);
        for (const line of ['in CALL x1', 'out CALLRESULT x1', 'in CALL x2', 'out CALLERROR x2'])
          assert.ok(seen.includes(line), `${line} in ${seen}`);
        const errors = await lab.rest().expect(200, 'GET', `${path}&errors_only=true`);
        assert.ok(errors.data.every((one) => one.message_id === 'x2'));
        assert.ok(errors.data.some((one) => one.error_code === 'NotImplemented'));
        peer.destroy();
      });

      describe('what is wrong gets a CALLERROR, and the connection goes on', () => {
        const good = () => version.report(1, 'Available');
        const { format, occurrence } = version.errors;
        const without = (payload, name) => {
          const { [name]: _, ...rest } = payload;
          return rest;
        };
        const evse = version.name === '1.6' ? 'connectorId' : 'evseId';
        const state = version.name === '1.6' ? 'status' : 'connectorStatus';
        const status = (change) => ['StatusNotification', change(good())];
        const boot = (change) => ['BootNotification', change];
        const model = (text) =>
          version.name === '1.6'
            ? version.boot({ chargePointModel: text })
            : version.boot({ model: text });
        const nothing = null;
        const v201 = (code) => (version.name === '2.0.1' ? ['-1', code] : nothing);

        const table = {
          // name: [frame or [action, payload], answer: [id, code] | code | nothing]
          'not JSON': ['hello', v201('RpcFrameworkError')],
          'an object': ['{}', v201('RpcFrameworkError')],
          'an empty array': ['[]', v201('RpcFrameworkError')],
          'no payload': ['[2,"i","Heartbeat"]', ['i', format]],
          'no action': ['[2,"i"]', ['i', format]],
          'an action that is no text': ['[2,"i",5,{}]', ['i', format]],
          'one element too many': ['[2,"i","Heartbeat",{},1]', ['i', format]],
          'an unknown message type': [
            '[9,"i",{}]',
            version.name === '2.0.1' ? ['i', 'MessageTypeNotSupported'] : nothing,
          ],
          'an answer to nobody': ['[3,"nobody",{}]', nothing],
          'an error to nobody': ['[4,"nobody","GenericError","",{}]', nothing],
          'an unknown action': [['Nonsense', {}], 'NotImplemented'],
          'an action in the wrong case': [['heartbeat', {}], 'NotImplemented'],
          'an action of the CSMS': [['Reset', {}], 'NotSupported'],
          'broken JSON in the payload': ['[2,"i","Heartbeat",{"a":}]', ['i', format]],
          'a payload that is no object': [['StatusNotification', 5], 'TypeConstraintViolation'],
          'a wrong type': [
            status((p) => ({ ...p, [evse]: {} })),
            'TypeConstraintViolation',
          ],
          'text for a number, strict': [
            status((p) => ({ ...p, [evse]: '1' })),
            'TypeConstraintViolation',
          ],
          'a missing member': [status((p) => without(p, state)), occurrence],
          'an extra member, strict': [status((p) => ({ ...p, extra: 1 })), format],
          'an unknown enum value': [
            status((p) => ({ ...p, [state]: 'Sleeping' })),
            'PropertyConstraintViolation',
          ],
          'an overlong text, strict': [boot(model('x'.repeat(51))), 'PropertyConstraintViolation'],
          'U+0000 in a text': [boot(model('a\u0000b')), 'PropertyConstraintViolation'],
          'a timestamp that is none, strict': [
            status((p) => ({ ...p, timestamp: 'yesterday' })),
            'PropertyConstraintViolation',
          ],
        };
        const literal = {
          'a lone surrogate': [
            () => JSON.stringify([2, 'i', 'BootNotification', model('@')]).replace('@', '\\ud800'),
            ['i', format],
          ],
          'a name twice': [
            () =>
              JSON.stringify([2, 'i', 'StatusNotification', good()]).replace(
                `"${evse}":1`,
                `"${evse}":1,"${evse}":1`,
              ),
            ['i', format],
          ],
          'depth without end': [
            () => `[2,"i","Heartbeat",{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}]`,
            ['i', format],
          ],
        };

        let peer;
        before(async () => {
          const create = { security_profile: 0, strictness: 'strict' };
          peer = await rawBooted(lab, version, { create });
        });
        after(() => peer?.destroy());

        let count = 0;
        async function assertAnswer(text, wanted) {
          const marker = `after-${++count}`;
          const answers = [];
          peer.text(text);
          if (wanted) answers.push(await peer.nextText());
          peer.text([2, marker, 'StatusNotification', good()]);
          for (;;) {
            const answer = await peer.nextText();
            if (answer[1] === marker) break; // it goes on
            answers.push(answer);
          }
          assert.equal(answers.length, wanted ? 1 : 0, JSON.stringify(answers));
          if (!wanted) return;
          const [type, id, code, description, details] = answers[0];
          assert.deepEqual([type, id, code], [4, ...wanted], description);
          assert.ok([...description].length <= 255);
          assert.equal(typeof details, 'object');
        }

        for (const [name, [said, answer]] of Object.entries(table))
          test(name, () => {
            const text = typeof said === 'string' ? said : JSON.stringify([2, 'i', ...said]);
            return assertAnswer(text, typeof answer === 'string' ? ['i', answer] : answer);
          });
        for (const [name, [said, answer]] of Object.entries(literal))
          test(name, () => assertAnswer(said(), answer));
      });

      test('what has one meaning is repaired when not strict', async () => {
        const create = { security_profile: 0, strictness: 'lenient' };
        const peer = await rawBooted(lab, version, { create });
        const payload = { ...version.report(1, version.busy.toLowerCase()), extra: 1 };
        assert.deepEqual(await peer.call('l', 'StatusNotification', payload), [3, 'l', {}]);
        assert.equal((await lab.rest().status(peer.id)).evses[0].status, version.busy);
        peer.destroy();
      });
    });
  }

  test('1.6: connector 0 is the station, and faults are shown', async () => {
    const station = await Station.boot(lab, versions[0]);
    await station.call('StatusNotification', {
      connectorId: 0,
      errorCode: 'GroundFailure',
      status: 'Faulted',
      info: 'residual current',
      vendorId: 'ACME',
      vendorErrorCode: 'E42',
    });
    await station.report(1, 'Preparing');
    const shown = await station.shown();
    assert.equal(shown.status, 'Faulted');
    assert.equal(shown.reported_status, 'Faulted');
    assert.equal(shown.error_code, 'GroundFailure');
    assert.equal(shown.info, 'residual current');
    assert.equal(shown.vendor_error_code, 'E42');
    assert.deepEqual(shown.evses.map((evse) => evse.id), [1]);
    await station.close();
  });

  test('2.0.1: EVSE and connector, each with its status', async () => {
    const station = await Station.boot(lab, versions[1]);
    await station.report(1, 'Available', 1);
    await station.report(1, 'Occupied', 2);
    await station.report(2, 'Available', 1);
    const connectors = connectorsOf(await station.shown());
    assert.equal(connectors[1][1].status, 'Available');
    assert.equal(connectors[1][2].status, 'Occupied');
    assert.equal(connectors[2][1].status, 'Available');
    await station.close();
  });

  test('2.0.1: nothing but a boot is taken before it is accepted', async () => {
    const version = versions[1];
    const id = freshId();
    await lab.rest().create(id);
    const peer = await raw(lab, version, id);
    const early = await peer.call('1', 'StatusNotification', version.report(1, 'Available'));
    assert.equal(early[2], 'SecurityError');
    assert.equal((await peer.call('2', 'BootNotification', version.boot()))[2].status, 'Accepted');
    const later = await peer.call('3', 'StatusNotification', version.report(1, 'Available'));
    assert.equal(later[0], 3);
    peer.destroy();
  });
});
