// The day book: every entry between two days with its lines, in the order of the days.
import { sql } from 'kysely';
import type { Key, Part } from '#lib/lists/part';
import { afterKey, type SortedBy } from '#lib/lists/select-part';
import { fixAmount } from '#lib/money';
import { readRows } from '#lib/read-rows';
import type { TenantTx } from '#lib/tenant-tx';
import { totalSeen } from '../branch-limit.ts';
import { type LineScope, type LineScopeQuery, lineScope } from './line-scope.ts';
import { entryLink } from './report-links.ts';

/** Amounts are in the company's currency, '0.00' on the other side. */
export type DayBookLine = {
  account: string;
  name: string;
  debit: string;
  credit: string;
  memo: string | null;
};

/** `link` is the address of the entry over the API; `total` what all of its lines debit, also those left out. */
export type DayBookEntry = {
  id: string;
  number: string;
  entry_date: string;
  memo: string;
  reference: string | null;
  total: string;
  link: string;
  lines: DayBookLine[];
};

/** ISO dates, both inclusive. */
export type DayBookQuery = LineScopeQuery & { from: string; to: string };

/** `entries` are read as they are asked for; the transaction must stay open meanwhile. */
export type DayBook = {
  from: string;
  to: string;
  currency: string;
  count: number;
  totals: { debit: string; credit: string };
  entries: AsyncGenerator<DayBookEntry>;
};

type Sums = { count: number; debit: string; credit: string };

async function sumsOf(tx: TenantTx, { from, to }: DayBookQuery, scope: LineScope): Promise<Sums> {
  const { rows } = scope.isWhole
    ? await sql<Sums>`
        select (select count(*) from journal_entries where entry_date between ${from}::date and ${to}::date) as count,
          coalesce(sum(debit), 0) as debit, coalesce(sum(credit), 0) as credit
        from account_days where entry_date between ${from}::date and ${to}::date
      `.execute(tx.db)
    : await sql<Sums>`
        select count(distinct e.id) as count, coalesce(sum(l.debit), 0) as debit, coalesce(sum(l.credit), 0) as credit
        from journal_entries e join journal_lines l on l.entry_id = e.id
        where e.entry_date between ${from}::date and ${to}::date and ${scope.conditions}
      `.execute(tx.db);
  return rows[0] ?? { count: 0, debit: '0', credit: '0' };
}

type Row = Omit<DayBookEntry, 'lines' | 'link'> & Omit<DayBookLine, 'memo'> & { line_memo: string | null };

const entryOrder: readonly SortedBy[] = [
  { of: sql`e.entry_date`, type: 'date' },
  { of: sql`e.id`, type: 'uuid' },
];

/** Which entries: `limit` of them, null for all, behind a key and so many more. */
type Cut = { after: Key | null; skip: number; limit: number | null };

const rowsQuery = (
  tx: TenantTx,
  { from, to }: DayBookQuery,
  { conditions, isWhole }: LineScope,
  { after, skip, limit }: Cut,
) => sql<Row>`
  select e.id, e.number, e.entry_date, e.memo, e.reference, e.total, a.code as account, a.name, l.debit, l.credit, l.memo as line_memo
  from (
    select e.id, e.number, e.entry_date, e.memo, e.reference, e.posted_at, ${totalSeen(tx)} as total
    from journal_entries e
    where e.entry_date between ${from}::date and ${to}::date and ${afterKey(entryOrder, after)}
      and (${isWhole} or exists (select from journal_lines l where l.entry_id = e.id and ${conditions}))
    order by e.entry_date, e.id
    limit ${limit}::bigint offset ${skip}::bigint
  ) e
  join journal_lines l on l.entry_id = e.id and ${conditions}
  join accounts a on a.id = l.account_id
  order by e.entry_date, e.id, l.line_no
`;

async function* entriesOf(
  tx: TenantTx,
  rows: AsyncIterable<Row>,
  api: string | undefined,
): AsyncGenerator<DayBookEntry> {
  const fix = (amount: string) => fixAmount(amount, tx.tenant.currencyScale);
  let entry = null as DayBookEntry | null;
  for await (const { account, name, debit, credit, line_memo: memo, ...head } of rows) {
    if (entry?.id !== head.id) {
      if (entry) yield entry;
      const { total, ...rest } = head;
      entry = { ...rest, total: fix(total), link: entryLink(head.id, api), lines: [] };
    }
    entry.lines.push({ account, name, debit: fix(debit), credit: fix(credit), memo });
  }
  if (entry) yield entry;
}

async function cutBook(tx: TenantTx, query: DayBookQuery, cut: Cut): Promise<DayBook> {
  const scope = await lineScope(tx, query);
  const { count, debit, credit } = await sumsOf(tx, query, scope);
  const fix = (amount: string) => fixAmount(amount, tx.tenant.currencyScale);
  return {
    from: query.from,
    to: query.to,
    currency: tx.tenant.currency,
    count,
    totals: { debit: fix(debit), credit: fix(credit) },
    entries: entriesOf(tx, readRows(tx, rowsQuery(tx, query, scope, cut)), query.api),
  };
}

/**
 * The day book. Narrowed to dimensions it has the lines that they hold for. Throws an invalid Problem for unknown dimensions.
 */
export async function dayBook(tx: TenantTx, query: DayBookQuery): Promise<DayBook> {
  return await cutBook(tx, query, { after: null, skip: 0, limit: null });
}

/** A part of its entries, and the key of the last one when more follow; totals and count are those of the whole range. */
export type DayBookPart = Omit<DayBook, 'entries'> & { entries: DayBookEntry[]; next: Key | null };

/** The same in parts, by number or by key. Throws an invalid Problem also for a key of another list. */
export async function pageOfDayBook(tx: TenantTx, query: DayBookQuery, part: Part): Promise<DayBookPart> {
  const { size } = part;
  const cut: Cut =
    part.by === 'number'
      ? { after: null, skip: (part.page - 1) * size, limit: size }
      : { after: part.after, skip: 0, limit: size + 1 };
  const { entries: found, ...book } = await cutBook(tx, query, cut);
  const all = await Array.fromAsync(found);
  const entries = all.slice(0, size);
  const last = entries.at(-1);
  return { ...book, entries, next: last && all.length > size ? [last.entry_date, last.id] : null };
}
