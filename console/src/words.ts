// Texts in the person's language. English stands in the source; the others are catalogues under
// that text, loaded when they are wanted.
import { signal } from '@preact/signals';

export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;
type Words = Record<string, string>;

export const language = signal<Language>('en');
const words = signal<Words>({});

export async function setLanguage(wanted: Language): Promise<void> {
  const catalogue: Words = wanted === 'de' ? (await import('./words/de.json')).default : {};
  words.value = catalogue;
  language.value = wanted;
  document.documentElement.lang = wanted;
  try {
    localStorage.setItem('ohm.language', wanted);
  } catch {
    // A browser without storage forgets it.
  }
}

export function firstLanguage(): Language {
  const known = (text: string | null | undefined): text is Language => !!text && text in languages;
  const kept = localStorage.getItem('ohm.language');
  if (known(kept)) return kept;
  const wanted = navigator.language?.slice(0, 2);
  return known(wanted) ? wanted : 'en';
}

// t('{n} stations', { n: 3 }); `{n|station|stations}` chooses by number.
export function t(text: string, values?: Record<string, string | number>): string {
  return tx(text, values);
}
// The same for a text that is data, e.g. a row of a table whose texts stand in t() elsewhere.
export function tx(text: string, values?: Record<string, string | number>): string {
  const found = words.value[text] ?? text;
  if (!values) return found;
  return found.replace(/\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g, (_, name: string, one, many) => {
    const value = values[name] ?? '';
    if (one === undefined) return typeof value === 'number' ? number(value) : value;
    return `${number(Number(value))} ${Number(value) === 1 ? one : many}`;
  });
}

const formats = new Map<string, Intl.NumberFormat>();
export function number(value: number, digits = 0): string {
  const key = `${language.value} ${digits}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(language.value, { maximumFractionDigits: digits });
    formats.set(key, format);
  }
  return format.format(value);
}
