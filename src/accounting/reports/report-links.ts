// The addresses of the lines behind a figure, so that every figure can be explained, and of entries.

import type { Part } from './read-sums.ts';
import type { Span } from './report-dates.ts';
import type { Scope } from './report-scope.ts';

/** `part`: the value of the scope's `by` that the figure is of. `closing`: whether lines that closed a year are among them. */
export type LinkOptions = { scope: Scope; part: Part; closing: boolean };

/** The root of the API below which links lie, unless the asker named another version's. */
const API = '/api/v1';

/** What narrows lines down besides account and days; '' as a value asks for lines without one of that dimension. */
function narrowing({ scope, part, closing }: LinkOptions): [string, string][] {
  const { filters, by, knownOn } = scope;
  const ofPart = by && part !== 'all' ? (by.values.find(({ id }) => id === part)?.code ?? '') : null;
  return [
    ...filters.map(({ dimension, code }): [string, string] => [`dimension.${dimension}`, code]),
    ...(by && ofPart !== null ? [[`dimension.${by.code}`, ofPart] as [string, string]] : []),
    ...(closing ? [] : [['closing', 'false'] as [string, string]]),
    ...(knownOn === null ? [] : [['as_known_on', knownOn] as [string, string]]),
  ];
}

function address(report: string, account: string, { from, to }: Span, options: LinkOptions): string {
  const days: [string, string][] = [
    ...(from === null ? [] : [['from', from] as [string, string]]),
    ['to', to],
  ];
  const query = new URLSearchParams([['account', account], ...days, ...narrowing(options)]);
  return `${options.scope.api ?? API}/reports/${report}/?${query}`;
}

/** The general ledger of an account or a group: relative to the origin, from the first line on when the span is. */
export function ledgerLink(account: string, span: Span, options: LinkOptions): string {
  return address('general-ledger', account, span, options);
}

/** An account's lines in entries that touch cash, as the direct cash flow counts them. */
export function cashLinesLink(account: string, span: Span, options: LinkOptions): string {
  return address('cash-flow/lines', account, span, { ...options, closing: true });
}

/** The general ledger of an account from its first line to an ISO date, below a root of the API. */
export function plainLedgerLink(account: string, to: string, api: string): string {
  return `${api}/reports/general-ledger/?account=${encodeURIComponent(account)}&to=${to}`;
}

/** An entry, below a root of the API. */
export function entryLink(id: string, api: string = API): string {
  return `${api}/journal-entries/${id}/`;
}
