// Makes the entry grid a keyboard tool: moving, adding and removing lines, live totals, posting.

import { findAccount } from './account-combobox.js';
import { readUnits, writeUnits } from './grid-amounts.js';

/** @returns {HTMLFormElement | null} */
const grid = () => /** @type {HTMLFormElement | null} */ (document.getElementById('entry-grid'));

/** @param {Element} row @param {string} name @returns {HTMLInputElement | null} */
const cellOf = (row, name) => row.querySelector(`[data-cell="${name}"]`);

/** @param {EventTarget | null} target @returns {HTMLInputElement | null} the cell, when the event came from one */
const asCell = (target) =>
  target instanceof HTMLInputElement && target.matches('#entry-grid [data-cell]') ? target : null;

/** @param {HTMLInputElement} cell */
const isAmount = (cell) => cell.dataset.cell === 'debit' || cell.dataset.cell === 'credit';

/** @param {HTMLFormElement} form @returns {HTMLElement[]} */
const rowsOf = (form) => [...form.querySelectorAll('[data-row]')].filter((row) => row instanceof HTMLElement);

/** @param {Element} row */
const isEmpty = (row) =>
  ['account', 'debit', 'credit', 'memo'].every((name) => (cellOf(row, name)?.value ?? '').trim() === '');

/** @param {HTMLFormElement} form */
const money = (form) => ({ scale: Number(form.dataset.scale), currency: form.dataset.currency ?? '' });

/**
 * Debit and credit in all; a row can be left out. An amount that cannot be read counts as nothing.
 * @param {HTMLFormElement} form
 * @param {Element} [except]
 */
const sums = (form, except) => {
  const { scale } = money(form);
  const total = { debit: 0n, credit: 0n };
  for (const row of rowsOf(form)) {
    if (row === except) continue;
    total.debit += readUnits(cellOf(row, 'debit')?.value ?? '', scale) ?? 0n;
    total.credit += readUnits(cellOf(row, 'credit')?.value ?? '', scale) ?? 0n;
  }
  return total;
};

const showTotals = () => {
  const form = grid();
  if (form === null) return;
  const { scale, currency } = money(form);
  const total = sums(form);
  for (const side of /** @type {const} */ (['debit', 'credit'])) {
    const place = form.querySelector(`[data-total="${side}"]`);
    if (place) place.textContent = total[side] === 0n ? '' : writeUnits(total[side], scale, currency);
  }
  const difference = total.debit - total.credit;
  const state = difference !== 0n ? 'off' : total.debit !== 0n ? 'balanced' : 'blank';
  const lacking = writeUnits(difference < 0n ? -difference : difference, scale, currency);
  const words = {
    blank: `Total ${currency}`,
    balanced: 'Balanced',
    off: `${lacking} ${difference > 0n ? 'to credit' : 'to debit'}`,
  };
  const output = form.querySelector('[data-difference]');
  if (!(output instanceof HTMLElement) || output.textContent === words[state]) return;
  output.textContent = words[state];
  output.dataset.state = state;
};

/** @param {HTMLFormElement} form @returns {HTMLElement | null} the new last row */
const addRow = (form) => {
  const template = form.querySelector('template');
  const body = form.querySelector('[data-rows]');
  if (template === null || body === null) return null;
  const indexes = rowsOf(form).map((row) => Number(/\d+/.exec(cellOf(row, 'account')?.name ?? '')?.[0] ?? 0));
  const index = String(Math.max(-1, ...indexes) + 1);
  const row = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  for (const field of row.querySelectorAll('input')) {
    field.name = field.name.replace('__row__', index);
    field.id = field.id.replace('__row__', index);
  }
  body.append(row);
  return row;
};

/** @param {HTMLFormElement} form @param {HTMLElement} row */
const removeRow = (form, row) => {
  const rows = rowsOf(form);
  const neighbour = rows[rows.indexOf(row) - 1] ?? rows[rows.indexOf(row) + 1] ?? addRow(form);
  row.remove();
  if (neighbour) cellOf(neighbour, 'account')?.focus();
  showTotals();
};

/**
 * Writes into the cell what balances the entry; where the other side lacks, that side's cell is filled instead.
 * @param {HTMLFormElement} form
 * @param {HTMLElement} row
 */
const fillDifference = (form, row) => {
  const { scale, currency } = money(form);
  const rest = sums(form, row);
  const difference = rest.debit - rest.credit;
  const [full, blank] = difference > 0n ? ['credit', 'debit'] : ['debit', 'credit'];
  const cell = cellOf(row, full);
  const other = cellOf(row, blank);
  if (difference === 0n || cell === null || other === null) return;
  other.value = '';
  cell.value = writeUnits(difference > 0n ? difference : -difference, scale, currency);
  cell.focus();
  cell.select();
  showTotals();
};

/** @param {HTMLInputElement} cell an amount just left: grouped when readable, and alone on its row */
const settleAmount = (cell) => {
  const form = grid();
  const row = cell.closest('[data-row]');
  if (form === null || row === null) return;
  const { scale, currency } = money(form);
  const units = readUnits(cell.value, scale);
  if (units === null) cell.setAttribute('aria-invalid', 'true');
  else cell.removeAttribute('aria-invalid');
  if (units === null || cell.value.trim() === '') return;
  cell.value = writeUnits(units, scale, currency);
  const other = cellOf(row, cell.dataset.cell === 'debit' ? 'credit' : 'debit');
  if (other) other.value = '';
};

/**
 * The next cell in reading order; after the last one of a used row a new row is made.
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement} cell
 * @returns {HTMLElement | null}
 */
