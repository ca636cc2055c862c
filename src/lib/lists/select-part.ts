// Reads a part of a list from the database: by number with a count, or the rows after a key, which costs the same anywhere.
import { type RawBuilder, sql } from 'kysely';
import { isIsoDate } from '#lib/dates';
import { isStorable } from '#lib/http/unfit-values';
import { invalid, type Problem } from '#lib/problem';
import type { DirectoryTx, TenantTx } from '#lib/tenant-tx';
import { type Key, type Listed, type Ordering, type Part, readOrdering } from './part.ts';

const types = {
  date: { cast: sql`::date`, holds: (value: unknown) => typeof value === 'string' && isIsoDate(value) },
  uuid: { cast: sql`::uuid`, holds: (value: unknown) => typeof value === 'string' && UUID.test(value) },
  text: { cast: sql`::text`, holds: (value: unknown) => typeof value === 'string' && isStorable(value) },
  instant: {
    cast: sql`::timestamptz`,
    holds: (value: unknown) =>
      typeof value === 'string' && INSTANT.test(value) && isIsoDate(value.slice(0, 10)),
  },
  integer: {
    cast: sql`::bigint`,
    holds: (value: unknown) => typeof value === 'string' && INTEGER.test(value),
  },
};
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
/** A timestamptz as PostgreSQL writes it in ISO style. */
const INSTANT =
  /^\d{4}-\d\d-\d\d ([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?[+-](0\d|1[0-5])(:[0-5]\d){0,2}$/;
const INTEGER = /^-?\d{1,18}$/;

/** Something to sort by that is never null; `falling` against the order's direction. */
export type SortedBy = { of: RawBuilder<unknown>; type: keyof typeof types; falling?: true };

/** What a list is sorted by, under the name of that order; the columns together are unique. */
export type Orders<Name extends string> = Readonly<Record<Name, readonly SortedBy[]>>;

/** The refusal of a key that no row of this list can have. */
export function strangeKey(): Problem {
  const detail = 'the cursor is not one of this list; begin again without it';
  return invalid([{ pointer: '/query/cursor', code: 'request/cursor', detail }]);
}

/** Throws an invalid Problem for a key whose values are not of these types. */
export function requireKey(key: Key, ...wanted: SortedBy['type'][]): void {
  const fits = key.length === wanted.length && wanted.every((type, index) => types[type].holds(key[index]));
  if (!fits) throw strangeKey();
}

/** The key's values, one for each column. Throws for a key that is none of this order's. */
function valuesOf(columns: readonly SortedBy[], key: Key): RawBuilder<unknown>[] {
  requireKey(key, ...columns.map(({ type }) => type));
  return columns.map(({ type }, index) => sql`${key[index]}${types[type].cast}`);
}

type Directed = { of: RawBuilder<unknown>; falls: boolean };

/** True of the rows that come after a key. Where all columns go one way it is one comparison, which an index answers. */
function comesAfter(columns: readonly Directed[], values: readonly RawBuilder<unknown>[]) {
  const [first] = columns;
  if (columns.every(({ falls }) => falls === first?.falls)) {
    const row = sql.join(columns.map(({ of }) => of));
    return sql`(${row}) ${first?.falls ? sql`<` : sql`>`} (${sql.join(values)})`;
  }
  const alternatives = columns.map(({ of, falls }, index) => {
    const same = columns.slice(0, index).map((earlier, place) => sql`${earlier.of} = ${values[place]}`);
    return sql`(${sql.join([...same, sql`${of} ${falls ? sql`<` : sql`>`} ${values[index]}`], sql` and `)})`;
  });
  return sql`(${sql.join(alternatives, sql` or `)})`;
}

/**
 * A condition on rows after a key of one order of columns, to be put into a statement by hand; true without a key. Throws an
 * invalid Problem for a key that is none of theirs.
 */
export function afterKey(columns: readonly SortedBy[], after: Key | null): RawBuilder<unknown> {
  if (after === null) return sql`true`;
  const directed = columns.map(({ of, falling }) => ({ of, falls: falling === true }));
  return comesAfter(directed, valuesOf(columns, after));
}

/** A list: what is selected, and `from … where …`, to which conditions can be added with `and`. */
export type Selection = { columns: RawBuilder<unknown>; from: RawBuilder<unknown> };

/**
 * Reads the part of a list in one of its orders. Throws an invalid Problem for a key that is none of this order's.
 */
export async function selectPart<Row extends object, Name extends string>(
  tx: Pick<TenantTx, 'db'> | Pick<DirectoryTx, 'db'>,
  { columns, from }: Selection,
  orders: Orders<Name>,
  { ordering, part }: { ordering: Ordering<Name>; part: Part },
): Promise<Listed<Row>> {
  const { name, backwards } = readOrdering(ordering);
  const sorted = orders[name];
  const directed = sorted.map(({ of, falling }) => ({ of, falls: (falling === true) !== backwards }));
  const order = sql.join(directed.map(({ of, falls }) => (falls ? sql`${of} desc` : of)));
  if (part.by === 'number') {
    const counted = await sql<{ count: number }>`select count(*) as count ${from}`.execute(tx.db);
    const { rows } = await sql<Row>`
      select ${columns} ${from} order by ${order} limit ${part.size} offset ${(part.page - 1) * part.size}
    `.execute(tx.db);
    return { results: rows, count: counted.rows[0]?.count ?? 0, next: null };
  }
  const { after, size } = part;
  const beyond = after === null ? sql`true` : comesAfter(directed, valuesOf(sorted, after));
  const key = sql.join(sorted.map(({ of }) => sql`(${of})::text`));
  const { rows } = await sql<Row & { sort_key: string[] }>`
    select ${columns}, array[${key}] as sort_key ${from} and ${beyond} order by ${order} limit ${size + 1}
  `.execute(tx.db);
  const results = rows.slice(0, size);
  const next = rows.length > size ? (results.at(-1)?.sort_key ?? null) : null;
  return { results: results.map(({ sort_key: _, ...row }) => row as unknown as Row), count: null, next };
}
