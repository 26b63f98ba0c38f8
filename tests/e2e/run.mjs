// Runs the end-to-end tests of one set-up, one file after the other: `node run.mjs embedded`,
// `node run.mjs distributed [part of a file name …]`, `node run.mjs chaos`. PostgreSQL and RabbitMQ
// are started once for all files. Ends with 0 only when every file passed.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Services } from './lab.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
// Below the time limits in CMakeLists.txt: what is ended from here cleans up behind itself.
const limitsMs = { embedded: 390_000, distributed: 570_000, chaos: 390_000 };
const [what = 'embedded', ...wanted] = process.argv.slice(2);
if (!limitsMs[what]) {
  console.error('run.mjs: embedded, distributed or chaos');
  process.exit(2);
}

const isChaos = (file) => file.startsWith('chaos');
const files = readdirSync(here)
  .filter((file) => file.endsWith('.test.mjs') && isChaos(file) === (what === 'chaos'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));

const env = { ...process.env, OHM_E2E_SETUP: what === 'embedded' ? what : 'distributed' };
const services = what === 'distributed' ? Services.start() : null;
if (services) {
  env.OHM_E2E_POSTGRES_PORT = services.postgresPort;
  env.OHM_E2E_RABBITMQ_PORT = services.rabbitmqPort;
}

let child;
let late = false;
function endChild() {
  child?.kill('SIGTERM'); // it cleans up behind itself
}
process.once('exit', endChild);
const deadline = setTimeout(() => {
  late = true;
  endChild();
}, limitsMs[what]);

function runFile(file) {
  return new Promise((done) => {
    // Without --test, whose extra process would end the file before it has cleaned up.
    child = spawn(process.execPath, ['--test-reporter=spec', file], {
      cwd: here,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.once('exit', (code) => {
      child = null;
      done(code === 0);
    });
  });
}

const failed = [];
for (const file of files) {
  const began = Date.now();
  const passed = !late && (await runFile(file));
  if (!passed) failed.push(file);
  console.log(`== ${what} ${file}: ${passed ? 'ok' : 'FAILED'}, ${Date.now() - began} ms`);
}
clearTimeout(deadline);
services?.stop();
const passed = files.length - failed.length;
console.log(`== ${what}: ${passed} files ok, failed: ${failed.join(' ') || 'none'}`);
process.exit(failed.length === 0 && files.length > 0 ? 0 : 1);
