// What stands in a message, field by field, beside what the standard allows there.
import { stationPath } from '../api';
import { check, type Schema } from '../form';
import { useQuery } from '../query';
import type { Json, Station } from '../types';
import { t } from '../words';
import { SmallTable } from './table';

interface Field {
  at: string;
  value: string;
  allowed: string;
  required: boolean;
  wrong: string;
}
const plain = (schema: Schema): Schema => {
  const one = schema.anyOf?.find((each) => each.type !== 'null');
  return one ? plain(one) : schema;
};

function allowedBy(schema: Schema): string {
  if (schema.enum) return schema.enum.join(', ');
  const words = [schema.format ?? String(schema.type ?? '')];
  if (schema.maxLength !== undefined) words.push(t('up to {n} characters', { n: schema.maxLength }));
  if (schema.minimum !== undefined && schema.minimum > -1e9) words.push(`≥ ${schema.minimum}`);
  if (schema.maximum !== undefined && schema.maximum < 1e9) words.push(`≤ ${schema.maximum}`);
  return words.join(' ');
}

function fieldsOf(given: Schema, value: Json, at: string, required: boolean, out: Field[]): void {
  const schema = plain(given);
  if (Array.isArray(value)) {
    value.forEach((item, i) => fieldsOf(schema.items ?? {}, item, `${at}/${i}`, required, out));
    return;
  }
  if (typeof value === 'object' && value !== null) {
    const must = new Set(schema.required ?? []);
    for (const [name, part] of Object.entries(value)) fieldsOf(schema.properties?.[name] ?? {}, part, `${at}/${name}`, must.has(name), out);
    return;
  }
  out.push({ at, value: String(value), allowed: allowedBy(schema), required, wrong: '' });
}

// Those that are there, in their order, and then what is missing.
function judged(schema: Schema, value: Json): Field[] {
  const fields: Field[] = [];
  fieldsOf(schema, value, '', true, fields);
  for (const found of check(schema, value)) {
    const field = fields.find((one) => one.at === found.at);
    if (field) field.wrong = found.text;
    else fields.push({ at: found.at, value: '', allowed: '', required: false, wrong: found.text });
  }
  return fields;
}

export function MessageFields({ station, action, part, value }: { station: string; action: string; part: 'request' | 'response'; value: Json }) {
  const asked = useQuery<Station>(stationPath(station));
  const version = asked.data ? (asked.data.ocpp_version ?? asked.data.default_ocpp_version ?? '1.6') : null;
  const schema = useQuery<Schema>(version ? `/api/v1/ocpp/${version}/schemas/${encodeURIComponent(action)}.${part}` : null);
  if (asked.error || schema.error) return <p class="muted">{t('Its fields are not known here.')}</p>;
  if (!schema.data) return <p class="muted">{t('Reading the schema…')}</p>;
  const fields = judged(schema.data, value);
  if (fields.length === 0) return <p class="muted">{t('This message has no content.')}</p>;
  return (
    <SmallTable label={t('Fields')} items={fields} id={(one) => `${one.at} ${one.wrong}`} columns={[
      { name: t('Field'), cell: (one) => <code>{one.at}{one.required && <span class="must" title={t('required')}> *</span>}</code> },
      { name: t('Value'), cell: (one) => <code>{one.value}</code> },
      { name: t('OCPP {version} allows', { version: version ?? '' }), cell: (one) => one.wrong ? <span class="danger-text">{one.wrong}{one.allowed && ` (${one.allowed})`}</span> : <span class="small muted">{one.allowed}</span> },
    ]} />
  );
}
