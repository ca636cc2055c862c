// Adding a provider, and changing one.
import { icon, notice, type PageContext, pageShell } from '#dashboard';
import { type Html, html } from '#lib/html';
import type { Fault } from '#lib/problem';
import { type ProviderKind, presets } from '../provider-kind.ts';
import { type ProviderForm, providerField, type RoleChoices, ruleFields } from './provider-fields.ts';

/** `id` is null for a new provider; `callback` is the address to register at the provider, `domains` are verified. */
export type ProviderFormView = {
  id: string | null;
  form: ProviderForm;
  domains: readonly string[];
  roles: RoleChoices;
  callback: string;
  hasSecret: boolean;
  faults: readonly Fault[];
};

const place = '/settings/sign-in/providers/';

/** What a kind calls its issuer, and what of it is asked for; Google has but one. */
const issuers: Readonly<Record<ProviderKind, { label: string; hint: string; optional: boolean } | null>> = {
  google: null,
  microsoft: {
    label: 'Directory (tenant) ID',
    hint: 'From the overview of your app registration in Microsoft Entra.',
    optional: false,
  },
  github: {
    label: 'GitHub server',
    hint: 'Leave it empty for github.com; else the address of your GitHub Enterprise Server.',
    optional: true,
  },
  oidc: { label: 'Issuer', hint: 'Such as https://login.example.com; it never changes.', optional: false },
};

/** Whether the kind has an issuer that is keyed. */
export const hasIssuerField = (kind: ProviderKind) => issuers[kind] !== null;

/** The whole page. */
export function providerFormPage(context: PageContext, view: ProviderFormView): Html {
  const { id, form, faults } = view;
  const title =
    id === null ? `Add ${form.kind === 'oidc' ? 'an OpenID provider' : presets[form.kind].name}` : form.name;
  const action = id === null ? `${place}new/?kind=${form.kind}` : `${place}${id}/edit/`;
  return pageShell(context, {
    title,
    actions: html`<a class="btn" href="${place}">${icon('previous')} All providers</a>`,
    styles: ['account.css', 'providers.css'],
    body: html`${faults.length > 0 && notice('danger', 'Nothing was saved. See what is wrong below.')}
<section class="hx-card"><h2>At the provider</h2><p>Register this address there as the redirect URI, letter by letter.</p><code class="hx-copy">${view.callback}</code></section>
<form class="hx-card hx-form" method="post" action="${action}"><input type="hidden" name="_csrf" value="${context.csrfToken}">
${fields(view)}
<div class="hx-buttons"><button class="btn btn-primary">Save</button><a class="btn" href="${place}">Cancel</a></div></form>
${id !== null && removal(context, id, form.name)}`,
  });
}

function fields({ id, form, domains, roles, hasSecret, faults }: ProviderFormView): Html {
  const { kind } = form;
  const issuer = issuers[kind];
  const kept = id !== null && hasSecret ? 'Leave it empty to keep the one that is stored.' : undefined;
  const secretHint =
    kept ??
    (presets[kind].secret ? undefined : 'Empty for a public client, which proves itself by PKCE alone.');
  const optional = kept !== undefined || !presets[kind].secret;
  return html`${providerField(faults, { name: 'name', label: 'Name on the sign-in page', value: form.name })}
${id === null && providerField(faults, { name: 'slug', label: 'Name in the redirect URI', value: form.slug, hint: 'Letters a to z, digits and hyphens; it never changes.' })}
${id === null && issuer && providerField(faults, { name: 'issuer', value: form.issuer, ...issuer })}
${providerField(faults, { name: 'client_id', label: 'Client ID', value: form.client_id })}
${providerField(faults, { name: 'client_secret', label: 'Client secret', value: '', type: 'password', optional, ...(secretHint !== undefined && { hint: secretHint }) })}
${providerField(faults, { name: 'scopes', label: 'Scopes', value: form.scopes, hint: 'Separated by spaces.' })}
<label class="hx-check"><input class="form-check-input" type="checkbox" name="enabled" value="yes" ${form.enabled && html`checked`}> <span>Offer it on the sign-in page</span></label>
${ruleFields(faults, { domains, roles, rules: form.rules })}`;
}

function removal({ csrfToken }: PageContext, id: string, name: string): Html {
  return html`<details class="hx-card"><summary>Remove this provider</summary>
<p>Everybody’s link to ${name} goes with it, and whoever is signed in through it is signed out. People without a password cannot sign in then.</p>
<form method="post" action="${place}${id}/removal/"><input type="hidden" name="_csrf" value="${csrfToken}"><button class="btn">Remove ${name}</button></form></details>`;
}
