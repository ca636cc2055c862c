// Forms that ask the browser for a passkey before they are sent; public/js/passkey.js does the asking.
import { icon } from '#dashboard';
import { type Html, html } from '#lib/html';

/** The scripts that a page with such a form loads, in their order. */
export const passkeyScripts = ['webauthn.js', 'passkey.js'] as const;

/**
 * `action` takes the answer in the field `passkey`; `options` is where the browser asks what to sign or make. `csrfToken` is '' before
 * signing in. `fields` are further fields.
 */
export type PasskeyForm = {
  act: 'get' | 'create';
  action: string;
  options: string;
  label: string;
  csrfToken?: string;
  isPrimary?: boolean;
  fields?: Html;
};

/** The form; it shows nothing where there are no scripts, as passkeys need one. */
export function passkeyForm({
  act,
  action,
  options,
  label,
  csrfToken,
  isPrimary,
  fields,
}: PasskeyForm): Html {
  return html`<form class="hx-scripted hx-passkey" method="post" action="${action}" data-passkey="${act}" data-options="${options}">
${csrfToken && html`<input type="hidden" name="_csrf" value="${csrfToken}">`}<input type="hidden" name="passkey" value="">
${fields}<button class="btn${isPrimary ? ' btn-primary' : ''}">${icon('key')} ${label}</button>
<p class="hx-field-fault" role="alert" data-passkey-fault hidden></p></form>`;
}

/** The way in without a password, for the sign-in page; `next` is where to go afterwards. */
export function passkeySignIn(next: string): Html {
  return passkeyForm({
    act: 'get',
    action: '/sign-in/passkey/',
    options: '/sign-in/passkey/options/',
    label: 'Sign in with a passkey',
    fields: html`<input type="hidden" name="next" value="${next}">`,
  });
}
