// An amount or a balance as a cell of a ledger shows it.
import { displayAmount, displayBalance, isZero } from '#lib/display-amount';
import { type Html, html } from '#lib/html';

/** A debit or credit column's amount; null and zero stay blank, as in a paper ledger. */
export function amountLabel(text: string | null, currency: string): Html {
  if (text === null || isZero(text)) return html``;
  const sign = text.startsWith('-') && html` class="hx-negative"`;
  return html`<span${sign}>${displayAmount(text, currency)}</span>`;
}

/** A signed balance (debit positive) with its side: "1,500.00 Cr". */
export function balanceLabel(text: string, currency: string): Html {
  const { amount, side } = displayBalance(text, currency);
  return html`${amount}<abbr class="hx-side-mark" ${side && html`title="${side === 'Dr' ? 'debit' : 'credit'}"`}>${side}</abbr>`;
}
