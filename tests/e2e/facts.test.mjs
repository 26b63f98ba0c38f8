// What stations report of themselves: events, progress, reports, their device model, how they
// deviate. The stations' library checks every answer of ours against the official schemas.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Lab, setup } from './lab.mjs';
import { freshId, now, rawBooted, Station, versions } from './station.mjs';

const [v16, v201] = versions;
const csr = `-----BEGIN CERTIFICATE REQUEST-----
MIHgMIGHAgEAMCUxETAPBgNVBAoMCEFjbWUgQ1BPMRAwDgYDVQQDDAdTTi00NzEx
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEgG4broTnfbA4wOQ0ise6hvRbIpoy
PfapbQmuQrxbvOnP/u5YU0ERtfc/yFduEg/lXCgUTCdj/Yk5OoWdq18cgaAAMAoG
CCqGSM49BAMCA0gAMEUCIGl6ENQoZ3kqr5PocTAGENe3/t5zfh6+FLYIIYNvnpsX
AiEAxPLdUEe0+MYUMKfZyFgh7fG23O5qQql2WLfFB5HFRtQ=
-----END CERTIFICATE REQUEST-----
`;
const heartbeat = {
  component: { name: 'OCPPCommCtrlr' },
  variable: { name: 'HeartbeatInterval' },
};
let lab;

const get = (station, path) =>
  lab.rest().expect(200, 'GET', `/stations/${encodeURIComponent(station.id)}/${path}`);
const say = (station, action, payload) => station.client.call(action, payload);

