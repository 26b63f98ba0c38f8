// Makes src/schema.d.ts of the api's own description: `npm run types -- http://127.0.0.1:8000`, or a
// file. With --check it only says whether the committed file is current.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapi, { astToString } from 'openapi-typescript';

const target = fileURLToPath(new URL('../src/schema.d.ts', import.meta.url));
const words = process.argv.slice(2).filter((word) => word !== '--check');
const source = words[0] ?? 'http://127.0.0.1:8000';
const document = source.startsWith('http')
  ? await (await fetch(`${source.replace(/\/$/, '')}/openapi.json`)).json()
  : JSON.parse(readFileSync(source, 'utf8'));

// Bodies of OCPP are shown by their schemas, not by types.
const schemas = Object.fromEntries(
  Object.entries(document.components.schemas).filter(([name]) => !name.startsWith('Ocpp16_') && !name.startsWith('Ocpp201_')),
);
const text =
  '// Made by `npm run types` from the api; not written by hand.\n' +
  astToString(await openapi({ openapi: document.openapi, info: document.info, paths: {}, components: { schemas } }));
if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  console.error('types.mjs: src/schema.d.ts is not what the api says; run npm run types');
  process.exit(1);
}
