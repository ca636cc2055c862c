// Reads entries and drafts back: a page of a filtered list, or one whole.
import { sql } from 'kysely';
import { patternContaining } from '#lib/like-pattern';
import type { Listed, Ordering, Part } from '#lib/lists/part';
import { type Orders, selectPart } from '#lib/lists/select-part';
import { fixAmount, parseAmount } from '#lib/money';
import type { TenantTx } from '#lib/tenant-tx';
import { journalSeen } from '../branch-limit.ts';
import { draftLines } from './draft-lines.ts';
import type { Entry, EntryStatus, EntrySummary, LineInput } from './entry.ts';

/**
 * `search` looks into number, memo, reference and, when it is an amount, the total. Dates are inclusive. `account` and each of
 * the `dimensions` (value codes by dimension codes) ask for a posted line of it.
 */
export type EntryFilter = {
  search?: string | undefined;
  status?: EntryStatus | undefined;
  from?: string | undefined;
  to?: string | undefined;
  account?: string | undefined;
  dimensions?: Readonly<Record<string, string>> | undefined;
};

function conditionsOf(filter: EntryFilter, scale: number) {
  const conditions = [sql`true`];
  const pattern = patternContaining(filter.search);
  if (pattern) {
    const plain = (filter.search ?? '').trim().replaceAll(',', '');
    const amount = typeof parseAmount(plain, scale) === 'bigint' ? plain : null;
    conditions.push(sql`(number ilike ${pattern} or memo ilike ${pattern} or reference ilike ${pattern}
      or total = ${amount}::numeric)`);
  }
  if (filter.status) conditions.push(sql`status = ${filter.status}`);
  if (filter.from) conditions.push(sql`entry_date >= ${filter.from}::date`);
  if (filter.to) conditions.push(sql`entry_date <= ${filter.to}::date`);
  if (filter.account) {
    conditions.push(sql`id in (select l.entry_id from journal_lines l join accounts a on a.id = l.account_id
      where a.code = ${filter.account})`);
  }
  for (const [dimension, value] of Object.entries(filter.dimensions ?? {})) {
    conditions.push(sql`id in (select l.entry_id from journal_line_dimensions l join dimension_values v on v.id = l.value_id
      join dimensions d on d.id = v.dimension_id where d.code = ${dimension} and v.code = ${value})`);
  }
  return sql.join(conditions, sql` and `);
}

/** What entries and drafts are sorted by. */
export const entryOrders = {
  entry_date: [
    { of: sql`entry_date`, type: 'date' },
    { of: sql`id`, type: 'uuid' },
  ],
} as const satisfies Orders<string>;

/** A part of the entries and drafts that match, newest date first unless ordered otherwise. */
export async function listEntries(
  tx: TenantTx,
  filter: EntryFilter,
  part: Part,
  ordering: Ordering<keyof typeof entryOrders> = '-entry_date',
): Promise<Listed<EntrySummary>> {
  const columns = sql`id, number, status, entry_date, memo, reference, total`;
  const from = sql`from ${journalSeen(tx)} where ${conditionsOf(filter, tx.tenant.currencyScale)}`;
  const asked = { ordering, part };
  const listed = await selectPart<EntrySummary, 'entry_date'>(tx, { columns, from }, entryOrders, asked);
  const scale = tx.tenant.currencyScale;
  return {
    ...listed,
    results: listed.results.map((row) => ({ ...row, total: fixAmount(row.total, scale) })),
  };
}

/** One entry or draft with its lines, or null. Amounts have the currency's decimals. */
export async function getEntry(tx: TenantTx, id: string): Promise<Entry | null> {
  const [posted] = await getPosted(tx, [id]);
  return posted ?? (await getDraft(tx, id));
}

/** Those of the entries that are posted, in no particular order, in one statement however many they are. */
export async function getPosted(tx: TenantTx, ids: readonly string[]): Promise<Entry[]> {
  const { rows } = await sql<{ document: Entry }>`
    select document from posted_entries(${[...ids]}::uuid[])
  `.execute(tx.db);
  return rows.map(({ document }) => document);
}

async function getDraft(tx: TenantTx, id: string): Promise<Entry | null> {
  const draft = await tx.db.selectFrom('journal_drafts').selectAll().where('id', '=', id).executeTakeFirst();
  if (!draft) return null;
  const lines = draft.lines as unknown as LineInput[];
  const codes = lines.map((line) => line.account);
  const accounts = codes.length
    ? await tx.db.selectFrom('accounts').select(['code', 'name']).where('code', 'in', codes).execute()
    : [];
  const names = new Map(accounts.map((account) => [account.code, account.name]));
  return {
    id,
    number: null,
    sequence: null,
    status: 'draft',
    entry_date: draft.entry_date,
    memo: draft.memo,
    reference: draft.reference,
    total: fixAmount(draft.total, tx.tenant.currencyScale),
    series: draft.series ?? 'JV',
    fiscal_year: null,
    period: null,
    reverses: null,
    reversed_by: null,
    reverse_on: draft.reverse_on,
    created_by: draft.created_by,
    posted_at: null,
    version: draft.version,
    lines: draftLines(tx.tenant, lines, names),
  };
}
