// What a line says beside account and amounts: its dimensions, and what it was in another currency.
import { displayAmount } from '#lib/display-amount';
import { type Html, html } from '#lib/html';
import type { EntryLine } from '../journal/entry.ts';

/** Small words below the account; nothing for a line in the company's own currency (`base`) without dimensions. */
export function lineNote(line: EntryLine, base: string): Html | false {
  const dimensions = Object.entries(line.dimensions).sort(([one], [other]) => (one < other ? -1 : 1));
  const notes = dimensions.map(([dimension, value]) => html`${dimension.replaceAll('_', ' ')} ${value}`);
  if (line.currency !== base) {
    const amount = html`${line.currency} ${displayAmount(line.debit ?? line.credit ?? '0', line.currency)}`;
    notes.unshift(line.rate === null ? amount : html`${amount} at ${line.rate}`);
  }
  if (notes.length === 0) return false;
  return html`<div class="hx-muted small">${notes.map((note, index) => html`${index > 0 && ' · '}${note}`)}</div>`;
}
