// The command line against a real api: what people type at a terminal, and what scripts read.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { adminKey, binary, Lab, setup, until } from './lab.mjs';
import { freshId, Station, versions } from './station.mjs';

let lab;
let folder;

// `ohmstead WORDS…` as a script runs it.
function ohmstead(...words) {
  const env = { ...process.env, OHM_URL: lab.url(), OHM_ADMIN_KEY: adminKey };
  return new Promise((done) => {
    execFile(binary, words, { env, cwd: folder, timeout: 30_000 }, (error, out, err) =>
      done({ code: error ? error.code : 0, out, err }),
    );
  });
}
async function json(...words) {
  const { code, out, err } = await ohmstead(...words);
  assert.equal(code, 0, err);
  return JSON.parse(out);
}

describe(`${setup}: command line`, { timeout: 120_000 }, () => {
  before(
    async () => {
      folder = mkdtempSync(join(tmpdir(), 'ohm-cli-'));
      lab = await Lab.start();
    },
    { timeout: 120_000 },
  );
  after(async () => {
    await lab?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('stations are added, listed, changed and removed', async () => {
    const id = freshId('CLI');
    const made = await json('stations', 'create', id, 'name=Gate 1', 'security_profile:=1');
    assert.equal(made.name, 'Gate 1');
    assert.ok(made.password, 'shown once');
    const { out } = await ohmstead('stations', 'list', '--q', id, '-o', 'table');
    assert.match(out, new RegExp(`^ID .*\\n${id} +offline`));
    assert.equal((await json('stations', 'set', id, 'note=x')).note, 'x');
    assert.equal((await ohmstead('stations', 'delete', id)).code, 0);
    const gone = await ohmstead('stations', 'get', freshId('CLI'));
    assert.equal(gone.code, 3, gone.err);
    assert.match(gone.err, /not_found/);
  });

  test('a link signs in once, as the key that made it', async () => {
    const { code, out } = await ohmstead('link', '-o', 'name');
    assert.equal(code, 0);
    const secret = out.trim();
    assert.match(secret, /^ohl_[0-9a-f]{64}$/);
    const follow = () => fetch(`${lab.url()}/api/v1/session/link`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ secret }) });
    const first = await follow();
    assert.equal(first.status, 204);
    const cookie = first.headers.get('set-cookie').split(';')[0];
    const me = await (await fetch(`${lab.url()}/api/v1/me`, { headers: { cookie } })).json();
    assert.match(me.name, /^key:/);
    assert.equal((await follow()).status, 401);
  });

  test('what the api does not know is refused by the api, with its words', async () => {
    const { code, err } = await ohmstead('stations', 'list', '--colour', 'red');
    assert.equal(code, 1);
    assert.match(err, /colour/);
  });

  test('tokens are imported from a file', async () => {
    const file = join(folder, 'tokens.csv');
    writeFileSync(file, 'uid,status\nCLI-1,Accepted\nCLI-2,Blocked\n');
    await json('tokens', 'import', file);
    assert.equal((await json('tokens', 'get', 'cli-2')).status, 'Blocked');
    assert.equal((await ohmstead('tokens', 'import', 'nothing.csv')).code, 2);
  });

  for (const version of versions)
    test(`${version.name}: commands say how they ended, logs follow`, async (context) => {
      const station = await Station.boot(lab, version);
      const log = spawn(binary, ['logs', station.id, '--follow', '-o', 'lines'], {
        env: { ...process.env, OHM_URL: lab.url(), OHM_ADMIN_KEY: adminKey },
      });
      context.after(() => log.kill());
      let text = '';
      log.stdout.on('data', (chunk) => (text += chunk));
      await until('the boot is shown', () => text.includes('BootNotification'));
      const reset = await json('commands', 'send', station.id, 'reset', 'type=immediate');
      assert.equal(reset.result, 'accepted');
      station.onReset = () => ({ status: 'Rejected' });
      const refused = await ohmstead('commands', 'send', station.id, 'reset', 'type=immediate');
      assert.equal(refused.code, 4, refused.err);
      const payload = version.protocol === 'ocpp1.6' ? '{"type":"Soft"}' : '{"type":"Immediate"}';
      station.onReset = () => ({ status: 'Accepted' });
      const raw = await json('call', station.id, 'Reset', payload);
      assert.equal(raw.ocpp.action, 'Reset');
      await until('the resets are shown', () => text.split('"Reset"').length > 3);
      await station.close();
      await until('it is offline', async () => (await station.shown()).connectivity === 'offline');
      const away = await ohmstead('commands', 'send', station.id, 'reset', 'type=immediate');
      assert.equal(away.code, 6, away.err);
    });

  for (const version of versions)
    test(`${version.name}: events are tailed, and gone on with by their place`, async (context) => {
      const station = await Station.boot(lab, version);
      const tail = spawn(binary, ['events', 'tail', '--station', station.id, '--type', 'connector.status_changed'], {
        env: { ...process.env, OHM_URL: lab.url(), OHM_ADMIN_KEY: adminKey },
      });
      context.after(() => tail.kill());
      let text = '';
      tail.stdout.on('data', (chunk) => (text += chunk));
      let status = 0;
      const words = ['Available', version.protocol === 'ocpp1.6' ? 'Charging' : 'Occupied'];
      await until('an event is shown', async () => {
        await station.report(1, words[status++ % 2]);
        return text.includes('connector.status_changed');
      });
      const first = JSON.parse(text.split('\n')[0]);
      assert.equal(first.subject, station.id);
      await station.report(1, words[status % 2]);
      const next = await ohmstead('events', 'tail', '--from', first.sequence, '--station', station.id, '--type', 'connector.status_changed', '--limit', '1');
      assert.equal(next.code, 0, next.err);
      assert.notEqual(JSON.parse(next.out).id, first.id);
      const all = await ohmstead('events', 'tail', '--from', 'start', '--station', station.id, '--limit', '2');
      assert.equal(all.out.trim().split('\n').length, 2, all.err);
      const odd = await ohmstead('events', 'tail', '--type', 'no.such');
      assert.equal(odd.code, 1, odd.err);
      assert.match(odd.err, /no\.such/);
      const stranger = await ohmstead('events', 'tail', '--key', 'nobody');
      assert.equal(stranger.code, 1, stranger.err);
    });

  test('a batch is followed until it is over', async () => {
    const station = await Station.boot(lab, versions[0]);
    const batch = JSON.stringify([station.id]);
    const good = await ohmstead('batches', 'create', 'command=reset', 'params.type=immediate', `select.station_ids:=${batch}`);
    assert.equal(good.code, 0, good.err);
    assert.equal(JSON.parse(good.out).state, 'finished');
    assert.equal(good.err, '', 'no bar where nobody looks');
    station.onReset = () => ({ status: 'Rejected' });
    const bad = await ohmstead('batches', 'create', 'command=reset', 'params.type=immediate', `select.station_ids:=${batch}`);
    assert.equal(bad.code, 7, bad.out + bad.err);
  });

  test('a long import goes in portions, and its report is one', async () => {
    const file = join(folder, 'many.csv');
    const rows = Array.from({ length: 2_300 }, (_, i) => `MANY-${i},Accepted`);
    writeFileSync(file, ['uid,status', ...rows].join('\n'));
    const report = await json('tokens', 'import', file);
    assert.deepEqual([report.total, report.created, report.refused], [2_300, 2_300, 0]);
    assert.equal(report.items.at(-1).row, 2_300);
  });

  test('an api that is not there is no answer in time', async () => {
    const { code, err } = await ohmstead('workers', '--url', 'http://127.0.0.1:1');
    assert.equal(code, 5);
    assert.match(err, /127\.0\.0\.1:1/);
  });

  test('help, completion and the man page need no api', async () => {
    assert.match((await ohmstead('stations', '--help')).out, /ohmstead stations create/);
    assert.match((await ohmstead('completion', 'bash')).out, /complete -F _ohmstead/);
    assert.match((await ohmstead('man')).out, /^\.TH OHMSTEAD 1/);
  });
});
