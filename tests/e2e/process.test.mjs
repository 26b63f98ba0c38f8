// The processes: health, figures, the end by SIGTERM, settings that are wrong.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { isDistributed, Lab, runToEnd, setup, temporaryDirectory, until } from './lab.mjs';
import { rawBooted, Station, untilOffline, versions } from './station.mjs';

let lab;

// Prometheus text, version 0.0.4: `samples` by name, each name declared before.
function parseMetrics(text) {
  const types = new Map();
  const samples = [];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue;
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line);
    if (type) {
      assert.ok(!types.has(type[1]), `${type[1]} twice`);
      types.set(type[1], type[2]);
      continue;
    }
    const sample =
      /^([a-zA-Z_:][\w:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\.)*",?)*\})? (\S+)$/.exec(line);
    assert.ok(sample, `not a sample: ${line}`);
    assert.ok(Number.isFinite(Number(sample[3])) || /Inf$/.test(sample[3]), line);
    const family = sample[1].replace(/_(bucket|sum|count)$/, '');
    assert.ok(types.has(sample[1]) || types.has(family), `undeclared: ${line}`);
    samples.push({ name: sample[1], labels: sample[2] ?? '', value: Number(sample[3]) });
  }
  assert.equal(new Set(samples.map((one) => one.name + one.labels)).size, samples.length);
  return samples;
}

function doors() {
  const of = (program, key) => `http://127.0.0.1:${program.settings[key]}`;
  const apis = lab.apis.map((program) => ['api', of(program, 'HTTP_SERVER_PORT')]);
  if (!isDistributed) return apis;
  const workers = lab.workers.map((program) => ['worker', of(program, 'OHM_WORKER_HTTP_PORT')]);
  return [...apis, ...workers];
}

