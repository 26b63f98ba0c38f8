// Parts that are fetched when they are first shown, and what this api offers.
import type { ComponentType } from 'preact';
import { useEffect, useReducer } from 'preact/hooks';
import { offeredPaths } from '../openapi';
import { Skeleton } from './basics';

export function lazyPart<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | null = null;
  return function LazyPart(props: P) {
    const [, draw] = useReducer((n: number) => n + 1, 0);
    useEffect(() => {
      if (!loaded) void load().then((part) => { loaded = part; draw(0); });
    }, []);
    const Loaded = loaded;
    return Loaded ? <Loaded {...props} /> : <Skeleton />;
  };
}

let known: Set<string> | null = null;
// Whether the api has a path; false until that is known.
export function useOffered(): (path: string) => boolean {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    if (!known) offeredPaths().then((paths) => { known = paths; draw(0); }).catch(() => {});
  }, []);
  return (path) => known?.has(path) ?? false;
}
