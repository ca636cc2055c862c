// The state of an entry in one small word, told by text and outline and not by colour alone.
import { type Html, html } from '#lib/html';
import type { EntryStatus } from '../journal/entry.ts';

/** The word in its outline; a reversed entry is struck through. */
export function statusLabel(status: EntryStatus): Html {
  return html`<span class="hx-status hx-status-${status}">${status}</span>`;
}
