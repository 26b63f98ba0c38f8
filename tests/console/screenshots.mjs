// Every screen of the console in both themes, of the demo's stations, as PNG files in a folder.
//   node tests/console/screenshots.mjs FOLDER [WORD of the screens that are wanted, '' for all] [LANGUAGE]
import { spawn } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { adminKey, binary, Lab, sleep, until } from '../e2e/lab.mjs';
import { openBrowser, Tab } from './browser.mjs';

const folder = resolve(process.argv[2] ?? 'screenshots');
const wanted = process.argv[3] ?? '';
const locale = process.argv[4] ?? 'en';
const sizes = { wide: [1440, 900], narrow: [800, 1100], phone: [390, 800] };

const lab = await Lab.start({ kind: 'embedded' });
const empty = await Lab.start({ kind: 'embedded' });
const browser = await openBrowser();
let sim;
const taken = [];
const failed = [];

// What sticks out of the page to the right, which nobody can read.
const overflow = () => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1;

async function shoot(tab, name, path) {
  if (!name.includes(wanted)) return;
  try {
    await tab.go(path);
    await tab.page.waitForTimeout(700);
    for (const theme of ['light', 'dark']) {
      await tab.setTheme(theme);
      await tab.page.emulateMedia({ colorScheme: theme }); // charts are drawn anew
      await tab.page.waitForTimeout(100);
      const file = join(folder, `${name}-${theme}.png`);
      await tab.page.screenshot({ path: file });
      taken.push([file, statSync(file).size]);
    }
    if (await tab.page.evaluate(overflow)) failed.push(`${name} is wider than its window`);
  } catch (error) {
    failed.push(`${name}: ${error.message.split('\n')[0]}`);
  }
}

function screens(session, command) {
  const station = 'stations/DEMO000001';
  const tabs = ['messages', 'sessions', 'commands', 'configuration', 'profiles', 'reservations', 'local-list', 'files', 'security', 'certificates', 'events', 'metrics', 'raw', 'check', 'simulate'];
  return [
    ['overview', ''], ['stations', 'stations'], ['stations-filtered', 'stations?q=nobody'], ['station-new', 'stations/new'], ['station-import', 'stations/import'],
    ['attempts', 'attempts'], ['sessions', 'sessions'], ['session', `sessions/${session}`], ['orphan-stops', 'orphan-stops'], ['tokens', 'tokens'], ['token', 'tokens/DEMO0001'],
    ['decisions', 'decisions'], ['unknown-tokens', 'unknown-tokens'], ['commands', 'commands'], ['command', `commands/${command}`], ['batches', 'batches'],
    ['messages', 'messages'], ['workers', 'workers'], ['alerts', 'alerts'], ['alert-rules', 'alert-rules'], ['statistics', 'statistics'], ['users', 'users'], ['roles', 'roles'], ['role-new', 'roles?add=1'],
    ['api-keys', 'api-keys'], ['api-key-new', 'api-keys?add=1'], ['audit', 'audit'], ['settings', 'settings'], ['webhooks', 'webhooks'], ['webhook-new', 'webhooks?add=1'], ['locations', 'locations'], ['no-such-page', 'nowhere'], ['no-such-station', 'stations/NOBODY'], ['raw', 'raw'], ['stations-fleet', 'stations?has_active_session=true&columns=uptime,alerts'], ['qr-sheet', 'qr-sheet?id=DEMO000001&id=DEMO000002'],
    ['station', station], ['station-faulted', 'stations/DEMO000003'], ...tabs.map((one) => [`station-${one}`, `${station}/${one}`]),
  ];
}

try {
  mkdirSync(folder, { recursive: true });
  sim = spawn(binary, ['sim', '--stations', '12', '--prefix', 'DEMO', '--mix', 'demo', '--token', 'DEMO', '--tokens', '6', '--url', lab.ws(), '--rest', lab.url(), '--key', adminKey], { stdio: 'ignore' });
  const rest = lab.rest();
  await until('stations charge now', async () => (await rest.get('/transactions?state=active&limit=5')).body.data.length >= 3, 180_000);
  await sleep(25_000);
  const session = (await rest.get('/transactions?state=ended&limit=1')).body.data[0].id;
  const sent = await rest.ask('POST', '/api/v1/stations/DEMO000001/commands/trigger-message', { message: 'StatusNotification' });
  for (const [size, [width, height]] of Object.entries(sizes)) {
    const tab = await Tab.open(browser, lab.url(), { locale });
    await tab.page.setViewportSize({ width, height });
    await tab.signIn(adminKey);
    for (const [name, path] of screens(session, sent.body.id)) await shoot(tab, `${size}-${name}`, path);
    failed.push(...tab.complaints.filter((one) => !/status of 4\d\d/.test(one)));
    await tab.context.close();
  }
  // An installation that nobody has used yet, and one whose api is away.
  const tab = await Tab.open(browser, empty.url(), { locale });
  await tab.signIn(adminKey);
  for (const [name, path] of screens('tx_none', 'cmd_none').slice(0, 18)) await shoot(tab, `empty-${name}`, path);
  await empty.stop();
  await sleep(3_000);
  for (const path of ['', 'stations']) await shoot(tab, `away-${path || 'overview'}`, path);
} finally {
  sim?.kill('SIGKILL');
  await browser.close();
  await lab.stop();
  await empty.stop();
}
console.log(`${taken.length} pictures in ${folder}`);
for (const one of failed) console.error(one);
process.exit(failed.length > 0 ? 1 : 0);
