// Takes a part of a list that is in memory whole, as those are that no company has many of.
import { type Key, type Listed, type Ordering, type Part, readOrdering } from './part.ts';

/** Orders by their names: the values that a row is sorted by, the last of them unique. */
export type RowOrders<Row, Name extends string> = Readonly<Record<Name, (row: Row) => Key>>;

/** Compares by code units, so that the order is the same on every database. */
function compare(a: Key, b: Key): number {
  for (const [index, one] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (one !== other) return one < other ? -1 : 1;
  }
  return a.length - b.length;
}

/** The part of a list in one of its orders. */
export function cutList<Row, Name extends string>(
  rows: readonly Row[],
  orders: RowOrders<Row, Name>,
  { ordering, part }: { ordering: Ordering<Name>; part: Part },
): Listed<Row> {
  const { name, backwards } = readOrdering(ordering);
  const keyOf = orders[name];
  const isBefore = (a: Key, b: Key) => (backwards ? compare(b, a) : compare(a, b));
  const sorted = rows.map((row) => ({ row, key: keyOf(row) })).sort((a, b) => isBefore(a.key, b.key));
  if (part.by === 'number') {
    const results = sorted.slice((part.page - 1) * part.size, part.page * part.size);
    return { results: results.map(({ row }) => row), count: rows.length, next: null };
  }
  const { after, size } = part;
  const left = after === null ? sorted : sorted.filter(({ key }) => isBefore(after, key) < 0);
  const results = left.slice(0, size);
  const next = left.length > size ? (results.at(-1)?.key ?? null) : null;
  return { results: results.map(({ row }) => row), count: null, next };
}
