// Hands for simulated stations, and the OCPP messages of a whole fleet: the built program, stations of
// `ohmstead sim`, and a real browser.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { adminKey, binary, Lab, until } from '../e2e/lab.mjs';
import { Station, versions } from '../e2e/station.mjs';
import { Tab } from './browser.mjs';

let lab;
let sim;
let real;
let tab;
let page;

before(async () => {
  lab = await Lab.start({ kind: 'embedded' });
  sim = spawn(binary, ['sim', '--stations', '2', '--prefix', 'PLAY', '--token', 'CARD', '--tokens', '2', '--url', lab.ws(), '--rest', lab.url(), '--key', adminKey, '--mix', 'none'], { stdio: 'ignore' });
  real = await Station.boot(lab, versions[0], { id: 'REAL-1' });
  await until('simulated stations are there', async () => (await lab.rest().get('/stations?connectivity=online&total=exact')).body.total >= 3);
  tab = await Tab.signedIn(lab);
  page = tab.page;
});
after(async () => {
  sim?.kill('SIGKILL');
  await tab?.browser.close();
  await lab?.stop();
});

const rows = () => page.locator('.table-body .table-row');
const statusOf = async (id, evse) => (await lab.rest().get(`/stations/${id}/status`)).body.evses.find((one) => one.id === evse)?.status;

describe('a simulated station', () => {
  it('says that it is one, where a real one does not', async () => {
    await tab.go('stations');
    await rows().filter({ hasText: 'PLAY000001' }).getByText('Simulated', { exact: true }).waitFor();
    assert.equal(await rows().filter({ hasText: 'REAL-1' }).getByText('Simulated', { exact: true }).count(), 0);
    await tab.go('stations/REAL-1');
    assert.equal(await page.getByRole('button', { name: 'Simulate', exact: true }).count(), 0);
  });
  for (const [id, name] of [['PLAY000001', '1.6'], ['PLAY000002', '2.0.1']])
    it(`charges, breaks and goes by hand, OCPP ${name}`, async () => {
      await tab.go(`stations/${id}/simulate`);
      const place = page.getByRole('region', { name: 'EVSE 1' });
      const press = (text) => place.getByRole('button', { name: text, exact: true }).click();
      await press('Plug in');
      await place.getByRole('button', { name: 'Unplug' }).waitFor();
      await page.fill('input[name=token]', 'CARD0001');
      await press('Swipe token');
      await until('it charges', async () => (await lab.rest().get(`/transactions?state=active&station_id=${id}`)).body.data.length === 1);
      assert.deepEqual(await tab.faults(), []);
      await press('Break it');
      await place.getByRole('button', { name: 'Repair it' }).waitFor();
      await until('the session is over', async () => (await lab.rest().get(`/transactions?state=active&station_id=${id}`)).body.data.length === 0);
      assert.equal(await statusOf(id, 1), 'Faulted');
      await press('Repair it');
      await press('Unplug');
      await until('it is free', async () => (await statusOf(id, 1)) === 'Available');
      await page.waitForFunction(() => /Unplug · EVSE 1\s*Accepted/.test(document.querySelector('[role=log]').innerText));
    });
  it('drops its connection, says so, and comes back', async () => {
    await tab.go('stations/PLAY000001/simulate');
    await page.getByRole('button', { name: 'Drop the connection' }).click();
    await page.waitForSelector('.note-box >> text=/not connected now/');
    assert.ok(await page.getByRole('button', { name: 'Drop the connection' }).isDisabled());
    await until('it is back', async () => (await lab.rest().station('PLAY000001')).connectivity === 'online', 30_000);
  });
  it('is the only one that obeys', async () => {
    real.client.handle('DataTransfer', ({ params }) => ({ status: params.vendorId === 'org.example' ? 'Accepted' : 'UnknownVendorId' }));
    const answer = await lab.rest().ask('POST', '/api/v1/stations/REAL-1/commands/data-transfer', { vendor_id: 'org.ohmstead.simulator', message_id: 'fault' });
    assert.equal(answer.body.status, 'UnknownVendorId', JSON.stringify(answer.body));
  });
});

describe('the messages of all stations', () => {
  it('are in the rail, one row for a request and its answer', async () => {
    await page.click('.rail a[href$="/messages"]');
    await rows().first().waitFor();
    assert.match(await tab.text('h1'), /Messages/);
    await tab.go('messages?action=BootNotification');
    const boot = rows().filter({ hasText: 'BootNotification' }).filter({ hasText: 'REAL-1' }).first();
    await boot.waitFor();
    assert.match(await boot.textContent(), /Accepted.* ms/s, 'its answer and the time between are in the row');
    assert.deepEqual(await tab.faults(), []);
    await boot.click({ position: { x: 600, y: 10 } });
    await page.waitForSelector('.opened >> text=chargePointVendor');
    await page.keyboard.press('Escape');
  });
  it('are found by station, action, direction, text and error, and a link opens the same', async () => {
    await tab.go('messages?station=REAL-1&action=BootNotification');
    await page.waitForFunction(() => document.querySelectorAll('.table-body .table-row').length === 1);
    await tab.go('messages?direction=out&action=DataTransfer');
    await rows().first().waitFor();
    const all = await rows().allTextContents();
    assert.ok(all.every((one) => /DataTransfer/.test(one)), all.join('\n'));
    await tab.go('messages?text=swipe-token');
    await rows().first().waitFor();
    await rows().first().click({ position: { x: 600, y: 10 } });
    await page.waitForSelector('.opened >> text=/Accepted/');
    await tab.go('messages?text=nobody-ever-said-this');
    await page.waitForSelector('text=No message fits these filters');
    await page.getByRole('button', { name: 'Clear filters' }).first().click();
    await rows().first().waitFor();
  });
  it('wait while they are on pause, and follow again', async () => {
    await tab.go('messages');
    await rows().first().waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.mouse.move(5, 5);
    const before = await rows().first().textContent();
    await real.report(1, 'Preparing');
    await page.waitForSelector('.held');
    assert.equal(await rows().first().textContent(), before, 'the list has moved');
    await page.getByRole('button', { name: 'Follow' }).click();
    await page.waitForSelector('.held', { state: 'detached' });
    await rows().filter({ hasText: 'REAL-1' }).filter({ hasText: 'Preparing' }).first().waitFor();
  });
  it('are taken along as NDJSON and as CSV', async () => {
    await tab.go('messages?station=REAL-1');
    await rows().first().waitFor();
    const download = async (kind) => (await tab.download(() => page.getByLabel('Export').selectOption(kind))).content.toString();
    const lines = (await download('ndjson')).split('\n').map((line) => JSON.parse(line));
    assert.ok(lines.length > 2 && lines.every((one) => one.station_id === 'REAL-1'));
    assert.match(await download('csv'), /^at,station_id,direction,message_type,action/);
  });
});

it('was quiet, and asked nobody else', () => {
  assert.deepEqual(tab.outside, []);
  assert.deepEqual(tab.complaints.filter((one) => !/status of 4\d\d/.test(one)), []);
});
