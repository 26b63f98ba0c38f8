// Operators in the console: made, signed in, kept from what their role does not allow, and all of it
// in the record.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { adminKey, Lab } from '../e2e/lab.mjs';
import { Tab } from './browser.mjs';
import { build } from './world.mjs';

let lab;
let world;
let tab;
let page;
const password = 'correct horse battery';

before(async () => {
  lab = await Lab.start({ kind: 'embedded' });
  world = await build(lab);
  tab = await Tab.signedIn(lab);
  page = tab.page;
});
after(async () => {
  await tab?.browser.close();
  await lab?.stop();
});

const station = (rest = '') => `stations/${encodeURIComponent(world.main.id)}${rest}`;
const rowsOf = (of) => of.page.$$eval('.table-body .table-row', (all) => all.map((one) => one.textContent));
const waitForRow = (of, text) =>
  of.page.waitForFunction((wanted) => [...document.querySelectorAll('.table-body .table-row')].some((one) => one.textContent.includes(wanted)), text);

describe('operators', () => {
  it('are made, with a password that is shown once', async () => {
    await tab.go('users');
    assert.match(await tab.text('.empty'), /No operator yet/);
    assert.deepEqual(await tab.faults(), []);
    await page.getByRole('button', { name: 'Add operator' }).click();
    await page.fill('dialog input[name=name]', 'ada');
    await page.fill('dialog input[name=full_name]', 'Ada Byron');
    await page.selectOption('dialog select[name=role]', 'owner');
    await page.fill('dialog input[name=password]', password);
    assert.deepEqual(await tab.faults(), []);
    await page.click('dialog button[type=submit]');
    await waitForRow(tab, 'Ada Byron');
    await page.getByRole('button', { name: 'Add operator' }).click();
    await page.fill('dialog input[name=name]', 'vera');
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog .secret code');
    assert.match(await tab.text('dialog .secret code'), /^[0-9a-f]{20}$/);
    await page.locator('dialog footer button', { hasText: 'Close' }).click();
    await waitForRow(tab, 'vera');
    assert.ok((await rowsOf(tab)).some((text) => text.includes('vera') && text.includes('viewer')));
  });

  it('get another password, and are disabled and enabled', async () => {
    const row = page.locator('.table-row', { hasText: 'vera' });
    await row.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('button', { name: 'Disable…' }).click();
    await page.locator('dialog footer button.danger').last().click();
    await waitForRow(tab, 'disabled');
    await row.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('button', { name: 'Enable' }).click();
    await page.waitForFunction(() => !document.querySelector('.table-body').textContent.includes('disabled'));
    await lab.rest().expect(200, 'GET', '/users').then(async ({ data }) => {
      const vera = data.find((one) => one.name === 'vera');
      await lab.rest().expect(200, 'POST', `/users/${vera.id}/password`, { password });
    });
  });
});

describe('a link to sign in by', () => {
  it('signs one browser in, and no second one', async () => {
    const { secret } = await lab.rest().expect(201, 'POST', '/sign-in-links');
    const first = await Tab.open(tab.browser, lab.url());
    await first.page.goto(`${first.root}#link=${secret}`);
    await first.page.waitForSelector('.live.live');
    assert.match(await first.text('.top .who'), /key:/);
    assert.equal(await first.page.evaluate(() => location.hash + document.cookie + JSON.stringify({ ...sessionStorage })), '{}');
    await first.page.reload();
    await first.page.waitForSelector('.live.live');
    assert.deepEqual(first.complaints, []);

    const second = await Tab.open(tab.browser, lab.url());
    await second.page.goto(`${second.root}#link=${secret}`);
    await second.page.waitForSelector('[role=alert]');
    assert.match(await second.text('[role=alert]'), /followed already/);
    // Another one, pasted over the address of the page that is open.
    const fresh = await lab.rest().expect(201, 'POST', '/sign-in-links');
    await second.page.evaluate((to) => { location.hash = to; }, `#link=${fresh.secret}`);
    await second.page.waitForSelector('.rail');

    await first.page.getByRole('button', { name: 'Sign out' }).click();
    await first.page.waitForSelector('input[name=password]');
    assert.equal(await first.page.evaluate(() => fetch('../api/v1/me').then((answer) => answer.status)), 401);
    for (const one of [first, second]) await one.context.close();
  });
});

