// Makes src/schema.d.ts of the api's own description: of build/release/ohmstead, which is started for
// that moment, or of a running api (`npm run types -- http://127.0.0.1:8000`), or of a file. With
// --check it only says whether the committed file is current.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapi, { astToString } from 'openapi-typescript';

const target = fileURLToPath(new URL('../src/schema.d.ts', import.meta.url));
const binary = fileURLToPath(new URL('../../build/release/ohmstead', import.meta.url));
const words = process.argv.slice(2).filter((word) => word !== '--check');

const fetched = async (url) => (await fetch(`${url.replace(/\/$/, '')}/openapi.json`)).json();
const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(String(port)));
    });
  });

async function ofBinary() {
  const folder = mkdtempSync(join(tmpdir(), 'ohmstead-types-'));
  const [http, ws] = [await freePort(), await freePort()];
  const child = spawn(binary, ['all'], {
    cwd: folder,
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH, OHM_ADMIN_KEY: 'types', OHM_BIND_ADDRESS: '127.0.0.1', OHM_DATA_DIR: join(folder, 'data'),
      HTTP_SERVER_PORT: http, WS_SERVER_PORT: ws, OHM_TLS_PORT: '0',
    },
  });
  try {
    for (let attempt = 0; ; ++attempt) {
      try {
        return await fetched(`http://127.0.0.1:${http}`);
      } catch (error) {
        if (child.exitCode !== null) throw new Error(`${binary} ended with ${child.exitCode}`);
        if (attempt >= 100) throw error;
        await new Promise((done) => setTimeout(done, 100));
      }
    }
  } finally {
    if (child.exitCode === null) {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

const [source] = words;
const document = !source ? await ofBinary()
  : source.startsWith('http') ? await fetched(source)
  : JSON.parse(readFileSync(source, 'utf8'));

// Bodies of OCPP are shown by their schemas, not by types.
const schemas = Object.fromEntries(
  Object.entries(document.components.schemas)
    .filter(([name]) => !name.startsWith('Ocpp16_') && !name.startsWith('Ocpp201_')),
);
const description = { openapi: document.openapi, info: document.info, paths: {}, components: { schemas } };
const text =
  '// Made by `npm run types` from the api; not written by hand.\n' + astToString(await openapi(description));
if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  console.error('types.mjs: src/schema.d.ts is not what the api says; run `npm run types` in console/');
  process.exit(1);
}