describe(`${setup}: facts`, { timeout: 180_000 }, () => {
  before(
    async () => {
      lab = await Lab.start({});
    },
    { timeout: 120_000 },
  );
  after(() => lab?.stop());

  for (const version of versions) {
    describe(version.name, () => {
      test('security events are stored once and shown', async () => {
        const station = await Station.boot(lab, version);
        const event = { type: 'TamperDetectionActivated', timestamp: now(), techInfo: 'lid' };
        assert.deepEqual(await say(station, 'SecurityEventNotification', event), {});
        assert.deepEqual(await say(station, 'SecurityEventNotification', event), {});
        await say(station, 'SecurityEventNotification', { type: 'AcmeDoor', timestamp: now() });
        const shown = await get(station, 'security-events');
        assert.deepEqual(shown.data.map((one) => one.type).sort(), [
          'AcmeDoor',
          'TamperDetectionActivated',
        ]);
        const critical = await get(station, 'security-events?critical=true');
        assert.equal(critical.data.length, 1);
        assert.equal(critical.data[0].at, event.timestamp);
        assert.equal(critical.data[0].details.techInfo, 'lid');
        await station.close();
      });

      test('firmware and logs show how far they are', async () => {
        const station = await Station.boot(lab, version);
        const firmware =
          version === v16 ? 'SignedFirmwareStatusNotification' : 'FirmwareStatusNotification';
        for (const status of ['Downloading', 'Downloaded', 'Installed'])
          assert.deepEqual(await say(station, firmware, { status, requestId: 7 }), {});
        await say(station, 'LogStatusNotification', { status: 'Uploading', requestId: 8 });
        await say(station, 'LogStatusNotification', { status: 'Uploaded', requestId: 8 });
        const [update] = (await get(station, 'firmware')).data;
        assert.equal(update.status, 'Installed');
        assert.equal(update.request_id, 7);
        const [log] = (await get(station, 'logs')).data;
        assert.equal(log.status, 'Uploaded');
        const history = await get(station, 'events?kind=firmware,log&total=exact');
        assert.equal(history.total, 5);
        await station.close();
      });

      test('certificate requests wait to be signed; others are rejected', async () => {
        const station = await Station.boot(lab, version);
        assert.equal((await say(station, 'SignCertificate', { csr })).status, 'Accepted');
        assert.equal((await say(station, 'SignCertificate', { csr })).status, 'Accepted');
        assert.equal((await say(station, 'SignCertificate', { csr: 'no' })).status, 'Rejected');
        const { data } = await get(station, 'certificates/csrs');
        assert.equal(data.length, 1);
        assert.equal(data[0].common_name, 'SN-4711');
        assert.equal(data[0].state, 'held', 'a name that nobody knows');
        assert.equal(data[0].csr, csr);
        await station.close();
      });

      test('DataTransfer is answered by vendor and message, and kept', async () => {
        const station = await Station.boot(lab, version);
        const answers = [];
        for (const [vendorId, messageId] of [
          ['com.acme', 'x'],
          ['org.ohmstead', 'x'],
          ['org.ohmstead', 'Echo'],
        ])
          answers.push(await say(station, 'DataTransfer', { vendorId, messageId, data: 'd' }));
        assert.deepEqual(answers.map((answer) => answer.status), [
          'UnknownVendorId',
          'UnknownMessageId',
          'Accepted',
        ]);
        assert.equal(answers[2].data, 'd');
        assert.equal((await get(station, 'events?kind=data_transfer')).data.length, 3);
        await station.close();
      });

      test('deviations are repaired, counted and shown', async () => {
        const peer = await rawBooted(lab, version);
        peer.text(`[2,"q1","LogStatusNotification",{"status":"uploaded","requestId":"7",}]`);
        assert.deepEqual(await peer.nextText(), [3, 'q1', {}]);
        const { data } = await get(peer, 'quirks');
        assert.deepEqual(data.map((one) => one.quirk), [
          'enum_respelled',
          'stray_commas',
          'text_to_number',
        ]);
        assert.equal(data[0].path, '/status');
        assert.equal(data[0].action, 'LogStatusNotification');
        peer.close();
      });
    });
  }

  test('1.6: configuration keys are variables; desired ones are compared', async () => {
    const station = await Station.boot(lab, v16);
    station.client.handle('GetConfiguration', () => ({
      configurationKey: [
        { key: 'HeartbeatInterval', readonly: false, value: '300' },
        { key: 'NumberOfConnectors', readonly: true, value: '2' },
        { key: 'AuthorizationKey', readonly: false, value: '6b6579' },
      ],
    }));
    const call = { action: 'GetConfiguration', payload: {} };
    const answer = await lab.rest().call(station.id, call, { prefer: 'wait=10' });
    assert.equal(answer.body.state, 'answered');
    const { data } = await get(station, 'variables?component=OCPP16');
    const values = Object.fromEntries(data.map((one) => [one.variable, one.value]));
    assert.deepEqual(values, {
      AuthorizationKey: '***',
      HeartbeatInterval: '300',
      NumberOfConnectors: '2',
    });
    const path = `/stations/${station.id}/variables`;
    const want = (variable, value) => ({ component: 'OCPP16', variable, value });
    await lab.rest().expect(200, 'PUT', path, {
      variables: [want('HeartbeatInterval', '60'), want('numberofconnectors', '2')],
    });
    await lab.rest().expect(200, 'PATCH', path, { variables: [want('Other', 'x')] });
    const drift = await get(station, 'variables/drift');
    assert.deepEqual([drift.matches, drift.differs, drift.unknown], [1, 1, 1]);
    await lab.rest().expect(400, 'PUT', path, { variables: [want('AuthorizationKey', 'x')] });
    await station.close();
  });

  test('2.0.1: a report in parts becomes the device model', async () => {
    const station = await Station.boot(lab, v201);
    const part = (seqNo, tbc, reportData) =>
      say(station, 'NotifyReport', { requestId: 7, generatedAt: now(), seqNo, tbc, reportData });
    await part(0, true, [
      {
        ...heartbeat,
        variableAttribute: [{ value: '300', mutability: 'ReadWrite' }],
        variableCharacteristics: { dataType: 'integer', unit: 's', supportsMonitoring: false },
      },
    ]);
    assert.equal((await get(station, 'reports')).data[0].state, 'receiving');
    await part(1, false, [
      {
        component: { name: 'SecurityCtrlr' },
        variable: { name: 'BasicAuthPassword' },
        variableAttribute: [{ value: 'never-to-be-seen', mutability: 'WriteOnly' }],
      },
    ]);
    const [report] = (await get(station, 'reports')).data;
    assert.equal(report.state, 'complete');
    assert.equal(report.seen, '0-1');
    const { data } = await get(station, 'variables');
    assert.deepEqual(data.map((one) => [one.variable, one.value, one.unit]), [
      ['HeartbeatInterval', '300', 's'],
      ['BasicAuthPassword', '***', null],
    ]);
    await station.close();
  });

  test('2.0.1: events take their severity from monitors, and may report availability', async () => {
    const station = await Station.boot(lab, v201);
    await say(station, 'NotifyMonitoringReport', {
      requestId: 7,
      generatedAt: now(),
      seqNo: 0,
      monitor: [
        {
          component: { name: 'EVSE', evse: { id: 1 } },
          variable: { name: 'Power' },
          variableMonitoring: [
            { id: 5, transaction: false, value: 22000.5, type: 'UpperThreshold', severity: 2 },
          ],
        },
      ],
    });
    assert.equal((await get(station, 'monitors')).data[0].value, '22000.5');
    const event = (eventId, more) => ({
      eventId,
      timestamp: now(),
      trigger: 'Alerting',
      eventNotificationType: 'CustomMonitor',
      ...more,
    });
    const answer = await say(station, 'NotifyEvent', {
      generatedAt: now(),
      seqNo: 0,
      eventData: [
        event(1, {
          actualValue: '23000',
          component: { name: 'EVSE', evse: { id: 1 } },
          variable: { name: 'Power' },
          variableMonitoringId: 5,
        }),
        event(2, {
          actualValue: 'Faulted',
          component: { name: 'Connector', evse: { id: 1, connectorId: 1 } },
          variable: { name: 'AvailabilityState' },
        }),
      ],
    });
    assert.deepEqual(answer, {});
    const { data } = await get(station, 'events?kind=event');
    assert.equal(data.find((one) => one.name === 'EVSE/Power').severity, 2);
    assert.equal((await station.shown()).evses[0].connectors[0].status, 'Faulted');
    await station.close();
  });

  test('2.0.1: messages, profiles, limits, customers, certificates of vehicles', async () => {
    const station = await Station.boot(lab, v201);
    const schedule = {
      id: 1,
      chargingRateUnit: 'A',
      chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }],
    };
    await say(station, 'NotifyDisplayMessages', {
      requestId: 1,
      messageInfo: [
        { id: 3, priority: 'InFront', message: { format: 'UTF8', content: 'Grüße' } },
      ],
    });
    await say(station, 'ReportChargingProfiles', {
      requestId: 2,
      chargingLimitSource: 'CSO',
      evseId: 1,
      chargingProfile: [
        {
          id: 9,
          stackLevel: 0,
          chargingProfilePurpose: 'TxDefaultProfile',
          chargingProfileKind: 'Relative',
          chargingSchedule: [schedule],
        },
      ],
    });
    await say(station, 'NotifyChargingLimit', { chargingLimit: { chargingLimitSource: 'EMS' } });
    await say(station, 'ClearedChargingLimit', { chargingLimitSource: 'EMS' });
    await say(station, 'NotifyCustomerInformation', {
      requestId: 4,
      generatedAt: now(),
      seqNo: 0,
      data: 'nothing',
    });
    await say(station, 'ReservationStatusUpdate', {
      reservationId: 11,
      reservationUpdateStatus: 'Expired',
    });
    await say(station, 'PublishFirmwareStatusNotification', { status: 'Downloading', requestId: 5 });
    const needs = await say(station, 'NotifyEVChargingNeeds', {
      evseId: 1,
      chargingNeeds: { requestedEnergyTransfer: 'AC_three_phase' },
    });
    assert.equal(needs.status, 'Rejected');
    const planned = await say(station, 'NotifyEVChargingSchedule', {
      evseId: 1,
      timeBase: now(),
      chargingSchedule: schedule,
    });
    assert.equal(planned.status, 'Accepted');
    const contract = await say(station, 'Get15118EVCertificate', {
      iso15118SchemaVersion: 'urn:iso:15118:2:2013:MsgDef',
      action: 'Install',
      exiRequest: 'gAA=',
    });
    assert.equal(contract.status, 'Failed');
    const ocsp = await say(station, 'GetCertificateStatus', {
      ocspRequestData: {
        hashAlgorithm: 'SHA256',
        issuerNameHash: 'aa',
        issuerKeyHash: 'bb',
        serialNumber: '1a',
        responderURL: 'http://ocsp.example',
      },
    });
    assert.equal(ocsp.status, 'Failed');
    const [message] = (await get(station, 'display-messages')).data;
    assert.equal(message.message.message.content, 'Grüße');
    assert.equal((await get(station, 'charging-profiles')).data[0].purpose, 'TxDefaultProfile');
    assert.equal((await get(station, 'customer-information')).data[0].data, 'nothing');
    const kinds = (await get(station, 'events')).data.map((one) => one.kind).sort();
    assert.deepEqual(kinds, [
      'certificate_status',
      'charging_limit',
      'charging_limit_cleared',
      'ev_certificate',
      'ev_charging_needs',
      'ev_charging_schedule',
      'publish_firmware',
      'reservation',
    ]);
    await station.close();
  });

  test('another station of the same numbers is untouched', async () => {
    const one = await Station.boot(lab, v201);
    const other = await Station.boot(lab, v201);
    await say(one, 'LogStatusNotification', { status: 'Uploading', requestId: 7 });
    await say(other, 'LogStatusNotification', { status: 'UploadFailure', requestId: 7 });
    assert.equal((await get(one, 'logs')).data[0].status, 'Uploading');
    assert.equal((await get(other, 'logs')).data[0].status, 'UploadFailure');
    assert.equal((await lab.rest().get(`/stations/${freshId()}/events`)).status, 404);
    await one.close();
    await other.close();
  });
});
