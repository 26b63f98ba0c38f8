// How the whole is doing, and what an operator keeps of it: tiles and plots by the minute, lists
// that hold still, locations, webhooks, roles and networks of keys.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { adminKey, Lab, until } from '../e2e/lab.mjs';
import { openBrowser, Tab } from './browser.mjs';
import { build } from './world.mjs';

let lab;
let world;
let browser;
let tab;
let page;
let rest;
let listener;
const heard = [];

before(async () => {
  listener = createServer((request, response) => {
    heard.push(request.url);
    request.resume();
    response.writeHead(request.url === '/broken' ? 500 : 204).end();
  });
  await new Promise((done) => listener.listen(0, '127.0.0.1', done));
  lab = await Lab.start({ kind: 'embedded', env: { OHM_WEBHOOK_ALLOW_PRIVATE: 'true' } });
  rest = lab.rest();
  world = await build(lab);
  browser = await openBrowser();
  tab = await Tab.open(browser, lab.url());
  page = tab.page;
  await tab.signIn(adminKey);
});
after(async () => {
  await browser?.close();
  await lab?.stop();
  listener?.close();
});

const station = (rest = '') => `stations/${encodeURIComponent(world.main.id)}${rest}`;
const faults = async () => {
  const found = [];
  for (const theme of ['light', 'dark']) {
    await tab.setTheme(theme);
    await page.waitForTimeout(150);
    found.push(...(await tab.violations(theme === 'dark' ? ['color-contrast'] : undefined)));
  }
  await tab.setTheme('light');
  return found;
};
const rowsOf = () => page.$$eval('.table-body .table-row', (all) => all.map((one) => one.textContent));
const waitForRow = (text) =>
  page.waitForFunction((wanted) => [...document.querySelectorAll('.table-body .table-row')].some((one) => one.textContent.includes(wanted)), text);
const tile = (name) => page.$$eval('.tile', (all, wanted) => all.find((one) => one.querySelector('.tile-label')?.textContent === wanted)?.textContent, name);

describe('the overview', () => {
  it('says what sessions draw, and how many of them', async () => {
    const now = await until('the power is known', async () => {
      const { body } = await rest.get('/statistics/now');
      return body.power ? body : null; // samples that came at once with the start are told with the next
    }, 120_000);
    await tab.go('');
    const shown = `Power now${now.power.sessions > 0 ? '[\\d.,]+ k?W' : '–'}(of )?${now.power.sessions}`; // of none it is not 0 W
    await page.waitForFunction((wanted) => new RegExp(wanted).test(document.querySelector('#main').textContent), shown);
    assert.match(await tile('Power now'), new RegExp(`^${shown}`));
    assert.match(await tile('Charging now'), new RegExp(`^Charging now${now.sessions.running}`));
    assert.match(await tile('First-try success'), /(\d %|–)in 24 hours$/);
    assert.match(await tile('Stations'), new RegExp(`^Stations${now.stations}`));
    const counted = await page.$$eval('.legend li .num:nth-of-type(2)', (all) => all.map((one) => Number(one.textContent)));
    const { body } = await rest.get('/statistics/now');
    assert.equal(counted.reduce((sum, one) => sum + one, 0), body.connectors.reduce((sum, one) => sum + one.count, 0));
  });
  it('has power and churn by the minute', async () => {
    for (const name of ['power', 'churn']) await page.waitForSelector(`.statistic-${name} .chart canvas`);
    await page.click('.statistic-churn .tabs button:has-text("Table")');
    await page.waitForSelector('.statistic-churn tbody tr');
    const head = await page.$$eval('.statistic-churn th', (all) => all.map((one) => one.textContent));
    assert.deepEqual(head, ['Time', 'Connects', 'Disconnects', 'Storm']);
    assert.deepEqual(await faults(), []);
  });
  it('does not say that all is well while an alert is open', async () => {
    await page.waitForSelector('.attention .needs li');
    assert.equal(await page.$('.attention .all-well'), null);
  });
});

describe('a list under the pointer', () => {
  it('holds still until it is told to, and its rows say what is new', async () => {
    await tab.go('stations');
    await waitForRow('DEPOT');
    const before = await rowsOf();
    await page.hover('.table-body .table-row');
    await rest.expect(201, 'POST', '/stations', { id: 'AAA-FIRST', security_profile: 0 });
    await page.waitForSelector('.held');
    assert.equal(await tab.text('.held'), '1 update · apply');
    assert.equal((await rowsOf()).length, before.length);
    assert.deepEqual(await faults(), []);
    await page.click('.held');
    await waitForRow('AAA-FIRST');
    assert.equal(await page.$('.held'), null);
    await page.hover('.table-body .table-row');
    await rest.expect(204, 'DELETE', '/stations/AAA-FIRST');
    await page.waitForSelector('.held');
    await page.mouse.move(2, 2); // nobody points at it any more
    await page.waitForFunction(() => !document.querySelector('.table-body').textContent.includes('AAA-FIRST'));
  });
  it('says what each station draws', async () => {
    await tab.go('stations');
    await page.waitForFunction(() => [...document.querySelectorAll('.table-body .cell')].some((one) => /^[\d.,]+ k?W$/.test(one.textContent)));
  });
});

