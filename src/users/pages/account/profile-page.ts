// Who one is to the house, and to which companies one belongs.
import { icon, type PageContext } from '#dashboard';
import { type Html, html } from '#lib/html';
import type { Fault } from '#lib/problem';
import { formField } from '../form-field.ts';
import { accountPage } from './account-frame.ts';

/**
 * `name` is what was keyed, or the present name; `saved` says that it was just changed; a session that is `confined` to the company
 * changes nothing here and leads nowhere else.
 */
export type ProfileView = { name: string; faults?: readonly Fault[]; saved?: boolean; confined: boolean };

/** The whole page. */
export function profilePage(context: PageContext, { name, faults = [], saved, confined }: ProfileView): Html {
  const { actor, csrfToken, tenant } = context;
  if (confined) return confinedProfile(context);
  const hint = saved ? 'Saved.' : 'As colleagues see it beside what you do.';
  return accountPage(
    context,
    html`<section class="hx-card" aria-labelledby="who"><h2 id="who">Profile</h2><p>You sign in as ${actor.email}. Here you are ${actor.role}.</p>
<form class="hx-form" method="post" action="/account/"><input type="hidden" name="_csrf" value="${csrfToken}">
${formField({ name: 'name', label: 'Name', value: name, autocomplete: 'name', hint, faults })}
<div class="hx-buttons"><button class="btn btn-primary">Save</button></div></form></section>
<section class="hx-card" aria-labelledby="companies"><h2 id="companies">Companies</h2><p>One sign-in serves all of them.</p>
<form method="post" action="/switch/"><input type="hidden" name="_csrf" value="${csrfToken}"><ul class="hx-list">${context.companies.map((company) => companyLine(company, tenant.slug))}</ul></form></section>`,
  );
}

function confinedProfile(context: PageContext): Html {
  const { actor, tenant } = context;
  return accountPage(
    context,
    html`<section class="hx-card" aria-labelledby="who"><h2 id="who">Profile</h2><p>You are ${actor.name} (${actor.email}). Here you are ${actor.role}.</p>
<p>You signed in through a provider of ${tenant.name}, so this session is good for ${tenant.name} only. For your name, your password and your other companies sign in with your password.</p></section>`,
  );
}

function companyLine({ slug, name }: { slug: string; name: string }, here: string): Html {
  const change = html`<button class="btn" name="company" value="${slug}">${icon('swap')} Change<span class="visually-hidden"> to ${name}</span></button>`;
  return html`<li><div><strong>${name}</strong><p>${slug}</p></div>${slug === here ? html`<span class="hx-tag hx-tag-good">You are here</span>` : change}</li>\n`;
}
