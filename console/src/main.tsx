// The console's start: language and theme of before, then the page that the address names.
import { render } from 'preact';
import { App } from './app';
import { startKeys } from './keys';
import './style.css';
import { setTheme, theme } from './ui/theme';
import { firstLanguage, setLanguage } from './words';

setTheme(theme.value);
startKeys();
// A link to sign in by, pasted over the console's own address, loads nothing by itself.
addEventListener('hashchange', () => {
  if (location.hash.startsWith('#link=')) location.reload();
});
void setLanguage(firstLanguage()).finally(() => {
  render(<App />, document.getElementById('app') as HTMLElement);
});
