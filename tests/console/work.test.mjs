// What an operator keeps and takes along: QR codes, saved views, raw calls, curves as files.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab } from '../e2e/lab.mjs';
import { Tab } from './browser.mjs';
import { readCode } from './qr.mjs';
import { build } from './world.mjs';

let lab;
let world;
let tab;
let page;

before(async () => {
  lab = await Lab.start({ kind: 'embedded' });
  world = await build(lab);
  world.main.client.handle('ChangeConfiguration', () => ({ status: 'Accepted' }));
  tab = await Tab.signedIn(lab);
  page = tab.page;
});
after(async () => {
  await tab?.browser.close();
  await lab?.stop();
});

const station = (rest = '') => `stations/${encodeURIComponent(world.main.id)}${rest}`;
const kept = (name) => page.evaluate((key) => localStorage.getItem(key), name);

describe('the URL of a station', () => {
  it('is a code that reads as it, with and without the identity', async () => {
    await tab.go('stations/new');
    await page.fill('input[name=id]', 'GARAGE 07');
    await page.click('button[type=submit]');
    await page.waitForSelector('svg.qr');
    assert.equal(await tab.text('.url code'), 'ws://127.0.0.1:3000/GARAGE%2007');
    assert.equal(await readCode(tab, 'svg.qr'), 'ws://127.0.0.1:3000/GARAGE%2007');
    assert.deepEqual(await tab.faults(), []);
    await page.getByLabel('Without the identity').check();
    assert.equal(await tab.text('.url code'), 'ws://127.0.0.1:3000');
    assert.equal(await readCode(tab, 'svg.qr'), 'ws://127.0.0.1:3000');
  });
  it('has the host that the person says, which is kept', async () => {
    await tab.go(station());
    await page.getByRole('button', { name: 'URL and QR code' }).click();
    await page.click('dialog summary >> text=another address');
    await page.fill('dialog input[placeholder]', 'http://wrong');
    await page.waitForSelector('dialog .field-error');
    await page.fill('dialog input[placeholder]', 'ws://csms.example:80/ocpp/');
    assert.equal(await readCode(tab, 'dialog svg.qr'), `ws://csms.example:80/ocpp/${world.main.id}`);
    assert.equal(await kept('ohm.station-address.ws'), 'ws://csms.example:80/ocpp');
    await page.fill('dialog input[placeholder]', '');
    assert.equal(await kept('ohm.station-address.ws'), null);
    await page.keyboard.press('Escape');
  });
  it('is printed for all that are selected', async () => {
    await tab.go('stations');
    await page.waitForSelector('.table-body .table-row');
    await page.click('.table-head input');
    await page.click('.bulk >> text=QR codes');
    await page.waitForSelector('.qr-sheet svg.qr');
    assert.deepEqual(await tab.faults(), []);
    const ids = await page.$$eval('.qr-sheet strong', (all) => all.map((one) => one.textContent));
    assert.ok(ids.length >= 8 && ids.includes(world.main.id), ids.join());
    await page.emulateMedia({ media: 'print' });
    try {
      for (const hidden of ['.rail', '.top', '.sheet-settings', '.page-head'])
        assert.equal(await page.isVisible(hidden), false, `${hidden} is printed`);
      for (const id of ids)
        assert.equal(await readCode(tab, `.qr-sheet li:has(strong:text-is("${id}")) svg.qr`), `ws://127.0.0.1:3000/${encodeURIComponent(id)}`);
    } finally {
      await page.emulateMedia({ media: 'screen' });
    }
  });
});

