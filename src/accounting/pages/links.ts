// The addresses between the pages of the books, so that a drill-down is spelled in one place.
import { type Html, html } from '#lib/html';

/** From an account to its ledger; without dates the ledger shows the current fiscal year. */
export function ledgerLink(account: string, text: string, range?: { from?: string; to?: string }): Html {
  const query = new URLSearchParams({ account, ...range });
  return html`<a href="/reports/general-ledger/?${query.toString()}">${text}</a>`;
}

/** From a line to its entry. */
export function entryLink(id: string, text: string): Html {
  return html`<a class="hx-code" href="${entryHref(id)}">${text}</a>`;
}

/** The address of an entry by its id (UUID). */
export function entryHref(id: string): string {
  return `/journal-entries/${id}/`;
}