const nextCell = (form, cell) => {
  const cells = [...form.querySelectorAll('[data-cell]')].filter(
    (each) => each instanceof HTMLInputElement && each.offsetParent,
  );
  const next = cells[cells.indexOf(cell) + 1];
  if (next instanceof HTMLElement) return next;
  const row = cell.closest('[data-row]');
  if (row === null || isEmpty(row)) return null;
  const added = addRow(form);
  return added && cellOf(added, 'account');
};

/** @param {HTMLInputElement} cell @param {-1 | 1} step the same column of the row above or below */
const moveRow = (cell, step) => {
  const form = grid();
  const row = cell.closest('[data-row]');
  if (form === null || !(row instanceof HTMLElement)) return;
  const rows = rowsOf(form);
  const target = rows[rows.indexOf(row) + step];
  if (target) cellOf(target, cell.dataset.cell ?? '')?.focus();
};

/** @param {HTMLFormElement} form @param {'post' | 'draft'} action */
const submit = (form, action) => {
  if (document.activeElement instanceof HTMLInputElement && isAmount(document.activeElement))
    settleAmount(document.activeElement);
  const button = form.querySelector(`[data-${action}]`);
  if (button instanceof HTMLButtonElement && !button.disabled) form.requestSubmit(button);
};

/** @param {KeyboardEvent} event @param {HTMLFormElement} form @returns {boolean} whether the whole grid took the key */
const runGridKey = (event, form) => {
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key === 'Enter') submit(form, 'post');
  else if (command && event.key.toLowerCase() === 's') submit(form, 'draft');
  else return false;
  return true;
};

/** @param {KeyboardEvent} event @param {HTMLFormElement} form @param {HTMLInputElement} cell @returns {boolean} */
const runCellKey = (event, form, cell) => {
  const row = cell.closest('[data-row]');
  const forward = (event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey;
  if (forward) {
    const next = nextCell(form, cell);
    if (next === null) return event.key === 'Enter';
    next.focus();
    return true;
  }
  if (!(row instanceof HTMLElement)) return false;
  if (event.altKey && event.key === 'Delete') removeRow(form, row);
  else if (
    event.key === 'Backspace' &&
    cell.dataset.cell === 'account' &&
    isEmpty(row) &&
    rowsOf(form).length > 1
  )
    removeRow(form, row);
  else if (event.key === '=' && isAmount(cell)) fillDifference(form, row);
  else if (event.key === 'ArrowUp' && cell.dataset.cell !== 'account') moveRow(cell, -1);
  else if (event.key === 'ArrowDown' && cell.dataset.cell !== 'account') moveRow(cell, 1);
  else return false;
  return true;
};

document.addEventListener('keydown', (event) => {
  const form = grid();
  if (form === null || event.isComposing || document.querySelector('dialog[open]')) return;
  const cell = asCell(event.target);
  const plain = !event.ctrlKey && !event.metaKey;
  if (runGridKey(event, form) || (plain && cell && runCellKey(event, form, cell))) event.preventDefault();
});

document.addEventListener('focusin', (event) => {
  const cell = asCell(event.target);
  if (cell && isAmount(cell)) cell.select();
});

document.addEventListener('input', showTotals);
document.addEventListener('change', (event) => {
  const cell = asCell(event.target);
  if (cell && isAmount(cell)) settleAmount(cell);
  showTotals();
});

document.addEventListener('click', (event) => {
  const form = grid();
  if (form === null || !(event.target instanceof Element)) return;
  const row = event.target.closest('[data-remove]')?.closest('[data-row]');
  if (row instanceof HTMLElement) removeRow(form, row);
  const added = event.target.closest('[data-add]') && addRow(form);
  if (added) cellOf(added, 'account')?.focus();
});

/** Where to go on: the first marked cell, else the first field, which is the date. */
const focusGrid = () => {
  const form = grid();
  const place =
    form?.querySelector('[data-cell][aria-invalid="true"]') ?? form?.querySelector('[data-first]');
  if (place instanceof HTMLInputElement) place.focus();
};

/** @param {HTMLFormElement} form everything keyed, as one text */
const picture = (form) =>
  rowsOf(form)
    .flatMap((row) => ['account', 'debit', 'credit', 'memo'].map((name) => cellOf(row, name)?.value))
    .join('\n')
    .trimEnd();

let stored = ''; // What the books hold of this form: the lines of a draft, nothing of a new entry.
const hasWork = () => {
  const form = grid();
  return form !== null && picture(form) !== '' && picture(form) !== stored;
};
let leaving = false;
document.addEventListener('submit', () => {
  leaving = typeof Reflect.get(window, 'htmx') === 'undefined';
});
document.addEventListener('htmx:before:response', (event) => {
  const { ctx } = /** @type {CustomEvent} */ (event).detail;
  leaving = ctx.response.headers.has('hx-redirect');
});
addEventListener('beforeunload', (event) => {
  if (hasWork() && !leaving) event.preventDefault();
});

document.addEventListener('htmx:after:swap', () => {
  showTotals();
  focusGrid();
});

const opened = grid();
if (opened?.querySelector('[aria-invalid="true"]') === null) stored = picture(opened);
for (const cell of document.querySelectorAll('#entry-grid [data-accounts]')) {
  const label = cell.parentElement?.querySelector('[data-account-name]');
  if (cell instanceof HTMLInputElement && label) label.textContent = findAccount(cell.value)?.name ?? '';
}
showTotals();
focusGrid();
