// Every action that a CSMS sends, of both versions, to a station that checks each CALL against the
// official schemas: raw with a message made from the schema, neutral with the example that OpenAPI
// shows. What is swept comes from the running server: none can be forgotten.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createRPCError } from 'ocpp-rpc';
import { adminKey, Lab, setup, sleep, until } from './lab.mjs';
import { freshId, Station, untilOffline, versions } from './station.mjs';

const when = '2030-01-01T00:00:00Z';
const profile16 = {
  chargingProfileId: 1,
  stackLevel: 0,
  chargingProfilePurpose: 'TxDefaultProfile',
  chargingProfileKind: 'Relative',
  chargingSchedule: {
    chargingRateUnit: 'A',
    chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }],
  },
};

// A valid answer, made from the schema that the server describes.
function sample(schema) {
  if (schema.enum) return schema.enum[0];
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object': {
      const out = {};
      for (const name of schema.required ?? []) out[name] = sample(schema.properties[name]);
      return out;
    }
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => sample(schema.items));
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 0, 1);
    case 'boolean':
      return true;
    case 'string':
      return schema.format === 'date-time' ? when : schema.format === 'uri' ? 'http://x.example/' : 'x';
    default:
      return 'x';
  }
}

let lab;
const rest = () => lab.rest();

async function sweptStation(version, answers) {
  const station = await Station.boot(lab, version, { word: 'SWEEP' });
  station.received = [];
  for (const action of ['Reset', 'UnlockConnector']) station.client.removeHandler(action);
  station.client.handle(({ method, params }) => {
    station.received.push({ action: method, payload: params });
    const answer = answers.get(method);
    if (answer === undefined) throw createRPCError('NotImplemented');
    return answer;
  });
  return station;
}

async function csmsActions(version) {
  const { data } = await rest().expect(200, 'GET', `/ocpp/${version.name}/actions`);
  const sent = data.filter((action) => action.sent_by !== 'station');
  for (const action of sent) {
    action.request = (await rest().ask('GET', action.request_schema)).body;
    action.response = (await rest().ask('GET', action.response_schema)).body;
  }
  return sent;
}

