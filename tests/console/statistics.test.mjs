// The plots of statistics: they are there, their tables say what REST says, and both leave as files.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab, until } from '../e2e/lab.mjs';
import { Tab } from './browser.mjs';
import { build } from './world.mjs';

let lab;
let world;
let tab;
let page;
let rest;

const read = (where) => rest.expect(200, 'GET', where);
const valued = (answer) => answer.data.filter((row) => row.values.some((value) => value !== null));

before(async () => {
  lab = await Lab.start({ kind: 'embedded' });
  rest = lab.rest();
  world = await build(lab);
  await until('sessions are counted', async () => valued(await read('/statistics/energy?interval=total'))[0]?.values[0] > 0, 30_000);
  await until('answer times are counted', async () => valued(await read('/statistics/latency?interval=total')).length > 0, 30_000);
  tab = await Tab.signedIn(lab);
  page = tab.page;
});
after(async () => {
  await tab?.browser.close();
  await lab?.stop();
});

const card = (name) => `.statistic-${name}`;
const drawn = (name) => page.waitForSelector(`${card(name)} .chart canvas`);
// The figures of a table's rows, as the page shows them, without blanks.
const tableOf = (name) =>
  page.$$eval(`${card(name)} tbody tr`, (rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim())));
const shown = (value) => (value === null ? '–' : new Intl.NumberFormat('en', { maximumFractionDigits: 3 }).format(value));

describe('the page of statistics', () => {
  it('has every plot, with its definition', async () => {
    await tab.go('statistics');
    for (const name of ['energy', 'sessions', 'utilisation', 'availability', 'connections', 'latency']) await drawn(name);
    const definitions = await page.$$eval('.statistic .definition', (all) => all.map((one) => one.textContent.length));
    assert.ok(definitions.length >= 10 && definitions.every((length) => length > 30), definitions.join());
    assert.equal(await page.$$eval('.statistic-energy .u-wrap', (all) => all.length), 1);
    assert.deepEqual(await tab.faults(), []);
  });
  it('says in its tables what REST says', async () => {
    for (const name of ['energy', 'sessions', 'availability']) {
      await page.click(`${card(name)} .tabs button:has-text("Table")`);
      await page.waitForSelector(`${card(name)} tbody tr`);
      const answer = await read(`/statistics/${name}?from=${new Date(Date.now() - 29 * 86_400_000).toISOString()}`);
      const table = await tableOf(name);
      assert.equal(table.length, answer.data.length, name);
      // Today goes on while it is read; the days before stand.
      answer.data.reverse().slice(1).forEach((row, i) =>
        assert.deepEqual(table[i + 1], [row.day, ...row.values.map(shown)], `${name} ${row.day}`));
    }
    const [today] = await tableOf('energy');
    assert.ok(Number(today[1].replaceAll(',', '')) > 0, today.join());
    assert.deepEqual(await tab.faults(), []);
  });
  it('gives CSV as REST does, and a picture', async () => {
    const csv = await tab.download(() => page.click(`${card('sessions')} button:has-text("CSV")`));
    assert.equal(csv.name, 'sessions.csv');
    const [head, ...rows] = csv.content.toString('utf8').trim().split('\r\n');
    assert.equal(head, 'from,to,day,group,started,ended,charged,success_percent,accepted,refused,first_tries,first_tries_charged,first_try_percent');
    assert.equal(rows.length, 30);
    await page.click(`${card('sessions')} .tabs button:has-text("Chart")`);
    await drawn('sessions');
    const png = await tab.download(() => page.click(`${card('sessions')} button:has-text("PNG")`));
    assert.equal(png.content.subarray(1, 4).toString(), 'PNG');
    assert.ok(png.content.length > 2000);
  });
  it('is of a station, where the address says so', async () => {
    await tab.go(`statistics?station_id=${encodeURIComponent(world.main.id)}&days=7`);
    await drawn('energy');
    assert.equal(await page.$('.statistic-latency'), null);
    await page.click(`${card('energy')} .tabs button:has-text("Table")`);
    await page.waitForSelector(`${card('energy')} tbody tr`);
    assert.equal((await tableOf('energy')).length, 7);
  });
  it('is reached and read with keys alone', async () => {
    await tab.go('stations');
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await drawn('energy');
    await page.focus(`${card('energy')} .tabs button:has-text("Table")`);
    await page.keyboard.press('Enter');
    await page.waitForSelector(`${card('energy')} .small-table[tabindex="0"] tbody tr`);
  });
});

describe('where else they stand', () => {
  it('on the overview, with tiles', async () => {
    await tab.go('');
    await drawn('energy');
    await page.waitForSelector('.heat-map td');
    await page.waitForFunction(() => /kWh|Wh/.test(document.querySelector('.statistic-tiles .tile-value')?.textContent ?? ''));
    const started = (await page.$$eval('.heat-map td', (all) => all.map((one) => Number(one.textContent)))).reduce((sum, one) => sum + one, 0);
    const said = valued(await read('/statistics/sessions?interval=total'))[0].values[0];
    assert.equal(started, said);
    assert.deepEqual(await tab.faults(), []);
  });
  it('on a station, beside its figures', async () => {
    await tab.go(`stations/${encodeURIComponent(world.main.id)}/metrics`);
    await drawn('energy');
    await drawn('availability');
    assert.deepEqual(await tab.faults(), []);
  });
  it('on a station, as the power of its last 24 hours', async () => {
    const id = encodeURIComponent(world.main.id);
    await tab.go(`stations/${id}`);
    await drawn('power');
    assert.match(await tab.text(card('power')), /\d+ gaps?: nothing is known there/); // before it connected
    assert.deepEqual(await tab.faults(), []);
    await page.click(`${card('power')} .tabs button:has-text("Table")`);
    await page.waitForSelector(`${card('power')} tbody tr`);
    const answer = await read(`/statistics/power?station_id=${id}&from=${new Date(Date.now() - 40 * 60_000).toISOString()}&to=${new Date(Date.now() - 10 * 60_000).toISOString()}`);
    const known = answer.data.map((row) => row.values[0]);
    assert.ok(known.length >= 30 && known.every((watts) => watts > 0), known.join());
    const table = (await tableOf('power')).map((cells) => cells[1]);
    for (const watts of known) assert.ok(table.includes(shown(watts)), `${watts}`);
    assert.ok(table.includes('–'));
    const csv = await tab.download(() => page.click(`${card('power')} button:has-text("CSV")`));
    assert.match(csv.content.toString('utf8'), /^from,to,day,group,power_w,sessions\r\n/);
    await page.click(`${card('power')} .tabs button:has-text("Chart")`);
    await drawn('power');
    const png = await tab.download(() => page.click(`${card('power')} button:has-text("PNG")`));
    assert.equal(png.content.subarray(1, 4).toString(), 'PNG');
  });
  it('not on a station of which nothing is known', async () => {
    const gone = Object.values(world.stations).find((one) => one.id.startsWith('VILLAGE'));
    await tab.go(`stations/${encodeURIComponent(gone.id)}`);
    await page.waitForSelector(`${card('power')} >> text=Nothing is known of this time yet`);
    assert.equal(await page.$(`${card('power')} .chart`), null);
    assert.deepEqual(await tab.faults(), []);
  });
  it('without a word to the console or to anybody outside', () => {
    assert.deepEqual(tab.complaints, []);
    assert.deepEqual(tab.outside, []);
  });
});
