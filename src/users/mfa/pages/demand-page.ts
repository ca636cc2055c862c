// Where a company says who must have a second factor, sees who has one, and resets one that was lost.
import { notice, type PageContext } from '#dashboard';
import { type Html, html } from '#lib/html';
import { settingsPage } from '../../pages/settings/settings-frame.ts';
import type { SecondFactorDemand } from '../demands.ts';
import type { MemberFactor } from '../members-factors.ts';

/** `roles` are all that the company has. */
export type DemandView = {
  demand: SecondFactorDemand;
  roles: readonly string[];
  members: readonly MemberFactor[];
  fault?: string;
  done?: string;
};

const csrf = ({ csrfToken }: PageContext) => html`<input type="hidden" name="_csrf" value="${csrfToken}">`;

/** The whole page. */
export function demandPage(context: PageContext, view: DemandView): Html {
  const { fault, done } = view;
  return settingsPage(
    context,
    html`${fault && notice('danger', fault)}${done && notice('success', done)}
${demandSection(context, view)}${membersSection(context, view)}`,
    { styles: ['security.css'] },
  );
}

function demandSection(context: PageContext, { demand, roles }: DemandView): Html {
  const mayEdit = context.may('users.second_factor.edit');
  const choice = (value: string, label: string, isChecked: boolean) =>
    html`<div class="hx-check"><input class="form-check-input" type="radio" id="of-${value}" name="of" value="${value}" ${isChecked && html`checked`}><label for="of-${value}">${label}</label></div>`;
  const role = (name: string) =>
    html`<div class="hx-check"><input class="form-check-input" type="checkbox" id="role-${name}" name="role-${name}" value="true" ${demand.roles.includes(name) && html`checked`}><label for="role-${name}">${name}</label></div>`;
  const some = !demand.everybody && demand.roles.length > 0;
  return html`<section class="hx-card" aria-labelledby="demand-title"><h2 id="demand-title">Who must have a second factor</h2>
<p>An authenticator app or a passkey beside the password. Who has none sets one up at their next sign-in, before anything else opens.</p>
<form class="hx-form" method="post" action="/settings/sign-in/second-factor/">${csrf(context)}
<fieldset ${!mayEdit && html`disabled`}><legend class="visually-hidden">Who must have a second factor</legend>
${choice('nobody', 'Nobody: each member decides for themselves', !demand.everybody && !some)}
${choice('roles', 'Members with one of these roles', some)}
<div class="hx-roles" role="group" aria-label="Roles">${roles.map(role)}</div>
${choice('everybody', 'Everybody', demand.everybody)}</fieldset>
${mayEdit && html`<div class="hx-buttons"><button class="btn btn-primary">Save</button></div>`}</form></section>`;
}

function membersSection(context: PageContext, { members }: DemandView): Html {
  const mayReset = context.may('users.second_factor.reset');
  const reset = ({ userId, name }: MemberFactor) =>
    html`<form method="post" action="/settings/sign-in/second-factor/reset/">${csrf(context)}<input type="hidden" name="user_id" value="${userId}"><button class="btn" aria-label="Reset the second factor of ${name}">Reset</button></form>`;
  return html`<section aria-labelledby="members-title"><h2 class="hx-list-title" id="members-title">Members</h2>
<p class="hx-muted">Reset who has lost their app, passkeys and recovery codes: their sessions end, and the password alone lets them in until they set up another factor.</p>
<ul class="hx-list">${members.map(
    (member) =>
      html`<li><div><strong>${member.name || member.email}</strong>${member.hasFactor ? html`<span class="hx-tag hx-tag-good">second factor</span>` : html`<span class="hx-tag">password only</span>`}<p>${member.email} · ${member.role}</p></div>${mayReset && member.hasFactor && reset(member)}</li>`,
  )}</ul></section>`;
}
