// Alerts as an operator has them: what went with a killed worker is one alert that names it and its
// stations, and is over when they are back; answered for, put off, tested.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDistributed, Lab, until } from './lab.mjs';
import { freshId, Station, versions } from './station.mjs';

const [v16] = versions;
const count = 6;
let lab;
before(async () => {
  lab = await Lab.start();
});
after(() => lab?.stop());
const rest = () => lab.rest();
const alerts = async (query) => (await rest().expect(200, 'GET', `/alerts?${new URLSearchParams({ limit: 100, ...query })}`)).data;
const told = async (type) => (await rest().expect(200, 'GET', `/events?types=${type}&limit=500`)).data;
const ruleOf = async (kind) => (await rest().expect(200, 'GET', '/alert-rules')).data.find((one) => one.kind === kind);
const patch = async (rule, body) =>
  rest().expect(200, 'PATCH', `/alert-rules/${rule.id}`, body, { 'content-type': 'application/merge-patch+json', 'if-match': `"${rule.version}.0"` });

describe('rules', () => {
  test('are there without being made, and changed only in the version that was read', async () => {
    const rules = (await rest().expect(200, 'GET', '/alert-rules')).data;
    const kinds = (await rest().expect(200, 'GET', '/alert-kinds')).data;
    assert.deepEqual(rules.map((one) => one.kind).sort(), kinds.map((one) => one.kind).sort());
    const rule = await ruleOf('clock_drift');
    const changed = await patch(rule, { parameters: { seconds: 90 } });
    assert.equal(changed.parameters.seconds, 90);
    await rest().expect(412, 'PATCH', `/alert-rules/${rule.id}`, { enabled: false }, { 'content-type': 'application/merge-patch+json', 'if-match': `"${rule.version}.0"` });
    const bad = await rest().expect(400, 'PATCH', `/alert-rules/${rule.id}`, { parameters: { days: 3 } }, { 'content-type': 'application/merge-patch+json', 'if-match': '*' });
    assert.equal(bad.errors[0].pointer, '/parameters/days');
  });
  test('are tested: whoever follows events hears it, and no alert is opened', async () => {
    const rule = await ruleOf('security_event');
    await rest().expect(200, 'POST', `/alert-rules/${rule.id}/test`);
    const [event] = await until('the event', async () => {
      const found = await told('alert.tested');
      return found.length > 0 && found;
    });
    assert.equal(event.data.kind, 'security_event');
    assert.equal(event.data.rule_id, rule.id);
    assert.deepEqual(await alerts({ kind: 'security_event' }), []);
  });
  test('of an operator are about what they name, and go', async () => {
    const made = await rest().expect(201, 'POST', '/alert-rules', { kind: 'station_offline', vendor: 'Nobody', severity: 'critical' });
    assert.equal(made.severity, 'critical');
    assert.equal(made.parameters.minutes, 5);
    await rest().expect(400, 'POST', '/alert-rules', { kind: 'nonsense' });
    await rest().expect(400, 'POST', '/alert-rules', { kind: 'worker_silent', vendor: 'Nobody' });
    await rest().expect(204, 'DELETE', `/alert-rules/${made.id}`, undefined, { 'if-match': '*' });
    await rest().expect(404, 'GET', `/alert-rules/${made.id}`);
  });
});

describe('a worker is killed', () => {
  const ids = Array.from({ length: count }, () => freshId('GONE'));
  let group;
  before(async () => {
    await patch(await ruleOf('station_offline'), { parameters: { minutes: 0, group_from: 3 } });
    for (const id of ids) await Station.boot(lab, v16, { id, worker: 0 });
  });

  test('and what went with it is one alert with its stations', async () => {
    const victim = lab.worker(0);
    await victim.end('SIGKILL');
    if (!isDistributed) {
      victim.start();
      await victim.ready();
    }
    group = await until(
      'the alert',
      async () => (await alerts({ state: 'open', kind: 'station_offline' })).find((one) => one.members?.open === count),
      60_000,
    );
    assert.equal(group.station_id, null);
    if (isDistributed) assert.equal(group.worker, victim.name);
    assert.match(group.title, new RegExp(`^${count} stations went offline together`));
    assert.equal((await alerts({ state: 'open', kind: 'station_offline' })).length, 1, 'and nothing else');
    const members = await alerts({ group_id: group.id });
    assert.deepEqual(members.map((one) => one.station_id).sort(), [...ids].sort());
    const opened = (await told('alert.opened')).filter((one) => one.data.kind === 'station_offline');
    assert.equal(opened.length, 1);
    assert.equal(opened[0].data.alert_id, group.id);
    const counts = await rest().expect(200, 'GET', '/alerts/counts');
    assert.ok(counts.open >= 1 && counts.warning >= 1);
  });
  test('which somebody takes care of', async () => {
    const [member] = await alerts({ station_id: ids[0], kind: 'station_offline' });
    assert.equal(member.group_id, group.id);
    const acked = await rest().expect(200, 'POST', `/alerts/${member.id}/ack`, { note: 'on it' });
    assert.equal(acked.id, group.id, 'a member stands for its group');
    assert.equal(acked.state, 'acknowledged');
    assert.equal(acked.note, 'on it');
    assert.equal((await alerts({ station_id: ids[1], kind: 'station_offline' }))[0].state, 'acknowledged');
    const snoozed = await rest().expect(200, 'POST', `/alerts/${group.id}/snooze`, { seconds: 600 });
    assert.equal(snoozed.state, 'snoozed');
  });
  test('and it is over when they are back', async () => {
    for (const id of ids) {
      const station = new Station(lab, { id, version: v16, worker: 1 });
      await until('the station is let in', async () => {
        await station.connect();
        return true;
      });
      await station.bootNotification();
    }
    const closed = await until(
      'the end',
      async () => {
        const one = await rest().expect(200, 'GET', `/alerts/${group.id}`);
        return one.state === 'closed' && one;
      },
      30_000,
    );
    assert.equal(closed.closed_reason, 'over');
    assert.equal(closed.closed_by, null);
    assert.equal(closed.members.open, 0);
    assert.equal((await told('alert.closed')).filter((one) => one.data.alert_id === group.id).length, 1);
    const refused = await rest().expect(409, 'POST', `/alerts/${group.id}/ack`);
    assert.equal(refused.code, 'alert_closed');
  });
});
