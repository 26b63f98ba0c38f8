// A driver charges: tokens by REST, a whole session by a station that others wrote, and what REST
// shows of it afterwards. Every answer of ours is checked against the official schemas.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Lab, setup, until } from './lab.mjs';
import { freshId, rawBooted, Station, versions } from './station.mjs';

let lab;
const rest = () => lab.rest();
const [v16, v201] = versions;

const path = (uid) => `/tokens/${encodeURIComponent(uid)}`;
const token = (uid, more = {}) => rest().expect(201, 'PUT', path(uid), more);
async function transactionsOf(station, query = '') {
  return (await rest().expect(200, 'GET', `${station.path('/transactions')}${query}`)).data;
}
const at = (second) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

// ---- sessions, each told as its station tells it ----

const sample = (value, context) => ({ value: String(value), context, unit: 'Wh' });
async function session16(station, idTag) {
  const { idTagInfo } = await station.call('Authorize', { idTag });
  const start = { connectorId: 1, idTag, meterStart: 1000, timestamp: at(0) };
  const first = await station.call('StartTransaction', start);
  const again = await station.call('StartTransaction', start);
  assert.equal(again.transactionId, first.transactionId, 'a repeated start is the same one');
  const { transactionId } = first;
  assert.ok(transactionId > 0);
  await station.call('MeterValues', {
    connectorId: 1,
    transactionId,
    meterValue: [{ timestamp: at(30), sampledValue: [sample(1200, 'Sample.Periodic')] }],
  });
  const stop = { transactionId, idTag, meterStop: 1500, timestamp: at(60), reason: 'Local' };
  const stopped = await station.call('StopTransaction', stop);
  assert.equal(stopped.idTagInfo.status, 'Accepted');
  await station.call('StopTransaction', stop);
  return { answers: [idTagInfo, first.idTagInfo], group: (info) => info.parentIdTag };
}

const energy = (value, context) => ({ value, context, unitOfMeasure: { unit: 'Wh' } });
async function session201(station, uid) {
  const idToken = { idToken: uid, type: 'ISO14443' };
  const transactionId = freshId('tx');
  const event = (seqNo, eventType, triggerReason, second, more = {}) =>
    station.call('TransactionEvent', {
      eventType,
      triggerReason,
      seqNo,
      timestamp: at(second),
      transactionInfo: { transactionId, ...(more.info ?? {}) },
      ...(more.body ?? {}),
    });
  const meter = (second, value, context) => [
    { timestamp: at(second), sampledValue: [energy(value, context)] },
  ];
  const { idTokenInfo } = await station.call('Authorize', { idToken });
  const started = await event(0, 'Started', 'Authorized', 0, {
    body: {
      idToken,
      evse: { id: 1, connectorId: 1 },
      meterValue: meter(0, 1000, 'Transaction.Begin'),
    },
  });
  // The end overtakes what was said before it, and something comes twice.
  await event(2, 'Ended', 'StopAuthorized', 60, {
    info: { stoppedReason: 'Local' },
    body: { idToken, meterValue: meter(60, 1500, 'Transaction.End') },
  });
  for (const _ of [1, 2])
    await event(1, 'Updated', 'MeterValuePeriodic', 30, {
      info: { chargingState: 'Charging' },
      body: { meterValue: meter(30, 1200, 'Sample.Periodic') },
    });
  await station.call('MeterValues', {
    evseId: 0,
    meterValue: meter(60, 99_000, 'Sample.Clock'),
  });
  return {
    answers: [idTokenInfo, started.idTokenInfo],
    group: (info) => info.groupIdToken?.idToken,
  };
}
const sessionOf = (version) => (version === v16 ? session16 : session201);

