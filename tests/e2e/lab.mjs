// Starts Ohmstead as an operator does: the built program as processes on free ports, settings by
// environment alone, each in a directory below /tmp. Whatever was started ends with this process,
// also when a test fails or is interrupted.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Rest } from './rest.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
export const binary = resolve(process.env.OHM_BINARY ?? join(here, '../../build/release/ohmstead'));
const readyWithinMs = 60_000;

export const setup = process.env.OHM_E2E_SETUP ?? 'embedded';
export const isDistributed = setup === 'distributed';
export const adminKey = 'e2e-admin-key';

// ---- cleaning up ----

const cleanings = new Set();
function atExit(clean) {
  cleanings.add(clean);
  return () => {
    if (cleanings.delete(clean)) clean();
  };
}
process.once('exit', () => {
  for (const clean of [...cleanings].reverse()) clean();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.once(signal, () => process.exit(1));

export function temporaryDirectory(name) {
  const directory = mkdtempSync(join(tmpdir(), `ohmstead-${name}-`));
  chmodSync(directory, 0o755); // PostgreSQL runs as another user
  // Again where a dying process made a file meanwhile.
  const removal = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 };
  const clean = () => rmSync(directory, removal);
  return { directory, remove: process.env.OHM_E2E_KEEP ? () => {} : atExit(clean) };
}

// ---- waiting ----

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// Until `probe` returns something truthy, which is returned; its last error tells why not.
export async function until(what, probe, timeoutMs = 20_000) {
  const deadline = Date.now() + timeoutMs;
  for (let last = 'not yet'; ; ) {
    try {
      const found = await probe();
      if (found) return found;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline)
      throw new Error(`waited ${timeoutMs} ms for ${what}: ${last?.message ?? last}`);
    await sleep(50);
  }
}

const bindable = (port) =>
  new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '::', () => server.close(() => done(true)));
  });

// Below the range from which the kernel gives ports to clients: it stays free over restarts.
export async function freePort() {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 18_000);
    if (await bindable(port)) return port;
  }
}

// ---- one process ----

export class Program {
  constructor(words, settings, directory) {
    this.words = words;
    this.settings = settings;
    this.directory = directory;
    this.logFile = join(directory, `${words[0]}.log`);
    mkdirSync(directory, { recursive: true });
  }

  start() {
    const log = openSync(this.logFile, 'a');
    this.code = this.signal = undefined;
    // With the death signal not even SIGKILL of this process leaves one behind.
    this.child = spawn('setpriv', ['--pdeathsig', 'KILL', binary, ...this.words], {
      cwd: this.directory,
      env: { PATH: process.env.PATH, ...this.settings },
      stdio: ['ignore', log, log],
    });
    const forget = atExit(() => this.child.kill('SIGKILL'));
    this.child.unref(); // one that a failed test leaves behind holds nothing up
    this.ended = new Promise((done) => {
      this.child.once('exit', (code, signal) => {
        cleanings.delete(forget);
        [this.code, this.signal] = [code, signal];
        done({ code, signal });
      });
    });
    return this;
  }

  get pid() {
    return this.child.pid;
  }
  get log() {
    return readFileSync(this.logFile, 'utf8');
  }
  get runs() {
    return this.child !== undefined && this.code === undefined;
  }

  signalWith(signal) {
    if (this.runs) this.child.kill(signal);
  }
  async end(signal = 'SIGTERM') {
    if (!this.runs) return { code: this.code, signal: this.signal };
    this.child.ref();
    this.signalWith(signal);
    return this.ended;
  }

  async ready() {
    await until(
      `${this.words[0]} to be ready`,
      async () => {
        if (!this.runs) throw new Error(`${this.words[0]} ended with ${this.code}`);
        return (await fetch(this.readyUrl)).status === 200;
      },
      readyWithinMs,
    ).catch((error) => {
      throw new Error(`${error.message}\n${this.log.split('\n').slice(-30).join('\n')}`);
    });
    return this;
  }
}

// Runs one command to its end, for those that say something and stop.
export function runToEnd(words, settings = {}, directory = tmpdir()) {
  return spawnSync(binary, words, {
    cwd: directory,
    env: { PATH: process.env.PATH, ...settings },
    encoding: 'utf8',
    timeout: 20_000,
  });
}

// ---- PostgreSQL and RabbitMQ ----

function script(name, words, quiet = false) {
  const run = spawnSync('sh', [join(here, '../lab', name), ...words], { encoding: 'utf8' });
  if (run.status !== 0 && !quiet) throw new Error(`${name} ${words.join(' ')}: ${run.stderr}`);
  return run.stdout.trim();
}

// The same without holding up this process, whose stations go on talking.
function scriptBeside(name, words) {
  const child = spawn('sh', [join(here, '../lab', name), ...words], { stdio: 'ignore' });
  return new Promise((done, fail) => {
    child.once('exit', (code) =>
      code === 0 ? done() : fail(new Error(`${name} ${words.join(' ')} ended with ${code}`)),
    );
  });
}

