// What stations hold: reservations, lists of tokens and charging profiles, by REST, with stations
// that others wrote and that check every message of ours against the official schemas.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Lab, setup, until } from './lab.mjs';
import { connectorsOf, freshId, Station, untilOffline, versions } from './station.mjs';

let lab;
const rest = () => lab.rest();
const [v16] = versions;
const soon = () => new Date(Date.now() + 3_600_000).toISOString();
const uidOf = () => freshId('T').replaceAll('-', '').slice(0, 20);

function start(station, version, uid, reservationId) {
  const timestamp = new Date().toISOString();
  if (version === v16)
    return station.call('StartTransaction', {
      connectorId: 1,
      idTag: uid,
      meterStart: 0,
      timestamp,
      ...(reservationId ? { reservationId } : {}),
    });
  return station.call('TransactionEvent', {
    eventType: 'Started',
    triggerReason: 'Authorized',
    seqNo: 0,
    timestamp,
    transactionInfo: { transactionId: freshId('tx') },
    idToken: { idToken: uid, type: 'ISO14443' },
    evse: { id: 1, connectorId: 1 },
    ...(reservationId ? { reservationId } : {}),
  });
}

describe(`what stations hold, ${setup}`, () => {
  before(async () => {
    lab = await Lab.start();
  });
  after(() => lab?.stop());

  for (const version of versions) {
    describe(version.name, () => {
      test('a reservation is made, shown, in the way of others, and used', async () => {
        const uid = uidOf();
        await rest().expect(201, 'PUT', `/tokens/${uid}`, {});
        const station = await Station.boot(lab, version);
        await station.report(1, 'Available');
        station.client.handle('ReserveNow', () => ({ status: 'Accepted' }));
        station.client.handle('CancelReservation', () => ({ status: 'Accepted' }));
        const wanted = { station_id: station.id, evse_id: 1, token: { uid }, expires_at: soon() };
        const made = await rest().expect(201, 'POST', '/reservations', wanted);
        assert.deepEqual([made.state, made.status, made.token], ['accepted', 'Accepted', uid]);
        await station.report(1, 'Reserved');
        const shown = connectorsOf(await station.shown());
        assert.equal(shown[1][1].reservation_id, made.id);

        const same = await rest().post('/reservations', { ...wanted, evse_id: 2 });
        assert.deepEqual([same.status, same.body.code], [409, 'reservation_conflict']);
        const other = { ...wanted, token: { uid: uidOf() } };
        const taken = await rest().post('/reservations', other);
        assert.deepEqual([taken.status, taken.body.code], [409, 'reservation_conflict']);
        // Its token was given back when the station's owner refused it.
        const elsewhere = await rest().expect(201, 'POST', '/reservations', { ...other, evse_id: 2 });
        const gone = await rest().expect(200, 'DELETE', `/reservations/${elsewhere.id}`);
        assert.equal(gone.state, 'cancelled');
        const twice = await rest().expect(409, 'DELETE', `/reservations/${elsewhere.id}`);
        assert.equal(twice.code, 'reservation_ended');

        await start(station, version, uid, made.reservation_id);
        const used = await rest().expect(200, 'GET', `/reservations/${made.id}`);
        assert.equal(used.state, 'used');
        const [transaction] = (await rest().expect(200, 'GET', station.path('/transactions'))).data;
        assert.equal(used.transaction_id, transaction.id);
        const open = await rest().expect(200, 'GET', station.path('/reservations?open=true'));
        assert.deepEqual(open.data, []);
        await station.close();
        await untilOffline(lab, station.id);
        const late = await rest().post('/reservations', { ...wanted, evse_id: 2 });
        assert.deepEqual([late.status, late.body.code], [409, 'station_offline']);
      });

      test('a list of tokens is brought to the station and kept there', async () => {
        const station = await Station.boot(lab, version);
        const told = [];
        let answer = 'Accepted';
        station.client.handle('SendLocalList', ({ params }) => {
          told.push(params);
          return { status: answer };
        });
        const path = station.path('/local-list');
        const none = await rest().post(`${path}/sync`, {});
        assert.deepEqual([none.status, none.body.code], [409, 'no_local_list']);
        const uids = [uidOf(), uidOf(), uidOf()];
        const put = (entries) => rest().expect(200, 'PUT', path, { source: 'entries', entries });
        const settled = () =>
          until('the sync to end', async () => {
            const list = await rest().expect(200, 'GET', path);
            return list.sync.state !== 'syncing' && list;
          });
        const sync = async () => {
          const asked = await rest().post(`${path}/sync`, {});
          assert.ok([200, 202].includes(asked.status), JSON.stringify(asked.body));
          return settled();
        };
        await put(uids.map((uid) => ({ uid })));
        const first = await sync();
        assert.deepEqual([first.in_sync, first.confirmed_entries], [true, 3]);
        assert.equal(told[0].updateType, 'Full');
        const version1 = told[0].listVersion ?? told[0].versionNumber;
        assert.ok(version1 > 0);

        await put([{ uid: uids[0], status: 'Blocked' }, { uid: uids[1] }]);
        assert.equal((await rest().expect(200, 'GET', path)).in_sync, false);
        const entries = await rest().expect(200, 'GET', `${path}/entries`);
        assert.deepEqual(entries.data.map((one) => one.state).sort(), [
          'confirmed',
          'to_change',
          'to_remove',
        ]);
        const second = await sync();
        assert.equal(second.in_sync, true);
        assert.equal(told[1].updateType, 'Differential');
        assert.ok((told[1].listVersion ?? told[1].versionNumber) > version1);
        assert.equal(told[1].localAuthorizationList.length, 2);

        answer = 'Failed';
        await put([{ uid: uids[2] }]);
        const third = await sync();
        assert.deepEqual([third.sync.state, third.sync.reason], ['failed', 'Failed']);
        assert.deepEqual(told.slice(2).map((one) => one.updateType), ['Differential', 'Full']);
        await station.close();
      });

      test('charging profiles are known, and the schedule that comes of them', async () => {
        const station = await Station.boot(lab, version);
        await station.report(1, 'Available');
        station.client.handle('SetChargingProfile', () => ({ status: 'Accepted' }));
        station.client.handle('ClearChargingProfile', () => ({ status: 'Accepted' }));
        const begin = new Date(Math.floor(Date.now() / 1000) * 1000 - 60_000).toISOString();
        const profile = (more) => ({
          unit: 'A',
          start: begin,
          stack_level: 0,
          periods: [{ start_s: 0, limit: 16 }],
          ...more,
        });
        const path = station.path('/charging-profiles');
        const install = (evse_id, more) =>
          rest().expect(200, 'POST', path, { evse_id, profile: profile(more) });
        await install(1, { id: 101, purpose: 'default' });
        await install(0, {
          id: 102,
          purpose: 'max',
          unit: 'W',
          periods: [{ start_s: 0, limit: 6900 }],
        });
        const held = await rest().expect(200, 'GET', path);
        assert.deepEqual(held.data.map((one) => [one.id, one.purpose, one.origin]), [
          [101, 'TxDefaultProfile', 'ordered'],
          [102, 'ChargingStationMaxProfile', 'ordered'],
        ]);
        const schedule = (query) =>
          rest().expect(200, 'GET', station.path(`/composite-schedule?${query}`));
        const amperes = await schedule('evse=1&duration=600&unit=A');
        assert.deepEqual(
          amperes.periods.map((one) => [one.start_s, one.limit, one.profile_id]),
          [[0, 10, 102]],
        );
        const watts = await schedule('evse=1&duration=600&unit=W&voltage=115');
        assert.deepEqual(watts.periods.map((one) => one.limit), [5520]);

        station.client.handle('GetCompositeSchedule', ({ params }) => {
          const chargingSchedulePeriod = [{ startPeriod: 0, limit: 12 }];
          const common = { chargingRateUnit: 'A', duration: params.duration, chargingSchedulePeriod };
          const scheduleStart = new Date().toISOString();
          return version === v16
            ? { status: 'Accepted', connectorId: 1, scheduleStart, chargingSchedule: common }
            : { status: 'Accepted', schedule: { evseId: 1, scheduleStart, ...common } };
        });
        await rest().expect(200, 'POST', station.path('/commands/get-composite-schedule'), {
          evse_id: 1,
          duration_s: 600,
          unit: 'A',
        });
        const { reported } = await schedule('evse=1&duration=600');
        assert.deepEqual(reported.differences, [{ start_s: 0, end_s: 600, ours: 10, theirs: 12 }]);
        assert.equal(reported.changed_since, false);

        await rest().expect(200, 'DELETE', `${path}?purpose=max`);
        assert.deepEqual((await rest().expect(200, 'GET', path)).data.map((one) => one.id), [101]);
        assert.equal((await schedule('evse=1')).reported.changed_since, true);
        const none = await rest().post(path, {
          evse_id: 1,
          profile: profile({ purpose: 'transaction', transaction_id: '1' }),
        });
        assert.deepEqual([none.status, none.body.code], [422, 'profile_conflict']);
        await station.close();
      });
    });
  }
});
