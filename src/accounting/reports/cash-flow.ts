// The cash flow between two days, by the direct or the indirect method of IAS 7: why there is as much cash as there is.
import { addDays } from '#lib/dates';
import type { TenantTx } from '#lib/tenant-tx';
import { type Activity, activities, activityOf, isCash, isOfResult } from './cash-flow-accounts.ts';
import { ofTypes, type Prepared, prepareStatement, type StatementQuery } from './prepare-statement.ts';
import { type ChartAccount, readCashSums, type Sheaf } from './read-sums.ts';
import { cashLinesLink, type LinkOptions, ledgerLink } from './report-links.ts';
import {
  explainedBy,
  inCredit,
  isPartial,
  type Made,
  makeSection,
  makeSum,
  type Statement,
} from './statement.ts';

export const cashFlowMethods = ['direct', 'indirect'] as const;
export type CashFlowMethod = (typeof cashFlowMethods)[number];

export type CashFlow = Statement & { from: string; to: string; method: CashFlowMethod; balanced: boolean };

type Days = { from: string | null; to: string };

const TITLES = {
  operating: 'Operating activities',
  investing: 'Investing activities',
  financing: 'Financing activities',
};

const dayBefore = ({ from, to }: Days) => addDays(from ?? to, -1);
const openingLink = (account: string, days: Days, options: LinkOptions) =>
  ledgerLink(account, { from: null, to: dayBefore(days) }, options);
const closingLink = (account: string, { to }: Days, options: LinkOptions) =>
  ledgerLink(account, { from: null, to }, options);

/** The accounts of the chart that are not cash and take lines, by activity. */
function counterAccounts(chart: readonly ChartAccount[]): Record<Activity, ChartAccount[]> {
  const counter = chart.filter((account) => !account.is_group && !isCash(account));
  const of = (activity: Activity) => counter.filter((account) => activityOf(account) === activity);
  return { operating: of('operating'), investing: of('investing'), financing: of('financing') };
}

/** Of the entries that touch cash, the other lines are why: each account's credits less its debits are cash received. */
async function directSections(tx: TenantTx, { making, scope, chart, times }: Prepared): Promise<Made[]> {
  const cash = chart.filter(isCash).map(({ id }) => id);
  const sums = await readCashSums(tx, times, scope, cash);
  const counter = counterAccounts(chart);
  return activities.map((key) =>
    makeSection(making, {
      key,
      title: TITLES[key],
      side: 'credit',
      accounts: counter[key],
      sums,
      closing: true,
      link: cashLinesLink,
    }),
  );
}

const withoutRows = (made: Made): Made => ({ ...made, section: { ...made.section, rows: [] } });

/**
 * From balances only: what all accounts but cash have moved. Operating are the result, without what in it is of other
 * activities (depreciation, which lowers fixed assets, is investing), and the changes in working capital.
 */
function indirectSections({ making, chart }: Prepared, sums: Sheaf): { lead: Made[]; totals: Made[] } {
  const section = (key: string, title: string, side: 'debit' | 'credit', accounts: ChartAccount[]) =>
    makeSection(making, { key, title, side, accounts, sums, closing: false });
  const counter = counterAccounts(chart);
  const elsewhere = [...counter.investing, ...counter.financing].filter(isOfResult);
  const capital = counter.operating.filter((account) => !isOfResult(account));
  const [operating, ...others] = activities.map((key) => section(key, TITLES[key], 'credit', counter[key]));
  const lead = [
    withoutRows(section('result', 'Result', 'credit', ofTypes(chart, 'income', 'expense'))),
    section('not_operating', 'In the result, but without cash or of other activities', 'debit', elsewhere),
    section('working_capital', 'Changes in working capital', 'credit', capital),
  ];
  return { lead, totals: operating ? [withoutRows(operating), ...others] : others };
}

/** The sections of cash around those of the activities. */
function cashSections(prepared: Prepared, flows: Made[]) {
  const { making, scope, chart, sheaves } = prepared;
  const [before, movement, after] = sheaves as [Sheaf, Sheaf, Sheaf];
  const accounts = chart.filter(isCash);
  const cash = { side: 'debit' as const, accounts, closing: true };
  const opening = makeSection(making, {
    ...cash,
    key: 'opening_cash',
    title: 'Cash at the beginning',
    sums: before,
    link: openingLink,
  });
  const closing = makeSection(making, {
    ...cash,
    key: 'closing_cash',
    title: 'Cash at the end',
    sums: after,
    link: closingLink,
  });
  const moved = makeSection(making, { ...cash, key: '', title: '', sums: movement });
  const sum = (key: string, title: string, side: 'debit' | 'credit', parts: Made[]) =>
    makeSum(making, { key, title, side }, parts);
  const others = sum('other_values', 'Booked against other values', 'debit', [moved, ...flows]);
  const balancing = isPartial(scope) ? [others] : [];
  const change = sum('change_in_cash', 'Change in cash', 'credit', [...flows, ...balancing.map(inCredit)]);
  const balanced = closing.units.every(
    (units, at) => units === null || units === (opening.units[at] ?? 0n) + (change.units[at] ?? 0n),
  );
  return {
    opening,
    closing,
    balancing,
    change: isPartial(scope) ? explainedBy(change, moved) : change,
    balanced,
  };
}

/**
 * The cash flow between two ISO dates (inclusive). Cash received counts positive, cash paid negative; opening cash and the flows
 * come to closing cash, both read from balances, and `balanced` says that they do. The direct method reads the lines of
 * the entries that touch cash, so that its cost goes by their number; the indirect one reads balances only.
 */
export async function cashFlow(
  tx: TenantTx,
  { from, to }: { from: string; to: string },
  method: CashFlowMethod,
  query: Omit<StatementQuery, 'layout'>,
): Promise<CashFlow> {
  const prepared = await prepareStatement(tx, { ...query, layout: 'flat' }, { from, to }, [
    (time) => ({ from: null, to: dayBefore(time) }),
    (time) => time,
    (time) => ({ from: null, to: time.to }),
  ]);
  const [, movement] = prepared.sheaves as [Sheaf, Sheaf, Sheaf];
  const { lead, totals } =
    method === 'direct'
      ? { lead: [], totals: await directSections(tx, prepared) }
      : indirectSections(prepared, movement);
  const { opening, closing, balancing, change, balanced } = cashSections(prepared, totals);
  return {
    report: 'cash-flow',
    method,
    from,
    to,
    currency: tx.tenant.currency,
    as_known_on: prepared.scope.knownOn,
    columns: prepared.making.columns.map(({ column }) => column),
    sections: [opening, ...lead, ...totals, ...balancing, change, closing].map(({ section }) => section),
    balanced,
  };
}
