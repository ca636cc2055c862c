// Draws up the entries that bring open balances in other currencies to their value at the rates of a day.
import { formatAmount, unitsOf } from '#lib/money';
import type { Tenant } from '#lib/tenant-tx';
import type { EntryInput, LineInput } from '../journal/entry.ts';
import { type OpenBalance, revaluationSource } from './open-balances.ts';

/** What the entries are made for: the day, the accounts for gains and losses, and dimensions that every line gets. */
export type RevaluationPlan = {
  on: string;
  reverseOn: string;
  gains: string;
  losses: string;
  dimensions: Record<string, string>;
};

const MEMO_LENGTH = 1000;

/** "Revaluation at 2026-01-31: EUR 144.5, USD 133.25", cut to what a memo holds. */
function memoOf(title: string, on: string, balances: readonly OpenBalance[]): string {
  const rates = [...new Set(balances.flatMap(({ currency, rate }) => (rate ? [`${currency} ${rate}`] : [])))];
  const text = `${title} at ${on}${rates.length > 0 ? `: ${rates.sort().join(', ')}` : ''}`;
  return text.length <= MEMO_LENGTH ? text : `${text.slice(0, MEMO_LENGTH - 1)}…`;
}

/** Differences of the balances and, apart, the sums of gains and of losses, each as a line of its own. */
function linesOf(balances: readonly OpenBalance[], plan: RevaluationPlan, tenant: Tenant): LineInput[] {
  const scale = tenant.currencyScale;
  const more = Object.keys(plan.dimensions).length > 0 ? { dimensions: plan.dimensions } : {};
  const sums = { gains: 0n, losses: 0n };
  const lines = balances.map(({ account, currency, amount, rate, difference }): LineInput => {
    const units = unitsOf(difference ?? '0', scale);
    sums[units > 0n ? 'gains' : 'losses'] += units > 0n ? units : -units;
    const base = formatAmount(units > 0n ? units : -units, scale);
    const memo = rate === null ? `${currency} settled` : `${currency} ${amount} at ${rate}`;
    return {
      account,
      currency,
      memo,
      ...(units > 0n ? { base_debit: base } : { base_credit: base }),
      ...more,
    };
  });
  if (sums.gains > 0n)
    lines.push({
      account: plan.gains,
      credit: formatAmount(sums.gains, scale),
      memo: 'Exchange gains',
      ...more,
    });
  if (sums.losses > 0n)
    lines.push({
      account: plan.losses,
      debit: formatAmount(sums.losses, scale),
      memo: 'Exchange losses',
      ...more,
    });
  return lines;
}

/**
 * At most two entries: one for the balances that are open, to be reversed by itself as the next revaluation begins from the
 * books' value again (IAS 21, paragraph 23), and one for those whose amount is settled, which stays (paragraph 28). `balances`
 * are those with a difference, amounts with their decimals.
 */
export function revaluationEntries(
  balances: readonly OpenBalance[],
  plan: RevaluationPlan,
  tenant: Tenant,
): EntryInput[] {
  const open = balances.filter(({ amount }) => /[1-9]/.test(amount));
  const settled = balances.filter(({ amount }) => !/[1-9]/.test(amount));
  const head = { entry_date: plan.on, source: revaluationSource };
  const entries: EntryInput[] = [];
  if (open.length > 0) {
    const memo = memoOf('Revaluation', plan.on, open);
    entries.push({ ...head, memo, reverse_on: plan.reverseOn, lines: linesOf(open, plan, tenant) });
  }
  if (settled.length > 0) {
    const memo = memoOf('Exchange differences of settled balances', plan.on, settled);
    entries.push({ ...head, memo, lines: linesOf(settled, plan, tenant) });
  }
  return entries;
}
