// The console as operators use it: the built program, stations that others wrote, and a real browser.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createServer, request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { adminKey, Lab, until } from '../e2e/lab.mjs';
import { openBrowser, Tab } from './browser.mjs';
import { build, buildHostile, hostile } from './world.mjs';

let lab;
let world;
let browser;
let tab;

before(async () => {
  lab = await Lab.start({ kind: 'embedded' });
  const page = await (await fetch(`${lab.url()}/console/`)).text();
  assert.match(page, /id="app"/, 'this program was built without its console: npm ci && npm run build in console/, then build it again');
  world = await build(lab);
  world.hostile = await buildHostile(lab);
  browser = await openBrowser();
  tab = await Tab.open(browser, lab.url());
});
after(async () => {
  await browser?.close();
  await lab?.stop();
});

const get = (path, headers = {}) => fetch(lab.url() + path, { headers, redirect: 'manual' });

describe('the files', () => {
  it('leads from / to the console, whatever stands before', async () => {
    const answer = await get('/');
    assert.equal(answer.status, 302);
    assert.equal(answer.headers.get('location'), 'console/');
  });
  it('gives the page for every path, hashed files for ever, and neither for what is not there', async () => {
    const page = await get('/console/stations/A%2FB/messages?action=x&anything=1');
    assert.equal(page.status, 200);
    assert.equal(page.headers.get('cache-control'), 'no-cache');
    const text = await page.text();
    const script = /"((?:\.\.\/)+assets\/index-[\w-]+\.js)"/.exec(text)?.[1];
    assert.ok(script, text);
    const file = `/console/${script.replaceAll('../', '')}`;
    for (const coding of ['br', 'gzip', 'identity']) {
      const answer = await get(file, { 'accept-encoding': coding });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('content-encoding'), coding === 'identity' ? null : coding);
      assert.match(answer.headers.get('cache-control'), /immutable/);
      assert.match(await answer.text(), /Ohmstead/);
    }
    const etag = page.headers.get('etag');
    assert.equal((await get('/console/stations/A%2FB/messages', { 'if-none-match': etag })).status, 304);
    assert.equal((await get('/console/assets/gone-12345678.js')).status, 404);
  });
  it('forbids what it does not need', async () => {
    const { headers } = await get('/console/');
    assert.match(headers.get('content-security-policy'), /^default-src 'self';.*frame-ancestors 'none'/);
    assert.doesNotMatch(headers.get('content-security-policy'), /unsafe/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
  });
  it('knows the api as it is now', () => {
    const folder = fileURLToPath(new URL('../../console/', import.meta.url));
    const run = spawnSync(process.execPath, ['scripts/types.mjs', lab.url(), '--check'], { cwd: folder, encoding: 'utf8', timeout: 30_000 });
    assert.equal(run.status, 0, run.stderr);
  });
});

