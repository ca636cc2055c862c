// Shows what the books hold in other currencies on a day, at the books' value and at the rates of the day.
import { currencyScale, fixAmount, formatAmount, unitsOf } from '#lib/money';
import type { TenantTx } from '#lib/tenant-tx';
import { type OpenBalance, openBalances } from '../currencies/open-balances.ts';

/** `totals` are in the company's currency: of all balances, and of those that have a value at the rates of the day. */
export type CurrencyBalances = {
  as_of: string;
  currency: string;
  rows: OpenBalance[];
  totals: { base: string; value: string; difference: string };
};

/** The same balance, each amount with its currency's decimals. */
export function withDecimals(balance: OpenBalance, scale: number): OpenBalance {
  const { amount, base, value, difference, currency } = balance;
  return {
    ...balance,
    amount: fixAmount(amount, currencyScale(currency) ?? 4),
    base: fixAmount(base, scale),
    value: value === null ? null : fixAmount(value, scale),
    difference: difference === null ? null : fixAmount(difference, scale),
  };
}

/** The open balances of assets and liabilities in other currencies as of an ISO date; debit is positive. */
export async function currencyBalances(tx: TenantTx, asOf: string): Promise<CurrencyBalances> {
  const { currency, currencyScale: scale } = tx.tenant;
  const rows = (await openBalances(tx, asOf)).map((balance) => withDecimals(balance, scale));
  const sum = (field: 'base' | 'value' | 'difference') =>
    formatAmount(
      rows.reduce((total, row) => total + unitsOf(row[field] ?? '0', scale), 0n),
      scale,
    );
  return {
    as_of: asOf,
    currency,
    rows,
    totals: { base: sum('base'), value: sum('value'), difference: sum('difference') },
  };
}
