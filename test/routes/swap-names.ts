// Puts another company's names and ids into a request, one at a time and all at once.
import type { Example } from './example.ts';

type Part = 'params' | 'query' | 'body';
const parts: readonly Part[] = ['params', 'query', 'body'];

/** One name of ours and what takes its place; `part` says where in the request it is. */
type Swap = { part: Part; ours: string; theirs: string };

/** A request with foreign names in it; `isBody` when some are in its body, and `isParams` when all are in its address. */
export type Swapped = { what: string; example: Example; isBody: boolean; isParams: boolean };

/** All texts of a value, keys of objects too, in the order in which they stand. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [key, ...textsOf(each)]);
}

/** A key such as `dimension.branch` names something after its dot. */
function replaced(text: string, swaps: readonly Swap[]): string {
  const swap = swaps.find(({ ours }) => text === ours || text.endsWith(`.${ours}`));
  return swap ? text.slice(0, text.length - swap.ours.length) + swap.theirs : text;
}

function withSwaps(value: unknown, swaps: readonly Swap[]): unknown {
  if (typeof value === 'string') return replaced(value, swaps);
  if (Array.isArray(value)) return value.map((each) => withSwaps(each, swaps));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [replaced(key, swaps), withSwaps(each, swaps)]),
  );
}

const swapAll = (example: Example, swaps: readonly Swap[]): Example => ({
  ...example,
  ...Object.fromEntries(
    parts.map((part) => [
      part,
      withSwaps(
        example[part],
        swaps.filter((swap) => swap.part === part),
      ),
    ]),
  ),
});

/** Where the two requests name something else, and theirs is a name that `isTheirs`. */
function swapsOf(ours: Example, theirs: Example, isTheirs: (text: string) => boolean): Swap[] {
  const last = (text: string) => text.split('.').at(-1) ?? text;
  const pairs = parts.flatMap((part) => {
    const foreign = textsOf(theirs[part]);
    return textsOf(ours[part]).map((text, place): Swap => {
      const other = foreign[place] ?? text;
      return isTheirs(other)
        ? { part, ours: text, theirs: other }
        : { part, ours: last(text), theirs: last(other) };
    });
  });
  const isReal = (swap: Swap) => swap.ours !== swap.theirs && isTheirs(swap.theirs);
  return pairs
    .filter(isReal)
    .filter(
      (swap, place, all) =>
        all.findIndex(({ part, ours }) => part === swap.part && ours === swap.ours) === place,
    );
}

/** Our request with each of their names in the place of ours, and with all of them. */
export function swapNames(ours: Example, theirs: Example, isTheirs: (text: string) => boolean): Swapped[] {
  const swaps = swapsOf(ours, theirs, isTheirs);
  const sets = swaps.map((swap) => [swap]);
  if (swaps.length > 1) sets.push(swaps);
  return sets.map((set) => ({
    what: set.map(({ part, theirs: name }) => `${name} in its ${part}`).join(', '),
    example: swapAll(ours, set),
    isBody: set.some(({ part }) => part === 'body'),
    isParams: set.every(({ part }) => part === 'params'),
  }));
}
