// Asks somebody who is signed in to prove once more who they are, before something dangerous.
import { notice, type PageContext, pageShell } from '#dashboard';
import { type Html, html } from '#lib/html';
import { codeField, recoveryField } from './code-fields.ts';
import { type KeptForm, keptFields } from './kept-form.ts';
import { passkeyForm, passkeyScripts } from './passkey-form.ts';

/**
 * `hasApp` and `hasPasskey` are what the member can use at this address, `hasFactor` whether they have any; `next` is where to go on,
 * `form` what waits to be sent; a session that is `confined` to the company proves nothing by password.
 */
export type ConfirmView = {
  next: string;
  hasApp: boolean;
  hasPasskey: boolean;
  hasFactor: boolean;
  form: KeptForm | null;
  confined: boolean;
  fault?: string;
};

const password = (isFirst: boolean) =>
  html`<div><label class="form-label" for="password">Password</label><input class="form-control" id="password" type="password" name="password" autocomplete="current-password" required ${isFirst && html`autofocus`}></div>`;

/** The whole page. */
export function confirmPage(context: PageContext, view: ConfirmView): Html {
  const { next, hasApp, hasPasskey, hasFactor, confined, fault } = view;
  const way = html`<input type="hidden" name="next" value="${next}">${keptFields(view.form)}`;
  const hidden = html`<input type="hidden" name="_csrf" value="${context.csrfToken}">${way}<input type="text" name="email" value="${context.actor.email}" autocomplete="username" hidden>`;
  const factor = hasApp ? codeField({ isFirst: false }) : hasFactor && recoveryField();
  const passwordWays = html`<section class="hx-card" aria-labelledby="by-password"><h2 id="by-password">By password</h2>
<form class="hx-form" method="post" action="/account/confirm/">${hidden}${password(!hasPasskey)}${factor}<div class="hx-buttons"><button class="btn btn-primary">Confirm</button></div></form></section>
${hasApp && html`<details class="hx-more hx-card"><summary>Use a recovery code</summary><form class="hx-form" method="post" action="/account/confirm/">${hidden}<div><label class="form-label" for="password-again">Password</label><input class="form-control" id="password-again" type="password" name="password" autocomplete="current-password" required></div>${recoveryField()}<div class="hx-buttons"><button class="btn">Confirm with the recovery code</button></div></form></details>`}`;
  return pageShell(context, {
    title: 'Is it you?',
    subtitle: 'What you are about to do asks for a fresh proof. It holds for ten minutes.',
    styles: ['account.css', 'security.css'],
    scripts: passkeyScripts,
    body: html`${fault && notice('danger', fault)}
${hasPasskey && html`<section class="hx-card" aria-labelledby="by-passkey"><h2 id="by-passkey">By passkey</h2>${passkeyForm({ act: 'get', action: '/account/confirm/', options: '/account/confirm/options/', label: 'Use a passkey', csrfToken: context.csrfToken, isPrimary: true, fields: way })}</section>`}
${confined ? false : passwordWays}
<p class="hx-muted">${confined ? 'You signed in through a provider of your company: sign out and in again through it, which is a fresh proof.' : 'Signing out and in again is a fresh proof, too.'}</p>`,
  });
}
