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
