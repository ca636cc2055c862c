// The journal: entries and drafts, newest first, with search, status and paging.
import { amountLabel, dateLabel, icon, type PageContext, pageShell } from '#dashboard';
import { type Html, html } from '#lib/html';
import type { EntryStatus, EntrySummary } from '../journal/entry.ts';
import { empty } from './empty.ts';
import { entryLink } from './links.ts';
import { pager } from './pager.ts';
import { statusLabel } from './status-label.ts';

/** `count` is how many match in all; `page` counts from 1. */
export type EntriesView = {
  entries: readonly EntrySummary[];
  count: number;
  page: number;
  pageSize: number;
  search: string;
  status: EntryStatus | null;
};

const statuses: readonly EntryStatus[] = ['posted', 'draft', 'reversed'];
const path = '/journal-entries/';

/** The whole page. */
export function entriesPage(context: PageContext, view: EntriesView): Html {
  const body = html`${filterForm(view)}${entriesTable(context, view)}`;
  const action = context.may('accounting.journal_entry.post') && { actions: newEntryButton('New entry') };
  return pageShell(context, { title: 'Journal', ...action, body });
}

/** The part that a search or a change of page replaces. */
export function entriesTable(context: PageContext, view: EntriesView): Html {
  if (view.entries.length === 0)
    return html`<div id="entries" class="hx-sheet">${nothing(context, view)}</div>`;
  return html`<div id="entries" class="hx-sheet"><table class="hx-ledger hx-stacked">
<thead><tr><th scope="col">Date</th><th scope="col">Number</th><th scope="col">Memo</th><th scope="col">Reference</th><th scope="col">Status</th><th scope="col" class="hx-num">Amount</th></tr></thead>
<tbody>${view.entries.map((entry) => entryRow(context, entry))}</tbody>
</table>${pager({ ...view, shown: view.entries.length }, (to, label) => turn(view, to, label), { before: 'Newer', after: 'Older' })}</div>`;
}

function entryRow({ tenant }: PageContext, entry: EntrySummary): Html {
  return html`<tr><td class="hx-date">${dateLabel(entry.entry_date, tenant.calendar, 'short')}</td>
<td>${entryLink(entry.id, entry.number ?? 'Draft')}</td><td class="hx-full-line">${entry.memo}</td>
<td class="hx-wide hx-reference">${entry.reference}</td><td>${statusLabel(entry.status)}</td>
<td class="hx-num">${amountLabel(entry.total, tenant.currency)}</td></tr>`;
}

function filterForm({ search, status }: EntriesView): Html {
  return html`<form class="hx-filter" role="search" method="get" action="${path}" hx-get="${path}" hx-trigger="input delay:250ms, submit" hx-target="#entries" hx-swap="outerHTML" hx-push-url="true">
<label class="hx-grow"><span class="form-label">Search number, memo, reference or amount</span>
<input class="form-control" type="search" name="q" value="${search}" data-search autocomplete="off"></label>
<label><span class="form-label">Status</span><select class="form-select" name="status"><option value="">All</option>
${statuses.map((name) => html`<option value="${name}"${name === status && html` selected`}>${name}</option>`)}</select></label>
<noscript><button class="btn">Search</button></noscript>
</form>`;
}

function nothing(context: PageContext, { search, status }: EntriesView): Html {
  if (search !== '' || status !== null) return empty('No entry matches.');
  const mayPost = context.may('accounting.journal_entry.post');
  return empty('The journal is empty.', mayPost ? newEntryButton('Key the first entry') : undefined);
}

function newEntryButton(label: string): Html {
  return html`<a class="btn btn-primary" href="/journal-entries/new/">${icon('plus')} ${label}</a>`;
}

function turn({ search, status }: EntriesView, page: number, label: Html): Html {
  const query = new URLSearchParams({ q: search, status: status ?? '', page: String(page) });
  for (const [name, value] of [...query]) if (value === '') query.delete(name);
  const href = `${path}?${query.toString()}`;
  return html`<a class="btn" href="${href}" hx-get="${href}" hx-target="#entries" hx-swap="outerHTML show:window:top" hx-push-url="true">${label}</a>`;
}
