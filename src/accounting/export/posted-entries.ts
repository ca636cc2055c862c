// Reads the posted entries with their lines as a stream, the one place where an export meets the tables of the journal.
import { sql } from 'kysely';
import { unitsOf } from '#lib/money';
import type { TenantTx } from '#lib/tenant-tx';

/** ISO dates, both inclusive; without one that side is open. */
export type DateRange = { from?: string | undefined; to?: string | undefined };

/** What a line moved in a currency that is not the company's: a decimal string, negative for a credit. */
export type ForeignAmount = { amount: string; currency: string };

/** `base` is in the smallest unit of the company's currency, negative for a credit; `foreign` is null in that currency. */
export type PostedLine = {
  account: string;
  base: bigint;
  foreign: ForeignAmount | null;
  memo: string | null;
};

/** `reverses` and `reversed_by` are numbers of entries. */
export type PostedEntry = {
  id: string;
  number: string;
  entry_date: string;
  memo: string;
  reference: string | null;
  reverses: string | null;
  reversed_by: string | null;
  lines: PostedLine[];
};

type Row = Omit<PostedEntry, 'lines'> & { account: string; amount: string; line_memo: string | null };

/** Rows of lines that are fetched at once: they, and one entry's lines, are all that is ever held. */
const ROWS = 2000;

const within = ({ from, to }: DateRange) =>
  sql`e.entry_date between ${from ?? '-infinity'}::date and ${to ?? 'infinity'}::date`;

/** How many entries postedEntries() will yield. */
export async function countPosted(tx: TenantTx, range: DateRange): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from journal_entries e where ${within(range)}`.execute(tx.db);
  return rows[0]?.count ?? 0;
}

async function* rowsOf(tx: TenantTx, range: DateRange): AsyncGenerator<Row> {
  await sql`
    declare exported no scroll cursor for
    select e.id, e.number, e.entry_date, e.memo, e.reference, o.number as reverses, r.number as reversed_by,
      a.code as account, (l.debit - l.credit)::text as amount, l.memo as line_memo
    from journal_entries e
    join journal_lines l on l.entry_id = e.id
    join accounts a on a.id = l.account_id
    left join journal_entries o on o.id = e.reverses_id
    left join journal_entries r on r.reverses_id = e.id
    where ${within(range)}
    order by e.entry_date, e.id, l.line_no
  `.execute(tx.db);
  for (;;) {
    const { rows } = await sql<Row>`fetch ${sql.lit(ROWS)} from exported`.execute(tx.db);
    yield* rows;
    if (rows.length < ROWS) break;
  }
  await sql`close exported`.execute(tx.db);
}

const lineOf = ({ account, amount, line_memo }: Row, scale: number): PostedLine => ({
  account,
  base: unitsOf(amount, scale),
  foreign: null,
  memo: line_memo,
});

/**
 * Every posted entry of the range, by date and then in order of posting, its lines in their order. The memory does not grow
 * with the ledger; one transaction reads one such stream at a time.
 */
export async function* postedEntries(tx: TenantTx, range: DateRange): AsyncGenerator<PostedEntry> {
  let entry: PostedEntry | null = null;
  for await (const row of rowsOf(tx, range)) {
    if (entry?.id !== row.id) {
      if (entry) yield entry;
      const { account: _, amount: __, line_memo: ___, ...head } = row;
      entry = { ...head, lines: [] };
    }
    entry.lines.push(lineOf(row, tx.tenant.currencyScale));
  }
  if (entry) yield entry;
}
