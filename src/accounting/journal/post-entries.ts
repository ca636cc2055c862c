// The one verb that posts: a set of entries goes to the database in one statement, whatever its size.

import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import type { Fault } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { type EntryInput, type EntryResult, isPlain, type LineInput } from './entry.ts';

/** `malformed` tells the database that a fault was found already and no follow-up fault is to be reported for it. */
type Unchecked<T> = T & { malformed?: boolean };
export type UncheckedEntry = Unchecked<Omit<EntryInput, 'lines' | 'entry_date'>> & {
  entry_date: string | null;
  lines: Unchecked<Omit<LineInput, 'account'> & { account: string | null }>[];
};

type Row = {
  entry_ix: number;
  id: string;
  number: string | null;
  sequence: number | null;
  faults: Fault[] | null;
};

/** The heads of entries as a JSON document. */
function headsOf(entries: readonly UncheckedEntry[]): string {
  const heads = entries.map(({ lines: _, ...head }, ix) => ({
    source: 'api',
    ...head,
    id: head.id ?? uuidv7(),
    ix,
  }));
  return JSON.stringify(heads);
}

/** The two JSON documents that post_entries() and entry_faults() take (see migrations/tenant/0008-posting-in-sets.sql). */
export function documentsOf(entries: readonly UncheckedEntry[]): { heads: string; lines: string } {
  const lines = entries.flatMap((entry, entry_ix) =>
    entry.lines.map((line, line_ix) => ({ ...line, entry_ix, line_ix })),
  );
  return { heads: headsOf(entries), lines: JSON.stringify(lines) };
}

/** What PostgreSQL reads in an array as it stands; all else is quoted. */
const UNQUOTED = /^\d[\d.]*$/;

/** An array as PostgreSQL reads it (PostgreSQL manual, 8.15.2); null for a column in which there is nothing. */
function arrayText(values: readonly (string | number | null | undefined)[]): string | null {
  let filled = false;
  const elements = values.map((value) => {
    if (value === null || value === undefined) return 'NULL';
    filled = true;
    const text = String(value);
    return UNQUOTED.test(text) ? text : `"${text.replace(/[\\"]/g, '\\$&')}"`;
  });
  return filled ? `{${elements.join()}}` : null;
}

/**
 * The columns of plain lines, which the database reads at a fraction of the cost of a document (see
 * migrations/tenant/0015-lines-in-columns.sql); null when a line says more than they hold.
 */
function columnsOf(entries: readonly EntryInput[]) {
  const lines = entries.flatMap((entry) => entry.lines as UncheckedEntry['lines']);
  if (!lines.every((line) => isPlain(line) && line.malformed !== true)) return null;
  return {
    entryIx: arrayText(entries.flatMap((entry, ix) => entry.lines.map(() => ix))),
    lineIx: arrayText(entries.flatMap((entry) => entry.lines.map((_, ix) => ix))),
    account: arrayText(lines.map((line) => line.account)),
    debit: arrayText(lines.map((line) => line.debit)),
    credit: arrayText(lines.map((line) => line.credit)),
    memo: arrayText(lines.map((line) => line.memo)),
  };
}

/**
 * Posts entries into the company's books. Each faulty entry fails alone, with every fault and its JSON pointer within
 * the entry; `atomic` leaves all unposted when one is faulty; `dryRun` only tells the faults. Results come in the order
 * of the entries. Numbers are given in that order, without gap per series and fiscal year.
 */
export async function postEntries(
  tx: TenantTx,
  entries: readonly EntryInput[],
  options: { atomic?: boolean; dryRun?: boolean } = {},
): Promise<EntryResult[]> {
  const atomic = options.atomic ?? false;
  const dryRun = options.dryRun ?? false;
  const columns = columnsOf(entries);
  const { heads, lines } = columns ? { heads: headsOf(entries), lines: null } : documentsOf(entries);
  const { rows } = await (columns
    ? sql<Row>`
        select * from post_plain_entries(${heads}::jsonb, row(${columns.entryIx}::integer[],
          ${columns.lineIx}::integer[], ${columns.account}::text[], ${columns.debit}::numeric[],
          ${columns.credit}::numeric[], ${columns.memo}::text[])::plain_lines, ${atomic}, ${dryRun})
      `
    : sql<Row>`select * from post_entries(${heads}::jsonb, ${lines}::jsonb, ${atomic}, ${dryRun})`
  ).execute(tx.db);
  return rows.map(({ id, number, sequence, faults }) =>
    number !== null && sequence !== null
      ? { posted: true, id, number, sequence }
      : { posted: false, id, faults: faults ?? [] },
  );
}

type PlannedRow = {
  entry_ix: number;
  account: string;
  currency: string;
  amount: string | null;
  rate: string | null;
  debit: string | null;
  credit: string | null;
  memo: string | null;
  dimensions: Record<string, string> | null;
};

/** A side of a line as posting leaves it: nothing where it was zero. */
const aboveZero = (amount: string | null) => (amount !== null && /[1-9]/.test(amount) ? amount : null);

/**
 * The lines with which entries without fault would be posted, by entry: amounts in other currencies with rate and value in the
 * company's, and the line that takes their rounding difference.
 */
export async function plannedLines(tx: TenantTx, entries: readonly EntryInput[]): Promise<LineInput[][]> {
  const { heads, lines } = documentsOf(entries);
  const { rows } = await sql<PlannedRow>`
    select entry_ix, account, currency, amount, trim_scale(rate) as rate, debit, credit, memo, dimensions
    from unnest(round_off(read_lines(${heads}::jsonb, ${lines}::jsonb))) order by entry_ix, line_ix
  `.execute(tx.db);
  const planned: LineInput[][] = entries.map(() => []);
  for (const { entry_ix, amount, rate, currency, dimensions, debit, credit, ...line } of rows) {
    const more = dimensions ? { dimensions } : {};
    const own = currency === tx.tenant.currency;
    planned[entry_ix]?.push(
      own
        ? { ...line, debit: aboveZero(debit), credit: aboveZero(credit), ...more }
        : {
            ...line,
            debit: aboveZero(debit) && amount,
            credit: aboveZero(credit) && amount,
            currency,
            ...(rate === null ? {} : { rate }),
            ...(aboveZero(debit) === null ? {} : { base_debit: debit as string }),
            ...(aboveZero(credit) === null ? {} : { base_credit: credit as string }),
            ...more,
          },
    );
  }
  return planned;
}

/** All faults that posting these entries would meet, by place, and none stored; what is marked malformed is passed over. */
export async function faultsOfEntries(tx: TenantTx, entries: readonly UncheckedEntry[]): Promise<Fault[][]> {
  const { heads, lines } = documentsOf(entries);
  const { rows } = await sql<Fault & { entry_ix: number }>`
    select entry_ix, pointer, code, detail from entry_faults(${heads}::jsonb, ${lines}::jsonb)
  `.execute(tx.db);
  const faults: Fault[][] = entries.map(() => []);
  for (const { entry_ix, ...fault } of rows) faults[entry_ix]?.push(fault);
  return faults;
}

/** The same for one entry. */
export async function entryFaults(tx: TenantTx, entry: UncheckedEntry): Promise<Fault[]> {
  return (await faultsOfEntries(tx, [entry])).flat();
}

/**
 * Keeps all other postings of the company waiting until this transaction ends. To be called before the first of several
 * postEntries() in one transaction, which could otherwise block each other with somebody else's for ever.
 */
export async function holdPostings(tx: TenantTx): Promise<void> {
  await sql`select hold_postings()`.execute(tx.db);
}
