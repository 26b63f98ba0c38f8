// Keys of the whole console. Nothing here works while the person writes into a field.
import { signal } from '@preact/signals';
import { go, path } from './router';

// The list that j, k, Enter and x mean: the last one that came.
export interface KeyList {
  move: (by: number) => void;
  open: () => void;
  mark: () => void;
}
const lists: KeyList[] = [];
export function takesKeys(list: KeyList): () => void {
  lists.push(list);
  return () => void lists.splice(lists.indexOf(list), 1);
}

// People who speak to their machine switch single letters off.
const storageName = 'ohm.shortcuts';
export const shortcuts = signal(localStorage.getItem(storageName) !== 'off');
export function setShortcuts(on: boolean): void {
  shortcuts.value = on;
  localStorage.setItem(storageName, on ? 'on' : 'off');
}

export const paletteOpen = signal(false);
export const helpOpen = signal(false);

const places: Record<string, string[]> = {
  o: [],
  s: ['stations'],
  t: ['sessions'],
  k: ['tokens'],
  c: ['commands'],
  m: ['messages'],
  a: ['attempts'],
  w: ['workers'],
  l: ['alerts'],
  p: ['statistics'],
};
let gPressedAt = 0;

const writes = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

function onKey(event: KeyboardEvent): void {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    paletteOpen.value = true;
    return;
  }
  if (!shortcuts.value || event.ctrlKey || event.metaKey || event.altKey || writes(event.target)) return;
  if (document.querySelector('dialog[open]')) return;
  const list = lists.at(-1);
  const onControl = event.target instanceof Element && event.target.closest('a,button,summary');
  const place = places[event.key];
  if (Date.now() - gPressedAt < 1500 && place) {
    gPressedAt = 0;
    go(path(...place));
  } else if (event.key === 'g') gPressedAt = Date.now();
  else if (event.key === '?') helpOpen.value = true;
  else if (event.key === '/') {
    const field = document.querySelector<HTMLInputElement>('[data-search]');
    event.preventDefault();
    if (field) field.focus();
    else paletteOpen.value = true;
  } else if (event.key === 'j') list?.move(1);
  else if (event.key === 'k') list?.move(-1);
  else if (event.key === 'x') list?.mark();
  else if (event.key === 'Enter' && !onControl) list?.open();
}

export function startKeys(): void {
  document.addEventListener('keydown', onKey);
}
