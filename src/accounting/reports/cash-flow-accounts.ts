// Which accounts are cash, and to which of IAS 7's activities the flows of all others belong.
import type { ChartAccount } from './read-sums.ts';

export const activities = ['operating', 'investing', 'financing'] as const;
export type Activity = (typeof activities)[number];

/** Cash and cash equivalents: what is in hand and at banks, an overdraft among it (IAS 7, 7 and 8). */
export function isCash({ type, category, is_group }: ChartAccount): boolean {
  return !is_group && ['asset', 'liability'].includes(type) && ['cash', 'bank'].includes(category ?? '');
}

/**
 * What an account says itself, else by category and type: fixed assets and their depreciation are investing, loans and equity
 * financing, all else is operating (IAS 7, 13 to 17).
 */
export function activityOf({ cash_flow, category, type }: ChartAccount): Activity {
  if (cash_flow !== null) return cash_flow;
  if (category === 'fixed_asset' || category === 'depreciation') return 'investing';
  return category === 'loan' || type === 'equity' ? 'financing' : 'operating';
}

/** Whether an account is part of the result rather than of the balance sheet. */
export const isOfResult = ({ type }: ChartAccount) => type === 'income' || type === 'expense';
