// Light, dark, or as the system says.
import { signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';
const storageName = 'ohm.theme';

function kept(): Theme {
  const found = localStorage.getItem(storageName);
  return found === 'light' || found === 'dark' ? found : 'system';
}
export const theme = signal<Theme>(kept());

export function setTheme(wanted: Theme): void {
  theme.value = wanted;
  localStorage.setItem(storageName, wanted);
  if (wanted === 'system') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.setAttribute('data-theme', wanted);
}
