// The entries that are to be reversed by themselves: which there are, and which are due.
import { sql } from 'kysely';
import type { Listed, Ordering, Part } from '#lib/lists/part';
import { type Orders, selectPart } from '#lib/lists/select-part';
import { fixAmount } from '#lib/money';
import type { TenantTx } from '#lib/tenant-tx';
import { totalSeen } from '../branch-limit.ts';
import type { EntryInput, EntryLink } from '../journal/entry.ts';
import { getPosted } from '../journal/read-entries.ts';
import { reversalOf } from '../journal/reverse-entry.ts';

/** An entry with the day of its reversal, and the reversal once there is one. `total` is in the company's currency. */
export type ScheduledReversal = {
  entry: EntryLink;
  entry_date: string;
  memo: string;
  total: string;
  reverse_on: string;
  reversed_by: EntryLink | null;
};

/** What they are sorted by. */
export const reversalOrders = {
  reverse_on: [
    { of: sql`s.reverse_on`, type: 'date' },
    { of: sql`e.id`, type: 'uuid' },
  ],
  entry_date: [
    { of: sql`e.entry_date`, type: 'date' },
    { of: sql`e.id`, type: 'uuid' },
  ],
} as const satisfies Orders<string>;

/** A part of them, by day unless ordered otherwise; `done` asks for those that are reversed, or are not. */
export async function listScheduledReversals(
  tx: TenantTx,
  { done = null, until = null }: { done?: boolean | null | undefined; until?: string | null | undefined },
  part: Part,
  ordering: Ordering<keyof typeof reversalOrders> = 'reverse_on',
): Promise<Listed<ScheduledReversal>> {
  const columns = sql`json_build_object('id', e.id, 'number', e.number) as entry, e.entry_date, e.memo, ${totalSeen(tx)} as total, s.reverse_on,
    case when r.id is not null then json_build_object('id', r.id, 'number', r.number) end as reversed_by`;
  const from = sql`from scheduled_reversals s join journal_entries e on e.id = s.entry_id
    left join journal_entries r on r.reverses_id = e.id
    where (${done}::boolean is null or (r.id is not null) = ${done})
      and (${until}::date is null or s.reverse_on <= ${until})`;
  const asked = { ordering, part };
  const listed = await selectPart<ScheduledReversal, keyof typeof reversalOrders>(
    tx,
    { columns, from },
    reversalOrders,
    asked,
  );
  const scale = tx.tenant.currencyScale;
  return {
    ...listed,
    results: listed.results.map((row) => ({ ...row, total: fixAmount(row.total, scale) })),
  };
}

/** The reversals due on a day or before, in their order, as entries to post; those of `tried` entries are left out. */
export async function dueReversals(
  tx: TenantTx,
  date: string,
  tried: ReadonlySet<string>,
): Promise<{ of: EntryLink; entry: EntryInput }[]> {
  const { rows } = await sql<{ entry_id: string; reverse_on: string }>`
    select s.entry_id, s.reverse_on from scheduled_reversals s
    where s.reverse_on <= ${date} and not exists (select from journal_entries r where r.reverses_id = s.entry_id)
    order by s.reverse_on, s.entry_id
  `.execute(tx.db);
  const due = rows.filter(({ entry_id }) => !tried.has(entry_id));
  if (due.length === 0) return [];
  const originals = await getPosted(
    tx,
    due.map(({ entry_id }) => entry_id),
  );
  const byId = new Map(originals.map((entry) => [entry.id, entry]));
  return due.flatMap(({ entry_id, reverse_on }) => {
    const original = byId.get(entry_id);
    if (!original) return [];
    const entry = reversalOf(original, tx.tenant.currency, { entry_date: reverse_on });
    return [{ of: { id: entry_id, number: original.number ?? '' }, entry }];
  });
}
