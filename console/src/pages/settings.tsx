// S15: what is set, where each value comes from, and what it would be otherwise. They are changed where
// the program is started, so that one file says how an installation is.
import { useEffect, useState } from 'preact/hooks';
import { type Page as ListPage } from '../api';
import { useQuery } from '../query';
import type { Schemas } from '../types';
import { Card, Chip, CopyButton, Empty, ErrorBox, Page, Skeleton } from '../ui/basics';
import { SmallTable } from '../ui/table';
import { language, t } from '../words';
import { AdminTabs } from './people';

type Setting = Schemas['Setting'];

const originWords = (origin: string) =>
  origin === 'default' ? t('default') : origin === 'environment' ? t('environment') : origin === 'flag' ? t('flag') : origin;

// The api says in English what a setting means; other languages have it by the setting's key.
function useMeanings(): (one: Setting) => string {
  const [known, setKnown] = useState<Record<string, string>>({});
  const wanted = language.value;
  useEffect(() => {
    if (wanted !== 'de') return setKnown({});
    void import('../words/settings/de.json').then((file) => setKnown(file.default)).catch(() => setKnown({}));
  }, [wanted]);
  return (one) => known[one.key] ?? one.meaning;
}
// In the words of the table of settings: what is not listed here are choices.
function allowedWords(allowed: string): string {
  const range = /^a (whole number|port), (\d+) to (\d+)$/.exec(allowed);
  if (range) {
    const [, what, least = '', most = ''] = range;
    return what === 'port' ? t('a port, {least} to {most}', { least, most }) : t('a whole number, {least} to {most}', { least, most });
  }
  switch (allowed) {
    case 'a text without control characters': return t('a text without control characters');
    case 'a path without control characters': return t('a path without control characters');
    case 'an IPv4 or IPv6 address': return t('an IPv4 or IPv6 address');
    case '1 to 40 of a-z, 0-9 and -': return t('1 to 40 of a-z, 0-9 and -');
    default: return allowed.replace(' or ', ` ${t('or')} `);
  }
}

function Value({ one }: { one: Setting }) {
  if (one.is_secret) return one.is_set ? <span class="muted">{t('is set, and not shown')}</span> : <span class="muted">–</span>;
  return one.value ? <code>{one.value}</code> : <span class="muted">–</span>;
}

export function SettingsPage() {
  const asked = useQuery<ListPage<Setting>>('/api/v1/settings');
  const meaning = useMeanings();
  const [text, setText] = useState('');
  const [changed, setChanged] = useState(false);
  const all = asked.data?.data ?? [];
  const wanted = text.trim().toLowerCase();
  const shown = all.filter((one) => (!changed || one.origin !== 'default') &&
    [one.key, meaning(one), one.value].some((part) => part.toLowerCase().includes(wanted)));
  return (
    <Page title={t('Admin')} sub={<AdminTabs current="settings" />}>
      <p class="small muted">{t('Set in .env, the environment or by a flag, where the program is started; it reads them once. “ohmstead config check” says what is wrong with them.')}</p>
      <div class="filters">
        <input aria-label={t('Text in the setting')} placeholder={t('Text in the setting')} value={text} onInput={(event) => setText(event.currentTarget.value)} />
        <label class="row small"><input type="checkbox" checked={changed} onChange={() => setChanged(!changed)} />{t('Only those that are not the default')}</label>
      </div>
      {!asked.data && (asked.error ? <ErrorBox problem={asked.error} retry={asked.reload} /> : <Skeleton />)}
      {asked.data && shown.length === 0 && <Empty icon="lock" title={t('No setting fits')}><p>{t('All {n} of them have their defaults, or other names.', { n: all.length })}</p></Empty>}
      {shown.length > 0 && (
        <Card class="settings">
          <SmallTable label={t('Settings')} items={shown} id={(one) => one.key} columns={[
            { name: t('Setting'), cell: (one) => <><code class="strong">{one.key}</code><br /><span class="small muted">{meaning(one)}</span></> },
            { name: t('Value'), cell: (one) => <Value one={one} /> },
            { name: t('From'), cell: (one) => one.origin === 'default' ? <span class="muted">{originWords(one.origin)}</span> : <Chip word="set" tone="good" label={originWords(one.origin)} /> },
            { name: t('Default'), cell: (one) => <code class="muted">{one.default_value}</code> },
            { name: t('May be'), cell: (one) => <span class="small">{allowedWords(one.allowed)}</span> },
            { name: t('Copy'), cell: (one) => <CopyButton text={`${one.key}=${one.is_secret ? '' : one.value}`} /> },
          ]} />
        </Card>
      )}
    </Page>
  );
}
