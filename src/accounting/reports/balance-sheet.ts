// The balance sheet on a day: what the company has, owes and is worth, from balances.
import type { TenantTx } from '#lib/tenant-tx';
import { ofTypes, prepareStatement, type StatementQuery } from './prepare-statement.ts';
import {
  explainedBy,
  inCredit,
  isPartial,
  type Made,
  makeSection,
  makeSum,
  type Statement,
} from './statement.ts';

export type BalanceSheet = Statement & { as_of: string; balanced: boolean };

/**
 * The balance sheet on an ISO date. Assets count positive in debit, liabilities and equity in credit. Income less expenses
 * that no closing has taken to equity yet is the section `result`, which belongs to equity. Of a part of the lines, by a
 * dimension, both sides need not agree: `other_values` is what makes them.
 */
export async function balanceSheet(tx: TenantTx, asOf: string, query: StatementQuery): Promise<BalanceSheet> {
  const span = { from: null, to: asOf };
  const prepared = await prepareStatement(tx, query, span, [({ to }) => ({ from: null, to })]);
  const { making, scope, chart } = prepared;
  const [sums] = prepared.sheaves;
  if (!sums) throw new Error('a balance sheet has sums of one kind');
  const section = (
    key: string,
    title: string,
    side: 'debit' | 'credit',
    ...types: Parameters<typeof ofTypes>[1][]
  ) => makeSection(making, { key, title, side, accounts: ofTypes(chart, ...types), sums, closing: true });
  const sum = (key: string, title: string, side: 'debit' | 'credit', parts: Made[]) =>
    makeSum(making, { key, title, side }, parts);
  const assets = section('assets', 'Assets', 'debit', 'asset');
  const liabilities = section('liabilities', 'Liabilities', 'credit', 'liability');
  const equity = section('equity', 'Equity', 'credit', 'equity');
  const result = sum('result', 'Result not yet closed', 'credit', [
    section('', '', 'credit', 'income', 'expense'),
  ]);
  const otherSide = [liabilities, equity, result];
  const others = sum('other_values', 'Booked against other values', 'debit', [assets, ...otherSide]);
  const balancing = isPartial(scope) ? [others] : [];
  const both = sum('liabilities_and_equity', 'Liabilities and equity', 'credit', [
    ...otherSide,
    ...balancing.map(inCredit),
  ]);
  const shown = isPartial(scope) ? explainedBy(both, assets) : both;
  return {
    report: 'balance-sheet',
    as_of: asOf,
    currency: tx.tenant.currency,
    as_known_on: scope.knownOn,
    columns: making.columns.map(({ column }) => column),
    sections: [assets, liabilities, equity, result, ...balancing, shown].map((each) => each.section),
    balanced: assets.units.every((units, at) => units === both.units[at]),
  };
}
