// Profit and loss between two days: income, expenses and what is left, before any closing takes it to equity.
import type { TenantTx } from '#lib/tenant-tx';
import { ofTypes, prepareStatement, type StatementQuery } from './prepare-statement.ts';
import type { ChartAccount } from './read-sums.ts';
import { makeSection, makeSum, type Statement } from './statement.ts';

export type ProfitAndLoss = Statement & { from: string; to: string };

/** Accounts of the category cost_of_sales, or below a group of it, and the groups above them. */
function costOfSales(chart: readonly ChartAccount[]): { ids: Set<number>; above: Set<number> } {
  const byId = new Map(chart.map((account) => [account.id, account]));
  const lineage = (account: ChartAccount): ChartAccount[] => {
    const parent = account.parent_id === null ? undefined : byId.get(account.parent_id);
    return parent ? [account, ...lineage(parent)] : [account];
  };
  const ids = new Set<number>();
  const above = new Set<number>();
  for (const account of ofTypes(chart, 'expense').filter((each) => !each.is_group)) {
    const line = lineage(account);
    if (!line.some(({ category }) => category === 'cost_of_sales')) continue;
    ids.add(account.id);
    for (const group of line.slice(1)) above.add(group.id);
  }
  return { ids, above };
}

/**
 * Profit and loss between two ISO dates (inclusive). Income counts positive in credit, expenses in debit; what the closing
 * of a year posted is left out. Where the chart knows its cost of sales, the gross result comes between.
 */
export async function profitAndLoss(
  tx: TenantTx,
  { from, to }: { from: string; to: string },
  query: StatementQuery,
): Promise<ProfitAndLoss> {
  const prepared = await prepareStatement(tx, query, { from, to }, [(time) => time]);
  const { making, scope, chart } = prepared;
  const [sums] = prepared.sheaves;
  if (!sums) throw new Error('a profit and loss has sums of one kind');
  const section = (key: string, title: string, side: 'debit' | 'credit', accounts: ChartAccount[]) =>
    makeSection(making, { key, title, side, accounts, sums, closing: false });
  const cost = costOfSales(chart);
  const ofCost = ({ id, is_group }: ChartAccount) => cost.ids.has(id) || (is_group && cost.above.has(id));
  const expenseAccounts = ofTypes(chart, 'expense');
  const income = section('income', 'Income', 'credit', ofTypes(chart, 'income'));
  const sales = section('cost_of_sales', 'Cost of sales', 'debit', expenseAccounts.filter(ofCost));
  const others = expenseAccounts.filter(({ id }) => !cost.ids.has(id));
  const expenses = section('expenses', 'Expenses', 'debit', others);
  const gross = makeSum(making, { key: 'gross_result', title: 'Gross result', side: 'credit' }, [
    income,
    sales,
  ]);
  const net = makeSum(making, { key: 'net_result', title: 'Net result', side: 'credit' }, [
    income,
    sales,
    expenses,
  ]);
  const made = cost.ids.size > 0 ? [income, sales, gross, expenses, net] : [income, expenses, net];
  return {
    report: 'profit-and-loss',
    from,
    to,
    currency: tx.tenant.currency,
    as_known_on: scope.knownOn,
    columns: making.columns.map(({ column }) => column),
    sections: made.map((each) => each.section),
  };
}
