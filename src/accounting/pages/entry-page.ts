// One entry: what was posted, by which lines, how it is linked, and what may still be done with it.
import {
  amountLabel,
  asSentence,
  dateLabel,
  icon,
  notice,
  type PageContext,
  pageShell,
  timeLabel,
} from '#dashboard';
import { type Html, html } from '#lib/html';
import type { Fault } from '#lib/problem';
import type { Entry, EntryLine } from '../journal/entry.ts';
import { isForGrid } from './is-for-grid.ts';
import { lineNote } from './line-note.ts';
import { entryHref, entryLink, ledgerLink } from './links.ts';
import { statusLabel } from './status-label.ts';

/** `creator` is the name behind `created_by`; `approval` who approved it and when;
 * `may` says which actions the reader is offered; `today` is ISO. */
export type EntryView = {
  entry: Entry;
  totals: { debit: string; credit: string };
  creator: string | null;
  today: string;
  may: { post: boolean; reverse: boolean; edit: boolean; approve: boolean };
  approval: { by: string; at: string } | null;
  faults?: readonly Fault[];
};

/** The whole page; `faults` are those of an action that was just refused. */
export function entryPage(context: PageContext, view: EntryView): Html {
  const { entry } = view;
  const body = html`${faultNotice(view.faults ?? [])}${entry.partial && html`<p class="hx-muted">This entry has lines of other branches, which are not shown.</p>`}
${facts(context, view)}
<p class="hx-memo">${entry.memo}</p>
${linesTable(context, view)}
${reverseDialog(context, view)}`;
  const title = entry.number ?? 'Draft entry';
  return pageShell(context, {
    title,
    subtitle: statusLabel(entry.status),
    actions: actions(context, view),
    body,
    dates: true,
  });
}

function facts({ tenant }: PageContext, { entry, creator, approval }: EntryView): Html {
  const fact = (name: string, value: Html | string | null) =>
    value && html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  return html`<dl class="hx-facts">
${fact('Date', dateLabel(entry.entry_date, tenant.calendar))}
${fact('Reference', entry.reference)}
${fact('Period', entry.period && `${entry.period}, ${entry.fiscal_year}`)}
${fact('Series', entry.series === 'JV' ? null : entry.series)}
${fact('Reverses', entry.reverses && entryLink(entry.reverses.id, entry.reverses.number))}
${fact('Reversed by', entry.reversed_by && entryLink(entry.reversed_by.id, entry.reversed_by.number))}
${fact('Reversed by itself on', entry.reverse_on && dateLabel(entry.reverse_on, tenant.calendar))}
${fact('Keyed by', creator)}
${fact('Approved by', approval?.by ?? null)}
${fact('Approved at', approval && timeLabel(approval.at, tenant.timeZone))}
${fact('Posted at', entry.posted_at && timeLabel(entry.posted_at, tenant.timeZone))}
</dl>`;
}

function linesTable(context: PageContext, { entry, totals }: EntryView): Html {
  const { currency } = context.tenant;
  return html`<div class="hx-sheet"><table class="hx-ledger">
<thead><tr><th scope="col">Account</th><th scope="col" class="hx-wide">Line memo</th><th scope="col" class="hx-num">Debit</th><th scope="col" class="hx-num">Credit</th></tr></thead>
<tbody>${entry.lines.map((line) => lineRow(line, currency))}</tbody>
<tfoot><tr><th scope="row">Total ${currency}</th><td class="hx-wide"></td>
<td class="hx-num">${amountLabel(totals.debit, currency)}</td><td class="hx-num">${amountLabel(totals.credit, currency)}</td></tr></tfoot>
</table></div>`;
}

function lineRow(line: EntryLine, currency: string): Html {
  return html`<tr><td><span class="hx-code">${line.account}</span> ${ledgerLink(line.account, line.account_name)}${lineNote(line, currency)}</td>
<td class="hx-wide">${line.memo}</td>
<td class="hx-num">${amountLabel(line.base_debit, currency)}</td><td class="hx-num">${amountLabel(line.base_credit, currency)}</td></tr>`;
}

function actions({ csrfToken, tenant }: PageContext, { entry, may, approval }: EntryView): Html {
  const print = html`<button class="btn hx-scripted" type="button" data-print>${icon('print')} Print</button>`;
  if (entry.status === 'draft') {
    return html`${may.edit && isForGrid(entry, tenant.currency) && html`<a class="btn" href="${entryHref(entry.id)}edit/">${icon('edit')} Edit</a>`}
${may.approve && approvalForm(csrfToken, entry, approval !== null)}
${may.post && html`<form method="post" action="${entryHref(entry.id)}posting/"><input type="hidden" name="_csrf" value="${csrfToken}"><input type="hidden" name="version" value="${entry.version}"><button class="btn btn-primary">${icon('check')} Post</button></form>`}`;
  }
  if (entry.status === 'reversed' || !may.reverse || entry.partial) return print;
  return html`${print}<button class="btn hx-scripted" type="button" data-opens="reverse">${icon('reverse')} Reverse</button>`;
}

function approvalForm(csrfToken: string, entry: Entry, approved: boolean): Html {
  return html`<form method="post" action="${entryHref(entry.id)}${approved ? 'disapproval' : 'approval'}/"><input type="hidden" name="_csrf" value="${csrfToken}"><input type="hidden" name="version" value="${entry.version}"><button class="btn">${approved ? html`${icon('close')} Withdraw the approval` : html`${icon('check')} Approve`}</button></form>`;
}

function reverseDialog({ csrfToken }: PageContext, { entry, may, today }: EntryView): Html {
  if (entry.status !== 'posted' || !may.reverse || entry.partial) return html``;
  return html`<dialog id="reverse" class="hx-dialog" aria-labelledby="reverse-title">
<h2 id="reverse-title">Reverse ${entry.number}</h2>
<p>A new entry with both sides swapped is posted and linked to this one. Neither can be changed afterwards.</p>
<form method="post" action="${entryHref(entry.id)}reversal/"><input type="hidden" name="_csrf" value="${csrfToken}">
<label class="form-label" for="reverse-date">Date of the reversal</label>
<input class="form-control" id="reverse-date" type="date" name="entry_date" value="${today}" required>
<p class="hx-buttons hx-dialog-buttons"><button class="btn btn-primary">${icon('reverse')} Post the reversal</button><button class="btn" type="button" data-closes>Cancel</button></p>
</form></dialog>
<noscript><form class="hx-buttons" method="post" action="${entryHref(entry.id)}reversal/"><input type="hidden" name="_csrf" value="${csrfToken}"><label>Reverse on <input class="form-control" type="date" name="entry_date" value="${today}" required></label><button class="btn">Reverse</button></form></noscript>`;
}

function faultNotice(faults: readonly Fault[]): Html {
  if (faults.length === 0) return html``;
  return notice(
    'danger',
    html`<ul>${faults.map((fault) => html`<li>${asSentence(fault.detail)}</li>`)}</ul>`,
  );
}
