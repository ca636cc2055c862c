// Where a person says who they are to one company.
import { barePage, notice } from '#dashboard';
import { type Html, html } from '#lib/html';
import { passkeyScripts, passkeySignIn } from '../mfa/pages/passkey-form.ts';

/** `next` is the path to go to afterwards; `fault` tells a refused attempt; `email` is what was keyed before. */
export type SignInView = { company: string; next: string; email: string; fault?: string };

/** The whole page. */
export function signInPage({ company, next, email, fault }: SignInView): Html {
  return barePage(
    `Sign in to ${company}`,
    html`<h1>${company}</h1><p>Sign in to the books.</p>
${fault && notice('danger', fault)}
<form method="post" action="/sign-in/">
<input type="hidden" name="next" value="${next}">
<div><label class="form-label" for="email">Email</label><input class="form-control" id="email" type="email" name="email" value="${email}" autocomplete="username" required ${email === '' && html`autofocus`}></div>
<div><label class="form-label" for="password">Password</label><input class="form-control" id="password" type="password" name="password" autocomplete="current-password" required ${email !== '' && html`autofocus`}></div>
<button class="btn btn-primary">Sign in</button>
</form>
${passkeySignIn(next)}`,
    ['account.css', 'security.css'],
    passkeyScripts,
  );
}
