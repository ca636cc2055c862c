// Which part of a list somebody asks for, and what they get: the words in which doors and verbs speak of it.

/** The values by which a row has its place in an order, unique in the list. */
export type Key = readonly (string | number)[];

/**
 * A page by its number, from 1, which is told with how many rows there are in all; or what follows the row of a key, null for
 * the beginning, which stays in its place whatever is added or removed before it.
 */
export type Part =
  | { by: 'number'; page: number; size: number }
  | { by: 'key'; after: Key | null; size: number };

/** The name of an order, after a '-' for the order backwards. */
export type Ordering<Name extends string> = Name | `-${Name}`;

/** `count` is of the whole list, null for a part by key; `next` is the key of the last row when more rows follow it. */
export type Listed<Row> = { results: Row[]; count: number | null; next: Key | null };

/** The name of an ordering, and whether it is meant backwards. */
export function readOrdering<Name extends string>(
  ordering: Ordering<Name>,
): { name: Name; backwards: boolean } {
  const backwards = ordering.startsWith('-');
  return { name: (backwards ? ordering.slice(1) : ordering) as Name, backwards };
}

/** The page of that number, from 1. */
export function pageNumber(page: number, size: number): Part {
  return { by: 'number', page, size };
}
