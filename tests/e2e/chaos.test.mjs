// Processes and services are killed under a talking fleet, one after the other. Afterwards every
// station is back, and nothing that was answered is missing.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Fleet } from './fleet.mjs';
import { Lab, Services, sleep } from './lab.mjs';

const stations = 60;
let services;
let lab;
let fleet;

before(() => (services = Services.start()), { timeout: 60_000 });
after(() => services?.stop());

async function start(options) {
  lab = await Lab.start({ kind: 'distributed', services, ...options });
  fleet = await Fleet.start(lab, stations);
}
async function stop() {
  await fleet?.end();
  await lab?.stop();
}

// After `harm`: everybody is back, what was answered is shown, everybody is answered again.
async function survives(t, rest, harm) {
  await fleet.allTalked('the fleet to talk before');
  const before = { drops: fleet.drops, answers: fleet.answers };
  fleet.closeCodes = {};
  const began = Date.now();
  await harm();
  await fleet.allBack(rest);
  const back = Date.now() - began;
  await fleet.assertAnsweredIsShown(rest);
  const answered = await fleet.allTalked('the fleet to talk after');
  await fleet.allBack(rest);
  await fleet.assertAnsweredIsShown(rest);
  for (const program of lab.programs())
    assert.doesNotMatch(program.log, /message_lost|message_quarantined|batch_failed/);
  t.diagnostic(
    `all back after ${back} ms, all answered ${answered} ms later; ` +
      `${fleet.drops - before.drops} connections lost ${JSON.stringify(fleet.closeCodes)}, ` +
      `${fleet.answers - before.answers} answers`,
  );
}

describe('chaos: one api, two workers', { timeout: 200_000 }, () => {
  before(() => start({ apis: 1, workers: 2 }), { timeout: 60_000 });
  after(stop);

  test('a worker is killed', (t) =>
    survives(t, lab.rest(), async () => {
      await lab.worker(0).end('SIGKILL');
      await sleep(2_000);
      lab.worker(0).start();
    }));

  test('the api is killed', (t) =>
    survives(t, lab.rest(), async () => {
      await lab.apis[0].end('SIGKILL');
      await lab.apis[0].start().ready();
    }));

  test('RabbitMQ is killed', (t) =>
    survives(t, lab.rest(), async () => {
      await services.killRabbitmq();
      await sleep(2_000);
      await services.startRabbitmq();
    }));

  test('PostgreSQL is stopped without a word', (t) =>
    survives(t, lab.rest(), async () => {
      await services.stopPostgres();
      await sleep(3_000);
      await services.startPostgres();
    }));
});

describe('chaos: two apis', { timeout: 200_000 }, () => {
  before(() => start({ apis: 2, workers: 2 }), { timeout: 60_000 });
  after(stop);

  // Stations stay connected while another api takes over.
  async function takesOver(t, harm, heal) {
    const rest = lab.rest(1);
    await fleet.allTalked('the fleet to talk before');
    const drops = fleet.drops;
    const began = Date.now();
    await harm();
    const took = await fleet.allTalked('the other api to answer everybody', 20_000);
    await fleet.assertAnsweredIsShown(rest);
    await heal(began);
    await sleep(3_000);
    await fleet.assertAnsweredIsShown(rest);
    await fleet.allTalked('everybody to be answered again');
    for (const api of [0, 1]) {
      await fleet.allBack(lab.rest(api));
      await fleet.assertAnsweredIsShown(lab.rest(api));
    }
    assert.equal(fleet.drops, drops, 'no connection was lost');
    t.diagnostic(`everybody was answered by the other one within ${took} ms`);
  }

  test('one is killed', (t) =>
    takesOver(
      t,
      () => lab.apis[0].end('SIGKILL'),
      () => lab.apis[0].start().ready(),
    ));

  test('one is frozen for 8 s and goes on', (t) =>
    takesOver(
      t,
      () => lab.apis[0].signalWith('SIGSTOP'),
      async (began) => {
        await sleep(Math.max(0, began + 8_000 - Date.now()));
        lab.apis[0].signalWith('SIGCONT');
      },
    ));
});