export class Services {
  static start() {
    const services = new Services();
    const { directory, remove } = temporaryDirectory('services');
    services.postgresDirectory = join(directory, 'postgres');
    services.rabbitmqDirectory = join(directory, 'rabbitmq');
    services.stop = atExit(() => {
      script('postgres.sh', ['stop', services.postgresDirectory], true);
      script('rabbitmq.sh', ['stop', services.rabbitmqDirectory], true);
      remove();
    });
    services.postgresPort = script('postgres.sh', ['start', services.postgresDirectory]);
    services.rabbitmqPort = script('rabbitmq.sh', ['start', services.rabbitmqDirectory]);
    return services;
  }
  settings() {
    return serviceSettings(this.postgresPort, this.rabbitmqPort);
  }

  // Immediately: as after a power cut. Both come back on their ports.
  stopPostgres() {
    return scriptBeside('postgres.sh', ['stop', this.postgresDirectory]);
  }
  startPostgres() {
    return scriptBeside('postgres.sh', ['start', this.postgresDirectory, this.postgresPort]);
  }
  killRabbitmq() {
    return scriptBeside('rabbitmq.sh', ['kill', this.rabbitmqDirectory]);
  }
  startRabbitmq() {
    return scriptBeside('rabbitmq.sh', ['start', this.rabbitmqDirectory]);
  }
}

function serviceSettings(postgresPort, rabbitmqPort) {
  return {
    DB_HOST: '127.0.0.1',
    DB_PORT: postgresPort,
    DB_USER: 'ohm',
    DB_PASSWORD: 'ohm',
    DB_NAME: 'ohm',
    RABBITMQ_HOST: '127.0.0.1',
    RABBITMQ_PORT: rabbitmqPort,
  };
}

// ---- a whole installation ----

export class Lab {
  apis = [];
  workers = [];

  // `services`: the test's own; else those of run.mjs, else started here.
  static async start({ kind = setup, env = {}, apis = 1, workers = 2, services } = {}) {
    const lab = new Lab();
    lab.kind = kind;
    lab.temporary = temporaryDirectory(kind);
    lab.common = {
      OHM_ADMIN_KEY: adminKey,
      OHM_BIND_ADDRESS: '127.0.0.1',
      OHM_DRAIN_SECONDS: '1',
      OHM_WORKER_THREADS: '2',
      ...env,
    };
    if (kind === 'embedded') await lab.addEmbedded();
    else await lab.addDistributed(apis, workers, services);
    await Promise.all(lab.programs().map((program) => program.ready()));
    return lab;
  }

  async addEmbedded() {
    const program = await this.program(['all'], {
      OHM_DATA_DIR: join(this.temporary.directory, 'data'),
    });
    program.readyUrl = `http://127.0.0.1:${program.settings.HTTP_SERVER_PORT}/readyz`;
    this.apis = this.workers = [program.start()];
  }

  async addDistributed(apis, workers, services) {
    const given = process.env.OHM_E2E_POSTGRES_PORT;
    if (!services && !given) this.ownServices = services = Services.start();
    const settings = services
      ? services.settings()
      : serviceSettings(given, process.env.OHM_E2E_RABBITMQ_PORT);
    this.common = { ...this.common, ...settings };
    for (let i = 0; i < apis; ++i) await this.addApi();
    for (let i = 0; i < workers; ++i) await this.addWorker();
  }

  async addApi() {
    const program = await this.program(['api'], {});
    program.readyUrl = `http://127.0.0.1:${program.settings.HTTP_SERVER_PORT}/readyz`;
    this.apis.push(program.start());
    return program;
  }
  async addWorker() {
    const name = `e2e-${this.workers.length + 1}`;
    const program = await this.program(['worker'], { OHM_WORKER_ID: name });
    program.name = name;
    program.readyUrl = `http://127.0.0.1:${program.settings.OHM_WORKER_HTTP_PORT}/readyz`;
    this.workers.push(program.start());
    return program;
  }

  async program(words, settings) {
    const [http, ws, tls, workerHttp] = [
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
    ];
    const ports = {
      HTTP_SERVER_PORT: `${http}`,
      WS_SERVER_PORT: `${ws}`,
      OHM_TLS_PORT: `${tls}`,
      OHM_WORKER_HTTP_PORT: `${workerHttp}`,
    };
    const number = this.programs().length + 1;
    const directory = join(this.temporary.directory, `${words[0]}-${number}`);
    return new Program(words, { ...this.common, ...ports, ...settings }, directory);
  }

  programs() {
    return [...new Set([...this.apis, ...this.workers])];
  }

  // In the embedded set-up every number is the one process.
  worker(number = 0) {
    return this.workers[number % this.workers.length];
  }
  wsPort(number = 0) {
    return Number(this.worker(number).settings.WS_SERVER_PORT);
  }
  ws(number = 0) {
    return `ws://127.0.0.1:${this.wsPort(number)}`;
  }
  wssPort(number = 0) {
    return Number(this.worker(number).settings.OHM_TLS_PORT);
  }
  url(number = 0) {
    return `http://127.0.0.1:${this.apis[number].settings.HTTP_SERVER_PORT}`;
  }
  rest(number = 0) {
    return new Rest(this.url(number), adminKey);
  }

  async stop() {
    for (const program of this.programs()) program.signalWith('SIGCONT');
    await Promise.all(this.programs().map((program) => program.end('SIGKILL')));
    this.ownServices?.stop();
    this.temporary.remove();
  }
}
