// A form out of a JSON Schema, and the check of a value against it. For what operators send: the
// bodies of commands and of OCPP's own messages.
import { useId } from 'preact/hooks';
import type { Json } from './types';
import { Button } from './ui/basics';
import { t } from './words';

export interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: Json[];
  anyOf?: Schema[];
  $ref?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  format?: string;
  description?: string;
  additionalProperties?: boolean | Schema;
}
type Fields = { [name: string]: Json };

const isObject = (value: Json | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
// `anyOf [X, null]` is X that may be left out.
const plain = (schema: Schema): Schema => {
  const one = schema.anyOf?.find((each) => each.type !== 'null');
  return one ? plain(one) : schema;
};

// The smallest value that the schema asks for.
export function blank(given: Schema): Json {
  const schema = plain(given);
  if (schema.enum) return schema.enum[0] ?? '';
  if (schema.type === 'object') {
    const out: Fields = {};
    for (const name of schema.required ?? []) {
      const part = schema.properties?.[name];
      if (part) out[name] = blank(part);
    }
    return out;
  }
  if (schema.type === 'array') return schema.items && (schema.minItems ?? 0) > 0 ? [blank(schema.items)] : [];
  if (schema.type === 'boolean') return false;
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 0;
  if (schema.format === 'date-time') return `${new Date().toISOString().slice(0, 19)}Z`;
  return '';
}

export interface Violation {
  at: string;
  text: string;
}
export function check(given: Schema, value: Json | undefined, at = ''): Violation[] {
  const schema = plain(given);
  const wrong = (text: string): Violation[] => [{ at: at || '/', text }];
  if (value === undefined) return wrong(t('is missing'));
  if (schema.enum && !schema.enum.includes(value)) return wrong(t('must be one of {words}', { words: schema.enum.join(', ') }));
  switch (schema.type) {
    case 'object': return isObject(value) ? checkObject(schema, value, at) : wrong(t('must be an object'));
    case 'array': return Array.isArray(value) ? checkArray(schema, value, at) : wrong(t('must be a list'));
    case 'string': return typeof value === 'string' ? checkText(schema, value, wrong) : wrong(t('must be a text'));
    case 'boolean': return typeof value === 'boolean' ? [] : wrong(t('must be true or false'));
    case 'integer': return Number.isInteger(value) ? checkNumber(schema, value as number, wrong) : wrong(t('must be a whole number'));
    case 'number': return typeof value === 'number' ? checkNumber(schema, value, wrong) : wrong(t('must be a number'));
    default: return [];
  }
}
function checkObject(schema: Schema, value: Fields, at: string): Violation[] {
  const found: Violation[] = [];
  for (const name of schema.required ?? [])
    if (value[name] === undefined) found.push({ at: `${at}/${name}`, text: t('is missing') });
  for (const [name, part] of Object.entries(value)) {
    const known = schema.properties?.[name];
    if (known) found.push(...check(known, part, `${at}/${name}`));
    else if (schema.additionalProperties === false) found.push({ at: `${at}/${name}`, text: t('is not known') });
  }
  return found;
}
function checkArray(schema: Schema, value: Json[], at: string): Violation[] {
  const found: Violation[] = [];
  if (schema.minItems !== undefined && value.length < schema.minItems)
    found.push({ at: at || '/', text: t('needs at least {n}', { n: schema.minItems }) });
  if (schema.maxItems !== undefined && value.length > schema.maxItems)
    found.push({ at: at || '/', text: t('takes at most {n}', { n: schema.maxItems }) });
  if (schema.items) value.forEach((item, i) => found.push(...check(schema.items as Schema, item, `${at}/${i}`)));
  return found;
}
function checkText(schema: Schema, value: string, wrong: (text: string) => Violation[]): Violation[] {
  const length = [...value].length;
  if (schema.minLength !== undefined && length < schema.minLength) return wrong(t('must not be empty'));
  if (schema.maxLength !== undefined && length > schema.maxLength) return wrong(t('has more than {n} characters', { n: schema.maxLength }));
  if (schema.format === 'date-time' && Number.isNaN(Date.parse(value))) return wrong(t('must be a time'));
  return [];
}
function checkNumber(schema: Schema, value: number, wrong: (text: string) => Violation[]): Violation[] {
  if (schema.minimum !== undefined && value < schema.minimum) return wrong(t('must be at least {n}', { n: String(schema.minimum) }));
  if (schema.maximum !== undefined && value > schema.maximum) return wrong(t('must be at most {n}', { n: String(schema.maximum) }));
  return [];
}

// ---- the form ----

interface FieldProps {
  schema: Schema;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  name: string;
  required?: boolean;
  hidden?: string[]; // members that the form leaves out
  at?: string;
  violations: Violation[];
}

export function SchemaForm(props: Omit<FieldProps, 'name'>) {
  const schema = plain(props.schema);
  const value = isObject(props.value) ? props.value : {};
  const names = Object.keys(schema.properties ?? {}).filter((name) => !props.hidden?.includes(name));
  const required = new Set(schema.required ?? []);
  // What must be there first; what the standard leaves to vendors last.
  const rank = (name: string) => (required.has(name) ? 0 : name === 'customData' ? 2 : 1);
  names.sort((a, b) => rank(a) - rank(b));
  if (names.length === 0) return <p class="muted">{t('This message has no content.')}</p>;
  return (
    <div class="schema-form">
      {names.map((name) => (
        <SchemaField key={name} name={name} schema={(schema.properties as Record<string, Schema>)[name] as Schema} value={value[name]}
          required={required.has(name)} at={`${props.at ?? ''}/${name}`} violations={props.violations}
          onChange={(part) => {
            const next = { ...value };
            if (part === undefined) delete next[name];
            else next[name] = part;
            props.onChange(next);
          }} />
      ))}
    </div>
  );
}

function SchemaField(props: FieldProps) {
  const schema = plain(props.schema);
  if (schema.type === 'object' && schema.properties) return <ObjectField {...props} schema={schema} />;
  if (schema.type === 'array') return <ArrayField {...props} schema={schema} />;
  return <SimpleField {...props} schema={schema} />;
}

function Adding({ name, onAdd }: { name: string; onAdd: () => void }) {
  return <div class="adding"><Button icon="plus" kind="quiet" onClick={onAdd}>{name}</Button></div>;
}

function ObjectField(props: FieldProps) {
  const { schema, value, name, required, onChange } = props;
  if (value === undefined && !required) return <Adding name={name} onAdd={() => onChange(blank(schema))} />;
  return (
    <fieldset>
      <legend>
        {name}{required && <span class="must" title={t('required')}> *</span>}
        {!required && <Button icon="trash" kind="quiet" aria-label={t('Remove {name}', { name })} onClick={() => onChange(undefined)} />}
      </legend>
      <SchemaForm schema={schema} value={value} onChange={onChange} at={props.at ?? ''} violations={props.violations} />
    </fieldset>
  );
}

function ArrayField(props: FieldProps) {
  const { schema, value, name, required, onChange } = props;
  const items = Array.isArray(value) ? value : [];
  const part = schema.items ?? {};
  const full = schema.maxItems !== undefined && items.length >= schema.maxItems;
  const own = props.violations.filter((one) => one.at === props.at);
  return (
    <fieldset>
      <legend>{name}{required && <span class="must" title={t('required')}> *</span>}</legend>
      {items.map((item, i) => (
        <div class="array-item" key={i}>
          <div class="grow">
            <SchemaField name={`${name} ${i + 1}`} schema={part} value={item} required at={`${props.at}/${i}`} violations={props.violations}
              onChange={(changed) => onChange(items.map((one, k) => (k === i ? (changed ?? blank(part)) : one)))} />
          </div>
          <Button icon="trash" kind="quiet" aria-label={t('Remove {name}', { name: `${name} ${i + 1}` })}
            onClick={() => {
              const left = items.filter((_, k) => k !== i);
              onChange(left.length === 0 && !required ? undefined : left);
            }} />
        </div>
      ))}
      {!full && <Adding name={t('Add to {name}', { name })} onAdd={() => onChange([...items, blank(part)])} />}
      {own.map((one) => <span class="field-error" key={one.text}>{one.text}</span>)}
    </fieldset>
  );
}

const numberOf = (text: string): Json | undefined => {
  if (text.trim() === '') return undefined;
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
};

function SimpleField({ schema, value, onChange, name, required, at, violations }: FieldProps) {
  const id = useId();
  const wrong = violations.find((one) => one.at === at)?.text;
  const isNumber = schema.type === 'integer' || schema.type === 'number';
  const range = schema.minimum !== undefined && schema.maximum !== undefined && schema.maximum < 1e6
    ? `${schema.minimum}–${schema.maximum}` : schema.maxLength !== undefined ? t('up to {n} characters', { n: schema.maxLength }) : '';
  const shared = { id, 'aria-invalid': wrong ? true : undefined, 'aria-describedby': wrong ? `${id}-e` : undefined, 'data-field': at } as const;
  const words = schema.enum ?? (schema.type === 'boolean' ? [true, false] : null);
  const pick = (text: string) => onChange(text === '' ? undefined : schema.type === 'boolean' ? text === 'true' : text);
  return (
    <div class="field">
      <label for={id}>{name}{required && <span class="must" title={t('required')}> *</span>}</label>
      {words ? (
        <select {...shared} value={value === undefined ? '' : String(value)} onChange={(event) => pick(event.currentTarget.value)}>
          <option value="">{t('(left out)')}</option>
          {words.map((word) => <option key={String(word)} value={String(word)}>{String(word)}</option>)}
        </select>
      ) : (schema.maxLength ?? 0) > 1500 ? (
        <textarea {...shared} rows={4} value={value === undefined ? '' : String(value)}
          onInput={(event) => onChange(event.currentTarget.value === '' && !required ? undefined : event.currentTarget.value)} />
      ) : (
        <input {...shared} type="text" inputMode={isNumber ? 'decimal' : 'text'} placeholder={schema.format === 'date-time' ? '2026-01-31T12:00:00Z' : range}
          value={value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)}
          onInput={(event) => {
            const text = event.currentTarget.value;
            onChange(isNumber ? numberOf(text) : text === '' && !required ? undefined : text);
          }} />
      )}
      {wrong && <span class="field-error" id={`${id}-e`}>{wrong}</span>}
    </div>
  );
}
