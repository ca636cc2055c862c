// A problem as a page: what happened, in words, and a way on.
import { type Html, html } from '#lib/html';
import { asSentence } from './as-sentence.ts';
import type { PageContext } from './page-context.ts';
import { barePage, pageShell } from './page-shell.ts';

/**
 * `status` is the HTTP status, `title` its name in words, `reference` what to quote to the operator, `remedy` what helps somebody whose
 * page must stay as it is.
 */
export type ErrorView = { status: number; title: string; detail: string; reference?: string; remedy?: Html };

/** Inside the company's frame when the reader is known (`context`), else bare. */
export function errorPage(error: ErrorView, context: PageContext | null): Html {
  const body = html`<section class="hx-error">
<p class="hx-error-status">${error.status}</p>
<p class="hx-error-detail">${asSentence(error.detail)}</p>
${error.reference && html`<p class="hx-muted">Reference <code>${error.reference}</code></p>`}
<p><a class="btn btn-primary" href="/">Go to the start page</a></p>
</section>`;
  if (context) return pageShell(context, { title: error.title, body });
  return barePage(error.title, html`<h1>${error.title}</h1>${body}`);
}
