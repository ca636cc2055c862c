// Where a member who is limited to branches reads other relations than everybody else; policies keep the rows.
import { type RawBuilder, sql } from 'kysely';
import { Problem } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';

/** Whether whoever acts sees some branches only (see docs/row-security.md). */
export const isLimited = ({ actor }: TenantTx): boolean => Boolean(actor.branches);

/** The codes of the branches that a report is of, by code; null when it is of the whole company. */
export const branchesOf = ({ actor }: TenantTx): string[] | null =>
  actor.branches ? [...new Set(actor.branches)].sort() : null;

/** A relation with the columns of account_balances: kept for the whole company, and for some branches summed up from their lines. */
export const balancesSeen = (tx: TenantTx): RawBuilder<unknown> =>
  isLimited(tx)
    ? sql`(select account_id, period_id, currency, closing, sum(debit) as debit, sum(credit) as credit,
        coalesce(sum(amount) filter (where debit > 0), 0) as amount_debit,
        coalesce(sum(amount) filter (where credit > 0), 0) as amount_credit
        from journal_lines group by account_id, period_id, currency, closing)`
    : sql`account_balances`;

/** The view of entries and drafts. */
export const journalSeen = (tx: TenantTx): RawBuilder<unknown> =>
  isLimited(tx) ? sql`seen_journal` : sql`journal`;

/** The total of journal_entries as `e`: of all lines, or of those that are seen. */
export const totalSeen = (tx: TenantTx): RawBuilder<unknown> =>
  isLimited(tx) ? sql`seen_total(e.id)` : sql`e.total`;

/** Refuses what concerns all branches at once, such as the closing of a year, to who is limited to some. */
export function requireWholeCompany(tx: TenantTx): void {
  if (!isLimited(tx)) return;
  const detail = 'this concerns all branches of the company; you are limited to some';
  throw new Problem('forbidden', 'accounting/limited-to-branches', detail);
}
