// What the console costs a browser while a fleet reports: ten thousand simulated stations, a thousand
// statuses a second, the list of stations open. JSON: frames a second, long tasks, heap, and the time
// from a click to the painted list. Everything shares this machine's cores.
//   node tests/bench/console.mjs [--stations 10000] [--rate 1000] [--seconds 30]
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { openBrowser, Tab } from '../console/browser.mjs';
import { adminKey, binary, Lab, sleep, until } from '../e2e/lab.mjs';

const { values: wanted } = parseArgs({
  options: {
    stations: { type: 'string', default: '10000' },
    rate: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '30' },
    clicks: { type: 'string', default: '20' },
  },
});
const rounded = (n) => Math.round(n * 10) / 10;

// In the page: counts frames and tasks above 50 ms from now on.
function watchFrames() {
  const seen = (window.seen = { frames: 0, worstFrame: 0, longTasks: [], from: performance.now() });
  let before = performance.now();
  const frame = (now) => {
    ++seen.frames;
    seen.worstFrame = Math.max(seen.worstFrame, now - before);
    before = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => list.getEntries().forEach((one) => seen.longTasks.push(one.duration))).observe({ type: 'longtask' });
}

// In the page: from the click to the frame behind the first row of the list.
function clickAndPaint(selector) {
  return new Promise((done) => {
    const began = performance.now();
    const painted = () => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
    document.querySelector(selector).click();
    const look = () => (document.querySelector('.table-body .table-row') ? painted() : requestAnimationFrame(look));
    look();
  });
}

async function clicks(tab) {
  const times = [];
  for (let i = 0; i < Number(wanted.clicks); ++i) {
    await tab.page.click('.rail a.brand');
    await tab.page.waitForSelector('.table-body', { state: 'detached' });
    times.push(await tab.page.evaluate(clickAndPaint, '.rail a[href$="/stations"]'));
    await sleep(100);
  }
  times.sort((a, b) => a - b);
  return { clicks: times.length, p50_ms: rounded(times[Math.floor(times.length / 2)]), worst_ms: rounded(times.at(-1)) };
}

const lab = await Lab.start({ kind: 'embedded' });
const browser = await openBrowser();
let sim;
try {
  sim = spawn(binary, [
    'sim', '--stations', wanted.stations, '--url', lab.ws(), '--rest', lab.url(), '--key', adminKey, '--profile', '0',
    '--mix', 'status', '--rate', wanted.rate, '--connect-rate', '1000',
  ], { stdio: ['ignore', 'ignore', 'inherit'] });
  const online = async () => (await lab.rest().get('/stations?connectivity=online&limit=1&total=exact')).body.total;
  await until('all stations are there', async () => (await online()) >= Number(wanted.stations), 180_000);
  const tab = await Tab.open(browser, lab.url());
  await tab.signIn(adminKey);
  await tab.go('stations');
  await tab.page.waitForSelector('.table-body .table-row');
  await tab.page.waitForSelector('span[class="live live"]');
  await sleep(3_000);
  const cdp = await tab.context.newCDPSession(tab.page);
  await cdp.send('Performance.enable');
  const metric = async (name) => (await cdp.send('Performance.getMetrics')).metrics.find((one) => one.name === name).value;
  const busyBefore = await metric('TaskDuration');
  await tab.page.evaluate(watchFrames);
  await sleep(Number(wanted.seconds) * 1000);
  const seen = await tab.page.evaluate(() => ({ ...window.seen, for: performance.now() - window.seen.from, nodes: document.querySelectorAll('*').length }));
  const busy = (await metric('TaskDuration')) - busyBefore;
  await cdp.send('HeapProfiler.collectGarbage');
  console.log(JSON.stringify({
    stations: await online(),
    updates_per_s_asked: Number(wanted.rate),
    seconds: rounded(seen.for / 1000),
    frames_per_s: rounded((seen.frames * 1000) / seen.for),
    worst_frame_ms: rounded(seen.worstFrame),
    long_tasks: seen.longTasks.length,
    longest_task_ms: rounded(Math.max(0, ...seen.longTasks)),
    main_thread_busy: `${rounded((busy * 100_000) / seen.for)} %`,
    dom_nodes: seen.nodes,
    heap_mb: rounded((await metric('JSHeapUsedSize')) / 1e6),
    click_to_painted_list: await clicks(tab),
    complaints: tab.complaints.length,
  }));
} finally {
  sim?.kill('SIGKILL');
  await browser.close();
  await lab.stop();
}
process.exit(0);
