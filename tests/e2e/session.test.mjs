// One station's life with an operator, from its first boot to the schedule it charges by, in one
// session a version: every step leaves its mark in REST. The station is ocpp-rpc in strict mode, so
// that every CALL and answer of ours is held against the official schemas.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { adminKey, Lab, runToEnd, setup, temporaryDirectory, until } from './lab.mjs';
import { connectorsOf, freshId, now, Station, versions } from './station.mjs';

const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();

const [v16] = versions;
const image = randomBytes(100_000);
const boot = (version, firmwareVersion) => ({
  [version === v16 ? 'chargePointModel' : 'model']: 'LIFE',
  firmwareVersion,
});
let lab, files, imageId;
const rest = () => lab.rest();
const path = (name) => join(files.directory, name);

// What differs between the versions for somebody who charges.
const charging = {
  '1.6': {
    start: async (station, token, { remoteId, reservation } = {}) => {
      assert.equal(remoteId, undefined);
      const answer = await station.call('StartTransaction', {
        connectorId: 1,
        idTag: token,
        meterStart: 1000,
        timestamp: ago(30),
        ...(reservation ? { reservationId: reservation } : {}),
      });
      assert.equal(answer.idTagInfo.status, 'Accepted');
      return answer.transactionId;
    },
    meter: (station, transactionId, wh) =>
      station.call('MeterValues', {
        connectorId: 1,
        transactionId,
        meterValue: [{
          timestamp: ago(15),
          sampledValue: [
            { value: String(wh), measurand: 'Energy.Active.Import.Register', unit: 'Wh' },
            { value: '7.2', measurand: 'Power.Active.Import', unit: 'kW' },
          ],
        }],
      }),
    stop: (station, transactionId, wh) =>
      station.call('StopTransaction', { transactionId, meterStop: wh, timestamp: now(), reason: 'Remote' }),
    authorize: async (station, token) =>
      (await station.call('Authorize', { idTag: token })).idTagInfo.status,
    orders: { start: 'RemoteStartTransaction', stop: 'RemoteStopTransaction' },
  },
  '2.0.1': {
    start: async (station, token, { remoteId, reservation } = {}) => {
      const transactionId = freshId('tx');
      const answer = await event(station, transactionId, 'Started', 1000, {
        triggerReason: remoteId ? 'RemoteStart' : 'Authorized',
        idToken: { idToken: token, type: 'ISO14443' },
        evse: { id: 1, connectorId: 1 },
        ...(reservation ? { reservationId: reservation } : {}),
      }, { ...(remoteId ? { remoteStartId: remoteId } : {}) });
      assert.equal(answer.idTokenInfo.status, 'Accepted');
      return transactionId;
    },
    meter: (station, transactionId, wh) =>
      event(station, transactionId, 'Updated', wh, { triggerReason: 'MeterValuePeriodic' }),
    stop: (station, transactionId, wh) =>
      event(station, transactionId, 'Ended', wh, { triggerReason: 'RemoteStop' },
        { stoppedReason: 'Remote' }),
    authorize: async (station, token) => {
      const idToken = { idToken: token, type: 'ISO14443' };
      return (await station.call('Authorize', { idToken })).idTokenInfo.status;
    },
    orders: { start: 'RequestStartTransaction', stop: 'RequestStopTransaction' },
  },
};
const numbers = new Map();
function event(station, transactionId, eventType, wh, more, info = {}) {
  const seqNo = numbers.get(transactionId) ?? 0;
  numbers.set(transactionId, seqNo + 1);
  const timestamp = { Started: ago(30), Updated: ago(15), Ended: now() }[eventType];
  return station.call('TransactionEvent', {
    eventType,
    seqNo,
    timestamp,
    transactionInfo: { transactionId, ...info },
    meterValue: [{
      timestamp,
      sampledValue: [
        { value: wh, measurand: 'Energy.Active.Import.Register' },
        { value: 7200, measurand: 'Power.Active.Import' },
      ],
    }],
    ...more,
  });
}

