// What a screen shows of the api, read again when it may have changed.
import { useEffect, useMemo, useReducer, useRef } from 'preact/hooks';
import { get, type Page, Problem, query } from './api';
import { watch } from './live';

const rememberedMax = 60;
const remembered = new Map<string, unknown>();
function remember(where: string, data: unknown): void {
  remembered.delete(where);
  remembered.set(where, data);
  if (remembered.size > rememberedMax) remembered.delete(remembered.keys().next().value as string);
}
export function forgetAll(): void {
  remembered.clear();
}

export interface Watched {
  types?: string[]; // prefixes of events that concern it
  station?: string;
  every?: number;
}
const asProblem = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem(0, 'Error', String(error), null, '');

export interface Query<T> {
  data: T | undefined;
  error: Problem | undefined;
  loading: boolean;
  reload: () => void;
}
// `where` null: nothing is asked.
export function useQuery<T>(where: string | null, watched: Watched = {}): Query<T> {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  const state = useRef<{ where: string | null; data?: T; error?: Problem | undefined; loading: boolean }>({
    where: null,
    loading: false,
  });
  if (state.current.where !== where) {
    const data = where ? (remembered.get(where) as T | undefined) : undefined;
    state.current = { where, loading: where !== null, ...(data === undefined ? {} : { data }) };
  }
  const reload = useMemo(() => {
    const mine = state.current;
    return () => {
      if (!where) return;
      get<T>(where)
        .then((data) => {
          Object.assign(mine, { data, error: undefined });
          remember(where, data);
        })
        .catch((error) => Object.assign(mine, { error: asProblem(error) }))
        .finally(() => {
          mine.loading = false;
          if (state.current === mine) draw(0);
        });
    };
  }, [where]);
  useEffect(() => {
    reload();
    return watch(watched.types ?? [], reload, watched.station, watched.every);
  }, [where]);
  return { data: state.current.data, error: state.current.error, loading: state.current.loading, reload };
}

// ---- lists ----

interface Piece<T> {
  cursor: string | null;
  next: string | null;
  items: T[];
}
export interface List<T> {
  items: T[];
  total: number | undefined;
  error: Problem | undefined;
  loading: boolean;
  hasMore: boolean;
  more: () => void;
  reload: () => void;
  held: number; // newer items that wait until nobody points at the list
  updates: number; // rows of a list in another order that would come or go
  showHeld: () => void;
  hold: (pointedAt: boolean) => void;
  seen: (first: number, last: number) => void; // which items are visible
}
export interface ListOptions<T> extends Watched {
  id: (item: T) => string;
  grows?: boolean; // newest first: new items come on top
  size?: number;
  total?: boolean;
}

const emptyPagesMax = 200; // read one after the other, until something is found
const grownMax = 3000; // items of a list that grew; then it begins anew with the newest page

class Loader<T> {
  pieces: Piece<T>[] = [];
  total: number | undefined;
  error: Problem | undefined;
  busy = false;
  loaded = false;
  pointedAt = false;
  waiting: T[] = [];
  instead: Piece<T> | null = null; // the newest page, where more came between than it holds
  later = new Map<Piece<T>, T[]>(); // what a page holds now, where rows came or went
  visible: [number, number] = [0, 0];
  private stopped = false;
  private asked = false; // by the person: what they did shows at once, wherever they point
  private askedMeanwhile = false;

  constructor(
    readonly where: string,
    readonly options: ListOptions<T>,
    readonly draw: () => void,
  ) {}

  stop(): void {
    this.stopped = true;
  }
  items(): T[] {
    const seen = new Set<string>();
    const all: T[] = [];
    for (const piece of this.pieces)
      for (const item of piece.items) {
        const id = this.options.id(item);
        if (seen.has(id)) continue;
        seen.add(id);
        all.push(item);
      }
    return all;
  }

  private async read(cursor: string | null): Promise<Page<T>> {
    const withTotal = this.options.total && cursor === null;
    const wanted = query('', { limit: this.options.size ?? 100, cursor, ...(withTotal ? { total: 'exact' } : {}) });
    return get<Page<T>>(this.where + (this.where.includes('?') ? wanted.replace('?', '&') : wanted));
  }
  private async work(what: () => Promise<void>): Promise<void> {
    if (this.busy || this.stopped) return;
    this.busy = true;
    try {
      await what();
      this.error = undefined;
    } catch (error) {
      this.error = asProblem(error);
    }
    this.busy = false;
    this.loaded = true;
    if (this.stopped) return;
    this.draw();
    if (!this.askedMeanwhile) return;
    this.askedMeanwhile = false;
    void this.reload();
  }
  private get holds(): boolean {
    return this.pointedAt && !this.asked;
  }

