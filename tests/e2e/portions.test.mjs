// Commands of several CALLs, and batches whose api ends while they run.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDistributed, Lab, setup, until } from './lab.mjs';
import { freshId, Station, versions } from './station.mjs';

let lab;
const rest = (number) => lab.rest(number);
const [v16, v201] = ['1.6', '2.0.1'].map((name) => versions.find((one) => one.name === name));

describe(`${setup}: commands in portions`, { timeout: 240_000 }, () => {
  before(async () => (lab = await Lab.start({ apis: 2 })), { timeout: 120_000 });
  after(() => lab?.stop());

  test('1.6: several keys are several changes, at most one a second', async () => {
    const station = await Station.boot(lab, v16);
    const changes = [];
    station.client.handle('ChangeConfiguration', ({ params }) => {
      changes.push({ at: Date.now(), key: params.key });
      return { status: params.key === 'B' ? 'RebootRequired' : 'Accepted' };
    });
    station.client.handle('GetConfiguration', ({ params }) => ({
      configurationKey: params.key.map((key) => ({ key, readonly: false, value: '1' })),
    }));
    const answer = await rest().command(
      station.id,
      'set-variables',
      { variables: ['A', 'B', 'C'].map((variable) => ({ variable, value: '1' })), verify: true },
      { Prefer: 'wait=30' },
    );
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.body.state, 'answered');
    assert.equal(answer.body.result, 'accepted');
    assert.deepEqual(answer.body.parts, { items: 3, done: 3, calls: 3, unanswered: [] });
    assert.deepEqual(
      answer.body.ocpp.response.results.map((one) => `${one.key} ${one.status}`),
      ['A Accepted', 'B RebootRequired', 'C Accepted'],
    );
    assert.deepEqual(changes.map((one) => one.key), ['A', 'B', 'C']);
    for (const [i, change] of changes.entries())
      if (i > 0) assert.ok(change.at - changes[i - 1].at >= 900, `${change.at}`);
    await until('the values read back', async () => {
      const shown = await rest().expect(200, 'GET', `/commands/${answer.body.id}`);
      return shown.effect.state === 'confirmed';
    });
    await station.close();
  });

  test('2.0.1: as many variables a CALL as the station takes', async () => {
    const station = await Station.boot(lab, v201);
    await station.call('NotifyReport', {
      requestId: 1,
      generatedAt: new Date().toISOString(),
      seqNo: 0,
      reportData: [
        {
          component: { name: 'DeviceDataCtrlr' },
          variable: { name: 'ItemsPerMessage', instance: 'GetVariables' },
          variableAttribute: [{ value: '4', mutability: 'ReadOnly' }],
        },
      ],
    });
    const sizes = [];
    station.client.handle('GetVariables', ({ params }) => {
      sizes.push(params.getVariableData.length);
      return {
        getVariableResult: params.getVariableData.map(({ component, variable }) => ({
          attributeStatus: 'Accepted',
          attributeValue: variable.name,
          component,
          variable,
        })),
      };
    });
    const names = Array.from({ length: 10 }, (_, i) => `V${i}`);
    const answer = await rest().command(
      station.id,
      'get-variables',
      { variables: names.map((variable) => ({ component: 'C', variable })) },
      { Prefer: 'wait=30' },
    );
    assert.equal(answer.body.state, 'answered', answer.text);
    assert.deepEqual(sizes, [4, 4, 2]);
    assert.deepEqual(
      answer.body.ocpp.response.getVariableResult.map((one) => one.attributeValue),
      names,
    );
    await station.close();
  });

  test('a batch goes on when its api has ended', async () => {
    const stations = [];
    for (let i = 0; i < 6; ++i) stations.push(freshId('BAT'));
    for (const id of stations)
      await rest().create(id, { security_profile: 0, default_ocpp_version: '1.6' });
    const batch = await rest().expect(202, 'POST', '/command-batches', {
      command: 'clear-cache',
      params: { queue: true },
      select: { station_ids: stations },
      rate: 1,
      concurrency: 1,
    });
    await until('the first order', async () => {
      const shown = await rest().expect(200, 'GET', `/command-batches/${batch.id}`);
      return shown.progress.waiting < stations.length;
    });
    await lab.apis[0].end('SIGKILL');
    if (!isDistributed) await lab.apis[0].start().ready();
    const other = isDistributed ? 1 : 0;
    await until(
      'the end of the batch',
      async () => {
        const shown = await rest(other).expect(200, 'GET', `/command-batches/${batch.id}`);
        return shown.state === 'finished';
      },
      90_000,
    );
    const list = await rest(other).expect(200, 'GET', '/commands?command=clear-cache&limit=100');
    const ordered = list.data.map((one) => one.station_id).filter((id) => stations.includes(id));
    assert.deepEqual(ordered.sort(), stations.slice().sort()); // each once
  });
});
