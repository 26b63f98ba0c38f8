// Statistics of what a station told: counted by the owner of its partition, on the day on which it
// was however late it came, and once, also when the process that counts is killed.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Lab, setup, until } from './lab.mjs';
import { Station, versions } from './station.mjs';

const [v16] = versions;
const hour = 3_600_000;
const at = (ms) => new Date(ms).toISOString();
// A whole hour, so that what is cut there is known.
const began = Math.floor(Date.now() / hour) * hour - 80 * hour;

let lab;
let station;
const read = (where) => lab.rest().expect(200, 'GET', `/statistics/${where}`);
const sum = (answer, column) => {
  const i = answer.columns.findIndex((one) => one.name === column);
  return answer.data.reduce((all, row) => all + (row.values[i] ?? 0), 0);
};

// Two hours, from 12 to 13 kWh, with 12.8 kWh in the middle.
async function charge(from) {
  const { transactionId } = await station.call('StartTransaction', {
    connectorId: 1, idTag: 'STATISTIC', meterStart: 12_000, timestamp: at(from),
  });
  await station.call('MeterValues', {
    connectorId: 1, transactionId,
    meterValue: [{ timestamp: at(from + hour), sampledValue: [{ value: '12800', unit: 'Wh' }] }],
  });
  await station.call('StopTransaction', { transactionId, meterStop: 13_000, timestamp: at(from + 2 * hour), reason: 'Local' });
}

describe(`statistics, ${setup}`, () => {
  before(async () => {
    lab = await Lab.start();
    await lab.rest().expect(201, 'PUT', '/tokens/STATISTIC', {});
    await lab.rest().expect(201, 'PUT', '/locations/statistics', { name: 'Here', time_zone: 'Europe/Berlin' });
    station = await Station.boot(lab, v16, { word: 'STAT', create: { security_profile: 0, location_id: 'statistics' } });
    await station.report(1, 'Available');
  });
  after(() => lab?.stop());

  const of = () => `station_id=${station.id}&from=${at(began)}&to=${at(began + 2 * hour)}`;

  test('a session of days ago is cut at its hours', async () => {
    await charge(began);
    await until('it is counted', async () => sum(await read(`energy?${of()}&interval=total`), 'energy_wh') > 0);
    const hours = await read(`energy?${of()}&interval=hour`);
    assert.deepEqual(hours.data.map((row) => row.values[0]), [800, 200]);
    assert.equal(hours.time_zone, 'Europe/Berlin');
    assert.equal(sum(await read(`sessions?${of()}&interval=hour`), 'started'), 1);
    assert.equal(sum(await read(`utilisation?${of()}&interval=hour`), 'session_s'), 7200);
    const place = await read(`energy?location_id=statistics&interval=total&from=${at(began)}`);
    assert.equal(sum(place, 'energy_wh'), 1000);
  });

  test('a status counts while it goes on, and a fault from its beginning', async () => {
    await until('it was available', async () =>
      sum(await read(`availability?station_id=${station.id}&interval=total`), 'available_s') >= 1);
    assert.ok(sum(await read(`connections?station_id=${station.id}&interval=hour`), 'connects') >= 1);
    await station.call('StatusNotification', { connectorId: 1, status: 'Faulted', errorCode: 'GroundFailure', timestamp: at(Date.now()) });
    const faults = await until('the fault is counted', async () => {
      const found = await read(`faults?station_id=${station.id}&interval=total&group_by=error_code`);
      return found.data.length > 0 && found;
    });
    assert.deepEqual(faults.data.map((row) => [row.group, row.values[0]]), [['GroundFailure', 1]]);
  });

  test('CSV says the same', async () => {
    const answer = await lab.rest().get(`/statistics/energy?${of()}&interval=hour`, { accept: 'text/csv' });
    assert.equal(answer.status, 200);
    const [head, ...rows] = answer.text.trim().split('\r\n');
    assert.equal(head, 'from,to,day,group,energy_wh');
    assert.deepEqual(rows.map((row) => row.split(',').at(-1)), ['800', '200']);
  });

  test('what is counted is counted once, also where the process dies', async () => {
    const api = lab.apis[0];
    await api.end('SIGKILL');
    await api.start().ready();
    station = await until('a station may boot again', () =>
      Station.boot(lab, v16, { word: 'STAT', create: { security_profile: 0, location_id: 'statistics' } }));
    await charge(began);
    const place = () => read(`energy?location_id=statistics&interval=total&from=${at(began)}`);
    const counted = await until('the second one is counted', async () => {
      const found = sum(await place(), 'energy_wh');
      return found > 1000 && found;
    });
    assert.equal(counted, 2000);
  });
});
