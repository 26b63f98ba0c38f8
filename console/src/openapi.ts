// The api's description of itself, for forms: read once, when the first form is wanted.
import { get } from './api';
import type { Schema } from './form';

interface Document {
  components: { schemas: Record<string, Schema> };
  paths: Record<string, Record<string, { summary?: string; requestBody?: { content: Record<string, { schema: Schema; example?: unknown }> } }>>;
}
let document_: Promise<Document> | null = null;
function description(): Promise<Document> {
  document_ ??= get<Document>('/openapi.json').catch((error) => {
    document_ = null;
    throw error;
  });
  return document_;
}

export interface Body {
  schema: Schema;
  example: unknown;
  summary: string;
}
export async function bodyOf(path: string): Promise<Body | null> {
  const said = await description();
  const operation = said.paths[path]?.post;
  if (!operation) return null;
  const json = operation.requestBody?.content['application/json'];
  return {
    schema: resolved(json?.schema ?? { type: 'object' }, said.components.schemas),
    example: json?.example ?? {},
    summary: operation.summary ?? '',
  };
}
function resolved(schema: Schema, all: Record<string, Schema>): Schema {
  const name = schema.$ref?.split('/').pop();
  if (name) return resolved(all[name] ?? {}, all);
  const out: Schema = { ...schema };
  if (out.properties)
    out.properties = Object.fromEntries(Object.entries(out.properties).map(([key, part]) => [key, resolved(part, all)]));
  if (out.items) out.items = resolved(out.items, all);
  if (out.anyOf) out.anyOf = out.anyOf.map((part) => resolved(part, all));
  return out;
}

const rawStart = '/api/v1/stations/{id}/ocpp/';
// Actions of a version that have a route of their own, with a checked body.
export async function actionsOf(version: string): Promise<string[]> {
  const start = `${rawStart}${version}/`;
  const said = await description();
  return Object.keys(said.paths).filter((path) => path.startsWith(start)).map((path) => path.slice(start.length)).sort();
}
export const actionPath = (version: string, action: string) => `${rawStart}${version}/${action}`;
export async function offeredPaths(): Promise<Set<string>> {
  return new Set(Object.keys((await description()).paths));
}
