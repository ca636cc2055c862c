// Tells what closing a fiscal year would post and what stands in its way, and does nothing.
import { sql } from 'kysely';
import { today } from '#lib/dates';
import { fixAmount, formatAmount, unitsOf } from '#lib/money';
import type { Fault } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { requireWholeCompany } from '../branch-limit.ts';
import { type FiscalYear, getFiscalYear } from './fiscal-year.ts';

/** One line of a closing entry, in the company's currency. `account_name` is null where there is no account to post to yet. */
export type ClosingLine = {
  account: string;
  account_name: string | null;
  debit: string | null;
  credit: string | null;
};

/** What is left to do in a year and would be late after its closing; it stands in no way. */
export type ClosingWarning = { code: string; detail: string };

/**
 * What closing would do. `result` is the year's profit, negative for a loss, as far as it is not closed yet; `lines` are empty
 * when there is nothing to close, and when the year is closed. With `obstacles` it would be refused.
 */
export type ClosingPlan = {
  fiscal_year: FiscalYear;
  entry_date: string;
  result: string;
  lines: ClosingLine[];
  obstacles: Fault[];
  warnings: ClosingWarning[];
};

/** All that stands in the way of closing an open year. */
export async function closingFaults(tx: TenantTx, id: number): Promise<Fault[]> {
  const { rows } = await sql<Fault>`
    select f.pointer, f.code, f.detail from fiscal_years y cross join lateral closing_faults(y) f
    where y.id = ${id} and y.status = 'open'
  `.execute(tx.db);
  return rows;
}

async function closingLines(tx: TenantTx, year: FiscalYear): Promise<ClosingLine[]> {
  if (year.status === 'closed') return [];
  const { rows } = await sql<ClosingLine>`
    select l.account, a.name as account_name, l.debit, l.credit
    from closing_lines(${year.ends_on}) l left join accounts a on a.code = l.account order by l.line_ix
  `.execute(tx.db);
  const scale = tx.tenant.currencyScale;
  const fix = (amount: string | null) => (amount === null ? null : fixAmount(amount, scale));
  return rows.map((line) => ({ ...line, debit: fix(line.debit), credit: fix(line.credit) }));
}

type Unfinished = { drafts: number; reversals: number; recurring: number };

/** Drafts, reversals and recurring entries that are dated in the year or before and are not posted. */
async function unfinished(tx: TenantTx, year: FiscalYear): Promise<Unfinished> {
  const { rows } = await sql<Unfinished>`
    select
      (select count(*) from journal_drafts where entry_date <= ${year.ends_on}) as drafts,
      (select count(*) from scheduled_reversals s where s.reverse_on <= ${year.ends_on}
        and not exists (select from journal_entries r where r.reverses_id = s.entry_id)) as reversals,
      (select count(*) from recurring_entries where is_active and next_on <= ${year.ends_on}) as recurring
  `.execute(tx.db);
  return rows[0] ?? { drafts: 0, reversals: 0, recurring: 0 };
}

const counted = (count: number, one: string, many: string) => (count === 1 ? `1 ${one}` : `${count} ${many}`);

async function warningsOf(tx: TenantTx, year: FiscalYear): Promise<ClosingWarning[]> {
  if (year.status === 'closed') return [];
  const { drafts, reversals, recurring } = await unfinished(tx, year);
  const warnings: ClosingWarning[] = [];
  const warn = (code: string, detail: string) => warnings.push({ code: `accounting/${code}`, detail });
  if (year.ends_on >= today(tx.tenant.timeZone)) warn('year-not-over', `the year ends on ${year.ends_on}`);
  if (drafts > 0) {
    warn('drafts-left', `${counted(drafts, 'draft is', 'drafts are')} dated by ${year.ends_on}`);
  }
  if (reversals > 0) {
    const what = counted(reversals, 'scheduled reversal is', 'scheduled reversals are');
    warn('reversals-due', `${what} due by ${year.ends_on}`);
  }
  if (recurring > 0) {
    const what = counted(recurring, 'recurring entry is', 'recurring entries are');
    warn('recurring-due', `${what} due by ${year.ends_on}`);
  }
  return warnings;
}

/** The profit that lines take off the income and expense accounts: what they debit there less what they credit. */
async function resultOf(tx: TenantTx, lines: readonly ClosingLine[]): Promise<string> {
  const scale = tx.tenant.currencyScale;
  const { rows } = await sql<{ code: string }>`
    select code from accounts where type in ('income', 'expense') and code = any(${lines.map(({ account }) => account)})
  `.execute(tx.db);
  const own = new Set(rows.map(({ code }) => code));
  const units = lines
    .filter(({ account }) => own.has(account))
    .reduce(
      (sum, { debit, credit }) => sum + unitsOf(debit ?? '0', scale) - unitsOf(credit ?? '0', scale),
      0n,
    );
  return formatAmount(units, scale);
}

/** What closing the fiscal year would post, what stands in its way, and what would be late. Throws not-found, or forbidden. */
export async function planClosing(tx: TenantTx, id: number): Promise<ClosingPlan> {
  requireWholeCompany(tx);
  const year = await getFiscalYear(tx, id);
  const lines = await closingLines(tx, year);
  return {
    fiscal_year: year,
    entry_date: year.ends_on,
    result: await resultOf(tx, lines),
    lines,
    obstacles: await closingFaults(tx, id),
    warnings: await warningsOf(tx, year),
  };
}
