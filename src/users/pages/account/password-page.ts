// Changing one's own password.
import { notice, type PageContext } from '#dashboard';
import { type Html, html } from '#lib/html';
import type { Fault } from '#lib/problem';
import { formField } from '../form-field.ts';
import { accountPage } from './account-frame.ts';

/** `hint` says what the companies' policies ask for; `done` that it was just changed; `fault` what else went wrong. */
export type PasswordView = { hint: string; faults?: readonly Fault[]; done?: boolean; fault?: string };

/** The whole page. */
export function passwordPage(context: PageContext, { hint, faults = [], done, fault }: PasswordView): Html {
  const { csrfToken, actor } = context;
  return accountPage(
    context,
    html`${done && notice('success', 'Your password is changed, and your other sessions are ended.')}${fault && notice('danger', fault)}
<section class="hx-card" aria-labelledby="password-title"><h2 id="password-title">Password</h2><p>Changing it ends all your other sessions, in every company.</p>
<form class="hx-form" method="post" action="/account/password/"><input type="hidden" name="_csrf" value="${csrfToken}">
<input type="text" name="email" value="${actor.email}" autocomplete="username" hidden>
${formField({ name: 'current_password', label: 'Present password', type: 'password', autocomplete: 'current-password', faults })}
${formField({ name: 'password', label: 'New password', type: 'password', autocomplete: 'new-password', hint, faults })}
<div class="hx-buttons"><button class="btn btn-primary">Change the password</button></div></form></section>`,
  );
}

/**
 * What stands there for who has no password, or came through a provider: a link to their own mailbox, as neither they nor whoever
 * runs the provider can tell a present password here.
 */
export function passwordByMailPage(context: PageContext, { hasPassword }: { hasPassword: boolean }): Html {
  const { actor, tenant } = context;
  const why = hasPassword
    ? html`You signed in through a provider of ${tenant.name}. Your password is good for all your companies, so to change it sign in with it, or have a link mailed to you.`
    : html`You sign in through a provider and have no password yet. To have one, let us mail you a link.`;
  return accountPage(
    context,
    html`<section class="hx-card" aria-labelledby="password-title"><h2 id="password-title">Password</h2><p>${why}</p>
<form class="hx-form" method="post" action="/password-reset/"><input type="hidden" name="email" value="${actor.email}">
<div class="hx-buttons"><button class="btn btn-primary">Mail a link to ${actor.email}</button></div></form></section>`,
  );
}
