// What the dashboard shows of the books, as views of figures that were already read.
import { amountLabel, dateLabel } from '#dashboard';
import { displayAmount } from '#lib/display-amount';
import { type Html, html } from '#lib/html';
import type { Calendar } from '#lib/tenant-tx';
import type { EntrySummary } from '../journal/entry.ts';
import { empty } from './empty.ts';
import { entryLink, ledgerLink } from './links.ts';

/** Amounts are decimal strings in `currency`; `balance` is positive on the account's usual side. */
export type Money = { amount: string; currency: string };
export type AccountFigure = { account: string; name: string; balance: string };

/** Cash and bank: the sum large, each account below. */
export function cashPanel(total: Money, accounts: readonly AccountFigure[]): Html {
  return html`${figure(total)}<dl class="hx-breakdown">${accounts.map((account) => figureRow(account, total.currency))}</dl>`;
}

/** Who owes us and whom we owe, with the largest accounts of receivables. */
export function receivablesPanel(
  receivable: Money,
  payable: Money,
  accounts: readonly AccountFigure[],
): Html {
  return html`${figure(receivable)}<dl class="hx-breakdown">${accounts.map((account) => figureRow(account, receivable.currency))}
${sumRow('We owe (payables)', payable)}</dl>`;
}

/** The month so far, by its name: profit large, income and expense below. */
export function profitPanel(month: string, income: Money, expense: Money, profit: Money): Html {
  return html`${figure(profit)}<dl class="hx-breakdown">
${sumRow('Income', income, false)}${sumRow('Expense', expense, false)}${sumRow(`Profit in ${month}`, profit)}</dl>`;
}

/** The entries posted or drafted last. */
export function lastEntriesPanel(
  entries: readonly EntrySummary[],
  currency: string,
  calendar: Calendar,
): Html {
  if (entries.length === 0) return empty('Nothing has been posted yet.');
  return html`<table class="hx-ledger hx-stacked hx-plain"><thead class="visually-hidden"><tr><th scope="col">Date</th><th scope="col">Number</th><th scope="col">Memo</th><th scope="col">Amount</th></tr></thead><tbody>${entries.map(
    (entry) =>
      html`<tr><td class="hx-date">${dateLabel(entry.entry_date, calendar, 'short')}</td><td>${entryLink(entry.id, entry.number ?? 'Draft')}</td><td class="hx-full-line">${entry.memo}</td><td class="hx-num">${amountLabel(entry.total, currency)}</td></tr>`,
  )}</tbody></table><p class="hx-more"><a href="/journal-entries/">The whole journal</a></p>`;
}

function figure({ amount, currency }: Money): Html {
  const sign = amount.startsWith('-') && html` hx-negative`;
  return html`<p class="hx-figure${sign}"><small>${currency}</small>${displayAmount(amount, currency)}</p>`;
}

function figureRow({ account, name, balance }: AccountFigure, currency: string): Html {
  return html`<div><dt>${ledgerLink(account, name)}</dt><dd>${displayAmount(balance, currency)}</dd></div>`;
}

function sumRow(title: string, { amount, currency }: Money, strong = true): Html {
  const sign = amount.startsWith('-') && html` class="hx-negative"`;
  return html`<div${strong && html` class="hx-sum"`}><dt>${title}</dt><dd${sign}>${displayAmount(amount, currency)}</dd></div>`;
}
