// Makes dist/console.pack of what Vite built: every file as it is, by gzip and by brotli, for the
// program to hold and serve. Refuses what is larger than a console should be.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const budgets = { initialScripts: 90_000, styles: 20_000, all: 1_000_000 };
const types = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  json: 'application/json',
};

const paths = ['index.html', ...readdirSync(join(dist, 'assets')).map((name) => `assets/${name}`)];
const files = paths.map((path) => {
  const type = types[path.split('.').pop()];
  if (!type) throw new Error(`pack.mjs: what is the type of ${path}?`);
  let identity = readFileSync(join(dist, path));
  // The program puts in how far up this page's own folder is.
  if (path === 'index.html')
    identity = Buffer.from(identity.toString().replaceAll('"./assets/', '"@BASE@assets/'));
  const brotli = brotliCompressSync(identity, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: identity.length },
  });
  const isPage = path === 'index.html';
  const etag = createHash('sha256').update(identity).digest('hex').slice(0, 20);
  return { path, type, etag, identity, gzip: isPage ? Buffer.alloc(0) : gzipSync(identity, { level: 9 }),
           brotli: isPage ? Buffer.alloc(0) : brotli };
});

const line = (file) =>
  [file.path, file.type, `"${file.etag}"`, file.identity.length, file.gzip.length, file.brotli.length]
    .join('\t');
const head = `ohmstead console 1\n${files.map(line).join('\n')}\n\n`;
const bodies = files.flatMap((file) => [file.identity, file.gzip, file.brotli]);
writeFileSync(join(dist, 'console.pack'), Buffer.concat([Buffer.from(head), ...bodies]));

const page = files[0].identity.toString();
const named = files.filter((file) => page.includes(file.path));
const sum = (list, coding) => list.reduce((bytes, file) => bytes + file[coding].length, 0);
const sizes = {
  initialScripts: sum(named.filter((file) => file.path.endsWith('.js')), 'gzip'),
  styles: sum(files.filter((file) => file.path.endsWith('.css')), 'gzip'),
  all: sum(files, 'brotli'),
};
console.log(`console: initial scripts ${sizes.initialScripts} B gzip, styles ${sizes.styles} B gzip, ` +
  `all ${sizes.all} B brotli, ${files.length} files`);
for (const [name, most] of Object.entries(budgets))
  if (sizes[name] > most) {
    console.error(`pack.mjs: ${name} has ${sizes[name]} bytes, the budget is ${most}`);
    process.exitCode = 1;
  }
