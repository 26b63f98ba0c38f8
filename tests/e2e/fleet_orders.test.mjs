// Orders to many stations: who is met, who is waited for, what each of them answers.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Lab, setup, sleep, until } from './lab.mjs';
import { freshId, now, Station, versions } from './station.mjs';

const [v16, v201] = versions;
let lab;
const rest = () => lab.rest();

// Counts what it is asked; booted, and gone again where `away`.
async function station(version, { away = false, answer = { status: 'Accepted' } } = {}) {
  const one = await Station.boot(lab, version, { word: 'FLEET' });
  await one.report(1, 'Available');
  return away ? gone(one) : served(one, answer);
}
function served(one, answer = { status: 'Accepted' }) {
  one.asked = [];
  for (const action of ['ClearCache', 'TriggerMessage'])
    one.client.handle(action, ({ params }) => (one.asked.push(params), answer));
  return one;
}
async function gone(one) {
  await one.close();
  await until('it is offline', async () => (await one.shown()).connectivity === 'offline');
  return one;
}
const again = async (one) => served(new Station(lab, { id: one.id, version: one.version })).connect();
const order = (body) => rest().post('/command-batches', body);
const items = async (id, query = '') => (await rest().expect(200, 'GET', `/command-batches/${id}/items${query}`)).data;
const ended = (id) => until('the batch has ended', async () => {
  const batch = await rest().expect(200, 'GET', `/command-batches/${id}`);
  return batch.state === 'finished' && batch;
});

describe(`${setup}: orders to a fleet`, { timeout: 120_000 }, () => {
  before(async () => (lab = await Lab.start()), { timeout: 120_000 });
  after(() => lab?.stop());

  test('those that are offline get it once, when they are back', async () => {
    const here = await station(v16);
    const away = await station(v16, { away: true });
    const busy = await station(v16);
    await rest().ask('PUT', '/api/v1/tokens/F1', { status: 'Accepted' });
    await busy.call('StartTransaction', { connectorId: 1, idTag: 'F1', meterStart: 0, timestamp: now() });
    const select = { station_ids: [here.id, away.id, busy.id] };
    const met = await order({ command: 'clear-cache', select, only: 'idle', dry_run: true });
    assert.equal(met.status, 200, met.text);
    assert.deepEqual(met.body.stations, { online: 2, offline: 1, charging: 1 });

    const sent = await order({ command: 'clear-cache', params: { queue: true, expires_in: 600 }, select, only: 'idle' });
    assert.equal(sent.status, 202, sent.text);
    const batch = await ended(sent.body.id);
    assert.equal(batch.progress.queued, 1);
    assert.equal(batch.progress.refused, 1);
    const [first, second, third] = await items(batch.id);
    assert.equal(first.result, 'accepted');
    assert.equal(second.command_state, 'queued');
    assert.ok(Date.parse(second.expires_at) > Date.now() + 500_000, second.expires_at);
    assert.equal(third.code, 'transaction_running');

    const back = await again(away);
    await until('it was sent', async () => (await items(batch.id))[1].command_state === 'answered');
    await gone(back);
    const twice = await again(away);
    await twice.heartbeat();
    await sleep(300);
    assert.deepEqual([back.asked.length, twice.asked.length, busy.asked.length], [1, 0, 0]);
    for (const one of [here, busy, twice]) await one.close();
  });

  test('who does not come back in time is told nothing, and the batch says so', async () => {
    const away = await station(v16, { away: true });
    const sent = await order({ command: 'clear-cache', params: { queue: true, expires_in: 1 }, select: { station_ids: [away.id] } });
    await until('it has expired', async () => (await items(sent.body.id))[0].command_state === 'expired');
    const { progress } = await rest().expect(200, 'GET', `/command-batches/${sent.body.id}`);
    assert.deepEqual([progress.queued, progress.expired, progress.failed], [0, 1, 1]);
    const back = await again(away);
    await back.heartbeat();
    await sleep(300);
    assert.equal(back.asked.length, 0);
    await back.close();
  });

  test('a raw call goes to all of one version, and each answer is there', async () => {
    const yes = await station(v16);
    const no = await station(v16, { answer: { status: 'NotImplemented' } });
    const other = await station(v201);
    const sent = await order({
      command: 'call',
      params: { action: 'TriggerMessage', ocpp_version: '1.6', payload: { requestedMessage: 'Heartbeat' } },
      select: { station_ids: [yes.id, no.id, other.id, freshId('NOBODY')] },
    });
    assert.equal(sent.status, 202, sent.text);
    await ended(sent.body.id);
    await until('both have answered', async () => (await items(sent.body.id)).filter((one) => one.status).length === 2);
    const answers = await items(sent.body.id, '?expand=response');
    assert.deepEqual(answers.map((one) => one.response), [{ status: 'Accepted' }, { status: 'NotImplemented' }, null, null]);
    assert.deepEqual(answers.map((one) => one.code), [null, null, 'not_supported_by_protocol', 'not_found']);
    assert.ok(answers[0].rtt_ms >= 0);
    assert.deepEqual(yes.asked, [{ requestedMessage: 'Heartbeat' }]);
    assert.equal(other.asked.length, 0);
    const record = await until('it is recorded', async () =>
      (await rest().expect(200, 'GET', '/audit?limit=20')).data.find((one) => one.operation === 'createCommandBatch' && one.summary.includes(yes.id)));
    assert.equal(record.status, 202);
    for (const one of [yes, no, other]) await one.close();
  });

  test('the list finds those with a session', async () => {
    const busy = await station(v16);
    const idle = await station(v16);
    await rest().ask('PUT', '/api/v1/tokens/F2', { status: 'Accepted' });
    const { transactionId } = await busy.call('StartTransaction', { connectorId: 1, idTag: 'F2', meterStart: 0, timestamp: now() });
    const found = async (query) => (await rest().expect(200, 'GET', `/stations?limit=500&${query}`)).data.map((one) => one.id);
    assert.ok((await found('has_active_session=true')).includes(busy.id));
    assert.ok((await found('has_active_session=false')).includes(idle.id));
    assert.ok(!(await found('silent_min=10')).includes(idle.id));
    await busy.call('StopTransaction', { transactionId, meterStop: 12_500, timestamp: now() });
    assert.ok(!(await found('has_active_session=true')).includes(busy.id));
    const sessions = async (query) => (await rest().expect(200, 'GET', `/transactions?station_id=${busy.id}&${query}`)).data.length;
    assert.deepEqual([await sessions('min_kwh=12.5'), await sessions('min_kwh=12.6'), await sessions('max_kwh=12.4')], [1, 0, 0]);
    for (const one of [busy, idle]) await one.close();
  });
});
