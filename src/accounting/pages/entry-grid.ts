// The grid in which entries are keyed: a plain form that works alone, and faster with its script.
import { asSentence, icon, notice, type PageContext } from '#dashboard';
import { type Html, html } from '#lib/html';
import type { Fault } from '#lib/problem';
import { type PlacedFaults, placeFaults } from './place-faults.ts';
import type { EntryForm, EntryFormLine } from './read-entry-form.ts';

/**
 * `action` is where the form is sent; `accountNames` maps the codes of the lines to names; `rows` is how many rows are
 * shown at least.
 */
export type EntryGridView = {
  action: string;
  form: EntryForm;
  accountNames: ReadonlyMap<string, string>;
  faults: readonly Fault[];
  rows?: number;
};

const blank: EntryFormLine = { account: '', debit: '', credit: '', memo: '' };

/** The form alone: it is the answer to its own htmx request. */
export function entryGrid(context: PageContext, view: EntryGridView): Html {
  const { form } = view;
  const faults = placeFaults(view.faults, form);
  const count = Math.max(view.rows ?? 6, form.lines.length + 1);
  const lines = Array.from({ length: count }, (_, index) => form.lines[index] ?? blank);
  const { currency, currencyScale } = context.tenant;
  return html`<form id="entry-grid" class="hx-grid" method="post" action="${view.action}" hx-post="${view.action}" hx-target="this" hx-swap="outerHTML" hx-disable="find .hx-buttons button" data-currency="${currency}" data-scale="${currencyScale}" autocomplete="off" novalidate>
<input type="hidden" name="_csrf" value="${context.csrfToken}"><input type="hidden" name="id" value="${form.id}"><input type="hidden" name="version" value="${form.version}">
${wholeFaults(faults)}
<div class="hx-grid-head">${headField(form, faults, 'entry_date', 'Date')}${headField(form, faults, 'reference', 'Reference')}${headField(form, faults, 'memo', 'Memo')}</div>
<div class="hx-sheet"><table class="hx-ledger hx-grid-table">
<thead><tr><th scope="col" class="hx-grid-no">#</th><th scope="col">Account</th><th scope="col" class="hx-num">Debit</th><th scope="col" class="hx-num">Credit</th><th scope="col">Line memo</th><th scope="col"><span class="visually-hidden">Remove</span></th></tr></thead>
<tbody data-rows>${lines.map((line, index) => gridRow(line, String(index), view.accountNames, faults))}</tbody>
${footer(currency)}
</table></div>
<template id="grid-row">${gridRow(blank, '__row__', view.accountNames, faults)}</template>
${buttons()}
</form>`;
}

/** The answer to a refused form: what was keyed with its faults, and older news taken away. */
export function entryGridRefused(context: PageContext, view: EntryGridView): Html {
  return html`${entryGrid(context, view)}<div id="messages" hx-swap-oob="innerHTML"></div>`;
}

/** The answer to a successful post: an empty grid that keeps the date, and the news with a link to the entry. */
export function entryGridDone(context: PageContext, view: EntryGridView, news: Html): Html {
  return html`${entryGrid(context, view)}<div id="messages" hx-swap-oob="innerHTML">${notice('success', news)}</div>`;
}

function headField(
  form: EntryForm,
  faults: PlacedFaults,
  name: 'entry_date' | 'reference' | 'memo',
  label: string,
): Html {
  const fault = faults.cells.get(`/${name}`);
  const type = name === 'entry_date' ? 'date' : 'text';
  return html`<div class="hx-grid-${name}"><label class="form-label" for="${name}">${label}</label>
<input class="form-control" id="${name}" type="${type}" name="${name}" value="${form[name]}" data-cell ${name === 'entry_date' && html`data-first required`} ${invalid(fault, name)}>${faultText(fault, name)}</div>`;
}

function gridRow(
  line: EntryFormLine,
  row: string,
  names: ReadonlyMap<string, string>,
  faults: PlacedFaults,
): Html {
  const cell = (field: keyof EntryFormLine, label: string, attributes: Html) => {
    const id = `lines-${row}-${field}`;
    const fault = faults.cells.get(`/lines/${row}/${field}`);
    return html`<input class="form-control" id="${id}" name="lines[${row}][${field}]" value="${line[field]}" aria-label="${label}" placeholder="${label}" data-cell="${field}" ${attributes} ${invalid(fault, id)}>${faultText(fault, id)}`;
  };
  const amount = html`inputmode="decimal"`;
  return html`<tr data-row><td class="hx-grid-no" aria-hidden="true"></td>
<td class="hx-grid-account">${cell('account', 'Account', html`list="accounts" data-accounts`)}<span class="hx-grid-name" data-account-name>${names.get(line.account)}</span></td>
<td class="hx-num hx-grid-amount">${cell('debit', 'Debit', amount)}</td><td class="hx-num hx-grid-amount">${cell('credit', 'Credit', amount)}</td>
<td class="hx-grid-line-memo">${cell('memo', 'Line memo', html``)}</td>
<td class="hx-grid-remove"><button type="button" tabindex="-1" data-remove aria-label="Remove the line" title="Remove the line (Alt Delete)">${icon('close')}</button></td></tr>`;
}

function invalid(fault: string | undefined, id: string): Html | false {
  return fault !== undefined && html`aria-invalid="true" aria-describedby="${id}-fault"`;
}

function faultText(fault: string | undefined, id: string): Html | false {
  return fault !== undefined && html`<p class="hx-fault" id="${id}-fault">${asSentence(fault)}</p>`;
}

function wholeFaults({ whole, cells }: PlacedFaults): Html {
  if (whole.length === 0 && cells.size === 0) return html``;
  if (whole.length === 0) return notice('danger', 'Nothing was stored. See the marked cells.');
  return notice(
    'danger',
    html`Nothing was stored.<ul>${whole.map((text) => html`<li>${asSentence(text)}</li>`)}</ul>`,
  );
}

function footer(currency: string): Html {
  return html`<tfoot><tr><th scope="row" colspan="2"><output data-difference>Total ${currency}</output></th>
<td class="hx-num"><span data-total="debit"></span></td><td class="hx-num"><span data-total="credit"></span></td><td colspan="2"></td></tr></tfoot>`;
}

function buttons(): Html {
  return html`<div class="hx-buttons">
<button class="btn btn-primary" name="action" value="post" data-post>${icon('check')} Post <kbd>Ctrl Enter</kbd></button>
<button class="btn" name="action" value="draft" data-draft>Save as draft <kbd>Ctrl S</kbd></button>
<button class="btn hx-scripted" type="button" data-add>${icon('plus')} Line</button>
<noscript><button class="btn" name="action" value="more">More lines</button></noscript>
<p class="hx-muted hx-grid-hint"><kbd>=</kbd> in an amount fills in what balances. <kbd>?</kbd> outside the cells shows all keys.</p>
</div>`;
}
