// What stands where a table would be when there is nothing to show, with the way to change that.
import { type Html, html } from '#lib/html';

/** A sentence and, when there is something to do about it, the link that does it. */
export function empty(text: string, action?: Html): Html {
  return html`<div class="hx-empty"><p>${text}</p>${action}</div>`;
}
