// A long list as a table: only what is visible is in the page, more is read when the end comes near.
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';
import { takesKeys } from '../keys';
import type { List } from '../query';
import { go } from '../router';
import { number, t } from '../words';
import { Button, ErrorBox, Skeleton } from './basics';

export interface Column<T> {
  name: string;
  width: string; // of a grid: '120px', 'minmax(120px, 1fr)'
  cell: (item: T) => ComponentChildren;
  right?: boolean;
}
interface Props<T> {
  label: string;
  list: List<T>;
  columns: Column<T>[];
  id: (item: T) => string;
  href?: ((item: T) => string) | undefined; // where Enter and a click lead
  onOpen?: ((item: T) => void) | undefined;
  empty: ComponentChildren;
  selected?: Set<string>;
  onSelect?: (selected: Set<string>) => void;
  expanded?: ((item: T) => ComponentChildren) | undefined; // below its row, where it is open
  opened?: string | undefined; // whose details stand there from the begin
  rowClass?: (item: T) => string;
}

const rowHeight = 36;
const headHeight = 34;

function useVirtual(count: number, follow: (first: number, last: number) => void) {
  const scroller = useRef<HTMLDivElement>(null);
  const [, draw] = useReducer((n: number) => n + 1, 0);
  const made = useRef<Virtualizer<HTMLDivElement, Element> | undefined>(undefined);
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => draw(0),
  };
  if (!made.current) made.current = new Virtualizer(options);
  const virtual = made.current;
  virtual.setOptions({ ...virtual.options, ...options });
  useLayoutEffect(() => virtual._didMount(), []);
  useLayoutEffect(() => virtual._willUpdate());
  const rows = virtual.getVirtualItems();
  const first = rows[0]?.index ?? 0;
  const last = rows.at(-1)?.index ?? 0;
  useEffect(() => follow(first, last), [first, last, count]);
  return { scroller, virtual, rows };
}

