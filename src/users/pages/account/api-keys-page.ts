// One's own API keys: made, looked at and revoked.
import type { PageContext } from '#dashboard';
import { type Html, html } from '#lib/html';
import { type ApiKeysView, keyList, madeKey, newKeyForm } from '../api-keys-view.ts';
import { accountPage } from './account-frame.ts';

/** The whole page. */
export function ownApiKeysPage(context: PageContext, view: ApiKeysView): Html {
  const address = '/account/api-keys/';
  const mine = context.may('users.api_key.own');
  return accountPage(
    context,
    html`${view.made && madeKey(view.made)}
${
  mine &&
  html`<section class="hx-card" aria-labelledby="new-key"><h2 id="new-key">A key for a program of yours</h2><p>Whoever has it acts as you in ${context.tenant.name}, without your password. It never makes keys or changes people.</p>
${newKeyForm(context, address, 'personal', view)}</section>`
}
${keyList(context, address, view.keys, mine)}`,
  );
}