// The station's memory and its answers, as simple as they can be.
function obedient(station) {
  const heard = {};
  const values = {};
  const hear = (action, answer) =>
    station.client.handle(action, ({ params }) => {
      (heard[action] ??= []).push(params);
      return typeof answer === 'function' ? answer(params) : answer;
    });
  const accepted = { status: 'Accepted' };
  if (station.version === v16) {
    hear('ChangeConfiguration', ({ key, value }) => ((values[key] = value), accepted));
    hear('GetConfiguration', ({ key }) => ({
      configurationKey: key.map((one) => ({ key: one, readonly: false, value: values[one] })),
      unknownKey: [],
    }));
    hear('GetDiagnostics', { fileName: 'log.zip' });
    hear('SignedUpdateFirmware', accepted);
  } else {
    const named = ({ component, variable }) => `${component.name}.${variable.name}`;
    hear('SetVariables', ({ setVariableData }) => ({
      setVariableResult: setVariableData.map((one) => {
        values[named(one)] = one.attributeValue;
        return { attributeStatus: 'Accepted', component: one.component, variable: one.variable };
      }),
    }));
    hear('GetVariables', ({ getVariableData }) => ({
      getVariableResult: getVariableData.map((one) => ({
        attributeStatus: 'Accepted',
        attributeValue: values[named(one)] ?? '0',
        component: one.component,
        variable: one.variable,
      })),
    }));
    hear('GetLog', { status: 'Accepted', filename: 'log.zip' });
    hear('UpdateFirmware', accepted);
  }
  const { orders } = charging[station.version.name];
  for (const action of [orders.start, orders.stop, 'CertificateSigned', 'SendLocalList', 'ReserveNow',
    'SetChargingProfile'])
    hear(action, accepted);
  hear('GetCompositeSchedule', ({ duration }) => {
    const schedule = {
      chargingRateUnit: 'A',
      duration,
      chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }],
    };
    return station.version === v16
      ? { status: 'Accepted', connectorId: 1, scheduleStart: now(), chargingSchedule: schedule }
      : { status: 'Accepted', schedule: { evseId: 1, scheduleStart: now(), ...schedule } };
  });
  return heard;
}

const waiting = { prefer: 'wait=20' };
async function command(station, name, body) {
  const answer = await rest().command(station.id, name, body, waiting);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.body.result, 'accepted', answer.text);
  return answer.body;
}
const confirmed = (ordered) =>
  until(`the effect of ${ordered.command}`, async () => {
    const { effect } = await rest().expect(200, 'GET', `/commands/${ordered.id}`);
    return effect.state === 'confirmed';
  });

function openssl(...words) {
  return execFileSync('openssl', words, { stdio: 'pipe', cwd: files.directory, encoding: 'utf8' });
}

