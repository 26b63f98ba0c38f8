// The console in German: nothing of it stays English. Whatever stands alone on a screen and is a text
// of the catalogue, or a word of the api, must stand there translated.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { adminKey, Lab, until } from '../e2e/lab.mjs';
import { openBrowser, Tab } from './browser.mjs';
import { build } from './world.mjs';

const source = (name) => readFileSync(new URL(`../../console/src/${name}`, import.meta.url), 'utf8');
const catalogue = JSON.parse(source('words/de.json'));
const meanings = JSON.parse(source('words/settings/de.json'));

// Words of OCPP, which stay as the standard has them wherever a station says them, and the name of a command.
const standard = ['Available', 'Charging', 'Faulted', 'Occupied', 'Unavailable', 'Unknown', 'Reset', 'reset'];
const german = new Set(Object.values(catalogue));
const ownWords = [...source('state_words.ts').matchAll(/^ {2}(\w+): \(\) => t\('([^']+)'\)/gm)]
  .filter(([, word, text]) => catalogue[text] !== word).map(([, word]) => word);
const english = [...Object.keys(catalogue).filter((text) => catalogue[text] !== text), ...ownWords]
  .filter((text) => !german.has(text) && !standard.includes(text));

let lab;
let browser;
let tab;
let screens;

before(async () => {
  lab = await Lab.start({ kind: 'embedded' });
  const world = await build(lab);
  const rest = lab.rest();
  const order = (id, name, body = {}) => rest.ask('POST', `/api/v1/stations/${encodeURIComponent(id)}/commands/${name}`, body, { Prefer: 'respond-async' });
  const offline = Object.keys(world.stations).find((id) => id.startsWith('VILLAGE'));
  const answered = (await order(world.main.id, 'clear-cache')).body.id;
  const failed = (await order(offline, 'clear-cache')).body;
  const waits = (await order(offline, 'clear-cache', { queue: true, expires_in: 600 })).body.id;
  const given = (await order(offline, 'reset', { queue: true, expires_in: 600 })).body.id;
  await rest.ask('POST', `/api/v1/commands/${given}/cancel`);
  const batch = (await rest.post('/command-batches', { command: 'clear-cache', select: { station_ids: [world.main.id, offline] } })).body.id;
  await until('the batch is over', async () => (await rest.get(`/command-batches/${batch}`)).body.state === 'finished');
  assert.ok(answered && waits && given && failed, 'there are commands in every state');
  const session = (await rest.get('/transactions?state=ended&limit=1')).body.data[0].id;
  const station = `stations/${encodeURIComponent(world.main.id)}`;
  const parts = ['', '/messages', '/sessions', '/commands', '/configuration', '/profiles', '/reservations', '/local-list', '/files', '/security', '/certificates', '/events', '/metrics', '/raw', '/check'];
  screens = [
    '', 'stations', 'stations?q=nobody', 'stations/new', 'stations/import', 'attempts', 'sessions', 'orphan-stops', `sessions/${session}`,
    'stations?columns=uptime,alerts,serial,security,worker,address,note,created,away,boot,seen', 'tokens', 'tokens?add=1', 'tokens/DEADBEEF', 'decisions', 'unknown-tokens', 'commands', `commands/${answered}`, `commands/${waits}`, 'batches', `batches/${batch}`,
    'messages', 'workers', 'alerts', 'alert-rules', 'statistics', 'users', 'roles', 'roles?add=1', 'api-keys', 'api-keys?add=1', 'audit',
    'settings', 'webhooks', 'webhooks?add=1', 'locations', 'raw?ocpp_version=1.6&connectivity=online', 'nowhere', ...parts.map((part) => station + part),
  ];
  browser = await openBrowser();
  tab = await Tab.open(browser, lab.url(), { locale: 'de' });
  await tab.signIn(adminKey);
});
after(async () => {
  await browser?.close();
  await lab?.stop();
});

// What is written in code, or by OCPP and operators, is nobody's to translate.
const left = (words) => {
  const known = new Set(words);
  const found = new Set();
  const look = (text) => { if (known.has(text?.trim())) found.add(text.trim()); };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (!node.parentElement.closest('code, pre, script')) look(node.textContent);
  for (const one of document.querySelectorAll('[placeholder], [title], [aria-label]'))
    for (const name of ['placeholder', 'title', 'aria-label']) look(one.getAttribute(name)?.replace('( / )', ''));
  return [...found];
};

// German words are long: headings of columns and the words in fields for a filter that have no room.
const cut = () => {
  const heads = [...document.querySelectorAll('[role=columnheader]')].filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent);
  const pen = document.createElement('canvas').getContext('2d');
  const fields = [...document.querySelectorAll('.filters input[placeholder]')].filter((one) => {
    const style = getComputedStyle(one);
    pen.font = style.font;
    return pen.measureText(one.placeholder).width > one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  }).map((one) => one.placeholder);
  return [...heads, ...fields];
};

describe('in German', () => {
  it('looks for words that it would find', async () => {
    for (const word of ['answered', 'cancelled', 'confirmed', 'contradicted', 'not_supported', 'queued', 'registers', 'Any state'])
      assert.ok(english.includes(word), word);
    await tab.go('commands');
    await tab.page.evaluate(() => { document.querySelector('h1').textContent = 'answered'; });
    assert.deepEqual(await tab.page.evaluate(left, english), ['answered']);
    await tab.go('');
  });

  it('says nothing in English on any screen, and cuts no heading or filter', async () => {
    const faults = [];
    const short = [];
    for (const path of screens) {
      await tab.go(path);
      await tab.page.waitForTimeout(200);
      for (const word of await tab.page.evaluate(left, english)) faults.push(`/${path}: ${word}`);
      for (const word of await tab.page.evaluate(cut)) short.push(`/${path}: ${word}`);
    }
    assert.deepEqual(faults, []);
    assert.deepEqual(short, []);
  });

  it('says the state of a command, what is chosen by, and why one failed', async () => {
    await tab.go('commands');
    const chips = await tab.page.$$eval('.table-body .chip', (all) => all.map((one) => one.textContent));
    for (const word of ['beantwortet', 'abgebrochen', 'wartet']) assert.ok(chips.includes(word), `${word} in ${chips}`);
    assert.match(await tab.text('select[aria-label="Jeder Zustand"]'), /beantwortet.*fehlgeschlagen.*abgelaufen.*abgebrochen/);
    assert.match(await tab.text('select[aria-label="Jede Wirkung"]'), /bestätigt.*ausgeblieben/);
    await tab.go('raw?ocpp_version=1.6&connectivity=online');
    assert.match(await tab.text('.page-head'), /OCPP 1\.6 · Verbindung: online|Verbindung: online · OCPP 1\.6/);
  });

  it('says what each setting means, and of no other', async () => {
    const { data } = (await lab.rest().get('/settings')).body;
    assert.deepEqual(Object.keys(meanings).sort(), data.map((one) => one.key).sort());
    await tab.go('settings');
    await tab.page.waitForSelector(`text=${meanings.HEARTBEAT_INTERVAL}`);
    const shown = await tab.text('.settings');
    assert.deepEqual(data.filter((one) => shown.includes(one.meaning)).map((one) => one.key), []);
    assert.doesNotMatch(shown, /a whole number| to \d| or |without/);
  });
});
