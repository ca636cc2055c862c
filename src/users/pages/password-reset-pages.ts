// The pages of a forgotten password: asking for a link, and choosing another password with it.
import { barePage } from '#dashboard';
import { type Html, html } from '#lib/html';
import type { Fault } from '#lib/problem';
import { formField } from './form-field.ts';

const back = html`<p class="hx-bare-links"><a href="/sign-in/">Back to signing in</a></p>`;

/** Asks for the address. */
export function askResetPage(): Html {
  return barePage(
    'Forgot your password?',
    html`<h1>Forgot your password?</h1><p>You get a mail with a link to choose another.</p>
<form class="hx-form" method="post" action="/password-reset/">
${formField({ name: 'email', label: 'Email', type: 'email', autocomplete: 'username', autofocus: true })}
<button class="btn btn-primary">Send me a link</button>
</form>${back}`,
    ['account.css'],
  );
}

/** Says that a mail is on its way, if there is anybody to send it to; it says the same if there is not. */
export function resetSentPage(email: string, minutes: number): Html {
  return barePage(
    'Look into your mailbox',
    html`<h1>Look into your mailbox</h1><p>If ${email} has an account, a mail with a link is on its way. The link works once, within ${minutes} minutes.</p>
<p class="hx-hint">Nothing there? Look among the unwanted mails, or ask whoever keeps your company’s users.</p>${back}`,
    ['account.css'],
  );
}

/** Asks for the new password; `token` is the link's. */
export function choosePasswordPage(view: {
  email: string;
  token: string;
  faults?: readonly Fault[];
  hint: string;
}): Html {
  const { email, token, faults = [], hint } = view;
  return barePage(
    'Choose a new password',
    html`<h1>Choose a new password</h1><p>For ${email}. Everything that was signed in is signed out.</p>
<form class="hx-form" method="post" action="/password-reset/confirm/">
<input type="hidden" name="token" value="${token}">
<input type="hidden" name="email" value="${email}" autocomplete="username">
${formField({ name: 'password', label: 'New password', type: 'password', autocomplete: 'new-password', hint, faults, autofocus: true })}
<button class="btn btn-primary">Change the password</button>
</form>`,
    ['account.css'],
  );
}

/** Says that a link is good for nothing any more, and where another is to be had. */
export function deadLinkPage(title: string, remedy: Html): Html {
  return barePage(
    title,
    html`<h1>${title}</h1><p>It was used before, has run out, or is not complete.</p><p class="hx-bare-links">${remedy}</p>`,
    ['account.css'],
  );
}
