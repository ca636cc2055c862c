// Reads any number of rows without holding more than a few, through a cursor of the transaction.
import { type RawBuilder, sql } from 'kysely';
import type { TenantTx } from './tenant-tx.ts';

/** Rows that are fetched at once. */
const ROWS = 2000;

/**
 * The rows of a query, read as they are asked for. Its cursor lives in the transaction, which must stay open meanwhile; a
 * transaction reads one such query at a time.
 */
export async function* readRows<Row>(tx: TenantTx, query: RawBuilder<Row>): AsyncGenerator<Row> {
  await sql`declare reading no scroll cursor for ${query}`.execute(tx.db);
  try {
    for (;;) {
      const { rows } = await sql<Row>`fetch ${sql.lit(ROWS)} from reading`.execute(tx.db);
      yield* rows;
      if (rows.length < ROWS) break;
    }
  } finally {
    // After a failed statement the transaction closes it by itself, and takes no further statement.
    await sql`close reading`.execute(tx.db).catch(() => {});
  }
}
