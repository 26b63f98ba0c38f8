// Operators who act on many stations: whom an order meets, filters of the fleet, and one raw call to several.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab, until } from '../e2e/lab.mjs';
import { Station, versions } from '../e2e/station.mjs';
import { Tab } from './browser.mjs';
import { build } from './world.mjs';

let lab;
let world;
let tab;
let page;
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

const rows = (n) => page.waitForFunction((wanted) => document.querySelectorAll('.table-body .table-row').length === wanted, n);
const inAddress = (text) => page.waitForFunction((wanted) => location.search.includes(wanted), text);

describe('orders to many', () => {
  it('say whom they meet now, and wait for those that are offline', async () => {
    await tab.go('stations?ocpp_version=1.6');
    await page.waitForSelector('.table-body .table-row');
    await page.click('.table-head input');
    await page.getByRole('button', { name: 'Clear cache' }).click();
    const { stations } = (await lab.rest().post('/command-batches', { command: 'clear-cache', select: { filter: { ocpp_version: '1.6' } }, dry_run: true })).body;
    assert.ok(stations.offline > 0 && stations.charging > 0, JSON.stringify(stations));
    await page.waitForSelector(`dialog >> text=${stations.online} online, ${stations.offline} offline`);
    await page.waitForSelector(`dialog >> text=${stations.charging} with a session that runs now`);
    await page.waitForSelector('dialog >> text=Those that are offline refuse it.');
    await page.check('dialog input[name=queue]');
    await page.fill('dialog input[name=until]', '2020-01-01T00:00');
    await page.waitForSelector('dialog .field-error');
    assert.ok(await page.isDisabled('dialog button[type=submit]'));
    const until_ = new Date(Date.now() + 3_600_000).toISOString().slice(0, 16);
    await page.fill('dialog input[name=until]', until_);
    assert.deepEqual(await tab.faults(), []);
    await page.click('dialog button[type=submit]');
    await page.waitForURL(/batches\//);
    await page.waitForSelector('.legend >> text=waiting for their station');
    await page.waitForSelector('.table-body >> text=waits until');
    const [batch] = (await lab.rest().get('/command-batches?limit=1')).body.data;
    assert.equal(batch.only, 'idle');
    assert.equal(batch.params.queue, true);
    assert.ok(batch.params.expires_in > 3_400 && batch.params.expires_in <= 3_600, String(batch.params.expires_in));
  });
});

describe('what many have in common', () => {
  it('is a location that they are given at once', async () => {
    await lab.rest().expect(201, 'PUT', '/locations/pier', { name: 'The pier' });
    await tab.go('stations?q=HARBOUR');
    await rows(1);
    await page.click('.table-head input');
    await page.locator('.bulk').getByRole('button', { name: 'Location' }).click();
    await page.selectOption('dialog select[name=location]', 'pier');
    assert.deepEqual(await tab.faults(), []);
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog', { state: 'detached' });
    await page.waitForSelector('.table-body >> text=pier');
  });
  it('is firmware, of which it is said whom it disturbs', async () => {
    await tab.go('workers'); // nothing is selected then
    await tab.go('stations?q=HARBOUR');
    await rows(1);
    await page.click('.table-head input');
    await page.locator('.bulk').getByRole('button', { name: 'Firmware' }).click();
    await page.fill('dialog input[type=url]', 'https://firmware.example/4.3.0.bin');
    await page.keyboard.press('Tab');
    await page.waitForSelector('dialog >> text=1 online, 0 offline');
    assert.deepEqual(await tab.faults(), []);
    await page.keyboard.press('Escape');
  });
});

describe('what many get one by one', () => {
  const pick = async (word, what) => {
    await tab.go('workers'); // nothing is selected then
    await tab.go(`stations?q=${word}`);
    await rows(1);
    await page.click('.table-head input');
    await page.locator('.bulk').getByRole('button', { name: what }).click();
  };
  const makePasswords = async (id) => {
    await pick(id, 'Password');
    await page.getByLabel('Somebody sets it in the station').check();
    await page.waitForSelector('dialog >> text=0 online, 1 offline');
    await page.fill('dialog input[name=typed]', '7');
    assert.ok(await page.isDisabled('dialog button[type=submit]'));
    await page.fill('dialog input[name=typed]', '1');
    assert.deepEqual(await tab.faults(), []);
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog >> text=1 password is waiting for the file');
  };
  const knock = async (id, password) => {
    const station = new Station(lab, { id, version: versions[0], password });
    await station.connect();
    await station.close();
  };
  const passwordIn = (file, id) => {
    const [head, row, ...more] = file.content.toString('utf8').split('\r\n');
    assert.equal(head, 'station_id,password');
    assert.deepEqual(more, []);
    const [, said, password] = row.match(/^([^,]+),"(.+)"$/);
    assert.equal(said, id);
    return password.replaceAll('""', '"');
  };
  it('is a password that a file has once, and nothing else', async () => {
    const id = 'FLEET-LOCKED';
    await lab.rest().create(id, { security_profile: 1, password: 'correct-horse-battery' });
    await makePasswords(id);
    const file = await tab.download(() => page.getByRole('button', { name: 'Save the file' }).click());
    assert.match(file.name, /^passwords-.*\.csv$/);
    const password = passwordIn(file, id);
    assert.equal((await page.content()).includes(password), false);
    assert.equal(await page.getByRole('button', { name: 'Save the file' }).count(), 0);
    await page.waitForSelector('dialog >> text=1 password is in the file, and nowhere else');
    assert.deepEqual(await tab.faults(), []);
    await page.keyboard.press('Escape');
    await knock(id, password);
    await assert.rejects(knock(id, 'correct-horse-battery'));
  });
  it('is saved also where somebody goes without the file', async () => {
    const id = 'FLEET-LEFT';
    await lab.rest().create(id, { security_profile: 1, password: 'correct-horse-battery' });
    await makePasswords(id);
    const file = await tab.download(() => page.keyboard.press('Escape'));
    await knock(id, passwordIn(file, id));
  });
  it('is saved as far as it came, where somebody leaves the page meanwhile', async () => {
    const ids = Array.from({ length: 12 }, (_, i) => `MIDWAY-${i + 10}`);
    const old = 'correct-horse-battery';
    for (const id of ids) await lab.rest().create(id, { security_profile: 1, password: old });
    await tab.go('stations?q=MIDWAY');
    await rows(ids.length);
    await page.click('.table-head input');
    await page.locator('.bulk').getByRole('button', { name: 'Password' }).click();
    await page.getByLabel('Somebody sets it in the station').check();
    await page.fill('dialog input[name=typed]', String(ids.length));
    const file = await tab.download(async () => {
      await page.click('dialog button[type=submit]');
      await page.waitForSelector('dialog progress');
      await tab.go('workers');
    });
    const made = new Map(file.content.toString('utf8').split('\r\n').slice(1).map((row) => row.split(/,"|"$/)));
    assert.ok(made.size >= 1 && made.size <= ids.length, String(made.size));
    for (const id of ids) await knock(id, made.get(id) ?? old);
  });
  it('is a password that only the station gets, over its connection', async () => {
    await pick('DEPOT', 'Password');
    await page.waitForSelector('dialog >> text=1 online, 0 offline');
    await page.uncheck('dialog input[name=idle]');
    assert.deepEqual(await tab.faults(), []);
    await page.click('dialog button[type=submit]');
    await page.waitForURL(/batches\//);
    const [batch] = (await lab.rest().get('/command-batches?limit=1')).body.data;
    assert.equal(batch.command, 'rotate-password');
  });
  it('is a list of tokens, or a question for its version', async () => {
    await pick('DEPOT', 'Local list');
    await page.selectOption('dialog select[name=what]', 'tokens');
    await page.fill('dialog input[name=group]', 'FLEET');
    await page.waitForSelector('dialog >> text=1 online, 0 offline');
    assert.deepEqual(await tab.faults(), []);
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog', { state: 'detached' });
    const list = await until('the station has it', async () => {
      const found = (await lab.rest().get(`/stations/${encodeURIComponent(world.main.id)}/local-list`)).body;
      return found.in_sync && found;
    });
    assert.equal(list.source, 'tokens');
    assert.deepEqual(list.tokens, { group_ids: ['FLEET'] });
    assert.equal(list.confirmed_entries, 2);
    await pick('DEPOT', 'Local list');
    await page.selectOption('dialog select[name=what]', 'version');
    await page.waitForSelector('dialog >> text=1 online, 0 offline');
    await page.uncheck('dialog input[name=idle]');
    await page.click('dialog button[type=submit]');
    await page.waitForURL(/batches\//);
    await page.waitForSelector('.page-head >> text=get-local-list-version');
  });
  it('says where it failed', async () => {
    await pick('NEW-', 'Local list');
    await page.waitForSelector('dialog >> text=0 online, 1 offline');
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog [role=alert] li');
    assert.match(await page.textContent('dialog [role=alert] li'), /^NEW-/);
    assert.deepEqual(await tab.faults(), []);
    await page.keyboard.press('Escape');
  });
});

describe('tokens', () => {
  it('are imported after a look at what would happen to each row', async () => {
    await tab.go('tokens');
    await page.getByRole('link', { name: 'Import' }).click();
    await page.fill('textarea', 'uid,status,note\nIMPORT-1,Accepted,Van 1\nIMPORT-2,Nonsense,\n04A1B2C3D4,Blocked,Lost\n');
    assert.ok(await page.isDisabled('button.primary'));
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.waitForSelector('text=1 created, 1 replaced, 1 refused');
    assert.match(await tab.text('.small-table tbody tr'), /^2.*refused.*status/); // what is refused comes first
    assert.equal((await lab.rest().get('/tokens/IMPORT-1')).status, 404);
    assert.deepEqual(await tab.faults(), []);
    await page.getByRole('button', { name: 'Import' }).click();
    await page.waitForSelector('text=What has happened');
    assert.equal((await lab.rest().get('/tokens/IMPORT-1')).status, 200);
    assert.equal((await lab.rest().get('/tokens/04A1B2C3D4')).body.status, 'Blocked');
  });
});

describe('a local list', () => {
  it('says in words how far the station has it', async () => {
    await tab.go(`stations/${encodeURIComponent(world.main.id)}/local-list`);
    await page.waitForSelector('text=Entries that are wanted');
    assert.doesNotMatch(await tab.text('main'), /wanted entries|in sync|false/);
    assert.deepEqual(await tab.faults(), []);
  });
});

describe('filters', () => {
  it('find stations with a session, and silent ones', async () => {
    await tab.go('stations');
    await page.getByLabel('With a session or without').selectOption('true');
    await inAddress('has_active_session=true');
    await rows(1);
    assert.match(await tab.text('.table-body .table-row'), new RegExp(world.main.id));
    await page.getByLabel('Heard of or not').selectOption('60');
    await inAddress('silent_min=60');
    await page.waitForSelector('text=No station fits these filters');
  });
  it('show uptime and open alerts where they are wanted', async () => {
    await tab.go('stations?columns=id,uptime,alerts');
    await page.waitForSelector('[role=columnheader] >> text=Uptime, 30 d');
    await page.waitForSelector('[role=columnheader] >> text=Open alerts');
    await page.waitForSelector('.table-body .table-row');
    assert.deepEqual(await tab.faults(), []);
  });
  it('find sessions by location and energy', async () => {
    await lab.rest().expect(201, 'PUT', '/locations/yard', { name: 'The yard' });
    await lab.rest().expect(200, 'PATCH', `/stations/${encodeURIComponent(world.main.id)}`, { location_id: 'yard' });
    const many = (await lab.rest().get('/transactions?limit=100')).body.data;
    await tab.go('sessions');
    await rows(many.length);
    await page.getByLabel('All locations').selectOption('yard');
    await inAddress('location_id=yard');
    await rows(many.filter((one) => one.station_id === world.main.id).length);
    await tab.go('sessions');
    await page.getByLabel('kWh, at least').fill('1000,5');
    await inAddress('min_kwh=1000.5');
    await page.waitForSelector('text=No session fits these filters');
    await page.getByLabel('kWh, at least').fill('nothing');
    await rows(many.length);
    assert.deepEqual(await tab.faults(), []);
  });
});

describe('the OCPP console', () => {
  it('sends to several stations and shows what each answers', async () => {
    await tab.go('stations?q=DEPOT');
    await rows(1);
    await page.click('.table-head input');
    await page.click('.bulk >> text=OCPP console');
    await page.waitForURL(/raw\?/);
    await page.getByRole('button', { name: 'ClearCache', exact: true }).click();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.waitForSelector('dialog >> text=1 online, 0 offline');
    await page.uncheck('dialog input[name=idle]');
    assert.deepEqual(await tab.faults(), []);
    await page.click('dialog button[type=submit]');
    await page.waitForURL(/batches\//);
    await page.waitForSelector('.page-head >> text=ClearCache to 1 station');
    await page.locator('.table-body .table-row', { hasText: '"status":"Accepted"' }).click();
    await page.waitForSelector('.opened pre >> text=Accepted');
    assert.deepEqual(await tab.faults(), []);
  });
  it('means the stations that a filter finds, of the version that is chosen', async () => {
    await tab.go('raw?connectivity=online&action=TriggerMessage');
    await page.getByLabel('OCPP version').selectOption('2.0.1');
    await inAddress('ocpp_version=2.0.1');
    await page.getByRole('button', { name: 'ClearCache', exact: true }).click();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    const met = await until('it is counted', async () => (await page.textContent('dialog [role=status]').catch(() => null))?.match(/(\d+) online, 0 offline/));
    const online = (await lab.rest().get(`/stations?connectivity=online&ocpp_version=${versions[1].name}`)).body.data.length;
    assert.equal(Number(met[1]), online);
    await page.keyboard.press('Escape');
  });
});
