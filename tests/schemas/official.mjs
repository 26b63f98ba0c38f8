// The official JSON schemas of both versions, as the npm package ocpp-rpc ships them, references
// resolved and without what constrains nothing.
import { readFileSync } from 'node:fs';

const files = { '1.6': 'ocpp1_6.json', '2.0.1': 'ocpp2_0_1.json' };
const folder = new URL('../e2e/node_modules/ocpp-rpc/lib/schemas/', import.meta.url);

const annotations = new Set(['$id', '$schema', 'comment', 'default', 'definitions', 'description',
  'javaType', 'title', 'tsEnumNames']);
// They constrain arrays of tuples and objects only, and stand beside other types here and there.
const idle = (key, schema) =>
  (key === 'additionalItems' && !Array.isArray(schema.items)) ||
  (key === 'additionalProperties' && schema.type !== 'object');

function resolved(schema, definitions) {
  if (schema.$ref) return resolved(definitions[schema.$ref.split('/').pop()], definitions);
  const out = {};
  for (const [key, value] of Object.entries(schema)) {
    if (annotations.has(key) || idle(key, schema)) continue;
    if (key === 'items') out.items = resolved(value, definitions);
    else if (key === 'properties')
      out.properties = Object.fromEntries(
        Object.entries(value).map(([name, member]) => [name, resolved(member, definitions)]));
    else out[key] = value;
  }
  return out;
}

export const key = (version, action, direction) => `${version}\t${action}\t${direction}`;

// From key() to schema. An id is `urn:<action>.req` or `urn:<action>.conf`.
export function officialSchemas() {
  const schemas = new Map();
  for (const [version, file] of Object.entries(files))
    for (const schema of JSON.parse(readFileSync(new URL(file, folder), 'utf8'))) {
      const [, action, kind] = /^urn:(\w+)\.(req|conf)$/.exec(schema.$id);
      schemas.set(key(version, action, kind === 'req' ? 'request' : 'response'),
        resolved(schema, schema.definitions ?? {}));
    }
  return schemas;
}
