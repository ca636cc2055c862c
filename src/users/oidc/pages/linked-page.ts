// The providers through which a person may sign in, and which of their accounts there are linked.
import { notice, type PageContext, timeLabel } from '#dashboard';
import { type Html, html } from '#lib/html';
import { accountPage } from '../../pages/account/account-frame.ts';
import type { LinkedProvider } from '../identity.ts';

/** `fault` tells why something was refused; `done` names what has been done, `refused` what came back from a provider in vain. */
export type LinkedView = {
  providers: readonly LinkedProvider[];
  fault?: string;
  done?: string;
  refused?: string;
};

const said: Readonly<Record<string, string>> = {
  linked: 'The account is linked. You can sign in with it from now on.',
  unlinked: 'The account is not linked any more.',
};

const inVain: Readonly<Record<string, string>> = {
  'users/identity-taken':
    'That account belongs to somebody else here, or you are linked to another one there.',
  'users/provider-denied': 'The provider did not let you in, or you did not agree.',
  'users/provider-unavailable': 'The provider does not answer. Try again later.',
};

const lookedUp = (words: Readonly<Record<string, string>>, key: string) =>
  Object.hasOwn(words, key) ? words[key] : undefined;

/** The whole page. */
export function linkedPage(context: PageContext, view: LinkedView): Html {
  const { providers, done = '', refused = '' } = view;
  const news = lookedUp(said, done);
  const nothing = refused === '' ? undefined : 'The account could not be linked. Begin again.';
  const fault = view.fault ?? lookedUp(inVain, refused) ?? nothing;
  return accountPage(
    context,
    html`${fault && notice('danger', fault)}${news && !fault && notice('success', news)}
<p class="hx-muted">Accounts elsewhere with which you sign in to ${context.tenant.name}.</p>
${providers.length === 0 ? html`<p>${context.tenant.name} offers no sign-in but your password.</p>` : html`<ul class="hx-list">${providers.map((provider) => row(context, provider))}</ul>`}`,
  );
}

function row(context: PageContext, provider: LinkedProvider): Html {
  const { slug, name, identity } = provider;
  const [path, label, kind] = identity
    ? [`/account/linked/${slug}/removal/`, 'Unlink', 'btn']
    : [`/account/linked/${slug}/`, 'Link', 'btn btn-primary'];
  return html`<li><div><strong>${name}</strong>${identity && html`<span class="hx-tag hx-tag-good">linked</span>`}
<p>${about(context, identity)}</p></div>
<form method="post" action="${path}"><input type="hidden" name="_csrf" value="${context.csrfToken}"><button class="${kind}">${label} <span class="visually-hidden">${name}</span></button></form></li>`;
}

function about({ tenant }: PageContext, identity: LinkedProvider['identity']): Html {
  if (!identity) return html`Not linked.`;
  const { email, linkedAt, lastUsedAt } = identity;
  const at = (time: Date) => timeLabel(time.toISOString(), tenant.timeZone);
  return html`${email && html`${email} · `}linked ${at(linkedAt)}${lastUsedAt && html` · last used ${at(lastUsedAt)}`}`;
}