describe('the picture of a station’s URL', () => {
  it('is also made by the api, at any length', async () => {
    const blank = await tab.context.newPage();
    const where = (address) => `/stations/${encodeURIComponent(world.main.id)}/qr.svg${address ? `?address=${encodeURIComponent(address)}` : ''}`;
    for (const address of ['', `wss://csms.example/${'long/'.repeat(12)}end`]) {
      const svg = (await lab.rest().get(where(address))).text;
      await blank.setContent(`<div style="width:320px">${svg}</div>`);
      assert.equal(await readCode({ page: blank }, 'svg'), `${address || 'ws://127.0.0.1:3000'}/${encodeURIComponent(world.main.id)}`);
    }
    await blank.close();
  });
});

describe('a view of a list', () => {
  const named = (name) => page.locator('.views').getByRole('link', { name, exact: true });
  const name = async (text) => {
    await page.fill('dialog input', text);
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog', { state: 'detached' });
  };
  it('is saved with filters and columns, and shown again by keyboard', async () => {
    await tab.go('stations?connectivity=online');
    await page.waitForSelector('.table-body .table-row');
    await page.click('.choice summary');
    await page.locator('.choice').getByLabel('Serial number').check();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Save this view' }).click();
    await name('Online');
    await named('Online').waitFor();
    assert.deepEqual(await tab.faults(), []);
    await named('All stations').click();
    await page.waitForFunction(() => location.search === '');
    await page.waitForSelector('[role=columnheader]:text-is("Serial number")', { state: 'detached' });
    await named('Online').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/connectivity=online/);
    await page.waitForSelector('[role=columnheader]:text-is("Serial number")');
    assert.equal(await named('Online').getAttribute('aria-current'), 'page');
  });
  it('is renamed, comes first where it is wanted so, and goes', async () => {
    await page.getByRole('button', { name: 'Rename the view' }).click();
    assert.equal(await page.inputValue('dialog input'), 'Online');
    await name('There now');
    await named('There now').waitFor();
    await page.getByLabel('Show it first').check();
    await tab.go('workers');
    await tab.go('stations');
    await page.waitForURL(/connectivity=online/);
    await page.reload();
    await named('There now').waitFor();
    await page.getByRole('button', { name: 'Delete the view' }).click();
    assert.match(await tab.text('dialog'), /There now/);
    await page.click('dialog .danger');
    await named('There now').waitFor({ state: 'detached' });
    assert.equal(await kept('ohm.views.stations'), '[]');
  });
  it('is each list’s own, and survives what is no view', async () => {
    await page.evaluate(() => localStorage.setItem('ohm.views.sessions', '[{"name":7},null,"x"]'));
    await page.goto(`${tab.root}sessions?state=active`);
    await page.waitForSelector('.table-body .table-row');
    await page.getByRole('button', { name: 'Save this view' }).click();
    await name('<b>Running</b>');
    await named('<b>Running</b>').waitFor();
    await tab.go('stations');
    assert.equal(await page.locator('.views').count(), 0);
  });
});

