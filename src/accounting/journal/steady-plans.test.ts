// Holds a posting to the few rows that it is about, however many there are and whenever its plans were made.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import type { TenantTx } from '#lib/tenant-tx';
import { cashSale, createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { postEntries } from './post-entries.ts';

let house: TestHouse;
let company: TestCompany;

before(async () => {
  // One connection, so that the plans of the first posting are those of the last.
  house = await openTestHouse(1);
  company = await createCompany(house.db, { years: 1 });
});

after(() => house.close());

/** Rows that this connection has read of each big table and not told the statistics of yet, by sequence or from an index. */
async function rowsRead(tx: TenantTx): Promise<Map<string, number>> {
  const { rows } = await sql<{ table: string; rows: number }>`
    select relname as table, (seq_tup_read + idx_tup_fetch)::integer as rows from pg_stat_xact_user_tables
    where schemaname = current_schema() and relname in ('journal_entries', 'journal_lines', 'audit_rows')
  `.execute(tx.db);
  return new Map(rows.map((row) => [row.table, row.rows]));
}

test('a posting does not read the whole journal, though its plans were made while that was empty', async () => {
  await company.post(cashSale('2024-01-10', '1.00'));
  await company.post(...Array.from({ length: 3000 }, () => cashSale('2024-01-11', '2.00')));
  const [before, after] = await company.run(async (tx) => {
    const earlier = await rowsRead(tx);
    await postEntries(tx, [cashSale('2024-01-12', '3.00')]);
    return [earlier, await rowsRead(tx)] as const;
  });
  const read = [...after].map(([table, rows]) => ({ table, rows: rows - (before.get(table) ?? 0) }));
  assert.equal(read.length, 3);
  assert.deepEqual(
    read.filter(({ rows }) => rows > 100),
    [],
  );
});
