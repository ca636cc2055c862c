// Lets lookups that come at the same time share a statement: what queues while one is under way goes as one set in the next.

/**
 * Turns a lookup of many keys into one of a single key. The first key goes at once, and those that come until it is answered
 * go together after it: no timer, so no delay at low load, and no cache, so that every answer was read after it was
 * asked for. Resolves to null for a key that `load` does not answer; an error of `load` fails all keys of its set.
 */
export function coalesced<V>(
  load: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>,
): (key: string) => Promise<V | null> {
  let waiting: { keys: Set<string>; found: Promise<ReadonlyMap<string, V>> } | null = null;
  let underWay: Promise<unknown> = Promise.resolve();
  return async (key) => {
    if (!waiting) {
      const keys = new Set<string>();
      const found = underWay.then(() => {
        waiting = null;
        return load([...keys]);
      });
      underWay = found.catch(() => {});
      waiting = { keys, found };
    }
    waiting.keys.add(key);
    return (await waiting.found).get(key) ?? null;
  };
}
