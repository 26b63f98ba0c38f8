// Which columns a list shows. The choice lives in the address, as filters do.
import { useRef } from 'preact/hooks';
import { setParams } from '../router';
import { t } from '../words';
import { filter } from './filters';
import { Icon } from './icons';
import type { Column } from './table';

export interface ChosenColumn<T> extends Column<T> {
  key: string; // in the address
  extra?: boolean; // only where it is wanted
}
const isUsual = <T,>(one: ChosenColumn<T>) => !one.extra;

// The first stays: it names the row.
export function chosen<T>(all: ChosenColumn<T>[]): ChosenColumn<T>[] {
  const asked = filter('columns');
  if (!asked) return all.filter(isUsual);
  const keys = new Set(asked.split(','));
  return all.filter((one, i) => i === 0 || keys.has(one.key));
}

export function ColumnChoice<T>({ all }: { all: ChosenColumn<T>[] }) {
  const frame = useRef<HTMLDetailsElement>(null);
  const now = new Set(chosen(all).map((one) => one.key));
  const flip = (key: string) => {
    const next = all.filter((one) => (one.key === key ? !now.has(key) : now.has(one.key))).map((one) => one.key);
    const usual = all.filter(isUsual).map((one) => one.key);
    setParams({ columns: next.join() === usual.join() ? '' : next.join() });
  };
  const close = () => frame.current?.removeAttribute('open');
  return (
    <details class="choice" ref={frame}
      onFocusOut={(event) => { if (event.relatedTarget && !frame.current?.contains(event.relatedTarget as Node)) close(); }}
      onKeyDown={(event) => { if (event.key === 'Escape') { close(); frame.current?.querySelector('summary')?.focus(); } }}>
      <summary class="button"><Icon name="columns" />{t('Columns')}</summary>
      <fieldset>
        <legend class="hidden">{t('Columns')}</legend>
        {all.slice(1).map((one) => (
          <label key={one.key} class="check"><input type="checkbox" checked={now.has(one.key)} onChange={() => flip(one.key)} />{one.name}</label>
        ))}
      </fieldset>
    </details>
  );
}
