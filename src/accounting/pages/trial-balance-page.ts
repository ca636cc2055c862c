// The trial balance: every account's closing balance by nature, down to the ledger of each.
import { amountLabel, dateLabel, icon, notice, type PageContext, pageShell } from '#dashboard';
import { type Html, html } from '#lib/html';
import type { AccountType } from '../accounts/account.ts';
import type { TrialBalance, TrialBalanceRow } from '../reports/trial-balance.ts';
import { empty } from './empty.ts';
import { ledgerLink } from './links.ts';

/** `from` is the first day of the fiscal year, from which the drill-down to a ledger starts; `fault` refuses a date. */
export type TrialBalanceView = {
  report: TrialBalance;
  from: string | null;
  subtotals: Subtotals;
  fault?: string;
};
export type Subtotals = Record<AccountType, { debit: string; credit: string }>;

const natures: readonly [AccountType, string][] = [
  ['asset', 'Assets'],
  ['liability', 'Liabilities'],
  ['equity', 'Equity'],
  ['income', 'Income'],
  ['expense', 'Expenses'],
];

/** The whole page. */
export function trialBalancePage(context: PageContext, view: TrialBalanceView): Html {
  const { report } = view;
  const subtitle = html`As of ${dateLabel(report.as_of, context.tenant.calendar)}, in ${report.currency}`;
  const actions = html`<button class="btn hx-scripted" type="button" data-print>${icon('print')} Print</button>`;
  const refusal = view.fault !== undefined && notice('danger', view.fault);
  const body = html`${refusal}${dateForm(report.as_of)}<div id="trial-balance" class="hx-sheet">${table(view)}</div>`;
  return pageShell(context, { title: 'Trial balance', subtitle, actions, body, dates: true });
}

function table(view: TrialBalanceView): Html {
  const { rows, totals, currency } = view.report;
  if (rows.length === 0) return empty('No account has a balance on this day.');
  return html`<table class="hx-ledger hx-stacked hx-by-code">
<thead><tr><th scope="col">Code</th><th scope="col">Account</th><th scope="col" class="hx-num">Debit</th><th scope="col" class="hx-num">Credit</th></tr></thead>
${natures.map(([type, title]) => section(view, type, title))}
<tfoot><tr><th scope="row" colspan="2">Total</th><td class="hx-num" data-label="Dr">${amountLabel(totals.debit, currency)}</td><td class="hx-num" data-label="Cr">${amountLabel(totals.credit, currency)}</td></tr></tfoot>
</table>`;
}

function section(view: TrialBalanceView, type: AccountType, title: string): Html {
  const { currency } = view.report;
  const rows = view.report.rows.filter((row) => row.type === type);
  if (rows.length === 0) return html``;
  const sum = view.subtotals[type];
  return html`<tbody><tr class="hx-group"><th scope="rowgroup" colspan="4">${title}</th></tr>
${rows.map((row) => accountRow(view, row))}
<tr class="hx-subtotal"><td></td><th scope="row">${title} in all</th><td class="hx-num" data-label="Dr">${amountLabel(sum.debit, currency)}</td><td class="hx-num" data-label="Cr">${amountLabel(sum.credit, currency)}</td></tr></tbody>`;
}

function accountRow({ report, from }: TrialBalanceView, row: TrialBalanceRow): Html {
  const range = from === null ? { to: report.as_of } : { from, to: report.as_of };
  return html`<tr><td class="hx-code">${row.account}</td><td>${ledgerLink(row.account, row.name, range)}</td>
<td class="hx-num" data-label="Dr">${amountLabel(row.debit, report.currency)}</td><td class="hx-num" data-label="Cr">${amountLabel(row.credit, report.currency)}</td></tr>`;
}

function dateForm(asOf: string): Html {
  return html`<form class="hx-filter" method="get" action="/reports/trial-balance/">
<label><span class="form-label">As of</span><input class="form-control" type="date" name="as_of" value="${asOf}" required data-search></label>
<button class="btn">Show</button></form>`;
}
