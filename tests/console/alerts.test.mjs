// Alerts in the browser: the badge that counts, the inbox, what is done about one, and the rules.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab, until } from '../e2e/lab.mjs';
import { Station, versions } from '../e2e/station.mjs';
import { Tab } from './browser.mjs';

const [v16] = versions;
const at = () => new Date().toISOString();
let lab;
let rest;
let tab;
let page;
let station;

before(async () => {
  lab = await Lab.start({ kind: 'embedded' });
  rest = lab.rest();
  station = await Station.boot(lab, v16, { id: 'PIER-3' });
  const other = await Station.boot(lab, v16, { id: 'PIER-4' });
  tab = await Tab.signedIn(lab);
  page = tab.page;
  for (const one of [station, other])
    await one.call('StatusNotification', { connectorId: 1, errorCode: 'GroundFailure', info: 'RCD tripped', status: 'Faulted', timestamp: at() });
});
after(async () => {
  await tab?.browser.close();
  await lab?.stop();
});

const alertOf = async (id) => (await rest.expect(200, 'GET', `/alerts?station_id=${id}&kind=connector_faulted`)).data[0];
const row = (id) => page.locator('.table-body .table-row', { hasText: id });

describe('an alert', () => {
  it('is counted in the rail as it opens, without a look', async () => {
    await tab.go('stations');
    await page.waitForSelector('.rail .badge:text-is("2")', { timeout: 30_000 });
  });
  it('stands in the inbox, and says what, since when, whom it hits and what to do', async () => {
    await page.click('.rail a[title=Alerts]');
    await row('PIER-3').waitFor();
    assert.match(await row('PIER-3').textContent(), /warning.*is faulted \(EVSE 1\): GroundFailure/);
    await row('PIER-3').locator('text=warning').click();
    await page.waitForSelector('.alert-detail');
    const detail = await tab.text('.alert-detail');
    assert.match(detail, /A reset often helps/);
    await page.getByRole('button', { name: 'Reset when idle' }).waitFor();
    assert.equal(await page.getAttribute('.alert-detail h2 a', 'href'), '/console/stations/PIER-3');
    assert.deepEqual(await tab.faults(), []);
  });
  it('is acknowledged with a note, and then stands under that tab', async () => {
    await page.fill('.alert-detail input[aria-label=Note]', 'Technician at ten');
    await page.locator('.alert-detail').getByRole('button', { name: 'Acknowledge' }).click();
    await page.waitForSelector('.rail .badge:text-is("1")');
    const kept = await alertOf('PIER-3');
    assert.equal(kept.state, 'acknowledged');
    assert.equal(kept.note, 'Technician at ten');
    await tab.go('alerts?state=acknowledged');
    await row('PIER-3').waitFor();
  });
  it('is acknowledged with many others by keyboard', async () => {
    await tab.go('alerts');
    await row('PIER-4').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.locator('.bulk').getByRole('button', { name: 'Acknowledge' }).click();
    await page.waitForSelector('.rail .badge', { state: 'detached' });
    await page.waitForSelector('text=Nothing is open');
    assert.equal((await alertOf('PIER-4')).state, 'acknowledged');
  });
  it('is shown on its station’s page, and under what needs attention while it is open', async () => {
    await tab.go('stations/PIER-3');
    await page.waitForSelector('.station-alerts >> text=is faulted');
    const { id } = await alertOf('PIER-4');
    await rest.expect(200, 'POST', `/alerts/${id}/snooze`, { seconds: 1 });
    await page.waitForSelector('.rail .badge:text-is("1")', { timeout: 20_000 });
    await tab.go('');
    await page.waitForSelector('.needs .alert-warning >> text=PIER-4');
  });
  it('is mended from there by one click, which says whom it hits', async () => {
    await page.locator('.needs li', { hasText: 'PIER-4' }).getByRole('button', { name: 'Reset when idle' }).click();
    assert.match(await tab.text('dialog'), /PIER-4/);
    await page.locator('dialog').getByRole('button', { name: 'Reset PIER-4' }).click();
    const orders = async () => (await rest.expect(200, 'GET', '/commands?station_id=PIER-4')).data;
    await until('the order', async () => (await orders()).some((one) => one.command === 'reset'));
    assert.deepEqual(await tab.faults(), []);
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog[open]', { state: 'detached' });
  });
  it('closes by itself when it is over', async () => {
    await tab.go('alerts?state=acknowledged');
    await row('PIER-3').waitFor();
    await page.mouse.move(5, 5); // rows hold still under the pointer
    await station.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available', timestamp: at() });
    await until('the end', async () => (await alertOf('PIER-3')).state === 'closed');
    await row('PIER-3').waitFor({ state: 'detached' });
    await tab.go('alerts?state=closed&station_id=PIER-3');
    await row('PIER-3').waitFor();
  });
});