describe(`${setup}: charging`, { timeout: 180_000 }, () => {
  before(async () => (lab = await Lab.start()), { timeout: 120_000 });
  after(() => lab?.stop());

  for (const version of versions) {
    describe(version.name, () => {
      test('a whole session is one record with its energy', async () => {
        const uid = freshId('T').slice(0, 20);
        await token(uid, { group_id: 'FLEET' });
        const station = await Station.boot(lab, version);
        const told = await sessionOf(version)(station, uid.toLowerCase());
        for (const info of told.answers) {
          assert.equal(info.status, 'Accepted');
          assert.equal(told.group(info), 'FLEET');
        }
        const [record, ...others] = await transactionsOf(station);
        assert.equal(others.length, 0);
        assert.equal(record.state, 'ended');
        assert.equal(record.energy_wh, 500);
        assert.equal(record.meter_start_wh, 1000);
        assert.equal(record.meter_stop_wh, 1500);
        assert.equal(record.stop_reason, 'Local');
        assert.equal(record.group_id, 'FLEET');
        assert.equal(record.authorization_status, 'Accepted');
        assert.equal(record.evse_id, 1);
        assert.equal(record.started_at, at(0));
        assert.equal(record.ended_at, at(60));
        assert.equal(record.incomplete, false);
        assert.deepEqual([record.suspect, record.evidence], [false, []]);

        const one = await rest().expect(200, 'GET', `/transactions/${record.id}`);
        assert.deepEqual(one, record);
        const events = await rest().expect(200, 'GET', `/transactions/${record.id}/events`);
        const kinds = events.data.map((event) => event.kind);
        assert.deepEqual(
          kinds,
          version === v16 ? ['started', 'ended'] : ['started', 'updated', 'ended'],
        );
        const values = await rest().expect(200, 'GET', `/transactions/${record.id}/meter-values`);
        const [middle] = values.data.filter((value) => value.at === at(30));
        assert.deepEqual(middle.samples.map((s) => [s.measurand, s.value, s.unit]), [
          ['Energy.Active.Import.Register', 1200, 'Wh'],
        ]);
        const decisions = await rest().expect(200, 'GET', `/authorizations?token=${uid}`);
        assert.ok(decisions.data.length >= 2);
        assert.ok(decisions.data.every((decision) => decision.reason === 'known'));
        await station.close();
      });

      test('a token that is not known or blocked is refused, and the reason is shown', async () => {
        const uid = freshId('U').slice(0, 20);
        const station = await Station.boot(lab, version);
        const ask = async () => {
          const body = version === v16 ? { idTag: uid } : { idToken: { idToken: uid, type: 'Local' } };
          const answer = await station.call('Authorize', body);
          return (answer.idTagInfo ?? answer.idTokenInfo).status;
        };
        assert.equal(await ask(), 'Invalid');
        const unknown = await rest().expect(200, 'GET', '/unknown-tokens');
        assert.ok(unknown.data.some((one) => one.token === uid && one.station_id === station.id));
        await token(uid);
        assert.equal(await ask(), 'Accepted', 'shards read what REST wrote');
        await rest().expect(200, 'PATCH', path(uid), { status: 'Blocked' });
        assert.equal(await ask(), 'Blocked');
        const tried = await rest().expect(200, 'POST', '/authorize', {
          token: uid,
          station_id: station.id,
        });
        assert.deepEqual([tried.accepted, tried.reason], [false, 'blocked']);
        await rest().expect(204, 'DELETE', path(uid));
        assert.equal(await ask(), 'Invalid');
        await station.close();
      });

      test('a token of a location is let in at its stations alone, and keeps it', async () => {
        const uid = freshId('P').slice(0, 20);
        const depot = freshId('depot');
        const put = (place, body) => rest().expect(201, 'PUT', `/locations/${place}`, body);
        const shown = await put(depot, { name: 'Depot', latitude: 53.5413, longitude: 9.9845 });
        assert.deepEqual(shown.stations, { total: 0, online: 0 });
        await rest().expect(400, 'PUT', path(uid), { location_ids: [depot, freshId('nowhere')] });
        await rest().expect(201, 'PUT', path(uid), { location_ids: [depot] });
        const station = await Station.boot(lab, version);
        const ask = async () => {
          const body = version === v16 ? { idTag: uid } : { idToken: { idToken: uid, type: 'Local' } };
          const answer = await station.call('Authorize', body);
          return (answer.idTagInfo ?? answer.idTokenInfo).status;
        };
        assert.equal(await ask(), version === v16 ? 'Invalid' : 'NotAtThisLocation');
        const move = (place) =>
          rest().expect(200, 'PATCH', `/stations/${station.id}`, { location_id: place });
        await move(depot);
        assert.equal(await ask(), 'Accepted');
        const now = await rest().expect(200, 'GET', `/locations/${depot}`);
        assert.deepEqual(now.stations, { total: 1, online: 1 });
        const [first, second] = (
          await rest().expect(200, 'GET', `/authorizations?token=${uid}`)
        ).data.map((decision) => decision.reason);
        assert.deepEqual([first, second], ['known', 'other_location']);
        await rest().expect(409, 'DELETE', `/locations/${depot}`);
        await move(null);
        await rest().expect(409, 'DELETE', `/locations/${depot}`);
        await rest().expect(204, 'DELETE', path(uid));
        await rest().expect(204, 'DELETE', `/locations/${depot}`);
        await station.close();
      });

      test('an unknown token is taken over as it was shown', async () => {
        const uid = freshId('N').slice(0, 20);
        const station = await Station.boot(lab, version);
        const ask = async () => {
          const body = version === v16 ? { idTag: uid } : { idToken: { idToken: uid, type: 'Local' } };
          const answer = await station.call('Authorize', body);
          return (answer.idTagInfo ?? answer.idTokenInfo).status;
        };
        assert.equal(await ask(), 'Invalid');
        const adopted = await rest().expect(201, 'POST', `/unknown-tokens/${uid}/adopt`, {
          evses: [{ station_id: station.id, evse_id: 1 }],
        });
        assert.deepEqual([adopted.uid, adopted.type], [uid, version === v16 ? null : 'Local']);
        assert.equal(await ask(), 'Accepted');
        await rest().expect(409, 'POST', `/unknown-tokens/${uid}/adopt`, {});
        await station.close();
      });
    });
  }

  test('a thousand events of an offline queue are taken in order', async () => {
    const peer = await rawBooted(lab, versions[1]);
    const count = 1000;
    for (let i = 0; i < count; ++i) {
      const kind = i === 0 ? 'Started' : i === count - 1 ? 'Ended' : 'Updated';
      peer.text([
        2,
        `q${i}`,
        'TransactionEvent',
        {
          eventType: kind,
          timestamp: at(i),
          triggerReason: 'MeterValuePeriodic',
          seqNo: i,
          offline: true,
          transactionInfo: { transactionId: 'queued' },
          evse: { id: 1, connectorId: 1 },
          meterValue: [{ timestamp: at(i), sampledValue: [energy(10 * i, 'Sample.Periodic')] }],
        },
      ]);
    }
    for (let i = 0; i < count; ++i)
      assert.deepEqual((await peer.nextText(60_000)).slice(0, 2), [3, `q${i}`]);
    const path = `/stations/${peer.id}/transactions`;
    const [record, ...others] = (await rest().expect(200, 'GET', path)).data;
    assert.equal(others.length, 0);
    assert.deepEqual([record.state, record.event_count], ['ended', count]);
    assert.deepEqual([record.incomplete, record.suspect], [false, false]);
    assert.equal(record.energy_wh, 10 * (count - 1));
    peer.destroy();
  });

  test('1.6: a stop of a transaction that nobody gave is answered and kept', async () => {
    const station = await Station.boot(lab, v16);
    const stop = { transactionId: -1, meterStop: 7, timestamp: at(1) };
    assert.deepEqual(await station.call('StopTransaction', stop), {});
    const query = `/orphan-stops?station_id=${station.id}`;
    const orphans = await rest().expect(200, 'GET', query);
    assert.deepEqual(orphans.data.map((one) => [one.said_transaction_id, one.meter_stop_wh]), [
      [-1, 7],
    ]);
    assert.deepEqual(await transactionsOf(station), []);
    await station.close();
  });

  test('transactionData of 200 kB is taken; what is beyond a frame ends the connection', async () => {
    const station = await Station.boot(lab, v16);
    const start = { connectorId: 1, idTag: freshId('T'), meterStart: 0, timestamp: at(0) };
    const { transactionId } = await station.call('StartTransaction', start);
    const values = (count) =>
      Array.from({ length: count }, (_, i) => ({
        timestamp: at(i + 1),
        sampledValue: [sample(i, 'Sample.Periodic')],
      }));
    const stop = (transactionData) => ({
      transactionId,
      meterStop: 9000,
      timestamp: at(9000),
      transactionData,
    });
    const large = values(1_900);
    assert.ok(JSON.stringify(large).length > 190_000);
    await station.call('StopTransaction', stop(large));
    const [ended] = await transactionsOf(station);
    assert.equal(ended.state, 'ended');
    assert.equal(ended.energy_wh, 9000);
    const page = await rest().expect(200, 'GET', `/transactions/${ended.id}/meter-values?limit=500`);
    assert.equal(page.data.length, 500);
    const csv = await rest().get(`/transactions/${ended.id}/meter-values?format=csv&limit=2`);
    assert.equal(csv.text.split('\r\n').length, 4);
    station.call('StopTransaction', stop(values(3_000))).catch(() => {});
    assert.equal((await station.closed).code, 1009);
    await until('the reason to be shown', async () => {
      const { disconnect_reason: why } = await rest().station(station.id);
      return why && why !== 'closed';
    });
  });

  test('an id that a station uses again is another session each time', async () => {
    const station = await Station.boot(lab, v201);
    const tell = (minute, seqNo, eventType, value) =>
      station.call('TransactionEvent', {
        eventType,
        triggerReason: 'Trigger',
        seqNo,
        timestamp: at(60 * minute + seqNo),
        transactionInfo: { transactionId: '1' },
        evse: { id: 1 },
        meterValue: [{ timestamp: at(60 * minute + seqNo), sampledValue: [energy(value)] }],
      });
    const sessions = [
      [0, 1000],
      [10, 2000],
      [20, 5000],
    ];
    const tellAll = async () => {
      for (const [minute, from] of sessions) {
        await tell(minute, 0, 'Started', from);
        await tell(minute, 1, 'Ended', from + 500 + minute);
      }
    };
    await tellAll();
    await tellAll(); // as if no answer had come
    const records = await transactionsOf(station);
    assert.deepEqual(
      records.map((one) => [one.ocpp_transaction_id, one.state, one.energy_wh, one.suspect]).sort(),
      sessions.map(([minute]) => ['1', 'ended', 500 + minute, false]),
    );
    for (const one of records) {
      const events = await rest().expect(200, 'GET', `/transactions/${one.id}/events`);
      assert.deepEqual(
        events.data.map((event) => [event.kind, event.payload.transactionInfo.transactionId]),
        [
          ['started', '1'],
          ['ended', '1'],
        ],
      );
    }
    await station.close();
  });

  test('a station that does not count loses no event, and counts none twice', async () => {
    const station = await Station.boot(lab, v201);
    const kinds = ['Started', 'Updated', 'Updated', 'Ended'];
    const tell = (step) =>
      station.call('TransactionEvent', {
        eventType: kinds[step],
        triggerReason: 'Trigger',
        seqNo: 0,
        timestamp: at(step),
        transactionInfo: { transactionId: 'still' },
        evse: { id: 1 },
        meterValue: [{ timestamp: at(step), sampledValue: [energy(1000 + 500 * step)] }],
      });
    for (const step of [0, 1, 1, 2, 1, 3, 2, 3, 0]) await tell(step);
    const [record, ...others] = await transactionsOf(station);
    assert.equal(others.length, 0);
    assert.deepEqual([record.state, record.energy_wh], ['ended', 1500]);
    const events = await rest().expect(200, 'GET', `/transactions/${record.id}/events`);
    assert.deepEqual(
      events.data.map((event) => event.kind),
      ['started', 'updated', 'updated', 'ended'],
    );
    await station.close();
  });

  test('an operator closes what never ends', async () => {
    const station = await Station.boot(lab, v201);
    await station.call('TransactionEvent', {
      eventType: 'Started',
      triggerReason: 'CablePluggedIn',
      seqNo: 0,
      timestamp: at(0),
      transactionInfo: { transactionId: freshId('tx') },
    });
    const [open] = await transactionsOf(station, '?state=active');
    const close = `/transactions/${open.id}/close`;
    const closed = await rest().expect(200, 'POST', close, { reason: 'replaced' });
    assert.equal(closed.state, 'ended');
    assert.equal(closed.closed.reason, 'replaced');
    const again = await rest().post(close, { reason: 'replaced' });
    assert.equal(again.status, 409);
    assert.equal(again.body.code, 'transaction_ended');
    assert.deepEqual(await transactionsOf(station, '?state=active'), []);
    await station.close();
  });
});
