// Saved views of a list: the parameters of its address (filters, order, columns) under a name. They
// stay in this browser; a link to one shows the same to anybody.
import { signal, type Signal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import { go, params, path } from '../router';
import { t } from '../words';
import { Button, confirmed, say } from './basics';

interface View {
  name: string;
  query: string;
  isDefault: boolean;
}
const viewsMax = 30;
const nameMax = 60;
const storageName = (list: string) => `ohm.views.${list}`;

export function normalized(query: string | URLSearchParams): string {
  const sorted = new URLSearchParams(query);
  sorted.sort();
  return sorted.toString();
}

// What is stored may be of another version, or of somebody's hand.
function readViews(list: string): View[] {
  try {
    const kept = JSON.parse(localStorage.getItem(storageName(list)) ?? '[]') as View[];
    return kept
      .filter((one) => typeof one.name === 'string' && typeof one.query === 'string')
      .slice(0, viewsMax)
      .map((one) => ({ name: one.name.slice(0, nameMax), query: normalized(one.query), isDefault: one.isDefault === true }));
  } catch {
    return [];
  }
}
const known = new Map<string, Signal<View[]>>();
function viewsOf(list: string): Signal<View[]> {
  let views = known.get(list);
  if (!views) known.set(list, (views = signal(readViews(list))));
  return views;
}
// Another tab of the console has saved one.
window.addEventListener('storage', (event) => {
  for (const [list, views] of known) if (event.key === storageName(list)) views.value = readViews(list);
});
function keep(list: string, views: View[]): void {
  viewsOf(list).value = views;
  try {
    localStorage.setItem(storageName(list), JSON.stringify(views));
  } catch {
    say(t('This browser keeps nothing; the view is lost with the tab.'), true);
  }
}

async function nameFor(title: string, initial: string): Promise<string | null> {
  const name = await confirmed({
    title, text: t('It is kept in this browser.'), action: t('Save'), reason: t('Name'), initial, longest: nameMax,
  });
  return name?.trim() || null;
}

function Changes({ list, shown }: { list: string; shown: View }) {
  const views = viewsOf(list);
  const rename = async () => {
    const name = await nameFor(t('Rename the view'), shown.name);
    if (!name) return;
    const others = views.value.filter((one) => one === shown || one.name !== name);
    keep(list, others.map((one) => (one === shown ? { ...one, name } : one)));
  };
  const remove = async () => {
    const answer = await confirmed({ title: t('Delete the view'), whom: shown.name, text: t('Only the view goes; nothing that it shows.'), action: t('Delete'), danger: true });
    if (answer !== null) keep(list, views.value.filter((one) => one !== shown));
  };
  const makeDefault = () => keep(list, views.value.map((one) => ({ ...one, isDefault: one === shown && !shown.isDefault })));
  return (
    <>
      <Button kind="quiet" icon="edit" aria-label={t('Rename the view')} title={t('Rename the view')} onClick={() => void rename()} />
      <Button kind="quiet" icon="trash" aria-label={t('Delete the view')} title={t('Delete the view')} onClick={() => void remove()} />
      <label class="check small"><input type="checkbox" checked={shown.isDefault} onChange={makeDefault} />{t('Show it first')}</label>
    </>
  );
}

export function SavedViews({ list, all }: { list: string; all: string }) {
  const views = viewsOf(list);
  const current = normalized(params.value);
  const shown = views.value.find((one) => one.query === current);
  useLayoutEffect(() => {
    const first = views.value.find((one) => one.isDefault);
    if (first && normalized(params.value) === '') go(`${path(list)}?${first.query}`, true);
  }, []);
  const save = async () => {
    const name = await nameFor(t('Save this view'), '');
    if (!name) return;
    const others = views.value.filter((one) => one.name !== name);
    if (others.length >= viewsMax) return say(t('There are {n} views already; delete one first.', { n: viewsMax }), true);
    keep(list, [...others, { name, query: current, isDefault: false }]);
  };
  if (views.value.length === 0 && current === '') return null;
  return (
    <nav class="views" aria-label={t('Saved views')}>
      {views.value.length > 0 && <a class="view" href={path(list)} aria-current={current === '' ? 'page' : undefined}>{all}</a>}
      {views.value.map((one) => (
        <a key={one.name} class="view" href={`${path(list)}?${one.query}`} aria-current={one === shown ? 'page' : undefined}>{one.name}</a>
      ))}
      {shown && <Changes list={list} shown={shown} />}
      {!shown && current !== '' && <Button kind="quiet" icon="plus" onClick={() => void save()}>{t('Save this view')}</Button>}
    </nav>
  );
}
