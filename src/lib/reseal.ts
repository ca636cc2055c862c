// Counts the sealed secrets in the database by their key, and seals them anew with the key that seals now.
import type pg from 'pg';
import type { Db } from './db.ts';
import { type KeyRing, KeyRingError, sealedWith } from './key-ring.ts';
import { type SealedColumn, sealedColumns } from './sealed-columns.ts';
import { inDirectory } from './tenant-tx.ts';

const BATCH = 100;

/** How many secrets of a column are sealed with a key; `key` is null for texts that are not sealed at all. */
export type SealedCount = { table: string; column: string; key: string | null; count: number };

type Row = { id: string; sealed: string };

/** The name of the key in a sealed text, as SQL; the same as sealedWith(). */
const keyOf = (column: string) =>
  `substring("${column}" from '^v1\\.([A-Za-z0-9_-]{1,40})\\.[A-Za-z0-9_-]{38,}$')`;

/** How many secrets there are by column and key. */
export async function countSealed(
  db: Db,
  columns: readonly SealedColumn[] = sealedColumns,
): Promise<SealedCount[]> {
  const counts: SealedCount[] = [];
  for (const { table, column } of columns) {
    const { rows } = await db.pool.query<{ key: string | null; count: number }>(
      `select ${keyOf(column)} as key, count(*)::integer as count from public."${table}"
       where "${column}" is not null group by 1 order by 1`,
    );
    counts.push(...rows.map((row) => ({ table, column, ...row })));
  }
  return counts;
}

async function resealRow(
  client: pg.PoolClient,
  ring: KeyRing,
  { table, column, id, context }: SealedColumn,
  row: Row,
): Promise<void> {
  if (sealedWith(row.sealed) === null)
    throw new KeyRingError(`${table}.${column} of ${row.id} is no sealed text; nothing was changed there`);
  const sealed = ring.seal(ring.open(row.sealed, context(row.id)), context(row.id));
  await client.query(`update public."${table}" set "${column}" = $1 where "${id}"::text = $2`, [
    sealed,
    row.id,
  ]);
}

/** Seals the next rows of a column anew in one transaction. Returns the last one's id, or null when there are no more. */
async function resealBatch(
  db: Db,
  ring: KeyRing,
  column: SealedColumn,
  after: string,
): Promise<{ last: string; count: number } | null> {
  return await inDirectory(db, async ({ client }) => {
    const { rows } = await client.query<Row>(
      `select "${column.id}"::text as id, "${column.column}" as sealed from public."${column.table}"
       where "${column.column}" is not null and ${keyOf(column.column)} is distinct from $1
         and "${column.id}"::text > $2 order by "${column.id}"::text limit ${BATCH} for update`,
      [ring.ids()[0], after],
    );
    for (const row of rows) await resealRow(client, ring, column, row);
    const last = rows.at(-1);
    return last ? { last: last.id, count: rows.length } : null;
  });
}

/**
 * Seals anew every secret that is not sealed with the first key of the ring, a hundred in a transaction. Interrupted or
 * failed, it goes on the next time where it was. Returns how many. Throws KeyRingError for one that does not open; what came
 * before is done.
 */
export async function resealAll(
  db: Db,
  ring: KeyRing,
  options: { columns?: readonly SealedColumn[]; onProgress?: (done: number) => void } = {},
): Promise<number> {
  let done = 0;
  for (const column of options.columns ?? sealedColumns) {
    for (let after = ''; ; ) {
      const batch = await resealBatch(db, ring, column, after);
      if (!batch) break;
      after = batch.last;
      done += batch.count;
      options.onProgress?.(done);
    }
  }
  return done;
}
