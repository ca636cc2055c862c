// The step of a sign-in after the password: the second factor, or setting one up where the company demands it.
import { barePage, notice } from '#dashboard';
import { type Html, html } from '#lib/html';
import type { Fault } from '#lib/problem';
import { appSetUp } from './app-set-up.ts';
import { codeField, recoveryField } from './code-fields.ts';
import { passkeyForm, passkeyScripts } from './passkey-form.ts';

const styles = ['account.css', 'security.css'] as const;
const next = (to: string) => html`<input type="hidden" name="next" value="${to}">`;
const cancel = html`<p class="hx-bare-links"><a href="/sign-in/">Sign in as somebody else</a></p>`;

/** `hasApp` and `hasPasskey` are what the member can use at this address; `next` is where to go afterwards. */
export type SecondFactorView = {
  company: string;
  next: string;
  hasApp: boolean;
  hasPasskey: boolean;
  fault?: string;
};

/** Asks for the second factor. */
export function secondFactorPage(view: SecondFactorView): Html {
  const { company, hasApp, hasPasskey, fault } = view;
  const recovery = html`<form method="post" action="/sign-in/second-factor/">${next(view.next)}${recoveryField()}<button class="btn">Use the recovery code</button></form>`;
  return barePage(
    `Second factor for ${company}`,
    html`<h1>${company}</h1><p>Show that it is you.</p>
${fault && notice('danger', fault)}
${hasApp && html`<form method="post" action="/sign-in/second-factor/">${next(view.next)}${codeField({ isFirst: true })}<button class="btn btn-primary">Continue</button></form>`}
${hasPasskey && passkeyForm({ act: 'get', action: '/sign-in/second-factor/', options: '/sign-in/second-factor/options/', label: 'Use a passkey', isPrimary: !hasApp, fields: next(view.next) })}
${!hasApp && !hasPasskey && html`<p>Your passkeys are for another address. Use a recovery code here.</p>`}
<details class="hx-more" ${!hasApp && !hasPasskey && html`open`}><summary>Use a recovery code</summary>${recovery}</details>
${cancel}`,
    styles,
    passkeyScripts,
  );
}

/** `secret` is the app's, in base32; `account` the member's address. */
export type DemandedView = {
  company: string;
  next: string;
  secret: string;
  account: string;
  faults?: readonly Fault[];
  fault?: string;
};

/** Asks a member to set up a second factor before anything else opens. */
export async function demandedPage({
  company,
  next: to,
  secret,
  account,
  faults = [],
  fault,
}: DemandedView): Promise<Html> {
  const fields = next(to);
  const steps = await appSetUp({ secret, account, action: '/sign-in/second-factor/set-up/', fields, faults });
  return barePage(
    `Set up a second factor for ${company}`,
    html`<h1>${company}</h1><p>Your company asks for a second factor beside your password. Set one up to go on.</p>
${fault && notice('danger', fault)}
${steps}
${passkeyForm({ act: 'create', action: '/sign-in/second-factor/set-up/', options: '/sign-in/second-factor/set-up/options/', label: 'Set up a passkey instead', fields: next(to) })}
${cancel}`,
    styles,
    passkeyScripts,
  );
}

/** A bare page for a step between signing in and the company's pages, such as keeping one's codes. */
export function signInStepPage(title: string, body: Html): Html {
  return barePage(title, html`<h1>${title}</h1>${body}`, styles, ['app.js']);
}
