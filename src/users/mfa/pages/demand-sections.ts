// Where a company says who must have a second factor, sees who has one, and resets one that was lost.
import type { PageContext } from '#dashboard';
import { type Html, html } from '#lib/html';
import type { CompanyRole } from '../../access/own-roles.ts';
import type { SecondFactorDemand } from '../demands.ts';
import type { MemberFactor } from '../members-factors.ts';

/** `roles` are all that the company has, built in or its own. */
export type DemandView = {
  demand: SecondFactorDemand;
  roles: readonly Pick<CompanyRole, 'key' | 'title'>[];
  members: readonly MemberFactor[];
};

const csrf = ({ csrfToken }: PageContext) => html`<input type="hidden" name="_csrf" value="${csrfToken}">`;

/** The sections of the page of signing in that concern second factors. */
export function demandSections(context: PageContext, view: DemandView): Html {
  return html`${demandSection(context, view)}${membersSection(context, view)}`;
}

function demandSection(context: PageContext, { demand, roles }: DemandView): Html {
  const mayEdit = context.may('users.second_factor.edit');
  const choice = (value: string, label: string, isChecked: boolean) =>
    html`<div class="hx-check"><input class="form-check-input" type="radio" id="of-${value}" name="of" value="${value}" ${isChecked && html`checked`}><label for="of-${value}">${label}</label></div>`;
  const role = ({ key, title }: { key: string; title: string }) =>
    html`<div class="hx-check"><input class="form-check-input" type="checkbox" id="role-${key}" name="role-${key}" value="true" ${demand.roles.includes(key) && html`checked`}><label for="role-${key}">${title}</label></div>`;
  const some = !demand.everybody && demand.roles.length > 0;
  return html`<section class="hx-card" aria-labelledby="demand-title"><h2 id="demand-title">Who must have a second factor</h2>
<p>An authenticator app or a passkey beside the password. Who has none sets one up at their next sign-in, before anything else opens.</p>
<form class="hx-form" method="post" action="/settings/sign-in/second-factor/">${csrf(context)}
<fieldset ${!mayEdit && html`disabled`}><legend class="visually-hidden">Who must have a second factor</legend>
${choice('nobody', 'Nobody: each member decides for themselves', !demand.everybody && !some)}
${choice('roles', 'Members with one of these roles', some)}
<div class="hx-roles" role="group" aria-label="Roles">${roles.map(role)}</div>
${choice('everybody', 'Everybody', demand.everybody)}</fieldset>
${mayEdit && html`<div class="hx-buttons"><button class="btn btn-primary" aria-label="Save who must have a second factor">Save</button></div>`}</form></section>`;
}

function membersSection(context: PageContext, { members, roles }: DemandView): Html {
  const mayReset = context.may('users.second_factor.reset');
  const titles = new Map(roles.map(({ key, title }) => [key, title]));
  const reset = ({ userId, name }: MemberFactor) =>
    html`<form method="post" action="/settings/sign-in/second-factor/reset/">${csrf(context)}<input type="hidden" name="user_id" value="${userId}"><button class="btn" aria-label="Reset the second factor of ${name}">Reset</button></form>`;
  return html`<section aria-labelledby="members-title"><h2 class="hx-list-title" id="members-title">Second factors of members</h2>
<p class="hx-muted">Reset who has lost their app, passkeys and recovery codes: their sessions end, and the password alone lets them in until they set up another factor.</p>
<ul class="hx-list">${members.map(
    (member) =>
      html`<li><div><strong>${member.name || member.email}</strong>${member.hasFactor ? html`<span class="hx-tag hx-tag-good">second factor</span>` : html`<span class="hx-tag">password only</span>`}<p>${member.email} · ${titles.get(member.role) ?? member.role}</p></div>${mayReset && member.hasFactor && reset(member)}</li>`,
  )}</ul></section>`;
}