  more(): Promise<void> {
    return this.work(async () => {
      const last = this.pieces.at(-1);
      if (last && last.next === null) return;
      let cursor = last ? last.next : null;
      let page = await this.read(cursor);
      if (page.total !== undefined) this.total = page.total;
      // Where few fit, a page may be empty and not the last one.
      for (let i = 0; i < emptyPagesMax && page.data.length === 0 && page.next_cursor && !this.stopped; ++i) {
        if (last) cursor = page.next_cursor;
        page = await this.read(page.next_cursor);
      }
      this.pieces.push({ cursor, next: page.next_cursor, items: page.data });
    });
  }
  async reload(): Promise<void> {
    if (this.busy) {
      this.askedMeanwhile = true;
      return;
    }
    this.asked = true;
    await this.again();
    this.asked = false;
  }
  // Reads again what is visible; in a growing list the top, where all that is new stands.
  again(): Promise<void> {
    if (this.pieces.length === 0) return this.more();
    return this.work(async () => {
      await this.readTop();
      const size = this.options.size ?? 100;
      const [first, last] = this.visible;
      for (let i = Math.max(1, Math.floor(first / size)); i <= Math.floor(last / size); ++i) {
        const piece = this.pieces[i];
        if (!piece) continue;
        const page = await this.read(piece.cursor);
        this.renew(piece, page.data);
      }
    });
  }
  private async readTop(): Promise<void> {
    const page = await this.read(null);
    if (page.total !== undefined) this.total = page.total;
    const top = this.pieces[0] as Piece<T>;
    if (!this.options.grows) {
      if (this.pieces.length === 1) top.next = page.next_cursor;
      this.renew(top, page.data);
      return;
    }
    const known = new Map(top.items.map((item, at) => [this.options.id(item), at]));
    const fresh = page.data.filter((item) => !known.has(this.options.id(item)));
    const isGap = fresh.length === page.data.length && top.items.length > 0 && fresh.length > 0;
    const isLong = !this.holds && top.items.length + fresh.length > grownMax;
    this.instead = isGap || isLong ? { cursor: null, next: page.next_cursor, items: page.data } : null;
    if (this.instead && !this.holds) {
      this.showWaiting();
      return;
    }
    for (const item of page.data) {
      const at = known.get(this.options.id(item));
      if (at !== undefined) top.items[at] = item;
    }
    this.waiting = fresh;
    if (!this.holds) this.showWaiting();
  }
  // While somebody points at the list, its rows say what is new and stay where they are.
  private renew(piece: Piece<T>, items: T[]): void {
    const fresh = new Map(items.map((item) => [this.options.id(item), item]));
    const isSame = items.length === piece.items.length && items.every((item, i) => this.options.id(item) === this.options.id(piece.items[i] as T));
    if (isSame || !this.holds) {
      this.later.delete(piece);
      piece.items = items;
      return;
    }
    piece.items = piece.items.map((item) => fresh.get(this.options.id(item)) ?? item);
    this.later.set(piece, items);
  }
  // How many rows would come or go.
  updates(): number {
    let count = 0;
    for (const [piece, items] of this.later) {
      const shown = new Set(piece.items.map(this.options.id));
      const next = new Set(items.map(this.options.id));
      count += Math.max(1, [...next].filter((id) => !shown.has(id)).length + [...shown].filter((id) => !next.has(id)).length);
    }
    return count;
  }
  apply(): void {
    for (const [piece, items] of this.later) piece.items = items;
    this.later.clear();
  }
  showWaiting(): void {
    if (this.instead) {
      this.pieces = [this.instead];
      this.instead = null;
      this.waiting = [];
      return;
    }
    const top = this.pieces[0];
    if (!top || this.waiting.length === 0) return;
    top.items = [...this.waiting, ...top.items];
    this.waiting = [];
  }
}

export function useList<T>(where: string, options: ListOptions<T>): List<T> {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  const loader = useMemo(() => new Loader<T>(where, options, () => draw(0)), [where]);
  const before = useRef<T[]>([]);
  useEffect(() => {
    void loader.more();
    const end = watch(options.types ?? [], () => void loader.again(), options.station, options.every);
    return () => {
      loader.stop();
      end();
    };
  }, [loader]);
  const items = loader.items();
  // Until the first page of another filter is there, the one before stays.
  if (loader.loaded) before.current = items;
  return {
    items: loader.loaded ? items : before.current,
    total: loader.total,
    error: loader.error,
    loading: !loader.loaded,
    hasMore: (loader.pieces.at(-1)?.next ?? null) !== null,
    more: () => void loader.more(),
    reload: () => void loader.reload(),
    held: loader.waiting.length,
    updates: loader.updates(),
    showHeld: () => {
      loader.showWaiting();
      loader.apply();
      draw(0);
    },
    hold: (pointedAt) => {
      loader.pointedAt = pointedAt;
      if (pointedAt || loader.later.size === 0) return;
      loader.apply();
      draw(0);
    },
    seen: (first, last) => {
      loader.visible = [first, last];
    },
  };
}

// A list that comes whole, without pages.
export function useWhole<T>(where: string, watched: Watched = {}): List<T> {
  const asked = useQuery<Page<T>>(where, watched);
  const nothing = () => {};
  return {
    items: asked.data?.data ?? [], total: undefined, error: asked.error, loading: !asked.data && !asked.error, hasMore: false,
    more: nothing, reload: asked.reload, held: 0, updates: 0, showHeld: nothing, hold: nothing, seen: nothing,
  };
}
