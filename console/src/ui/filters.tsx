// Filters of a list. They live in the address, so that a link opens the same view.
import { useEffect, useRef, useState } from 'preact/hooks';
import { params, setParams } from '../router';
import { type OwnWord, wordOf } from '../state_words';
import { t } from '../words';
import { Button } from './basics';

export const filter = (name: string) => params.value.get(name) ?? '';

export function TextFilter({ name, label, main, read = (text) => text }: { name: string; label: string; main?: boolean; read?: (text: string) => string }) {
  const [text, setText] = useState(filter(name));
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const inAddress = filter(name);
  useEffect(() => setText(inAddress), [inAddress]);
  const change = (value: string) => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setParams({ [name]: read(value.trim()) }), 250);
  };
  return (
    <input type="search" class={main ? 'main-filter' : ''} placeholder={main ? `${label}  ( / )` : label} aria-label={label} title={label} style={{ '--letters': label.length }} value={text} maxLength={100}
      {...(main ? { 'data-search': '' } : {})}
      onInput={(event) => change(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()} />
  );
}

// A number as people write it; what is none filters nothing.
export function NumberFilter({ name, label }: { name: string; label: string }) {
  const read = (text: string) => /^\d{1,6}(\.\d{1,6})?$/.exec(text.replace(',', '.'))?.[0] ?? '';
  return <TextFilter name={name} label={label} read={read} />;
}

// Words of the api, in the person's language; and words of a standard, which stay as they are.
export const ownChoices = (words: OwnWord[]) => words.map((word): [string, string] => [word, wordOf(word)]);
export const standardChoices = (words: readonly string[]) => words.map((word): [string, string] => [word, word]);

export function ChoiceFilter({ name, label, choices }: { name: string; label: string; choices: [string, string][] }) {
  const value = filter(name);
  const known = value === '' || choices.some(([id]) => id === value);
  return (
    <select aria-label={label} value={value} class={value ? 'set' : ''} onChange={(event) => setParams({ [name]: event.currentTarget.value })}>
      <option value="">{label}</option>
      {choices.map(([id, text]) => <option key={id} value={id}>{text}</option>)}
      {!known && <option value={value}>{value}</option>}
    </select>
  );
}

// Presets of time: `since` in the address is a number of hours.
export function SinceFilter() {
  return (
    <ChoiceFilter name="since" label={t('Any time')} choices={[
      ['1', t('Last hour')],
      ['24', t('Last 24 hours')],
      ['168', t('Last 7 days')],
      ['720', t('Last 30 days')],
    ]} />
  );
}
// Rounded to the minute, so that the same view asks the same.
export function sinceTime(): string | undefined {
  const hours = Number(filter('since'));
  if (!hours) return undefined;
  const minute = 60_000;
  return new Date(Math.floor(Date.now() / minute) * minute - hours * 3_600_000).toISOString();
}

export function ClearFilters({ names }: { names: string[] }) {
  const set = names.filter((name) => filter(name));
  if (set.length === 0) return null;
  return (
    <Button icon="close" kind="quiet" onClick={() => setParams(Object.fromEntries(names.map((name) => [name, ''])))}>
      {t('Clear filters')}
    </Button>
  );
}
