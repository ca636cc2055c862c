// The API keys of a company: its own are made here, and everybody's are seen and revoked.
import { type PageContext, pageShell } from '#dashboard';
import { type Html, html } from '#lib/html';
import { type ApiKeysView, keyList, madeKey, newKeyForm } from '../api-keys-view.ts';

/** The whole page. */
export function companyApiKeysPage(context: PageContext, view: ApiKeysView): Html {
  const address = '/settings/api-keys/';
  const manages = context.may('users.service_key.manage');
  const form = html`<section class="hx-card" aria-labelledby="new-key"><h2 id="new-key">A key of the company’s own</h2><p>For a shop, a bank or any program that outlasts people. The books name the key as who did it.</p>
${newKeyForm(context, address, 'service', view)}</section>`;
  return pageShell(context, {
    title: 'API keys',
    subtitle: 'Keys with which programs act for the company',
    styles: ['account.css'],
    body: html`${view.made && madeKey(view.made)}
${manages && context.actor.role === 'owner' && form}
${keyList(context, address, view.keys, manages)}`,
  });
}