describe('many that go away together', () => {
  const count = 7;
  it('are one line, which leads to all of them', async () => {
    await rest.expect(201, 'PUT', '/locations/quay', { name: 'The quay' });
    const all = [];
    for (let i = 1; i <= count; ++i) {
      const one = await Station.boot(lab, v16, { id: `QUAY-${i}` });
      await rest.expect(200, 'PATCH', `/stations/${one.id}`, { location_id: 'quay' });
      all.push(one);
    }
    await Promise.all(all.map((one) => one.close()));
    await tab.go('');
    const line = page.locator('.needs li', { hasText: `${count} stations are offline` });
    await line.waitFor();
    assert.equal(await line.locator('a').getAttribute('href'), '/console/stations?connectivity=offline');
    assert.equal(await page.locator('.needs li', { hasText: 'QUAY-' }).count(), 0);
  });
  it('are one alert, which takes the place of the line', async () => {
    const rule = (await rest.expect(200, 'GET', '/alert-rules')).data.find((one) => one.kind === 'station_offline');
    await rest.expect(200, 'PATCH', `/alert-rules/${rule.id}`, { parameters: { minutes: 0 } }, { 'If-Match': '*' });
    await page.waitForSelector(`.needs .alert-warning >> text=${count} stations went offline together`, { timeout: 30_000 });
    assert.equal(await page.locator('.needs li', { hasText: `${count} stations are offline` }).count(), 0);
    assert.deepEqual(await tab.faults(), []);
  });
  it('are told what they have in common, one click away', async () => {
    await page.click('.needs .alert-warning a:has-text("Alert")');
    await page.waitForSelector('.alert-detail >> text=What they have in common');
    const rows = await page.$$eval('.alert-detail tbody tr', (all) => all.map((one) => one.innerText.replace(/\s+/g, ' ')));
    assert.deepEqual(rows, ['Location: quay 100 % 0 %']);
    assert.match(await tab.text('.alert-detail'), /still serves 2 stations, so it is rather their network or power/);
    assert.deepEqual(await tab.faults(), []);
    await page.locator('.alert-detail').getByRole('link', { name: 'Show the stations' }).click();
    await page.waitForFunction((wanted) => document.querySelectorAll('.table-body .table-row').length === wanted, count);
  });
  it('are told on the page of each', async () => {
    await tab.go('stations/QUAY-1');
    await page.waitForSelector('.station-alerts >> text=together with others');
    assert.deepEqual(await tab.faults(), []);
  });
});

describe('a rule', () => {
  const card = (name) => page.locator('.rule', { has: page.locator(`h2:text-is("${name}")`) });
  it('is changed, switched off and on, and tested', async () => {
    await tab.go('alert-rules');
    await card('Station offline').waitFor();
    assert.deepEqual(await tab.faults(), []);
    await card('Station offline').getByLabel('Minutes').fill('12');
    await card('Station offline').getByRole('button', { name: 'Save' }).click();
    const rule = async () => (await rest.expect(200, 'GET', '/alert-rules')).data.find((one) => one.kind === 'station_offline');
    await until('12 minutes', async () => (await rule()).parameters.minutes === 12);
    await card('Station offline').getByLabel('enabled').click();
    await until('it is off', async () => !(await rule()).enabled);
    await card('Station offline').getByRole('button', { name: 'Test' }).click();
    await until('the event', async () => (await rest.expect(200, 'GET', '/events?types=alert.tested')).data.length === 1);
  });
  it('is added for one station, and removed', async () => {
    const form = page.locator('section', { has: page.locator('h2:text-is("Another rule")') });
    await form.locator('select').selectOption('security_event');
    await form.getByLabel('Name').fill('The pier');
    await form.getByLabel('Only this station').fill('PIER-3');
    await form.getByRole('button', { name: 'Add rule' }).click();
    await card('The pier').waitFor();
    assert.match(await card('The pier').textContent(), /Only: pier-3/);
    await card('The pier').getByRole('button', { name: 'Remove the rule' }).click();
    await page.locator('dialog').getByRole('button', { name: 'Remove' }).click();
    await card('The pier').waitFor({ state: 'detached' });
  });
  it('reads in German', async () => {
    await page.selectOption('select[aria-label=Language]', 'de');
    await page.waitForSelector('h1:text-is("Regeln der Alarme")');
    await tab.go('alerts');
    await page.waitForSelector('h1:text-is("Alarme")');
    await page.selectOption('select[aria-label=Sprache]', 'en');
  });
});

describe('the page', () => {
  it('asked nobody but its server and complained of nothing', () => {
    assert.deepEqual(tab.outside, []);
    assert.deepEqual(tab.complaints, []);
  });
});
