// Charging stations that others wrote: `ocpp-rpc` in strict mode, which checks every answer of
// ours against the official schemas. And what differs between the versions, for tests of both.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { RPCClient } from 'ocpp-rpc';
import { until } from './lab.mjs';
import { upgrade } from './wire.mjs';

export const now = () => new Date().toISOString();

export const versions = [
  {
    name: '1.6',
    protocol: 'ocpp1.6',
    other: 'ocpp2.0.1',
    busy: 'Charging',
    boot: (more = {}) => ({ chargePointVendor: 'ACME', chargePointModel: 'M1', ...more }),
    report: (evse, status, connector = 1, at = now()) => {
      assert.equal(connector, 1);
      return { connectorId: evse, errorCode: 'NoError', status, timestamp: at };
    },
    resetTypes: { immediate: 'Hard', graceful: 'Soft', on_idle: 'Soft' },
    errors: {
      format: 'FormationViolation',
      occurrence: 'OccurenceConstraintViolation',
    },
  },
  {
    name: '2.0.1',
    protocol: 'ocpp2.0.1',
    other: 'ocpp1.6',
    busy: 'Occupied',
    boot: (more = {}) => ({
      reason: 'PowerUp',
      chargingStation: { vendorName: 'ACME', model: 'M1', ...more },
    }),
    report: (evse, status, connector = 1, at = now()) => ({
      timestamp: at,
      connectorStatus: status,
      evseId: evse,
      connectorId: connector,
    }),
    resetTypes: { immediate: 'Immediate', graceful: 'OnIdle', on_idle: 'OnIdle' },
    errors: {
      format: 'FormatViolation',
      occurrence: 'OccurrenceConstraintViolation',
    },
  },
];

// Unique over repeated runs against one database.
const run = randomUUID().slice(0, 6);
let count = 0;
export const freshId = (word = 'CP') => `${word}-${run}-${++count}`;

export class Station {
  constructor(lab, { id, version, password, worker = 0, url, ...more }) {
    Object.assign(this, { lab, id, version });
    this.resets = [];
    this.onReset = () => ({ status: 'Accepted' });
    this.onUnlock = () => ({ status: 'Unlocked' });
    this.client = new RPCClient({
      endpoint: url ?? lab.ws(worker),
      identity: id,
      protocols: [version.protocol],
      strictMode: true,
      reconnect: false,
      callTimeoutMs: 30_000,
      ...(password === undefined ? {} : { password }),
      ...more,
    });
    this.client.handle('Reset', (call) => {
      this.resets.push(call.params);
      return this.onReset(call);
    });
    this.client.handle('UnlockConnector', (call) => this.onUnlock(call));
    this.closed = new Promise((done) => this.client.once('close', done));
  }

  // Creates the station as known to everybody, connects and boots it.
  static async boot(lab, version, { word, create = { security_profile: 0 }, ...more } = {}) {
    const id = more.id ?? freshId(word);
    await lab.rest().create(id, create);
    const station = new Station(lab, { id, version, ...more });
    await station.connect();
    await station.bootNotification();
    return station;
  }

  async connect() {
    await this.client.connect();
    return this;
  }
  call(action, payload) {
    return this.client.call(action, payload);
  }
  bootNotification(more) {
    return this.call('BootNotification', this.version.boot(more));
  }
  report(evse, status, connector) {
    return this.call('StatusNotification', this.version.report(evse, status, connector));
  }
  heartbeat() {
    return this.call('Heartbeat', {});
  }
  close(code = 1000) {
    return this.client.close({ code, awaitPending: false });
  }

  shown() {
    return this.lab.rest().status(this.id);
  }
  path(rest = '') {
    return `/stations/${encodeURIComponent(this.id)}${rest}`;
  }
}

// An upgrade of a station by hand.
export function raw(lab, version, id, { worker = 0, headers } = {}) {
  const path = `/${encodeURIComponent(id)}`;
  return upgrade(lab.wsPort(worker), { path, protocols: version.protocol, headers });
}

// A booted station of ours whose frames the test writes itself.
export async function rawBooted(lab, version, { create = { security_profile: 0 }, ...more } = {}) {
  const id = freshId('RAW');
  await lab.rest().create(id, create);
  const peer = await raw(lab, version, id, more);
  assert.equal(peer.status, 101);
  peer.id = id;
  const answer = await peer.call('boot', 'BootNotification', version.boot());
  assert.equal(answer[0], 3);
  return peer;
}

// { evse: { connector: { status, reported_status } } }
export function connectorsOf(shown) {
  const out = {};
  for (const evse of shown.evses) {
    out[evse.id] = {};
    for (const connector of evse.connectors) out[evse.id][connector.id] = connector;
  }
  return out;
}

export function untilOffline(lab, id, timeoutMs) {
  return until(
    `${id} to be offline`,
    async () => {
      const shown = await lab.rest().status(id);
      return shown.connectivity === 'offline' && shown;
    },
    timeoutMs,
  );
}
