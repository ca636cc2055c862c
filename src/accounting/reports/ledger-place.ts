// Where somebody who reads a ledger in parts has come to. Posted lines never change, so that it stays the same place.
import { sql } from 'kysely';
import type { Key } from '#lib/lists/part';
import { requireKey, strangeKey } from '#lib/lists/select-part';
import type { TenantTx } from '#lib/tenant-tx';
import type { LineScope } from './line-scope.ts';

/** So many lines after the first one of an ISO date. */
export type LedgerPlace = { from: string; skip: number };

/**
 * The key of the last row: its day, its entry, and which of the entry's lines in this ledger it is, counted from 1. `after` is the
 * key behind which the rows begin; null for no rows.
 */
export function keyAfter(
  rows: readonly { entry_id: string; entry_date: string }[],
  after: Key | null,
): Key | null {
  const last = rows.at(-1);
  if (!last) return null;
  const own = rows.filter(({ entry_id }) => entry_id === last.entry_id).length;
  const [, entry, before] = after ?? [];
  return [last.entry_date, last.entry_id, String(own + (entry === last.entry_id ? Number(before) : 0))];
}

/**
 * The place behind a key in the ledger of these accounts. Throws an invalid Problem for a key that no line between the two days can
 * have.
 */
export async function placeAfter(
  tx: TenantTx,
  ids: readonly number[],
  { conditions }: LineScope,
  { from, to }: { from: string; to: string },
  key: Key,
): Promise<LedgerPlace> {
  requireKey(key, 'date', 'uuid', 'integer');
  const [day = '', entry, nth] = key.map(String);
  if (day < from || day > to) throw strangeKey();
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from journal_lines l join journal_entries e on e.id = l.entry_id
    where l.account_id = any(${[...ids]}::bigint[]) and l.entry_date = ${day}::date and l.entry_id < ${entry}::uuid and ${conditions}
  `.execute(tx.db);
  return { from: day, skip: Number(rows[0]?.count ?? 0) + Math.max(0, Number(nth)) };
}
