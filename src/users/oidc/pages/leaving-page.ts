// What is shown for the moment in which the browser goes to a provider, and to those that do not go by themselves.
import { barePage } from '#dashboard';
import { type Html, html } from '#lib/html';

/** The whole page; `address` is at the provider, over http or https. */
export function leavingPage(provider: string, address: string): Html {
  return barePage(
    `To ${provider}`,
    html`<h1>${provider}</h1><p>Prove there who you are; then you are back here.</p><p><a class="btn btn-primary" href="${address}">Go to ${provider}</a></p>`,
  );
}
