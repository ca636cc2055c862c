// What accounting hands up to the dashboard: five panels, each read in the dashboard's one transaction.
import type { Panel, PanelContext } from '#dashboard';
import { pageNumber } from '#lib/lists/part';
import { formatAmount, parseAmount } from '#lib/money';
import type { TenantTx } from '#lib/tenant-tx';
import type { AccountCategory } from '../accounts/account.ts';
import { listEntries } from '../journal/read-entries.ts';
import { type CategoryBalance, categoryBalances } from '../reports/category-balances.ts';
import { monthlyResults } from '../reports/monthly-results.ts';
import { cashPanel, lastEntriesPanel, profitPanel, receivablesPanel } from './dashboard-panels.ts';
import { incomeChart } from './income-chart.ts';

const permission = 'accounting.report.view';

/** In the order of the dashboard. */
export const accountingPanels: readonly Panel[] = [
  { id: 'cash', title: 'Cash and bank', size: 'small', permission, render: renderCash },
  { id: 'receivables', title: 'Receivables', size: 'small', permission, render: renderReceivables },
  { id: 'profit', title: 'Profit of the month', size: 'small', permission, render: renderProfit },
  {
    id: 'entries',
    title: 'Last entries',
    size: 'large',
    permission: 'accounting.journal_entry.view',
    render: async ({ tx }) => {
      const { results } = await listEntries(tx, {}, pageNumber(1, 8));
      return lastEntriesPanel(results, tx.tenant.currency, tx.tenant.calendar);
    },
  },
  {
    id: 'months',
    title: 'Income and expense',
    size: 'small',
    permission,
    render: async ({ tx, today }) => incomeChart(await monthlyResults(tx, today, 6), tx.tenant.currency),
  },
];

async function renderCash({ tx, today }: PanelContext) {
  const balances = await categoryBalances(tx, today, ['cash', 'bank']);
  return cashPanel(money(tx, total(tx, balances)), balances.slice(0, 5));
}

async function renderReceivables({ tx, today }: PanelContext) {
  const balances = await categoryBalances(tx, today, ['receivable', 'payable']);
  const of = (category: AccountCategory) => balances.filter((balance) => balance.category === category);
  const payable = -total(tx, of('payable')); // A payable stands in credit, which is negative, and is owed as positive.
  return receivablesPanel(
    money(tx, total(tx, of('receivable'))),
    money(tx, payable),
    of('receivable').slice(0, 4),
  );
}

async function renderProfit({ tx, today }: PanelContext) {
  const [month] = await monthlyResults(tx, today, 1);
  const { period, income, expense } = month ?? { period: 'this month', income: '0', expense: '0' };
  const profit = units(tx, income) - units(tx, expense);
  const [earned, spent] = [units(tx, income), units(tx, expense)].map((amount) => money(tx, amount));
  return profitPanel(period, earned ?? money(tx, 0n), spent ?? money(tx, 0n), money(tx, profit));
}

function total(tx: TenantTx, balances: readonly CategoryBalance[]): bigint {
  return balances.reduce((sum, { balance }) => sum + units(tx, balance), 0n);
}

function units(tx: TenantTx, amount: string): bigint {
  const read = parseAmount(amount, tx.tenant.currencyScale);
  if (typeof read !== 'bigint') throw new RangeError(`a kept balance is no amount: ${read.fault}`);
  return read;
}

function money({ tenant }: TenantTx, amount: bigint) {
  return { amount: formatAmount(amount, tenant.currencyScale), currency: tenant.currency };
}
