// The page of the bare host, which belongs to no company: it asks which one is meant.
import { barePage, notice } from '#dashboard';
import { type Html, html } from '#lib/html';

/** `host` is the bare host with its port; `slug` is what was keyed; `fault` says why it was refused. */
export type CompanyView = { host: string; slug: string; fault?: string };

/** The whole page; it sends `company` by GET to `/sign-in/`, which leads to the company's own host. */
export function companyPage({ host, slug, fault }: CompanyView): Html {
  return barePage(
    'Which company?',
    html`<h1>Which company?</h1><p>Every company has its own address.</p>
${fault && notice('danger', fault)}
<form method="get" action="/sign-in/">
<div><label class="form-label" for="company">Company</label>
<span class="hx-host"><input class="form-control" id="company" name="company" value="${slug}" pattern="[a-z0-9\\-]+" autocapitalize="none" autocomplete="organization" spellcheck="false" required autofocus><span>.${host}</span></span></div>
<button class="btn btn-primary">Continue</button>
</form>`,
  );
}