describe('locations', () => {
  it('are made, given to a station and asked for', async () => {
    await tab.go('locations');
    assert.match(await tab.text('.empty'), /No location yet/);
    assert.deepEqual(await faults(), []);
    await page.getByRole('button', { name: 'Add location' }).click();
    await page.fill('dialog input[name=id]', 'harbour');
    await page.fill('dialog input[name=name]', 'At the harbour');
    await page.fill('dialog textarea[name=address]', 'Quay 4; night watch +49 40 1234');
    await page.fill('dialog input[name=zone]', 'Europe/Berlin');
    assert.deepEqual(await faults(), []);
    await page.click('dialog button[type=submit]');
    await waitForRow('At the harbour');
    await tab.go(station());
    await page.waitForSelector('.evse');
    await page.locator('.card-head', { hasText: 'Station' }).getByRole('button', { name: 'Edit' }).click();
    await page.selectOption('dialog select[name=location]', 'harbour');
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('#main >> text=night watch');
    assert.equal((await rest.station(world.main.id)).location_id, 'harbour');
    await tab.go('stations?location_id=harbour');
    await page.waitForFunction(() => document.querySelectorAll('.table-body .table-row').length === 1);
    assert.match((await rowsOf())[0], /harbour/);
  });
});

describe('webhooks', () => {
  const hookOf = (path) => `http://127.0.0.1:${listener.address().port}${path}`;
  it('are made with a secret that is shown once, tried and looked into', async () => {
    await tab.go('webhooks');
    assert.match(await tab.text('.empty'), /No webhook/);
    await page.getByRole('button', { name: 'Add webhook' }).click();
    await page.fill('dialog input[name=url]', hookOf('/told'));
    assert.deepEqual(await faults(), []);
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog .secret code');
    assert.match(await tab.text('dialog .secret code'), /^whsec_/);
    await page.locator('dialog footer button').click();
    await page.getByRole('link', { name: /told$/ }).click();
    await page.getByRole('button', { name: 'Test' }).click();
    await waitForRow('webhook.ping');
    await page.waitForFunction(() => /delivered/.test(document.querySelector('.table-body').textContent));
    assert.ok(heard.includes('/told'));
    assert.deepEqual(await faults(), []);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.waitForSelector('.station-sub .chip >> text=paused');
    await page.getByRole('link', { name: 'All webhooks' }).click();
    assert.deepEqual(await faults(), []);
  });
  it('say what went wrong, and go again by hand', async () => {
    await page.getByRole('button', { name: 'Add webhook' }).click();
    await page.fill('dialog input[name=url]', hookOf('/broken'));
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog .secret code');
    await page.locator('dialog footer button').click();
    await page.getByRole('link', { name: /broken$/ }).click();
    await page.getByRole('button', { name: 'Test' }).click();
    await page.waitForFunction(() => /500/.test(document.querySelector('.table-body')?.textContent ?? ''));
    await page.getByRole('button', { name: 'Remove the webhook' }).click();
    await page.locator('dialog footer button.danger').click();
    await page.waitForFunction(() => !document.querySelector('#main').textContent.includes('/broken'));
  });
});

describe('who gets in', () => {
  it('by roles of one’s own', async () => {
    await tab.go('roles');
    await waitForRow('viewer');
    assert.deepEqual(await faults(), []);
    await page.locator('.table-row', { hasText: 'viewer' }).getByRole('button', { name: 'Another like it' }).click();
    await page.fill('dialog input[name=name]', 'night-shift');
    await page.fill('dialog input[name=meaning]', 'watches at night');
    assert.ok(await page.isChecked('dialog input[name="stations:read"]'));
    await page.check('dialog input[name="alerts:write"]');
    assert.deepEqual(await faults(), []);
    await page.click('dialog button[type=submit]');
    await waitForRow('night-shift');
    const role = (await rest.get('/roles/night-shift')).body;
    assert.ok(role.scopes.includes('alerts:write') && !role.built_in);
    await page.locator('.table-row', { hasText: 'night-shift' }).getByRole('button', { name: 'Edit' }).click();
    await page.uncheck('dialog input[name="alerts:write"]');
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog', { state: 'detached' });
    assert.ok(!(await rest.get('/roles/night-shift')).body.scopes.includes('alerts:write'));
    await page.locator('.table-row', { hasText: 'night-shift' }).getByRole('button', { name: 'Remove night-shift' }).click();
    await page.locator('dialog footer button.danger').click();
    await page.waitForFunction(() => !document.querySelector('.table-body').textContent.includes('night-shift'));
  });
  it('by a key from its networks alone', async () => {
    await tab.go('api-keys');
    await page.getByRole('button', { name: 'Make an API key' }).click();
    await page.fill('dialog input[name=name]', 'elsewhere');
    await page.selectOption('dialog select[name=role]', 'viewer');
    await page.fill('dialog input[name=networks]', '192.0.2.0/24, 2001:db8::7');
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog .secret code');
    const key = await tab.text('dialog .secret code');
    const me = () => fetch(`${lab.url()}/api/v1/me`, { headers: { authorization: `Bearer ${key}` } });
    const refused = await me();
    assert.equal(refused.status, 403);
    assert.equal((await refused.json()).code, 'address_refused');
    await page.locator('dialog footer button').click();
    await waitForRow('192.0.2.0/24');
    await page.locator('.table-row', { hasText: 'elsewhere' }).getByRole('button', { name: 'From…' }).click();
    assert.deepEqual(await faults(), []);
    await page.fill('dialog input[name=networks]', '');
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog', { state: 'detached' });
    assert.equal((await me()).status, 200);
  });
});

describe('sessions', () => {
  it('leave as a file, all that the filters name', async () => {
    await tab.go('sessions?state=ended');
    await page.waitForSelector('.table-body .table-row');
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
    const { readFileSync } = await import('node:fs');
    const lines = readFileSync(await file.path(), 'utf8').split('\r\n');
    assert.match(lines[0], /^id,station_id,evse_id/);
    assert.equal(lines.length - 1, (await rest.get('/transactions?state=ended&limit=1&total=exact')).body.total);
    assert.deepEqual(tab.outside, []);
  });
});
