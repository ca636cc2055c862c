// The trial balance on any day, read from the kept balances and never from all lines.
import { sql } from 'kysely';
import { formatAmount, unitsOf } from '#lib/money';
import type { TenantTx } from '#lib/tenant-tx';
import type { AccountType } from '../accounts/account.ts';

export type TrialBalanceRow = {
  account: string;
  name: string;
  type: AccountType;
  debit: string;
  credit: string;
};

/** Closing balances on `as_of` (inclusive): each account net on one side, '0.00' on the other. */
export type TrialBalance = {
  as_of: string;
  currency: string;
  rows: TrialBalanceRow[];
  totals: { debit: string; credit: string };
};

/**
 * The trial balance as of an ISO date, by code. Accounts whose balance is zero are left out, or with `settled` only those
 * that nothing was ever posted to. The balances of all periods begun by that day are added up, and what the last of them
 * has after the day is taken off again; on most days that is nothing. What else a trial balance can tell is in
 * trial-balance-columns.ts; this one is asked for most, so it is one statement whose plan is kept.
 */
export async function trialBalance(
  tx: TenantTx,
  asOf: string,
  options: { settled?: boolean } = {},
): Promise<TrialBalance> {
  const { rows } = await sql<{ account: string; name: string; type: AccountType; net: string }>`
    select * from trial_balance(${asOf}::date, ${options.settled ?? false})
  `.execute(tx.db);
  const scale = tx.tenant.currencyScale;
  const totals = { debit: 0n, credit: 0n };
  const shown = rows.map(({ net, ...row }) => {
    const units = unitsOf(net, scale);
    const debit = units > 0n ? units : 0n;
    const credit = units < 0n ? -units : 0n;
    totals.debit += debit;
    totals.credit += credit;
    return { ...row, debit: formatAmount(debit, scale), credit: formatAmount(credit, scale) };
  });
  return {
    as_of: asOf,
    currency: tx.tenant.currency,
    rows: shown,
    totals: { debit: formatAmount(totals.debit, scale), credit: formatAmount(totals.credit, scale) },
  };
}
