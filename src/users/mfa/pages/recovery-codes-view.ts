// Shows new recovery codes, once: nobody can look at them again, not even we.
import { type Html, html } from '#lib/html';

/** `next` is where the person goes on once the codes are kept. */
export function recoveryCodesView(codes: readonly string[], next: string): Html {
  return html`<p>Each of these codes lets you in once, without your app or passkey. Print them or put them into a password manager: they are shown now and never again. Older codes work no more.</p>
<ul class="hx-recovery" aria-label="Recovery codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>
<div class="hx-buttons"><a class="btn btn-primary" href="${next}">I have kept them</a><button class="btn hx-scripted" type="button" data-print>Print</button></div>`;
}