describe('a person', () => {
  it('is not let in with a wrong key', async () => {
    await tab.page.goto(tab.root);
    await tab.page.fill('input[name=key]', 'wrong');
    await tab.page.click('form:has(input[name=key]) button[type=submit]');
    await tab.page.waitForSelector('[role=alert]');
    assert.match(await tab.text(), /not in force/);
    // The browser itself reports the refusal.
    assert.equal(tab.complaints.length, 1);
    tab.complaints = [];
    assert.deepEqual(await tab.violations(), []);
  });

  it('starts and stops charging', async () => {
    const { page } = tab;
    const { main } = world;
    await tab.signIn(adminKey);
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await page.waitForSelector('.table-body .table-row');
    await page.keyboard.press('/');
    await page.keyboard.type(main.id);
    await page.waitForFunction(() => document.querySelectorAll('.table-body .table-row').length === 1);
    assert.match(page.url(), /q=DEPOT/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.evse');

    await page.locator('.evse', { hasText: 'EVSE 1' }).getByRole('button', { name: 'Start' }).click();
    await page.fill('input[name=token]', '04A1B2C3D4');
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog .step.done >> text=It has happened');
    await page.keyboard.press('Escape');

    const card = page.locator('.evse', { hasText: 'EVSE 1' });
    await card.getByRole('link', { name: 'Session' }).click();
    await page.waitForSelector('.chart canvas');
    const drawn = await page.evaluate(() => {
      const canvas = document.querySelector('.chart canvas');
      return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((byte) => byte !== 0);
    });
    assert.ok(drawn, 'nothing is drawn');
    await page.click('text=Table');
    await page.waitForSelector('text=Power.Active.Import');

    await page.getByRole('button', { name: 'Stop charging' }).click();
    assert.match(await tab.text('dialog'), /EVSE 1 stops charging/);
    await page.click('dialog .danger');
    await page.waitForSelector('dialog .step.done >> text=It has happened');
    await page.keyboard.press('Escape');
    await page.waitForSelector('.station-sub >> text=ended');
  });

  it('sends a message of OCPP by a form, after a check', async () => {
    const { page } = tab;
    await tab.go(`stations/${encodeURIComponent(world.main.id)}/raw?action=TriggerMessage`);
    await page.waitForSelector('[data-field="/requestedMessage"]');
    await page.fill('[data-field="/connectorId"]', 'many');
    await page.waitForSelector('.field-error');
    assert.ok(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled());
    await page.fill('[data-field="/connectorId"]', '1');
    await page.selectOption('[data-field="/requestedMessage"]', 'Heartbeat');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.waitForSelector('dialog >> text=The station answered');
    await page.keyboard.press('Escape');
  });

  it('orders a batch and sees it end', async () => {
    const { page } = tab;
    await tab.go('stations?connectivity=online&ocpp_version=1.6&q=DEPOT');
    await page.waitForFunction(() => document.querySelectorAll('.table-body .table-row').length === 1);
    await page.click('.table-head input');
    await page.getByRole('button', { name: 'Clear cache' }).click();
    await page.uncheck('dialog input[type=checkbox]');
    await page.click('dialog button[type=submit]');
    await page.waitForURL(/batches\//);
    await page.waitForSelector('.page-head .chip >> text=finished');
  });

  it('finds a station by Ctrl-K, and help by ?', async () => {
    const { page } = tab;
    await page.keyboard.press('Control+k');
    await page.keyboard.type('office');
    await page.waitForSelector('#palette-list >> text=Office garage');
    assert.deepEqual(await tab.violations(), []);
    await page.keyboard.press('Enter');
    await page.waitForURL(/stations\/OFFICE/);
    await tab.settled();
    await page.keyboard.press('?');
    await page.waitForSelector('dialog .keys');
    assert.deepEqual(await tab.violations(), []);
    await page.keyboard.press('Escape');
  });
});

describe('every page', () => {
  it('has no fault that axe can find, in either theme, and asks nobody else', async () => {
    const rest = lab.rest();
    const id = encodeURIComponent(world.main.id);
    const [session] = (await rest.get('/transactions?state=active')).body.data;
    const [command] = (await rest.get('/commands?limit=1')).body.data;
    const [batch] = (await rest.get('/command-batches?limit=1')).body.data;
    const tabs = ['', 'messages', 'sessions', 'commands', 'configuration', 'profiles', 'files', 'security', 'events', 'metrics', 'raw'];
    const routes = [
      '', 'stations', 'stations?q=nothing-is-called-so', `qr-sheet?id=${id}`, 'qr-sheet', 'stations/new', 'stations/import', 'attempts', 'sessions',
      `sessions/${session.id}`, 'orphan-stops', 'tokens', 'tokens?add=1', 'tokens/04A1B2C3D4', 'decisions',
      'unknown-tokens', 'commands', `commands/${command.id}`, 'batches', `batches/${batch.id}`, 'alerts', 'alerts?state=closed', 'alert-rules', 'workers', 'users', 'roles', 'api-keys', 'webhooks', 'settings', 'locations', 'statistics',
      ...tabs.map((name) => `stations/${id}/${name}`), 'no-such-page',
    ];
    const found = [];
    for (const route of routes) {
      await tab.go(route);
      found.push(...(await tab.faults()));
    }
    assert.deepEqual(found, []);
    assert.deepEqual(tab.complaints, []);
    assert.deepEqual(tab.outside, []);
  });

  it('is spoken in German as well', async () => {
    await tab.page.selectOption('select[aria-label=Language]', 'de');
    await tab.go('stations');
    assert.match(await tab.text('h1'), /Stationen/);
    await tab.page.selectOption('select[aria-label=Sprache]', 'en');
  });
});

describe('texts of strangers', () => {
  const plain = (text) => text.replace(/\s+/g, ' ').trim();
  it(`shows ${hostile.length} of them as they are`, async () => {
    const { page } = tab;
    await tab.go('stations?sort=id');
    await page.waitForSelector('.table-body .table-row');
    const shown = new Map();
    for (let at = 0; at < 6000; at += 600) {
      await page.evaluate((top) => (document.querySelector('.table-scroll').scrollTop = top), at);
      await page.waitForTimeout(60);
      const rows = await page.$$eval('.table-body .table-row', (all) =>
        all.map((row) => [row.querySelector('a').textContent, row.children[1].textContent]));
      for (const [id, text] of rows) shown.set(id, text);
    }
    for (const { id, text } of world.hostile.ids)
      assert.ok(plain(shown.get(id) ?? '').includes(plain(text)), `${id}: ${shown.get(id)} for ${text}`);
  });
  it('runs none of them', async () => {
    const { page } = tab;
    for (const path of ['stations/H00', 'stations/H00/messages', 'stations/H00/events', 'stations/H00/metrics', 'stations/H01', 'tokens', 'decisions', 'unknown-tokens', '']) {
      await tab.go(path);
      assert.equal(await page.evaluate(() => window.hit), undefined, path);
    }
    await tab.go('stations/H00/messages');
    await page.click('.table-body .table-row');
    assert.match(await tab.text('.opened pre'), /</);
    assert.deepEqual(tab.complaints, []);
    assert.deepEqual(tab.outside, []);
  });
});

describe('events', () => {
  // The server's side is played here, as src/live.ts expects it.
  it('are asked for with the key in the first frame, and bring what has changed at once', async () => {
    const live = await Tab.open(browser, lab.url());
    let first;
    let socket;
    let url;
    await live.page.route('**/api/v1/capabilities', async (route) => {
      const answer = await route.fetch();
      const body = await answer.json();
      await route.fulfill({ json: { ...body, features: [...body.features, 'events'] } });
    });
    await live.page.routeWebSocket(/events\/ws/, (opened) => {
      socket = opened;
      url = opened.url();
      opened.onMessage((text) => {
        first = JSON.parse(text);
        opened.send(JSON.stringify({ type: 'ready', sequence: '41' }));
      });
    });
    try {
      await live.signIn(adminKey);
      await live.page.waitForSelector('span[class="live live"]');
      assert.deepEqual(first, { authorization: `Bearer ${adminKey}` });
      await live.page.click('.rail >> text=Stations');
      await live.page.fill('[data-search]', 'EVENT-STATION');
      await live.page.waitForSelector('text=No station fits');
      await lab.rest().create('EVENT-STATION');
      socket.send(JSON.stringify({
        specversion: '1.0', id: 'x', sequence: '42', type: 'station.created', source: '/stations/EVENT-STATION',
        subject: 'EVENT-STATION', time: new Date().toISOString(), data: {},
      }));
      await live.page.waitForSelector('.table-body >> text=EVENT-STATION', { timeout: 4000 });
      await socket.close();
      await until('a new connection that goes on behind the last event', () => /after=42/.test(url), 10_000);
      assert.deepEqual(live.complaints, []);
    } finally {
      await live.context.close();
    }
  });
});

describe('around it', () => {
  it('works behind a prefix', async () => {
    const target = new URL(lab.url());
    const proxy = createServer((incoming, outgoing) => {
      if (!incoming.url.startsWith('/ohm/')) return outgoing.writeHead(404).end();
      const onward = request({ host: target.hostname, port: target.port, path: incoming.url.slice(4), method: incoming.method, headers: incoming.headers }, (answer) => {
        outgoing.writeHead(answer.statusCode, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      incoming.pipe(onward);
    });
    await new Promise((done) => proxy.listen(0, '127.0.0.1', done));
    const behind = await Tab.open(browser, `http://127.0.0.1:${proxy.address().port}`, { prefix: '/ohm' });
    try {
      await behind.signIn(adminKey);
      await behind.page.click('.rail >> text=Stations');
      await behind.page.waitForSelector('.table-body .table-row');
      assert.match(behind.page.url(), /\/ohm\/console\/stations$/);
      await behind.page.goto(`${behind.root}stations/${world.main.id}/messages`);
      await behind.page.waitForSelector('.table-body .table-row');
      assert.deepEqual(behind.complaints, []);
    } finally {
      await behind.context.close();
      proxy.closeAllConnections?.();
      proxy.close();
    }
  });

  it('says that the api is away, and goes on when it is back', async () => {
    const { page } = tab;
    await tab.go('stations');
    await page.evaluate(() => (window.samePage = true));
    const [program] = lab.apis;
    await program.end('SIGKILL');
    await page.waitForSelector('.banner', { timeout: 15_000 });
    assert.match(await tab.text('.banner'), /does not answer/);
    assert.ok((await page.$$('.table-body .table-row')).length > 5, 'what was there is gone');
    program.start();
    await program.ready();
    await page.waitForSelector('.banner', { state: 'detached', timeout: 15_000 });
    await lab.rest().create('AFTER-RESTART');
    await page.fill('[data-search]', 'AFTER-RESTART');
    await until('the new station to be shown', () => page.$('text=AFTER-RESTART >> nth=0'), 15_000);
    assert.equal(await page.evaluate(() => window.samePage), true, 'the page was loaded anew');
  });
});
