// A station's way into service, as an operator sees and mends it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab } from '../e2e/lab.mjs';
import { now, Station, versions } from '../e2e/station.mjs';
import { Tab } from './browser.mjs';

let lab;
let tab;
let page;
let password;

before(async () => {
  lab = await Lab.start({ kind: 'embedded' });
  tab = await Tab.signedIn(lab);
  page = tab.page;
});
after(async () => {
  await tab?.browser.close();
  await lab?.stop();
});

const step = (id, state) => page.locator(`[data-step=${id}][data-state=${state}]`);
const mend = (id, name) => page.locator(`[data-step=${id}]`).getByRole('button', { name }).click();

// What is asked for comes a moment later.
function answerTriggers(station) {
  const come = {
    BootNotification: () => station.bootNotification(),
    Heartbeat: () => station.heartbeat(),
    StatusNotification: async () => {
      for (const connectorId of [1, 2])
        await station.call('StatusNotification', { connectorId, errorCode: 'NoError', status: 'Available', timestamp: now() });
    },
  };
  station.client.handle('TriggerMessage', ({ params }) => {
    setTimeout(() => void come[params.requestedMessage]?.(), 100);
    return { status: 'Accepted' };
  });
  station.client.handle('GetConfiguration', () => ({
    configurationKey: [
      { key: 'HeartbeatInterval', readonly: false, value: '300' },
      { key: 'NumberOfConnectors', readonly: true, value: '2' },
    ],
  }));
}

describe('a new station', () => {
  it('waits to be seen', async () => {
    await tab.go('stations/new');
    await page.fill('input[name=id]', 'ONB-1');
    await page.click('button[type=submit]');
    await step('connection', 'waiting').waitFor();
    assert.match(await step('connection', 'waiting').innerText(), /Nothing has come yet/);
    assert.equal(await page.locator('[data-step]').count(), 8);
    password = await tab.text('.secret code');
    assert.deepEqual(await tab.faults(), []);
  });
  it('is told why it is refused', async () => {
    const stranger = new Station(lab, { id: 'ONB-1', version: versions[0], password: 'not-that-of-the-station' });
    await assert.rejects(stranger.connect());
    await step('authentication', 'failed').waitFor();
    assert.match(await step('authentication', 'failed').innerText(), /Wrong password[\s\S]*Enter the password in the station again/);
    await step('connection', 'ok').waitFor();
    await step('subprotocol', 'ok').waitFor();
  });
  it('is accepted by one press while it is told to wait', async () => {
    await lab.rest().expect(200, 'PATCH', '/stations/ONB-1', { boot_decision: 'pending', boot_retry_interval_s: 600 }, { 'content-type': 'application/merge-patch+json' });
    const station = new Station(lab, { id: 'ONB-1', version: versions[0], password });
    answerTriggers(station);
    await station.connect();
    assert.equal((await station.bootNotification()).status, 'Pending');
    await step('boot', 'failed').waitFor();
    await mend('boot', 'Accept it');
    await step('boot', 'waiting').waitFor();
    await mend('boot', 'Ask for a BootNotification');
    await step('boot', 'ok').waitFor();
    assert.equal((await lab.rest().station('ONB-1')).boot_status, 'Accepted');
  });
  it('is brought into service by one press', async () => {
    await page.getByRole('button', { name: 'Fix all' }).click();
    await page.waitForSelector('.checklist[data-state=ok]');
    assert.equal(await page.locator('[data-step][data-state=ok]').count(), 8);
    const shown = await lab.rest().expect(200, 'GET', '/stations/ONB-1/check');
    assert.equal(shown.state, 'ok');
    assert.equal(shown.steps.find((one) => one.id === 'status').detail, '2/2');
    assert.deepEqual(await tab.faults(), []);
  });
});

describe('the page of a station', () => {
  it('has the check as a tab, and before its service on its first page', async () => {
    await tab.go('stations/ONB-1');
    assert.equal(await page.locator('.checklist').count(), 0);
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await page.waitForSelector('.checklist[data-state=ok]');
    await page.getByRole('button', { name: 'Does it answer?' }).click();
    await page.getByText(/answered in \d/).waitFor();
    assert.deepEqual(await tab.faults(), []);
    await lab.rest().create('ONB-2');
    await tab.go('stations/ONB-2');
    await step('connection', 'waiting').waitFor();
    assert.deepEqual(await tab.faults(), []);
  });
});

describe('a worker', () => {
  it('is drained by a press, at last also the only one', async () => {
    await tab.go('workers');
    await page.getByRole('button', { name: /^Drain / }).click();
    await page.click('dialog .danger');
    await page.waitForSelector('dialog >> text=No other worker takes stations');
    assert.deepEqual(await tab.faults(), []);
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    assert.equal((await lab.rest().get('/workers')).body.data[0].draining, false);
    await page.getByRole('button', { name: /^Drain / }).click();
    await page.click('dialog .danger');
    await page.click('dialog >> text=Drain all the same');
    await page.getByText(/^(draining|drained)$/).first().waitFor();
    await page.getByText('drained', { exact: true }).waitFor({ timeout: 20_000 });
    assert.deepEqual(await tab.faults(), []);
  });
});
