// One account's ledger between two days: opening, every line with the running balance, closing.
import { amountLabel, balanceLabel, dateLabel, icon, type PageContext, pageShell } from '#dashboard';
import { type Html, html } from '#lib/html';
import type { GeneralLedger, LedgerLine, LedgerQuery, PagedLedger } from '../reports/general-ledger.ts';
import { accountOptions, type PickableAccount } from './account-options.ts';
import { empty } from './empty.ts';
import { entryLink, ledgerHref } from './links.ts';
import { pager } from './pager.ts';

/** How many lines stand on one page of a ledger. */
export const ledgerPageSize = 200;

/** `ledger` is null until an account is chosen; `fault` says in words why the query was refused. */
export type LedgerView = {
  query: LedgerQuery;
  ledger: PagedLedger | null;
  accounts: readonly PickableAccount[];
  fault?: string;
};

/** The whole page. */
export function generalLedgerPage(context: PageContext, view: LedgerView): Html {
  const sheet = view.ledger
    ? html`${table(context, view.ledger)}${ledgerPager(view.query, view.ledger)}`
    : empty(view.fault ?? 'Choose an account to see its ledger.');
  const body = html`${rangeForm(view)}<div class="hx-sheet">${sheet}</div>`;
  const scripts = ['account-combobox.js'];
  const ledger = view.ledger?.ledger;
  if (!ledger) return pageShell(context, { title: 'General ledger', body, scripts, dates: true });
  const calendar = context.tenant.calendar;
  const subtitle = html`General ledger, ${dateLabel(ledger.from, calendar)} to ${dateLabel(ledger.to, calendar)}, in ${ledger.currency}`;
  const actions = html`<button class="btn hx-scripted" type="button" data-print>${icon('print')} Print</button>`;
  const title = `${ledger.account} ${ledger.name}`;
  return pageShell(context, { title, subtitle, actions, body, scripts, dates: true });
}

function table(context: PageContext, { ledger, count, page, broughtForward }: PagedLedger): Html {
  const { currency, lines } = ledger;
  const isLast = page * ledgerPageSize >= count;
  return html`<table class="hx-ledger hx-stacked">
<thead><tr><th scope="col">Date</th><th scope="col">Entry</th><th scope="col">Memo</th><th scope="col" class="hx-num">Debit</th><th scope="col" class="hx-num">Credit</th><th scope="col" class="hx-num">Balance</th></tr></thead>
<tbody>${edgeRow(page === 1 ? 'Opening balance' : 'Brought forward', broughtForward, currency)}
${lines.map((line) => lineRow(context, ledger, line))}
${!isLast && edgeRow('Carried forward', lines.at(-1)?.balance ?? broughtForward, currency)}
</tbody>
<tfoot><tr><th scope="row" colspan="3">Closing balance</th>
<td class="hx-num" data-label="Dr">${amountLabel(ledger.totals.debit, currency)}</td><td class="hx-num" data-label="Cr">${amountLabel(ledger.totals.credit, currency)}</td>
<td class="hx-num"><span>${balanceLabel(ledger.closing, currency)}</span></td></tr></tfoot>
</table>`;
}

function ledgerPager(query: LedgerQuery, { ledger, count, page }: PagedLedger): Html {
  if (count <= ledgerPageSize) return html``;
  const place = { page, pageSize: ledgerPageSize, shown: ledger.lines.length, count };
  const link = (to: number, label: Html) =>
    html`<a class="btn" href="${ledgerHref(query.account, { ...query, page: String(to) })}">${label}</a>`;
  return pager(place, link, { before: 'Earlier', after: 'Later' });
}

function edgeRow(title: string, balance: string, currency: string): Html {
  return html`<tr class="hx-subtotal"><th scope="row" colspan="3">${title}</th><td class="hx-num hx-wide"></td><td class="hx-num hx-wide"></td><td class="hx-num">${balanceLabel(balance, currency)}</td></tr>`;
}

// A group's ledger mixes accounts, so each line then names its own.
function lineRow({ tenant }: PageContext, ledger: GeneralLedger, line: LedgerLine): Html {
  const ofGroup = line.account !== ledger.account && html`<span class="hx-code">${line.account}</span> `;
  return html`<tr><td class="hx-date">${dateLabel(line.entry_date, tenant.calendar, 'short')}</td><td>${entryLink(line.entry_id, line.number)}</td>
<td class="hx-full-line">${ofGroup}${line.memo}${line.reference && html` <span class="hx-muted">${line.reference}</span>`}</td>
<td class="hx-num" data-label="Dr">${amountLabel(line.debit, tenant.currency)}</td><td class="hx-num" data-label="Cr">${amountLabel(line.credit, tenant.currency)}</td>
<td class="hx-num">${balanceLabel(line.balance, tenant.currency)}</td></tr>`;
}

function rangeForm({ query, accounts }: LedgerView): Html {
  return html`<form class="hx-filter" method="get" action="/reports/general-ledger/">
<label class="hx-grow"><span class="form-label">Account</span><input class="form-control" name="account" value="${query.account}" list="accounts" data-accounts required autocomplete="off" data-search></label>
<label><span class="form-label">From</span><input class="form-control" type="date" name="from" value="${query.from}" required></label>
<label><span class="form-label">To</span><input class="form-control" type="date" name="to" value="${query.to}" required></label>
<button class="btn">Show</button>${accountOptions(accounts)}</form>`;
}
