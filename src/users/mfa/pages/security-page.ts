// One's own second factors: the authenticator app, passkeys, recovery codes.
import { icon, notice, type PageContext, timeLabel } from '#dashboard';
import { type Html, html } from '#lib/html';
import { accountPage } from '../../pages/account/account-frame.ts';
import { type Factors, hasFactor, type Passkey } from '../factors.ts';
import { passkeyForm, passkeyScripts } from './passkey-form.ts';

/** `rpId` is the domain of this page, whose passkeys work here; `fault` is what was refused, `done` what was just done;
 * a session that is `confined` to the company changes nothing here. */
export type SecurityView = {
  factors: Factors;
  rpId: string;
  confined: boolean;
  fault?: string;
  done?: string;
};

const csrf = ({ csrfToken }: PageContext) => html`<input type="hidden" name="_csrf" value="${csrfToken}">`;

/** The whole page. */
export function securityPage(context: PageContext, view: SecurityView): Html {
  const { factors, fault, done } = view;
  if (view.confined) return confinedSecurity(context);
  const alone = hasFactor(factors)
    ? false
    : html`<p class="hx-muted">Your password is all that protects your account. With a second factor, who learns it still does not get in.</p>`;
  return accountPage(
    context,
    html`${fault && notice('danger', fault)}${done && html`${notice('success', done)}${endOthers(context)}`}${alone}
${appSection(context, factors)}${passkeySection(context, view)}${recoverySection(context, factors)}`,
    { styles: ['security.css'], scripts: passkeyScripts },
  );
}

/** Whoever was in with what has just been changed may still be. */
const endOthers = (context: PageContext) =>
  html`<form class="hx-after-change" method="post" action="/account/sessions/others/">${csrf(context)}<p>Your other sessions stay open.</p><button class="btn">End all other sessions</button></form>`;

function confinedSecurity(context: PageContext): Html {
  return accountPage(
    context,
    html`<section class="hx-card" aria-label="Second factors"><p>You signed in through a provider of ${context.tenant.name}. Second factors are yours in all your companies: sign in with your password to see and change them.</p></section>`,
    { styles: ['security.css'] },
  );
}

const when = (context: PageContext, instant: Date | null): Html | string =>
  instant === null
    ? 'never used'
    : html`last used ${timeLabel(instant.toISOString(), context.tenant.timeZone)}`;

function appSection(context: PageContext, { app }: Factors): Html {
  const since = app && timeLabel(app.createdAt.toISOString(), context.tenant.timeZone);
  return html`<section class="hx-card" aria-labelledby="app-title"><h2 id="app-title">Authenticator app ${app && html`<span class="hx-tag hx-tag-good">on</span>`}</h2>
<p>${since ? html`Set up ${since}, ${when(context, app.lastUsedAt)}.` : 'An app on your phone shows a code of six digits that changes every half a minute.'}</p>
<div class="hx-buttons"><a class="btn${app ? '' : ' btn-primary'}" href="/account/security/app/">${app ? 'Replace' : 'Set up'}</a>
${app && html`<form method="post" action="/account/security/remove/">${csrf(context)}<input type="hidden" name="factor" value="app"><button class="btn">Remove</button></form>`}</div></section>`;
}

function passkeySection(context: PageContext, { factors: { passkeys }, rpId }: SecurityView): Html {
  return html`<section class="hx-card" aria-labelledby="passkeys-title"><h2 id="passkeys-title">Passkeys</h2>
<p>A passkey is in your phone, your computer or a security key, and asks for your finger, face or PIN. It signs you in without a password.</p>
${passkeys.length > 0 && html`<ul class="hx-list hx-passkeys">${passkeys.map((passkey) => passkeyItem(context, passkey, rpId))}</ul>`}
${passkeyForm({
  act: 'create',
  action: '/account/security/passkeys/',
  options: '/account/security/passkeys/options/',
  label: 'Add a passkey',
  csrfToken: context.csrfToken,
  fields: html`<div><label class="form-label" for="passkey-name">Name of the new passkey</label><input class="form-control" id="passkey-name" name="name" maxlength="100" placeholder="My phone" autocomplete="off"></div>`,
})}<noscript><p class="hx-muted">Passkeys need scripts, which are off in this browser.</p></noscript></section>`;
}

function passkeyItem(context: PageContext, passkey: Passkey, rpId: string): Html {
  const { id, name, createdAt, lastUsedAt, isSynced } = passkey;
  const elsewhere = passkey.rpId !== rpId && html` · works at ${passkey.rpId} only`;
  return html`<li><div><strong>${name}</strong>${isSynced && html`<span class="hx-tag">synced</span>`}<p>Added ${timeLabel(createdAt.toISOString(), context.tenant.timeZone)} · ${when(context, lastUsedAt)}${elsewhere}</p></div>
<form method="post" action="/account/security/remove/">${csrf(context)}<input type="hidden" name="factor" value="${id}"><button class="btn" aria-label="Remove ${name}">Remove</button></form></li>`;
}

function recoverySection(context: PageContext, factors: Factors): Html {
  const left = factors.recoveryCodes;
  const few = left < 4 && html` <span class="hx-tag hx-tag-bad">few</span>`;
  if (!hasFactor(factors)) return html``;
  return html`<section class="hx-card" aria-labelledby="codes-title"><h2 id="codes-title">Recovery codes ${few}</h2>
<p>${left === 1 ? '1 code is' : `${left} codes are`} left. They let you in when the app and the passkeys are lost.</p>
<form method="post" action="/account/security/recovery-codes/">${csrf(context)}<button class="btn">${icon('reverse')} Make new codes</button></form></section>`;
}

/** One step of a set-up, in the frame of the account. */
export function securityStepPage(context: PageContext, title: string, body: Html): Html {
  return accountPage(
    context,
    html`<section class="hx-card" aria-labelledby="step-title"><h2 id="step-title">${title}</h2>${body}</section>`,
    { styles: ['security.css'] },
  );
}