describe('a raw call', () => {
  const send = async (key, value) => {
    await page.fill('[data-field="/key"]', key);
    await page.fill('[data-field="/value"]', value);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.click('dialog .danger');
    await page.waitForSelector('dialog >> text=/The station answered|HTTP 4/');
    await page.keyboard.press('Escape');
  };
  it('is remembered without its secrets, and taken again', async () => {
    await tab.go(station('/raw?action=ChangeConfiguration'));
    await page.waitForSelector('[data-field="/key"]');
    await send('HeartbeatInterval', '240');
    await send('AuthorizationKey', 'never-to-be-kept-1');
    const all = await kept('ohm.raw-calls');
    assert.match(all, /AuthorizationKey/);
    assert.doesNotMatch(all, /never-to-be-kept/);
    await page.getByRole('button', { name: 'Take ChangeConfiguration' }).last().click();
    await page.waitForFunction(() => document.querySelector('[data-field="/value"]')?.value === '240');
    assert.deepEqual(await tab.faults(), []);
  });
  it('leaves out tokens, and the password in a URL', async () => {
    await tab.go(station('/raw?action=RemoteStartTransaction'));
    await page.waitForSelector('[data-field="/idTag"]');
    await page.fill('[data-field="/idTag"]', '04A1B2C3D4');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.waitForSelector('dialog >> text=The station answered');
    await page.keyboard.press('Escape');
    assert.doesNotMatch(await kept('ohm.raw-calls'), /04A1B2C3D4/);
    await tab.go(station('/raw?action=GetDiagnostics'));
    await page.waitForSelector('[data-field="/location"]');
    await page.fill('[data-field="/location"]', 'ftp://name:hidden-word@files.example/logs?sig=hidden-sign');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.waitForSelector('dialog >> text=/The station answered|HTTP 4/');
    await page.keyboard.press('Escape');
    const all = await kept('ohm.raw-calls');
    assert.match(all, /ftp:\/\/files\.example\/logs/);
    assert.doesNotMatch(all, /hidden/);
  });
  it('is checked as JSON before it is sent', async () => {
    await tab.go(station('/raw?action=ChangeConfiguration'));
    await page.waitForSelector('[data-field="/key"]');
    await page.getByRole('button', { name: 'JSON', exact: true }).click();
    await page.fill('textarea', '{"key": "HeartbeatInterval", "value": 5}');
    await page.waitForSelector('.violations code:text-is("/value")');
    assert.ok(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled());
    await page.fill('textarea', '{"key": ');
    await page.waitForSelector('[role=status] .field-error');
  });
});

