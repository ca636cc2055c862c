// Remembers for a moment what was read of the shared tables, so that requests that come close together ask the database once.
import { LRUCache } from 'lru-cache';
import { coalesced } from './coalesced.ts';

/**
 * How old an answer may be, in milliseconds, counted from before it was asked for. That nobody acts for longer than a second on a
 * right that was taken away rests on this figure alone; that it is a few milliseconds as a rule, on forget().
 */
export const MOST_AGE_MS = 500;

/** The answers that one lookup remembers; the one that was not asked for the longest goes first. */
const MOST_ANSWERS = 10_000;

/** Answers at once where the answer is remembered. */
export type Lookup<V> = (key: string) => V | Promise<V | null>;

/**
 * What is remembered in this process, of any number of lookups; all of it is forgotten together. Nothing is, and the database is
 * asked each time, unless `isTold` says that somebody tells of changes.
 */
export class Cache {
  isTold = false;
  readonly #mostAge: number;
  readonly #answers = new Set<LRUCache<string, NonNullable<unknown>>>();
  #generation = 0;

  /** `mostAge` is how old an answer may be, in milliseconds. */
  constructor(mostAge = MOST_AGE_MS) {
    this.#mostAge = mostAge;
  }

  /**
   * Makes a lookup of many keys one of a single key that remembers. What is not remembered is asked for together (see
   * coalesced); that there is no answer is not remembered.
   */
  lookup<V extends NonNullable<unknown>>(
    load: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>,
  ): Lookup<V> {
    // The clock is read each time: a resolution would stand still for as long as the process is held up.
    const known = new LRUCache<string, V>({ max: MOST_ANSWERS, ttl: this.#mostAge, ttlResolution: 0 });
    this.#answers.add(known as unknown as LRUCache<string, NonNullable<unknown>>);
    const ask = coalesced(async (keys) => {
      const [start, generation] = [performance.now(), this.#generation];
      const found = await load(keys);
      // What was on its way when something changed is good for who asked before, and for nobody after.
      if (this.isTold && generation === this.#generation)
        for (const [key, answer] of found) known.set(key, answer, { start });
      return found;
    });
    return (key) => known.get(key) ?? ask(key);
  }

  /** Forgets everything; whoever asks from now on is told what was read from now on. */
  forget(): void {
    this.#generation += 1;
    for (const known of this.#answers) known.clear();
  }
}