async function uploadImage() {
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=acme', '-days', '2',
    '-keyout', 'maker.key', '-out', 'maker.pem');
  execFileSync('openssl', ['dgst', '-sha256', '-sign', path('maker.key'), '-sigopt',
    'rsa_padding_mode:pss', '-out', path('signature')], { input: image });
  const form = new FormData();
  const fields = {
    vendor: 'ACME',
    model: 'LIFE',
    version: '2.0',
    sha256: createHash('sha256').update(image).digest('hex'),
    signature: readFileSync(path('signature')).toString('base64'),
    signing_certificate: readFileSync(path('maker.pem'), 'utf8'),
  };
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', new Blob([image]), 'firmware.bin');
  const response = await fetch(`${rest().url}/api/v1/firmware-images`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}` },
    body: form,
  });
  assert.equal(response.status, 201);
  return (await response.json()).id;
}

describe(`${setup}: a whole session`, { timeout: 120_000 }, () => {
  before(
    async () => {
      files = temporaryDirectory('session');
      const made = runToEnd(['create-ca', path('ca'), 'Acme CPO']);
      assert.equal(made.status, 0, made.stderr);
      lab = await Lab.start({
        env: {
          OHM_CA_CERT_FILE: path('ca/ca.pem'),
          OHM_CA_KEY_FILE: path('ca/ca.key'),
          OHM_CPO_NAME: 'Acme CPO',
          OHM_CERTIFICATES_OVER_WS: 'allow',
        },
      });
      imageId = await uploadImage();
    },
    { timeout: 120_000 },
  );
  after(async () => {
    await lab?.stop();
    files?.remove();
  });

  for (const version of versions)
    test(version.name, async (t) => {
      const does = charging[version.name];
      const token = freshId('T').replaceAll('-', '').slice(0, 20);
      let station, heard;

      await t.test('boots', async () => {
        station = await Station.boot(lab, version, { word: 'LIFE' });
        await station.bootNotification(boot(version, '1.0'));
        heard = obedient(station);
        await station.report(1, 'Available');
        const shown = await station.shown();
        assert.equal(shown.connectivity, 'online');
        assert.equal(connectorsOf(shown)[1][1].status, 'Available');
      });

      await t.test('is configured, and the values read back', async () => {
        const wanted =
          version === v16
            ? { variable: 'MeterValueSampleInterval', value: '60' }
            : { component: 'SampledDataCtrlr', variable: 'TxUpdatedInterval', value: '60' };
        await confirmed(
          await command(station, 'set-variables', { variables: [wanted], verify: true }));
      });

      await t.test('asks who may charge', async () => {
        assert.notEqual(await does.authorize(station, token), 'Accepted');
        await rest().expect(201, 'PUT', `/tokens/${token}`, {});
        assert.equal(await does.authorize(station, token), 'Accepted');
      });

      let transaction;
      await t.test('starts for the operator, counts, and stops for the operator', async () => {
        const started = await command(station, 'start-transaction', { evse_id: 1, token: { uid: token } });
        const [order] = heard[does.orders.start];
        const id = await does.start(station, token, { remoteId: order.remoteStartId });
        await confirmed(started);
        await does.meter(station, id, 2500);
        [transaction] = (await rest().expect(200, 'GET', station.path('/transactions'))).data;
        assert.equal(transaction.state, 'active');
        const stopped = await command(station, 'stop-transaction', { transaction_id: transaction.id });
        assert.equal(heard[does.orders.stop][0].transactionId, id);
        await does.stop(station, id, 4000);
        await confirmed(stopped);
        transaction = await rest().expect(200, 'GET', `/transactions/${transaction.id}`);
        assert.deepEqual(
          [transaction.state, transaction.energy_wh, transaction.stop_reason, transaction.suspect],
          ['ended', 3000, 'Remote', false],
        );
        const values = await rest().expect(200, 'GET', `/transactions/${transaction.id}/meter-values`);
        assert.ok(values.data.length >= 1);
      });

      await t.test('gets new firmware and boots with it', async () => {
        const order = await command(station, 'update-firmware', { image: imageId });
        const [{ firmware, requestId }] =
          heard[version === v16 ? 'SignedUpdateFirmware' : 'UpdateFirmware'];
        const fetched = await fetch(firmware.location);
        assert.deepEqual(Buffer.from(await fetched.arrayBuffer()), image);
        const action =
          version === v16 ? 'SignedFirmwareStatusNotification' : 'FirmwareStatusNotification';
        for (const status of ['Downloading', 'Downloaded', 'SignatureVerified', 'Installing', 'Installed'])
          await station.call(action, { status, requestId });
        await station.bootNotification(boot(version, '2.0'));
        await confirmed(order);
      });

      await t.test('sends its log', async () => {
        const asked = await rest().post(station.path('/logs'), { type: 'diagnostics' }, waiting);
        assert.equal(asked.status, 200, asked.text);
        const [said] = heard[version === v16 ? 'GetDiagnostics' : 'GetLog'];
        const bytes = randomBytes(50_000);
        const url = version === v16 ? said.location : said.log.remoteLocation;
        const sent = await fetch(`${url}log.zip`, { method: 'PUT', body: bytes });
        assert.equal(sent.status, 200, await sent.text());
        if (version === v16)
          await station.call('DiagnosticsStatusNotification', { status: 'Uploaded' });
        else
          await station.call('LogStatusNotification', { status: 'Uploaded', requestId: said.requestId });
        await confirmed(asked.body);
        const [log] = (await rest().expect(200, 'GET', station.path('/logs'))).data;
        assert.equal(log.bytes, bytes.length);
      });

      await t.test('gets a certificate for its key', async () => {
        openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout',
          'station.key', '-out', 'station.csr', '-subj', `/O=Acme CPO/CN=${station.id}`);
        const csr = readFileSync(path('station.csr'), 'utf8');
        const certificateType = version === v16 ? {} : { certificateType: 'ChargingStationCertificate' };
        const taken = await station.call('SignCertificate', { csr, ...certificateType });
        assert.equal(taken.status, 'Accepted');
        await until('the certificate', () => heard.CertificateSigned);
        await until('its answer', async () => {
          const issued = await rest().expect(200, 'GET', station.path('/certificates/issued'));
          return issued.data[0]?.state === 'accepted';
        });
      });

      await t.test('holds a list of tokens', async () => {
        const list = station.path('/local-list');
        await rest().expect(200, 'PUT', list, { source: 'entries', entries: [{ uid: token }] });
        await rest().post(`${list}/sync`, {});
        await until('the list', async () => (await rest().expect(200, 'GET', list)).in_sync);
        assert.equal(heard.SendLocalList[0].localAuthorizationList.length, 1);
      });

      await t.test('keeps a place for a driver', async () => {
        const reservation = await rest().expect(201, 'POST', '/reservations', {
          station_id: station.id,
          evse_id: 1,
          token: { uid: token },
          expires_at: new Date(Date.now() + 3_600_000).toISOString(),
        });
        assert.equal(reservation.state, 'accepted');
        const id = await does.start(station, token, { reservation: reservation.reservation_id });
        const used = await rest().expect(200, 'GET', `/reservations/${reservation.id}`);
        assert.equal(used.state, 'used');
        await does.stop(station, id, 1500);
      });

      await t.test('charges by a profile, and says so', async () => {
        await rest().expect(200, 'POST', station.path('/charging-profiles'), {
          evse_id: 1,
          profile: {
            id: 1,
            purpose: 'default',
            stack_level: 0,
            unit: 'A',
            start: new Date(Date.now() - 60_000).toISOString(),
            periods: [{ start_s: 0, limit: 16 }],
          },
        });
        await command(station, 'get-composite-schedule', { evse_id: 1, duration_s: 600, unit: 'A' });
        const schedule = await rest().expect(
          200, 'GET', station.path('/composite-schedule?evse=1&duration=600'));
        assert.deepEqual(schedule.periods.map((one) => one.limit), [16]);
        assert.deepEqual(schedule.reported.differences, []);
        await station.close();
      });
    });
});