describe('an OCPP message', () => {
  const open = async (query) => {
    await tab.go('workers'); // the rows of the list before are not there any more
    await tab.go(station(`/messages?${query}`));
    await page.click('.table-body .table-row');
    await page.waitForSelector('.opened h2');
  };
  const halves = () => page.locator('.opened .halves > div');

  it('shows beside each field what OCPP allows there', async () => {
    await open('action=BootNotification');
    await halves().first().getByRole('button', { name: 'Fields' }).click();
    await page.waitForSelector('.opened .halves table');
    const rows = await halves().first().locator('tbody tr').allTextContents();
    assert.ok(rows.some((row) => row.includes('/chargePointVendor *') && row.includes('up to 20 characters')), rows.join('\n'));
    assert.deepEqual(await tab.faults(), []);
  });

  it('is copied as a transcript, and what we asked is asked again', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await open('action=ChangeConfiguration&text=HeartbeatInterval');
    await page.waitForSelector('.opened .halves > div:nth-child(2) pre');
    await page.locator('.opened').getByRole('button', { name: 'Copy as transcript' }).click();
    const lines = (await page.evaluate(() => navigator.clipboard.readText())).split('\n');
    assert.equal(lines.length, 2);
    assert.match(lines[0], /^< \[2,"[^"]+","ChangeConfiguration",/);
    assert.match(lines[1], /^> \[3,/);
    await page.locator('.opened').getByRole('button', { name: 'Open in the OCPP console' }).click();
    await page.waitForURL(/\/raw\?action=ChangeConfiguration/);
    await page.waitForFunction(() => document.querySelector('[data-field="/key"]')?.value);
  });

  it('goes to the vendor without cards and passwords', async () => {
    await tab.go(station('/messages'));
    await page.waitForSelector('.table-body .table-row');
    const file = await tab.download(() => page.getByLabel('Export', { exact: true }).selectOption('vendor'));
    assert.match(file.name, /-for-vendor\.json$/);
    const text = file.content.toString();
    for (const secret of ['04A1B2C3D4', 'never-to-be-kept']) assert.ok(!text.includes(secret), secret);
    const bundle = JSON.parse(text);
    assert.equal(bundle.station.id, world.main.id);
    assert.equal(bundle.station.firmware_version, '4.2.1');
    const starts = bundle.messages.filter((one) => one.action === 'StartTransaction' && one.message_type === 'CALL').map((one) => JSON.parse(one.frame)[3].idTag);
    assert.ok(starts.length > 0 && starts.every((name) => /^token-\d+$/.test(name)), starts.join());
  });
});

describe('all stations that match', () => {
  it('are exported, also those that are not on the screen', async () => {
    for (let i = 0; i < 130; ++i) await lab.rest().create(`EXPORT-${String(i).padStart(3, '0')}`, { security_profile: 0 });
    await tab.go('stations?q=EXPORT-');
    await page.waitForSelector('.table-body .table-row');
    const file = await tab.download(() => page.getByRole('button', { name: 'Export' }).click());
    const lines = file.content.toString().split('\r\n');
    assert.equal(lines.length, 131);
    assert.match(lines[130], /^EXPORT-129,/);
  });
});

describe('a higher security profile that the station has accepted', () => {
  it('is shown with what it means, and taken back', async () => {
    await lab.rest().expect(200, 'POST', `/stations/${encodeURIComponent(world.main.id)}/ocpp/1.6/ChangeConfiguration`, { key: 'SecurityProfile', value: '2' });
    assert.equal((await lab.rest().station(world.main.id)).next_security_profile, 2);
    await tab.go(station('/security'));
    await page.waitForSelector('.next-profile');
    assert.match(await tab.text('.next-profile'), /accepted profile 2 .* profile 0 still lets it in/);
    assert.deepEqual(await tab.faults(), []);
    await page.getByRole('button', { name: 'Take it back' }).click();
    assert.ok((await tab.text('dialog')).includes(world.main.id), 'it does not say whom it hits');
    await page.click('dialog .danger');
    await page.waitForSelector('.next-profile', { state: 'detached' });
    assert.equal((await lab.rest().station(world.main.id)).next_security_profile, null);
  });
});

describe('a session', () => {
  it('tells its events as a line of time, as a table and as a file', async () => {
    const running = (await lab.rest().get(`/transactions?state=active&station_id=${encodeURIComponent(world.main.id)}`)).body.data;
    const session = running.find((one) => one.evse_id === 2);
    await tab.go(`sessions/${session.id}`);
    await page.waitForSelector('.timeline li');
    const card = page.locator('.card', { hasText: 'What was said' });
    const events = (await lab.rest().get(`/transactions/${session.id}/events?limit=500`)).body.data;
    const timeline = (await lab.rest().get(`/transactions/${session.id}/timeline?limit=500`)).body.data;
    assert.equal(await page.locator('.timeline li').count(), timeline.length);
    assert.equal(await page.locator('.timeline li.started').count(), 1);
    assert.ok(timeline.filter((one) => one.kind === 'meter').length >= 2 && timeline.length > events.length, JSON.stringify(timeline));
    await card.getByRole('button', { name: 'Table' }).click();
    assert.equal(await card.locator('tbody tr').count(), events.length);
    assert.deepEqual(await tab.faults(), []);
    const rows = (await tab.download(() => card.getByRole('button', { name: 'What was said, as CSV' }).click())).content.toString().split('\r\n');
    assert.equal(rows[0], 'at,received_at,kind,seq_no,trigger_reason,offline,payload');
    assert.ok(rows.length > events.length, `${rows.length} rows of ${events.length} events`);
  });
  it('gives its curves as a picture, and says where there are gaps', async () => {
    await page.waitForSelector('.chart canvas');
    assert.match(await tab.text(), /1 gap without a value/);
    const { content: picture } = await tab.download(() => page.getByRole('button', { name: 'Charts, as PNG' }).click());
    assert.equal(picture.subarray(1, 4).toString(), 'PNG');
    assert.ok(picture.readUInt32BE(16) > 600 && picture.readUInt32BE(20) > 400, 'it is too small to hold the curves');
  });
});

it('was quiet, and asked nobody else', () => {
  assert.deepEqual(tab.outside, []);
  // The browser itself reports what the api refused.
  assert.deepEqual(tab.complaints.filter((one) => !/status of 4\d\d/.test(one)), []);
});