export function Table<T>(props: Props<T>) {
  const { label, list, columns, id, selected, onSelect } = props;
  const { items } = list;
  const [active, setActive] = useState(-1);
  const [open, setOpen] = useState<string | null>(props.opened ?? null);
  const { scroller, virtual, rows } = useVirtual(items.length, (first, last) => {
    list.seen(first, last);
    if (list.hasMore && last >= items.length - 20) list.more();
  });

  // A row that no filter fits any more takes its details with it.
  const opened = open === null ? undefined : items.find((item) => id(item) === open);

  const openItem = (item: T) => {
    if (props.href) go(props.href(item));
    else if (props.onOpen) props.onOpen(item);
    else if (props.expanded) setOpen(open === id(item) ? null : id(item));
  };
  const mark = (item: T) => {
    if (!selected || !onSelect) return;
    const next = new Set(selected);
    if (!next.delete(id(item))) next.add(id(item));
    onSelect(next);
  };
  const keys = useRef({ move: (_: number) => {}, open: () => {}, mark: () => {} });
  keys.current = {
    move: (by) => {
      const next = Math.min(items.length - 1, Math.max(0, active + by));
      setActive(next);
      virtual.scrollToIndex(next);
    },
    open: () => items[active] && openItem(items[active]),
    mark: () => items[active] && mark(items[active]),
  };
  useEffect(
    () => takesKeys({ move: (by) => keys.current.move(by), open: () => keys.current.open(), mark: () => keys.current.mark() }),
    [],
  );

  if (list.error && items.length === 0) return <ErrorBox problem={list.error} retry={list.reload} />;
  if (list.loading && items.length === 0) return <Skeleton rows={8} />;
  if (items.length === 0) return <>{props.empty}</>;

  const template = (onSelect ? '38px ' : '') + columns.map((column) => column.width).join(' ');
  const least = columns.reduce((sum, column) => sum + (parseInt(/\d+(?=px)/.exec(column.width)?.[0] ?? '0', 10)), onSelect ? 50 : 12);
  const allMarked = !!selected && items.every((item) => selected.has(id(item)));
  return (
    <div class="table-frame" onPointerEnter={() => list.hold(true)} onPointerLeave={() => list.hold(false)}>
      {list.held > 0 && (
        <button type="button" class="held" onClick={list.showHeld}>
          {t('{n|new entry|new entries} · show', { n: list.held })}
        </button>
      )}
      {list.held === 0 && list.updates > 0 && (
        <button type="button" class="held" onClick={list.showHeld}>
          {t('{n|update|updates} · apply', { n: list.updates })}
        </button>
      )}
      {list.error && <ErrorBox problem={list.error} retry={list.reload} />}
      <div class="table-scroll" ref={scroller} tabIndex={0} role="group" aria-label={label}>
        <div role="table" aria-label={label} aria-rowcount={list.total ?? -1} style={{ minWidth: `${least}px` }} class={list.loading ? 'stale' : ''}>
          <div role="rowgroup" class="table-head">
            <div role="row" class="table-row" style={{ gridTemplateColumns: template }}>
              {onSelect && (
                <div role="columnheader" class="cell">
                  <input type="checkbox" aria-label={t('Select all that are loaded')} checked={allMarked}
                    onChange={() => onSelect(allMarked ? new Set() : new Set(items.map(id)))} />
                </div>
              )}
              {columns.map((column) => (
                <div role="columnheader" key={column.name} class={`cell ${column.right ? 'right' : ''}`} title={column.name}>{column.name}</div>
              ))}
            </div>
          </div>
          <div role="rowgroup" class="table-body" style={{ height: `${virtual.getTotalSize()}px` }}>
            {rows.map((row) => {
              const item = items[row.index];
              if (!item) return null;
              const key = id(item);
              const isOpen = open === key && props.expanded;
              return (
                <div role="row" key={key} aria-rowindex={row.index + 1}
                  class={`table-row ${row.index === active ? 'active' : ''} ${selected?.has(key) ? 'marked' : ''} ${isOpen ? 'opened' : ''} ${props.rowClass?.(item) ?? ''}`}
                  style={{ gridTemplateColumns: template, transform: `translateY(${row.start - headHeight}px)` }}
                  onClick={(event) => {
                    if ((event.target as Element).closest('a,button,input,label')) return;
                    if (window.getSelection()?.toString()) return;
                    setActive(row.index);
                    openItem(item);
                  }}>
                  {onSelect && (
                    <div role="cell" class="cell">
                      <input type="checkbox" aria-label={t('Select {name}', { name: key })}
                        checked={selected?.has(key) ?? false} onChange={() => mark(item)} />
                    </div>
                  )}
                  {columns.map((column) => (
                    <div role="cell" key={column.name} class={`cell ${column.right ? 'right' : ''}`}>{column.cell(item)}</div>
                  ))}
                </div>
              );
            })}
          </div>
        </div>
      </div>
      {opened !== undefined && props.expanded && <Opened onClose={() => setOpen(null)}>{props.expanded(opened)}</Opened>}
      <div class="table-foot small muted">
        {list.total === undefined
          ? t('{n} loaded', { n: items.length })
          : t('{n} of {total}', { n: items.length, total: list.total })}
        {list.hasMore && ` · ${t('more when you scroll')}`}
      </div>
    </div>
  );
}

// What the chosen row says in full, below the list.
function Opened({ children, onClose }: { children: ComponentChildren; onClose: () => void }) {
  return (
    <aside class="opened" aria-label={t('Details')}>
      <Button icon="close" kind="quiet" class="close" aria-label={t('Close')} onClick={onClose} />
      {children}
    </aside>
  );
}

// A short table whose rows are all there.
export function SmallTable<T>({ label, items, columns, id }: {
  label: string;
  items: T[];
  columns: Omit<Column<T>, 'width'>[];
  id: (item: T) => string;
}) {
  return (
    <div class="small-table" tabIndex={0} role="group" aria-label={label}>
      <table>
        <caption class="hidden">{label}</caption>
        <thead>
          <tr>{columns.map((column) => <th key={column.name} scope="col" class={column.right ? 'right' : ''}>{column.name}</th>)}</tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={id(item)}>
              {columns.map((column) => <td key={column.name} class={column.right ? 'right' : ''}>{column.cell(item)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export const counted = (n: number | undefined) => (n === undefined ? '…' : number(n));
