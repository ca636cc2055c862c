// The addresses between the pages of the books, so that a drill-down is spelled in one place.
import { type Html, html } from '#lib/html';

/** ISO dates, and which page of the lines. */
type LedgerRange = { from?: string; to?: string; page?: string };

/** From an account to its ledger; without dates the ledger shows the current fiscal year. */
export function ledgerLink(account: string, text: string, range?: LedgerRange): Html {
  return html`<a href="${ledgerHref(account, range)}">${text}</a>`;
}

/** The address of an account's ledger. */
export function ledgerHref(account: string, range?: LedgerRange): string {
  return `/reports/general-ledger/?${new URLSearchParams({ account, ...range }).toString()}`;
}

/** From a line to its entry. */
export function entryLink(id: string, text: string): Html {
  return html`<a class="hx-code" href="${entryHref(id)}">${text}</a>`;
}

/** The address of an entry by its id (UUID). */
export function entryHref(id: string): string {
  return `/journal-entries/${id}/`;
}