describe(`${setup}: processes`, { timeout: 180_000 }, () => {
  before(async () => (lab = await Lab.start()), { timeout: 120_000 });
  after(() => lab?.stop());

  test('/livez and /readyz without a key', async () => {
    for (const [, url] of doors()) {
      for (const path of ['/livez', '/healthz', '/readyz', '/startupz']) {
        const answer = await fetch(url + path);
        assert.equal(answer.status, 200, url + path);
        assert.equal((await answer.json()).status, 'ok', url + path);
      }
      const { checks } = await (await fetch(`${url}/readyz?verbose`)).json();
      assert.ok(checks.length > 0 && checks.every((check) => check.ok), url);
      const post = await fetch(`${url}/livez`, { method: 'POST' });
      assert.equal(post.status, 405);
      assert.match(post.headers.get('allow'), /^GET, HEAD/);
      const nothing = await fetch(`${url}/nothing`);
      assert.equal(nothing.status, 404);
      assert.match(nothing.headers.get('content-type'), /^application\/problem\+json/);
      const text = await (await fetch(`${url}/metrics`)).text();
      assert.match(text, /^ohm_build_info\{version="[^"]+",.*role="\w+"\} 1$/m);
      assert.match(text, /^process_resident_memory_bytes \d+$/m);
    }
    const verbose = await (await fetch(`${lab.url()}/readyz?verbose`)).json();
    assert.ok(verbose.checks.length > 0);
    assert.ok(verbose.checks.every((check) => check.ok));
    assert.equal((await fetch(`${lab.url()}/startupz`)).status, 200);
  });

  test('/metrics parses, and counts stations', async () => {
    const station = await Station.boot(lab, versions[1]);
    await until('the figures', async () => {
      let connections = 0;
      for (const [, url] of doors()) {
        const answer = await fetch(`${url}/metrics`);
        assert.match(answer.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
        for (const sample of parseMetrics(await answer.text()))
          if (sample.name === 'ohm_worker_connections' && /2\.0\.1/.test(sample.labels))
            connections += sample.value;
      }
      return connections === 1;
    });
    await station.close();
  });

  test('workers are listed', async () => {
    const workers = await until('all workers', async () => {
      const { data } = await lab.rest().expect(200, 'GET', '/workers');
      const living = data.filter((one) => Date.now() - Date.parse(one.seen_at) < 15_000);
      return living.length === new Set(lab.workers).size && living;
    });
    const one = await lab.rest().expect(200, 'GET', `/workers/${workers[0].id}`);
    assert.equal(one.id, workers[0].id);
    assert.ok(one.version);
    await lab.rest().expect(404, 'GET', '/workers/nobody');
  });

  for (const version of versions)
    test(`${version.name}: SIGTERM sends 1001, then the process ends`, async () => {
      const polite = await Station.boot(lab, version);
      await polite.report(1, version.busy);
      const mute = await rawBooted(lab, version); // never answers the close frame
      const program = lab.worker(0);
      const began = Date.now();
      const ended = program.end('SIGTERM');
      assert.equal((await polite.closed).code, 1001);
      assert.equal((await mute.nextClose()).code, 1001);
      const { code, signal } = await ended;
      assert.deepEqual([code, signal], [0, null]);
      assert.ok(Date.now() - began < 15_000, `${Date.now() - began} ms`);
      await assert.rejects(once(dial(program), 'connect'));
      if (isDistributed) {
        assert.equal((await untilOffline(lab, polite.id)).status, 'Unavailable');
        assert.equal((await lab.rest().station(polite.id)).disconnect_reason, 'drain');
        const moved = new Station(lab, { id: polite.id, version, worker: 1 });
        await moved.connect();
        assert.equal((await moved.shown()).evses[0].status, version.busy);
        await moved.close();
      }
      await program.start().ready();
      const back = await new Station(lab, { id: polite.id, version }).connect();
      assert.equal((await back.shown()).evses[0].status, version.busy);
      await back.close();
    });

  for (const version of versions)
    test(`${version.name}: after a restart an accepted station goes on without a boot`, async () => {
      const station = await Station.boot(lab, version);
      await station.report(1, 'Available');
      await station.close();
      const programs = new Set([lab.worker(0), ...(isDistributed ? lab.apis : [])]);
      for (const program of programs) await program.end('SIGTERM');
      for (const program of programs) program.start();
      for (const program of programs) await program.ready();
      const back = await until('the station to be let in', () =>
        new Station(lab, { id: station.id, version }).connect(),
      );
      await back.report(1, version.busy);
      await back.heartbeat();
      assert.equal((await back.shown()).evses[0].status, version.busy);
      await back.close();
    });

  if (isDistributed)
    test('an api ends with 0 on SIGTERM, and nothing is lost', async () => {
      const station = await Station.boot(lab, versions[0]);
      await station.report(1, 'Charging');
      const { code } = await lab.apis[0].end('SIGTERM');
      assert.equal(code, 0);
      await lab.apis[0].start().ready();
      await until('the answer', () => station.report(1, 'Finishing'));
      assert.equal((await station.shown()).evses[0].status, 'Finishing');
      await station.close();
    });
});

function dial(program) {
  return connect({ host: '127.0.0.1', port: Number(program.settings.WS_SERVER_PORT) });
}

describe(`${setup}: settings`, { timeout: 60_000 }, () => {
  const role = isDistributed ? 'worker' : 'all';
  let files;
  before(() => (files = temporaryDirectory('settings')));
  after(() => files.remove());

  function assertSentence(run, ...parts) {
    assert.notEqual(run.status, 0);
    assert.equal(run.signal, null);
    const lines = run.stderr.trim().split('\n');
    assert.equal(lines.length, 1, run.stderr);
    assert.match(lines[0], /^ohmstead: .+[.?]$/);
    for (const part of parts) assert.ok(lines[0].includes(part), `${part} in ${lines[0]}`);
  }
  const run = (settings, words = [role]) => runToEnd(words, settings, files.directory);

  test('an unknown one', () => {
    const misspelt = 'OHM_PING_INTERVALL_S';
    assertSentence(run({ [misspelt]: '3' }), misspelt, 'OHM_PING_INTERVAL_S');
    assertSentence(run({}, [role, '--ohm-nonsense', '1']), '--ohm-nonsense');
  });
  test('a bad value', () => {
    assertSentence(run({ WS_SERVER_PORT: '70000' }), 'WS_SERVER_PORT', '70000');
    assertSentence(run({ OHM_LOG_LEVEL: 'loud' }), 'OHM_LOG_LEVEL', 'loud');
    assertSentence(run({ HEARTBEAT_INTERVAL: '5 minutes' }), 'HEARTBEAT_INTERVAL');
  });
  test('texts that only their users can judge, also for config check', () => {
    const wrong = {
      OHM_CORS_ORIGINS: 'app.example',
      OHM_TRUSTED_PROXIES: 'nowhere',
      OHM_FILES_URL: 'ftp://files',
      OHM_PRICE_PER_KWH: 'cheap',
    };
    for (const [key, value] of Object.entries(wrong)) {
      assertSentence(run({ [key]: value }), key, value);
      assertSentence(run({ [key]: value }, ['config', 'check']), key, value);
    }
  });
  test('a word too many', () => {
    assertSentence(run({}, [role, 'please']), 'please');
    assertSentence(run({}, ['migrate', 'please']), 'please');
  });
  test('half a certificate', () => {
    assertSentence(run({ OHM_TLS_CERT_FILE: '/tmp/x.pem' }), 'OHM_TLS_KEY_FILE');
  });
  test('a certificate that is not there', () => {
    const settings = {
      OHM_DATA_DIR: join(files.directory, 'data'),
      OHM_TLS_CERT_FILE: '/nowhere/x.pem',
      OHM_TLS_KEY_FILE: '/nowhere/x.key',
      WS_SERVER_PORT: '0',
      OHM_TLS_PORT: '0',
      HTTP_SERVER_PORT: '0',
      OHM_WORKER_HTTP_PORT: '0',
    };
    const ended = run(settings);
    assert.notEqual(ended.status, 0);
    assert.equal(ended.signal, null);
    assert.match(ended.stderr, /\/nowhere\/x\./);
  });
  test('an unknown command', () => assertSentence(run({}, ['serve']), 'serve'));

  test('a taken port', async () => {
    const holder = await Lab.start({ kind: 'embedded' });
    after(() => holder.stop());
    const taken = `${holder.wsPort()}`;
    for (const settings of [
      { WS_SERVER_PORT: taken },
      { WS_SERVER_PORT: '0', HTTP_SERVER_PORT: holder.apis[0].settings.HTTP_SERVER_PORT },
    ]) {
      const ended = run(
        {
          ...holder.common,
          HTTP_SERVER_PORT: '0',
          OHM_WORKER_HTTP_PORT: '0',
          OHM_TLS_PORT: '0',
          OHM_DATA_DIR: join(files.directory, 'other'),
          ...settings,
        },
        ['all'],
      );
      assert.notEqual(ended.status, 0);
      assert.equal(ended.signal, null);
      assert.match(ended.stderr, new RegExp(settings.HTTP_SERVER_PORT ?? taken));
    }
  });

  test('.env counts, the environment more, a flag most', () => {
    const directory = join(files.directory, 'env');
    mkdirSync(directory);
    writeFileSync(join(directory, '.env'), 'HEARTBEAT_INTERVAL=11\nOHM_CALL_TIMEOUT_S=12\n');
    const read = (key, settings = {}, flags = []) =>
      runToEnd(['config', 'get', key, ...flags], settings, directory).stdout.trim();
    assert.equal(read('HEARTBEAT_INTERVAL'), '11');
    assert.equal(read('HEARTBEAT_INTERVAL', { HEARTBEAT_INTERVAL: '13' }), '13');
    const flag = ['--heartbeat-interval', '14'];
    assert.equal(read('HEARTBEAT_INTERVAL', { HEARTBEAT_INTERVAL: '13' }, flag), '14');
    assert.equal(read('OHM_CALL_TIMEOUT_S'), '12');
  });

  test('secrets come from files and are not shown', () => {
    const file = join(files.directory, 'key');
    writeFileSync(file, 'top-secret-key\n');
    const shown = runToEnd(['config', 'show', '--origin'], { OHM_ADMIN_KEY_FILE: file }, files.directory);
    assert.equal(shown.status, 0, shown.stderr);
    assert.ok(!shown.stdout.includes('top-secret-key'));
    assert.match(shown.stdout, /OHM_ADMIN_KEY=\S*\*\*\*/);
  });

  if (!isDistributed)
    test('the first start makes a key and prints it once', async () => {
      const first = await Lab.start({ env: { OHM_ADMIN_KEY: '' } });
      const program = first.apis[0];
      const [, key] = /API key \(shown once\): (ohk_\S+)/.exec(program.log);
      const headers = { authorization: `Bearer ${key}` };
      assert.equal((await fetch(`${first.url()}/api/v1/me`, { headers })).status, 200);
      await program.end('SIGTERM');
      await program.start().ready();
      assert.equal(program.log.match(/shown once/g).length, 1);
      assert.equal((await fetch(`${first.url()}/api/v1/me`, { headers })).status, 200);
      await first.stop();
    });
});