describe('a viewer', () => {
  let viewer;
  before(async () => {
    viewer = await Tab.open(tab.browser, lab.url());
    await viewer.page.goto(viewer.root);
    assert.deepEqual(await viewer.faults(), []);
  });

  it('is not let in with a wrong password', async () => {
    await viewer.page.fill('input[name=name]', 'vera');
    await viewer.page.fill('input[name=password]', 'not her password');
    await viewer.page.click('form:has(input[name=password]) button[type=submit]');
    await viewer.page.waitForSelector('[role=alert]');
    assert.match(await viewer.text('[role=alert]'), /wrong/);
    viewer.complaints = []; // the browser itself reports the refusal
  });

  it('signs in, stays over a reload, and has a live screen', async () => {
    await viewer.signInAs('vera', password);
    await viewer.page.waitForSelector('.live.live');
    assert.match(await viewer.text('.top .who'), /vera/);
    await viewer.page.reload();
    await viewer.page.waitForSelector('.rail');
    assert.equal(await viewer.page.evaluate(() => document.cookie), '');
  });

  it('is not handed over by a link of somebody else', async () => {
    const { secret } = await lab.rest().expect(201, 'POST', '/sign-in-links');
    await viewer.page.goto('about:blank');
    await viewer.page.goto(`${viewer.root}#link=${secret}`);
    await viewer.page.waitForSelector('dialog[open]');
    assert.match(await viewer.text('dialog[open]'), /whoever made it/);
    assert.equal(await viewer.page.evaluate(() => location.hash), '');
    await viewer.page.locator('dialog footer button').first().click();
    await viewer.page.waitForSelector('dialog', { state: 'detached' });
    assert.match(await viewer.text('.top .who'), /vera/);
    await viewer.page.goto('about:blank');
    await viewer.page.goto(`${viewer.root}#link=%E0%A4%A`);
    await viewer.page.waitForSelector('.rail');
  });

  it('is not offered what the role does not allow', async () => {
    assert.doesNotMatch(await viewer.text('.rail'), /Admin|Tokens/);
    await viewer.go('stations');
    assert.equal(await viewer.page.getByRole('link', { name: 'Add station' }).count(), 0);
    await viewer.go(station());
    await viewer.page.waitForSelector('.evse');
    for (const name of ['Start', 'Reset', 'Edit', 'Archive the station'])
      assert.equal(await viewer.page.getByRole('button', { name }).count(), 0, name);
    assert.doesNotMatch(await viewer.text('.tabs'), /OCPP console|Messages/);
    assert.deepEqual(await viewer.faults(), []);
    assert.deepEqual(viewer.complaints, []);
  });

  it('is refused it by the api as well, which names the scope', async () => {
    const answer = await viewer.page.evaluate(async (id) => {
      const asked = await fetch(`/api/v1/stations/${id}/commands/reset`, {
        method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Ohm-Csrf': '1' }, body: '{"type":"immediate"}',
      });
      return { status: asked.status, ...(await asked.json()) };
    }, world.main.id);
    assert.equal(answer.status, 403);
    assert.equal(answer.scope, 'commands:execute');
    viewer.complaints = [];
  });

  it('changes the own password', async () => {
    await viewer.page.click('.top .who');
    await viewer.page.fill('dialog input[name=current]', password);
    await viewer.page.fill('dialog input[name=wanted]', 'a new password');
    await viewer.page.click('dialog button[type=submit]');
    await viewer.page.waitForSelector('dialog', { state: 'detached' });
  });

  it('signs out, and the cookie is worth nothing', async () => {
    const [cookie] = (await viewer.context.cookies()).filter((one) => one.name === 'ohm_session');
    assert.ok(cookie.httpOnly);
    assert.equal(cookie.sameSite, 'Strict');
    await viewer.page.getByRole('button', { name: 'Sign out' }).click();
    await viewer.page.waitForSelector('.sign-in');
    const again = await fetch(`${lab.url()}/api/v1/me`, { headers: { cookie: `ohm_session=${cookie.value}` } });
    assert.equal(again.status, 401);
    await viewer.context.close();
  });
});

