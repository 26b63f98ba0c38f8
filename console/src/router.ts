// Where the person is. The address holds every state of a view: page, filters, tab, time range.
import { computed, signal } from '@preact/signals';

// The page's own folder: scripts lie in its `assets/`, whatever a proxy puts before.
export const base = import.meta.env.DEV
  ? new URL('/', location.href)
  : new URL('../', import.meta.url);
// Where the api is: beside the console.
export const apiRoot = import.meta.env.DEV ? base : new URL('../', base);

const address = signal(new URL(location.href));
window.addEventListener('popstate', () => (address.value = new URL(location.href)));

// Segments below the console, decoded: ['stations', 'CP1', 'messages'].
export const segments = computed(() => {
  const rest = address.value.pathname.slice(base.pathname.length);
  return rest.split('/').filter(Boolean).map(decode);
});
export const params = computed(() => address.value.searchParams);

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// path('stations', id) → the address of that page.
export function path(...parts: string[]): string {
  return base.pathname + parts.map(encodeURIComponent).join('/');
}
export function withQuery(where: string, query: Record<string, string | undefined>): string {
  const wanted = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) wanted.set(name, value);
  const text = wanted.toString();
  return text ? `${where}?${text}` : where;
}

export function go(where: string, replace = false): void {
  const next = new URL(where, location.href);
  if (next.href === location.href) return;
  const otherPage = next.pathname !== location.pathname;
  history[replace ? 'replaceState' : 'pushState'](null, '', next);
  address.value = next;
  if (otherPage) window.scrollTo(0, 0);
}

// Sets or (by '') removes parameters of this page's address, without a step of the history.
export function setParams(change: Record<string, string>): void {
  const next = new URL(location.href);
  for (const [name, value] of Object.entries(change)) {
    if (value) next.searchParams.set(name, value);
    else next.searchParams.delete(name);
  }
  go(next.href, true);
}

// Links of the console are followed without loading the page anew.
document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element).closest?.('a');
  if (!link || link.target || link.hasAttribute('download')) return;
  const next = new URL(link.href, location.href);
  if (next.origin !== location.origin || !next.pathname.startsWith(base.pathname)) return;
  event.preventDefault();
  go(next.href);
});
