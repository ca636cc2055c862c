// The providers through which people sign in to the company, and the e-mail domains that are the company's own.
import { asSentence, notice, type PageContext, pageShell } from '#dashboard';
import { type Html, html } from '#lib/html';
import type { EmailDomain } from '../email-domain.ts';
import type { IdentityProvider } from '../identity-provider.ts';
import { type ProviderKind, presets, providerKinds } from '../provider-kind.ts';

/** `fault` tells why something about a domain was refused, and `keyed` what domain was keyed. */
export type ProvidersView = {
  providers: readonly IdentityProvider[];
  domains: readonly EmailDomain[];
  fault?: string;
  keyed?: string;
};

const place = '/settings/sign-in/';
const manage = 'users.identity_provider.manage';

const about: Readonly<Record<ProviderKind, string>> = {
  google: 'Google Workspace, or Google accounts that people link themselves.',
  microsoft: 'One directory of Microsoft Entra ID (Microsoft 365).',
  github: 'github.com, or a GitHub Enterprise Server.',
  oidc: 'Any provider of OpenID Connect that your company runs: Keycloak, Okta, Authentik …',
};

/** The whole page. */
export function providersPage(context: PageContext, view: ProvidersView): Html {
  return pageShell(context, {
    title: 'Sign-in providers',
    subtitle: 'Let people sign in with an account that they have already',
    styles: ['account.css', 'providers.css'],
    body: html`${view.fault && notice('danger', asSentence(view.fault))}
${providerList(context, view.providers)}
${context.may(manage) && kinds()}
${domainList(context, view)}`,
  });
}

function providerList(context: PageContext, providers: readonly IdentityProvider[]): Html {
  if (providers.length === 0) return html`<p>People sign in with their passwords only.</p>`;
  return html`<ul class="hx-list">${providers.map((provider) => providerRow(context, provider))}</ul>`;
}

function providerRow(
  context: PageContext,
  { id, name, kind, issuer, enabled, rules }: IdentityProvider,
): Html {
  const joining = rules.map(({ domain, role }) => `${domain} → ${role}`).join(', ');
  const tag = enabled
    ? html`<span class="hx-tag hx-tag-good">on</span>`
    : html`<span class="hx-tag">off</span>`;
  return html`<li><div><strong>${name}</strong>${tag}<p>${presets[kind].name} · ${issuer}${joining !== '' && html` · new people: ${joining}`}</p></div>
${context.may(manage) && html`<a class="btn" href="${place}providers/${id}/edit/">Edit <span class="visually-hidden">${name}</span></a>`}</li>`;
}

function kinds(): Html {
  return html`<section aria-labelledby="add"><h2 class="hx-section-title" id="add">Add a provider</h2><div class="hx-kinds">
${providerKinds.map((kind) => html`<a href="${place}providers/new/?kind=${kind}"><strong>${kind === 'oidc' ? 'OpenID Connect' : presets[kind].name}</strong><p>${about[kind]}</p></a>`)}</div></section>`;
}

function domainList(context: PageContext, { domains, keyed = '' }: ProvidersView): Html {
  return html`<section aria-labelledby="domains"><h2 class="hx-section-title" id="domains">E-mail domains</h2>
<p>Only for domains that your company has proved to be its own does a provider’s word about an e-mail address count.</p>
${domains.length > 0 && html`<ul class="hx-list">${domains.map((domain) => domainRow(context, domain))}</ul>`}
${context.may(manage) && addDomain(context, keyed)}</section>`;
}

function domainRow(context: PageContext, { domain, verified_at, verified_by, record }: EmailDomain): Html {
  const state =
    verified_at === null
      ? html`<span class="hx-tag">not proved yet</span>`
      : html`<span class="hx-tag hx-tag-good">proved</span>`;
  return html`<li><div><strong>${domain}</strong>${state}
${verified_at === null ? recordOf(record) : html`<p>${verified_by === 'dns' ? 'by a record in the DNS' : 'by the operator'}</p>`}</div>
${context.may(manage) && html`<div class="hx-buttons">${verified_at === null && domainForm(context, domain, 'verification', 'Check the DNS')}${domainForm(context, domain, 'removal', 'Remove')}</div>`}</li>`;
}

function recordOf({ name, value }: EmailDomain['record']): Html {
  return html`<p>Add this TXT record to your DNS, then let us check it.</p>
<dl class="hx-records"><dt>Name</dt><dd><code class="hx-copy">${name}</code></dd><dt>Value</dt><dd><code class="hx-copy">${value}</code></dd></dl>`;
}

function domainForm({ csrfToken }: PageContext, domain: string, act: string, label: string): Html {
  return html`<form method="post" action="${place}domains/${domain}/${act}/"><input type="hidden" name="_csrf" value="${csrfToken}"><button class="btn">${label} <span class="visually-hidden">${domain}</span></button></form>`;
}

function addDomain({ csrfToken }: PageContext, keyed: string): Html {
  return html`<form class="hx-inline-form hx-domain-form hx-list-end" method="post" action="${place}domains/"><input type="hidden" name="_csrf" value="${csrfToken}">
<div><label class="form-label" for="domain">Another domain</label><input class="form-control" id="domain" name="domain" value="${keyed}" placeholder="example.com" autocapitalize="none" autocomplete="off" spellcheck="false" required></div>
<button class="btn">Add</button></form>`;
}
