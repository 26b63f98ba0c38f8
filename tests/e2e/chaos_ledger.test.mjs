// Sessions under kills of the api and the workers: every answered billing message is in PostgreSQL
// exactly once. The long version is `./dev ledger MINUTES`.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { prove } from './ledger_under_kills.mjs';
import { Services } from './lab.mjs';

let services;
before(() => (services = Services.start()), { timeout: 60_000 });
after(() => services?.stop());

test('answered billing messages count exactly once', { timeout: 120_000 }, async (t) => {
  const figures = await prove({ seconds: 30, rate: 100, stations: 40, pauseMs: 4_000, services });
  t.diagnostic(JSON.stringify(figures));
  assert.deepEqual(figures.faults, []);
  assert.ok(figures.checked > 100, 'stations were answered');
  assert.ok(figures.sessions > 10, 'sessions were ended');
  assert.ok((figures.kills.api ?? 0) + (figures.kills.worker ?? 0) >= 2, 'something was killed');
});
