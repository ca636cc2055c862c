// The figures of all statements: each account's debits and credits in spans of days, from the kept balances.
import { sql } from 'kysely';
import { unitsOf } from '#lib/money';
import type { TenantTx } from '#lib/tenant-tx';
import type { AccountType } from '../accounts/account.ts';
import type { Span } from './report-dates.ts';
import type { Scope } from './report-scope.ts';

/** An account as the chart had it at the moment of knowledge; codes, and groups above, are those of then. */
export type ChartAccount = {
  id: number;
  code: string;
  name: string;
  type: AccountType;
  category: string | null;
  parent_id: number | null;
  is_group: boolean;
  cash_flow: 'operating' | 'investing' | 'financing' | null;
};

/** In units of the company's currency. */
export type Sums = { debit: bigint; credit: bigint };

/** A value's id; null for lines without a value of the dimension asked for, 'all' for all lines. */
export type Part = number | null | 'all';

/**
 * `at` tells the sums of an account (by id) in a span (by its place among those asked for); without `closing`, those that
 * the closing of a year posted are left out. `parts` are the values that have any figure, null among them.
 */
export type Sheaf = {
  at(span: number, account: number, part: Part, closing: boolean): Sums;
  parts: ReadonlySet<Part>;
};

type SumRow = {
  nth: number;
  value_id: number | null;
  account_id: number;
  closing: boolean;
  debit: string;
  credit: string;
};

/** The chart by code, now or as it was known at the scope's moment. */
export async function readChart(tx: TenantTx, { knownOn }: Pick<Scope, 'knownOn'>): Promise<ChartAccount[]> {
  const { rows } = await sql<ChartAccount>`select * from chart_known(${knownOn}::timestamptz)`.execute(tx.db);
  return rows;
}

const keyOf = (span: number, account: number, part: Part, closing: boolean) =>
  `${span} ${account} ${part} ${closing}`;

function sheafOf(rows: readonly SumRow[], scale: number): Sheaf {
  const found = new Map<string, Sums>();
  const sumsOf = (key: string) => found.get(key) ?? { debit: 0n, credit: 0n };
  const add = (row: SumRow, part: Part) => {
    const key = keyOf(row.nth - 1, row.account_id, part, row.closing);
    const { debit, credit } = sumsOf(key);
    found.set(key, {
      debit: debit + unitsOf(row.debit, scale),
      credit: credit + unitsOf(row.credit, scale),
    });
  };
  for (const row of rows) {
    add(row, 'all');
    add(row, row.value_id);
  }
  const parts = new Set<Part>();
  for (const [key, { debit, credit }] of found) {
    const part = key.split(' ')[2] ?? '';
    if (debit !== 0n || credit !== 0n)
      parts.add(part === 'all' ? 'all' : part === 'null' ? null : Number(part));
  }
  return {
    parts,
    at: (span, account, part, closing) => {
      const own = sumsOf(keyOf(span, account, part, false));
      if (!closing) return own;
      const closed = sumsOf(keyOf(span, account, part, true));
      return { debit: own.debit + closed.debit, credit: own.credit + closed.credit };
    },
  };
}

/**
 * The sums of spans within a scope, in one statement. Cost goes by accounts and periods, not by lines, but for several
 * dimensions at once, for dimensions that keep no balances, and for what was posted after a moment of knowledge.
 */
export async function readSums(tx: TenantTx, spans: readonly Span[], scope: Scope): Promise<Sheaf> {
  const { rows } = await sql<SumRow>`
    select * from report_sums(${spans.map(({ from }) => from)}::date[], ${spans.map(({ to }) => to)}::date[],
      ${scope.filters.map(({ id }) => id)}::bigint[], ${scope.by?.id ?? null}::smallint,
      ${scope.knownOn}::timestamptz)
  `.execute(tx.db);
  return sheafOf(rows, tx.tenant.currencyScale);
}

/** In the same way, of the entries that touch one of the `cash` accounts, their lines on all other accounts. */
export async function readCashSums(
  tx: TenantTx,
  spans: readonly Span[],
  scope: Scope,
  cash: readonly number[],
): Promise<Sheaf> {
  const { rows } = await sql<SumRow>`
    select * from line_sums(${spans.map(({ from }) => from)}::date[], ${spans.map(({ to }) => to)}::date[],
      ${scope.filters.map(({ id }) => id)}::bigint[], ${scope.by?.id ?? null}::smallint,
      ${scope.knownOn}::timestamptz, false, ${[...cash]}::bigint[])
  `.execute(tx.db);
  return sheafOf(rows, tx.tenant.currencyScale);
}
