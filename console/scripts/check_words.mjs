// Every text that the console shows stands in English in the source, as t('…'), and in every other
// catalogue under that text. Fails where one is missing, or translated without being used.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const src = fileURLToPath(new URL('../src/', import.meta.url));
const used = new Set();
let failed = false;
const fail = (text) => {
  console.error(`check_words.mjs: ${text}`);
  failed = true;
};

// A choice whose words are what the api calls it is English in every language.
function refuseBare(node, file, tree) {
  if (ts.isArrayLiteralExpression(node) && node.elements.length === 2) {
    const [id, shown] = node.elements.map((one) => one.getText(tree));
    if (id === shown) fail(`${file}: ownChoices() or standardChoices() say what ${shown} is: ${node.getText(tree)}`);
  }
  ts.forEachChild(node, (child) => refuseBare(child, file, tree));
}

function collect(file) {
  const tree = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true,
    file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS);
  const visit = (node) => {
    if (ts.isCallExpression(node) && ['t', 'tx'].includes(node.expression.getText(tree))) {
      const text = node.arguments[0];
      if (ts.isStringLiteralLike(text)) used.add(text.text);
      else if (node.expression.getText(tree) === 't') fail(`${file}: t() takes a plain text: ${node.getText(tree)}`);
    }
    if (ts.isJsxAttribute(node) && node.name.getText(tree) === 'choices') refuseBare(node, file, tree);
    ts.forEachChild(node, visit);
  };
  visit(tree);
}
for (const name of readdirSync(src, { recursive: true }))
  if (/\.tsx?$/.test(name) && !name.endsWith('.d.ts')) collect(join(src, name));

const places = (text) => [...text.matchAll(/\{(\w+)/g)].map((match) => match[1]).sort().join();
for (const name of readdirSync(join(src, 'words')).filter((file) => file.endsWith('.json'))) {
  const words = JSON.parse(readFileSync(join(src, 'words', name), 'utf8'));
  for (const text of used) {
    if (!words[text]) fail(`${name} lacks ${JSON.stringify(text)}`);
    else if (new Set(places(text).split(',')).size !== new Set(places(words[text]).split(',')).size)
      fail(`${name}: other places in ${JSON.stringify(text)}`);
  }
  for (const text of Object.keys(words))
    if (!used.has(text)) fail(`${name} has ${JSON.stringify(text)}, which nothing shows`);
}
if (failed) process.exit(1);
console.log(`check_words.mjs: ${used.size} texts in every language`);