// The examples name one that is not here.
async function firmwareImage(version) {
  const form = new FormData();
  for (const [name, value] of Object.entries({ vendor: 'acme', version }))
    form.set(name, value);
  form.set('file', new Blob(['firmware']), 'fw.bin');
  const response = await fetch(`${lab.url()}/api/v1/firmware-images`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}` },
    body: form,
  });
  assert.equal(response.status, 201);
  return (await response.json()).id;
}

describe(`${setup}: every command`, { timeout: 240_000 }, () => {
  before(async () => (lab = await Lab.start()), { timeout: 120_000 });
  after(() => lab?.stop());

  for (const version of versions) {
    test(`${version.name}: raw, each action`, async () => {
      const actions = await csmsActions(version);
      assert.equal(actions.length, version.name === '1.6' ? 26 : 40);
      const answers = new Map(actions.map((a) => [a.name, sample(a.response)]));
      const station = await sweptStation(version, answers);
      for (const action of actions) {
        const payload = sample(action.request);
        if (payload.chargingProfile && version.name === '1.6') payload.chargingProfile = profile16;
        const answer = await rest().post(
          station.path(`/ocpp/${version.name}/${action.name}`),
          payload,
        );
        assert.equal(answer.status, 200, `${action.name}: ${answer.text}`);
        assert.equal(answer.body.state, 'answered', `${action.name}: ${answer.text}`);
        assert.deepEqual(answer.body.ocpp.response, answers.get(action.name));
        const got = station.received.at(-1);
        assert.equal(got.action, action.name);
        if (!answer.text.includes('"***"')) assert.deepEqual(got.payload, payload);
      }
      assert.equal(station.received.length, actions.length);
      await station.close();
    });

    test(`${version.name}: neutral, each command`, async () => {
      const actions = await csmsActions(version);
      const answers = new Map(actions.map((a) => [a.name, sample(a.response)]));
      const station = await sweptStation(version, answers);
      const { commands } = await rest().expect(200, 'GET', '/capabilities');
      const api = (await rest().ask('GET', '/openapi.json')).body;
      const image = await firmwareImage(version.name);
      let sent = 0;
      const swept = new Set();
      for (const command of commands.filter((name) => name !== 'ocpp-call')) {
        const operation = api.paths[`/api/v1/stations/{id}/commands/${command}`]?.post;
        assert.ok(operation, `${command} is in OpenAPI`);
        let body = structuredClone(operation.requestBody.content['application/json'].example);
        if (command === 'get-variables' && version.name === '1.6') body = {};
        if (command === 'set-variables' && version.name === '1.6')
          body = { variables: [{ variable: 'HeartbeatInterval', value: '300' }] };
        if (body.image) body.image = image;
        delete body.verify;
        if (command === 'reserve-now') body.token.uid = freshId('T'); // one reservation a token
        const answer = await rest().command(station.id, command, body);
        if (answer.status === 422) {
          assert.equal(answer.body.code, 'not_supported_by_protocol');
          assert.equal(version.name, '1.6', `${command}: ${answer.text}`);
          continue;
        }
        assert.equal(answer.status, 200, `${command}: ${answer.text}`);
        assert.equal(answer.body.state, 'answered', `${command}: ${answer.text}`);
        assert.equal(answer.body.ocpp.action, station.received.at(-1).action);
        swept.add(answer.body.ocpp.action);
        ++sent;
        if (command === 'probe-measurands') ++sent; // it reads what was there before it writes
      }
      assert.equal(station.received.length, sent);
      // What only parameters lead to: each action of 2.0.1 has a command of its own.
      if (version.name === '2.0.1')
        for (const action of actions) assert.ok(swept.has(action.name), action.name);
      await station.close();
    });

    test(`${version.name}: the other version and stations' own actions are refused`, async () => {
      const station = await Station.boot(lab, version, { word: 'SWEEP' });
      const other = version.name === '1.6' ? '2.0.1' : '1.6';
      const wrong = await rest().post(station.path(`/ocpp/${other}/ClearCache`), {});
      assert.equal(wrong.status, 422, wrong.text);
      assert.equal(wrong.body.code, 'not_supported_by_protocol');
      const own = await rest().post(station.path(`/ocpp/${version.name}/BootNotification`), {});
      assert.equal(own.status, 422, own.text);
      const none = await rest().post(station.path(`/ocpp/${version.name}/MakeCoffee`), {});
      assert.equal(none.status, 404, none.text);
      const bad = await rest().post(station.path(`/ocpp/${version.name}/Reset`), { type: 'x' });
      assert.equal(bad.status, 400, bad.text);
      assert.equal(bad.body.errors[0].pointer, '/type');
      await station.close();
    });

    test(`${version.name}: the effect of a reset is the next boot`, async () => {
      const station = await Station.boot(lab, version, { word: 'SWEEP' });
      const answer = await rest().command(station.id, 'reset', { type: 'immediate' });
      assert.equal(answer.body.effect.state, 'pending', answer.text);
      await station.bootNotification();
      const seen = await rest().expect(200, 'GET', `/commands/${answer.body.id}`);
      assert.equal(seen.effect.state, 'confirmed');
      await station.close();
    });

    test(`${version.name}: what waits for a station goes when it is back`, async () => {
      const station = await Station.boot(lab, version, { word: 'SWEEP' });
      await station.close();
      await untilOffline(lab, station.id);
      const offline = await rest().command(station.id, 'clear-cache', {});
      assert.equal(offline.status, 409, offline.text);
      const waiting = await rest().command(station.id, 'clear-cache', { queue: true });
      assert.equal(waiting.status, 202, waiting.text);
      assert.equal(waiting.body.state, 'queued');
      const cancelled = await rest().command(station.id, 'clear-cache', { queue: true });
      const gone = await rest().post(`/commands/${cancelled.body.id}/cancel`);
      assert.equal(gone.body.state, 'cancelled', gone.text);
      const back = new Station(lab, { id: station.id, version });
      let calls = 0;
      back.client.handle('ClearCache', () => (++calls, { status: 'Accepted' }));
      await back.connect();
      const answered = await until('its answer', async () => {
        const seen = await rest().expect(200, 'GET', `/commands/${waiting.body.id}`);
        return seen.state === 'answered' && seen;
      });
      assert.equal(calls, 1);
      assert.equal(answered.result, 'accepted');
      await back.close();
    });
  }

  test('a batch of commands, cancelled and looked at', async () => {
    const version = versions[0];
    const stations = [];
    for (let i = 0; i < 3; ++i) stations.push(await Station.boot(lab, version, { word: 'BATCH' }));
    const select = { station_ids: [...stations.map((s) => s.id), 'nobody-here'] };
    const order = { command: 'reset', params: { type: 'graceful' }, select, rate: 50 };
    const dry = await rest().post('/command-batches', { ...order, dry_run: true });
    assert.equal(dry.status, 200, dry.text);
    assert.equal(dry.body.progress.total, 4);
    const answer = await rest().post('/command-batches', order);
    assert.equal(answer.status, 202, answer.text);
    let batch;
    for (let i = 0; i < 100; ++i) {
      batch = await rest().expect(200, 'GET', `/command-batches/${answer.body.id}`);
      if (batch.state === 'finished') break;
      await sleep(100);
    }
    assert.equal(batch.state, 'finished', JSON.stringify(batch));
    assert.equal(batch.progress.accepted, 3);
    assert.equal(batch.progress.refused, 1);
    const items = await rest().expect(200, 'GET', `/command-batches/${answer.body.id}/items`);
    assert.deepEqual(
      items.data.map((item) => item.result ?? item.code),
      ['accepted', 'accepted', 'accepted', 'not_found'],
    );
    const late = await rest().post(`/command-batches/${answer.body.id}/cancel`);
    assert.equal(late.status, 409, late.text);
    for (const station of stations) {
      assert.deepEqual(station.resets, [{ type: 'Soft' }]);
      await station.close();
    }
  });

  test('a transaction is stopped by our id, and its end is the effect', async () => {
    const version = versions[0];
    const station = await Station.boot(lab, version, { word: 'STOP' });
    const started = await station.call('StartTransaction', {
      connectorId: 1,
      idTag: 'SWEEP',
      meterStart: 0,
      timestamp: new Date().toISOString(),
    });
    station.client.handle('RemoteStopTransaction', () => ({ status: 'Accepted' }));
    const { data } = await rest().expect(200, 'GET', station.path('/transactions'));
    assert.equal(data.length, 1);
    const stop = await rest().post(`/transactions/${data[0].id}/stop`);
    assert.equal(stop.status, 200, stop.text);
    assert.deepEqual(stop.body.ocpp.request, { transactionId: started.transactionId });
    assert.equal(stop.body.effect.state, 'pending');
    await station.call('StopTransaction', {
      transactionId: started.transactionId,
      meterStop: 10,
      timestamp: new Date().toISOString(),
      reason: 'Remote',
    });
    const seen = await rest().expect(200, 'GET', `/commands/${stop.body.id}`);
    assert.equal(seen.effect.state, 'confirmed');
    await station.close();
  });

  test('a station that is told pending by its operator', async () => {
    const version = versions[1];
    const create = { security_profile: 0, boot_decision: 'pending', boot_retry_interval_s: 5 };
    const station = await Station.boot(lab, version, { word: 'PEND', create });
    await assert.rejects(station.heartbeat(), (error) => error.rpcErrorCode === 'SecurityError');
    const start = await rest().command(station.id, 'start-transaction', { token: { uid: 'X' } });
    assert.equal(start.status, 409, start.text);
    assert.equal(start.body.code, 'station_not_accepted');
    await rest().expect(200, 'PATCH', station.path(), { boot_decision: 'accepted' });
    assert.equal((await station.bootNotification()).status, 'Accepted');
    await station.heartbeat();
    await station.close();
  });
});
