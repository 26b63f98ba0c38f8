// How long after a station has said something a subscriber hears of it, while others talk: stations
// of `ohmstead sim` report statuses at a rate, a WebSocket follows all their events, and ten stations
// of this program report as well and wait for their own. JSON, a line a set-up: from the moment a
// station sends to the event (those ten), and from the time that the event bears, which is that of
// its commit's beginning (all). One machine, one clock.
//   node tests/bench/events_latency.mjs [--setups embedded,distributed] [--rate 1000] [--seconds 30]
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { adminKey, binary, Lab, sleep } from '../e2e/lab.mjs';
import { Station, versions } from '../e2e/station.mjs';

const { WebSocket } = createRequire(new URL('../e2e/', import.meta.url))('ws');
const { values: wanted } = parseArgs({
  options: {
    setups: { type: 'string', default: 'embedded,distributed' },
    rate: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '30' },
    stations: { type: 'string', default: '1000' },
  },
});
const warmUpMs = 5_000;
const probes = 10;
const betweenReportsMs = 50;
const exact = () => performance.timeOrigin + performance.now();
const rounded = (ms) => Math.round(ms * 10) / 10;

function percentiles(all) {
  const sorted = Float64Array.from(all).sort();
  const at = (part) => rounded(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]);
  return { p50_ms: at(0.5), p99_ms: at(0.99), p999_ms: at(0.999), max_ms: at(1) };
}

function subscribe(lab, onEvent) {
  const url = `${lab.url().replace('http', 'ws')}/api/v1/events/ws?types=connector.status_changed`;
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${adminKey}` } });
  const ended = [];
  socket.on('close', (code) => ended.push(code));
  return new Promise((done, fail) => {
    socket.once('error', fail);
    socket.on('message', (text) => {
      const arrived = exact();
      const event = JSON.parse(text);
      if (event.type === 'ready') done({ socket, ended });
      else onEvent(event, arrived);
    });
  });
}

// One station that reports, waits for its event, and reports again.
class Probe {
  heard = () => {};
  latencies = [];
  async run(lab, until) {
    this.station = await Station.boot(lab, versions[0]);
    for (let i = 0; exact() < until; ++i) {
      const sent = exact();
      const arrived = new Promise((done) => (this.heard = done));
      await this.station.report(1, i % 2 ? 'Available' : 'Charging');
      this.latencies.push([sent, (await arrived) - sent]);
      await sleep(betweenReportsMs);
    }
    await this.station.close();
  }
}

async function measure(kind) {
  const lab = await Lab.start({ kind });
  try {
    const samples = [];
    const asking = Array.from({ length: probes }, () => new Probe());
    const { socket, ended } = await subscribe(lab, (event, arrived) => {
      const own = asking.find((probe) => probe.station?.id === event.subject);
      if (own) own.heard(arrived);
      else samples.push([Date.parse(event.time), arrived]);
    });
    const urls = [...new Set(lab.workers.map((_, i) => lab.ws(i)))].join();
    const sim = spawn(binary, [
      'sim', '--stations', wanted.stations, '--url', urls, '--rest', lab.url(), '--key', adminKey, '--profile', '0',
      '--mix', 'status', '--rate', wanted.rate, '--connect-rate', '500', '--duration', String(Number(wanted.seconds) + warmUpMs / 1000 + 3),
    ], { stdio: ['ignore', 'pipe', 'inherit'] });
    sim.stdout.resume();
    const finished = new Promise((done) => sim.once('exit', done));
    const loadMs = Number(wanted.seconds) * 1000;
    await sleep(warmUpMs + Number(wanted.stations) / 0.5);
    const from = exact();
    await Promise.all(asking.map((probe) => probe.run(lab, from + loadMs - 2_000)));
    const code = await finished;
    socket.close();
    const own = asking.flatMap((probe) => probe.latencies).map(([, latency]) => latency);
    const load = samples.filter(([at]) => at >= from && at < from + loadMs - 2_000);
    return {
      setup: kind,
      rate_asked: Number(wanted.rate),
      events: load.length,
      events_per_s: rounded((load.length * 1000) / (loadMs - 2_000)),
      from_station: { reports: own.length, ...percentiles(own) },
      from_event_time: percentiles(load.map(([at, arrived]) => arrived - at)),
      stream_ended_early: ended.length > 0,
      simulator_failed: code !== 0,
    };
  } finally {
    await lab.stop();
  }
}

let failed = false;
for (const kind of wanted.setups.split(',')) {
  const result = await measure(kind);
  console.log(JSON.stringify(result));
  failed ||= result.stream_ended_early || result.simulator_failed || result.events === 0;
}
process.exit(failed ? 1 : 0);