describe('the record', () => {
  it('says who did what, and what was refused', async () => {
    await tab.go('audit?who=user:vera&refused=true');
    await waitForRow(tab, 'resetStation');
    const rows = await rowsOf(tab);
    assert.ok(rows.some((text) => text.includes('403 insufficient_scope') && text.includes(world.main.id)), rows.join('\n'));
    assert.ok(rows.some((text) => text.includes('signIn') && text.includes('sign_in_refused')));
    assert.deepEqual(await tab.faults(), []);
    await tab.go('audit?target=users');
    await waitForRow(tab, 'createUser');
    assert.doesNotMatch(await tab.text(), /correct horse/);
    await page.getByRole('button', { name: 'Is it whole?' }).click();
    await page.waitForFunction(() => document.querySelector('.toasts').textContent.includes('whole'));
  });

  it('is taken along as a file', async () => {
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()]);
    assert.equal(file.suggestedFilename(), 'audit.csv');
  });
});

describe('the settings', () => {
  it('say what is set and from where, and keep secrets', async () => {
    await tab.go('settings');
    await page.waitForSelector('.settings tbody tr');
    await page.getByLabel('Text in the setting').fill('admin_key');
    await page.waitForFunction(() => document.querySelectorAll('.settings tbody tr').length === 1);
    const row = await tab.text('.settings tbody tr');
    assert.match(row, /OHM_ADMIN_KEY.*is set, and not shown.*environment/);
    assert.doesNotMatch(await tab.text(), new RegExp(adminKey));
    await page.getByLabel('Text in the setting').fill('');
    await page.getByLabel('Only those that are not the default').check();
    await page.waitForFunction(() => ![...document.querySelectorAll('.settings tbody tr td:nth-child(3)')].some((one) => one.textContent === 'default'));
  });
});

describe('keys', () => {
  it('are shown once and revoked', async () => {
    await tab.go('api-keys');
    await page.getByRole('button', { name: 'Make an API key' }).click();
    await page.fill('dialog input[name=name]', 'billing');
    await page.selectOption('dialog select[name=role]', 'finance');
    await page.selectOption('dialog select[name=age]', '30');
    assert.deepEqual(await tab.faults(), []);
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog .secret code');
    const key = await tab.text('dialog .secret code');
    assert.match(key, /^ohk_/);
    const me = await fetch(`${lab.url()}/api/v1/me`, { headers: { authorization: `Bearer ${key}` } });
    assert.equal((await me.json()).role, 'finance');
    await page.locator('dialog footer button').click();
    await waitForRow(tab, 'billing');
    await page.locator('.table-row', { hasText: 'billing' }).getByRole('button', { name: 'Revoke…' }).click();
    await page.locator('dialog footer button.danger').click();
    await page.waitForFunction(() => !document.querySelector('.table-body')?.textContent.includes('billing'));
    assert.equal((await fetch(`${lab.url()}/api/v1/me`, { headers: { authorization: `Bearer ${key}` } })).status, 401);
  });
});

describe('two operators at one station', () => {
  it('do not overwrite each other without being told', async () => {
    const other = await Tab.open(tab.browser, lab.url());
    await other.signInAs('ada', password);
    for (const one of [tab, other]) {
      await one.go(station());
      await one.page.waitForSelector('.evse');
      await one.page.locator('.card-head', { hasText: 'Station' }).getByRole('button', { name: 'Edit' }).click();
      await one.page.waitForSelector('dialog textarea');
    }
    await other.page.fill('dialog textarea', 'written by ada');
    await other.page.click('dialog button[type=submit]');
    await other.page.waitForSelector('dialog', { state: 'detached' });
    // The first one's page has heard of it by now; what the person sees in the dialog is older.
    await page.waitForFunction(() => document.querySelector('#main').textContent.includes('written by ada'));
    await page.fill('dialog textarea', 'written by the key');
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog .error-box');
    assert.match(await tab.text('dialog .error-box'), /Somebody else has changed it/);
    assert.match(await tab.text('dialog .error-box'), /412/);
    tab.complaints = []; // the browser itself reports the refusal
    assert.equal((await lab.rest().station(world.main.id)).note, 'written by ada');
    await page.keyboard.press('Escape');
    assert.deepEqual([...tab.outside, ...other.outside, ...other.complaints], []);
    await other.context.close();
  });
});
