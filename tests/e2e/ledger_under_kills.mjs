// The proof that messages count exactly once: simulated stations charge and write down what they
// sent and what was answered, while the api and the workers are killed at random. Afterwards their
// ledgers are compared with the database. `node ledger_under_kills.mjs [MINUTES] [MESSAGES_A_SECOND]`.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { adminKey, Lab, Program, Services, sleep } from './lab.mjs';
import { compare, readDatabase, readLedgers } from './ledger.mjs';

function startFleet(lab, worker, { seconds, rate, stations }) {
  const directory = join(lab.temporary.directory, `sim-${worker}`);
  const words = `sim --stations ${stations} --prefix L${worker}- --profile 0 --mix transactions
    --rate ${rate} --duration ${seconds} --url ${lab.ws(worker)} --rest ${lab.url()} --ledger ledger.jsonl
    --back-off-min 1 --back-off-random 2 --back-off-repeats 1 --call-timeout 20 --seed ${worker + 1}`;
  const fleet = new Program(words.split(/\s+/), { OHM_ADMIN_KEY: adminKey }, directory);
  fleet.ledger = join(directory, 'ledger.jsonl');
  return fleet.start();
}

// Kills the api or a worker, again and again; each is back after a moment.
async function killAtRandom(lab, until, pauseMs, kills) {
  while (Date.now() < until) {
    await sleep(pauseMs * (0.5 + Math.random()));
    const victims = [lab.apis[0], ...lab.workers];
    const victim = victims[Math.floor(Math.random() * victims.length)];
    await victim.end('SIGKILL');
    kills[victim.words[0]] = (kills[victim.words[0]] ?? 0) + 1;
    await sleep(Math.random() * 2_000);
    await victim.start().ready();
  }
}

// Returns the figures; `faults` is empty where every answered message is there exactly once.
export async function prove({ seconds, rate = 300, stations = 200, pauseMs = 8_000, services }) {
  const lab = await Lab.start({
    kind: 'distributed',
    apis: 1,
    workers: 2,
    services,
    env: { OHM_UNKNOWN_TOKENS: 'accept', OHM_MESSAGE_LOG: 'off' },
  });
  try {
    const kills = {};
    const began = Date.now();
    const fleets = [0, 1].map((worker) =>
      startFleet(lab, worker, { seconds, rate: rate / 2, stations: stations / 2 }),
    );
    await sleep(3_000); // the stations are made through REST first
    await killAtRandom(lab, began + seconds * 1_000, pauseMs, kills);
    for (const fleet of fleets) {
      if (fleet.runs) fleet.child.ref();
      const { code } = await fleet.ended;
      if (code !== 0) throw new Error(`sim ended with ${code}: ${fleet.log.slice(-2_000)}`);
    }
    const said = await readLedgers(fleets.map((fleet) => fleet.ledger));
    const answered_per_s = Math.round(said.counts.answered_of_any_kind / seconds);
    return {
      seconds,
      kills,
      answered_per_s,
      ...said.counts,
      ...compare(said, readDatabase(services.postgresPort)),
    };
  } finally {
    await lab.stop();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [minutes = '1', rate = '300'] = process.argv.slice(2);
  const services = Services.start();
  const figures = await prove({ seconds: Number(minutes) * 60, rate: Number(rate), services });
  console.log(JSON.stringify(figures, null, 2));
  process.exit(figures.faults.length === 0 && figures.answered > 0 ? 0 : 1);
}
