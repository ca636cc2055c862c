// One member: their role, what is granted or denied to them besides, up to which amounts, and in which branches.
import { icon, type PageContext, pageShell } from '#dashboard';
import type { Permission } from '#lib/access';
import { type Html, html } from '#lib/html';
import { fixAmount } from '#lib/money';
import type { MemberChange } from '../access/change-member.ts';
import type { CompanyMember } from '../access/members.ts';
import type { CompanyRole } from '../access/own-roles.ts';
import type { Branch } from './page-parts.ts';

/** `asked` is what was keyed and refused, with the words of the refusal in `told`. */
export type MemberView = {
  member: CompanyMember;
  roles: readonly CompanyRole[];
  permissions: readonly Permission[];
  branches: readonly Branch[];
  asked?: MemberChange;
  told?: Html;
};

/** What the form shows: the member as stored, or as it was keyed. */
function shownOf({ member, asked }: MemberView, scale: number): Required<MemberChange> & { role: string } {
  const { granted, denied, postLimit, approveLimit, branches } = member.access;
  const limit = (amount: string | null) => (amount === null ? null : fixAmount(amount, scale));
  const stored = {
    role: member.role,
    granted,
    denied,
    post_limit: limit(postLimit),
    approve_limit: limit(approveLimit),
    branches,
  };
  return { ...stored, ...asked, role: asked?.role ?? stored.role };
}

/** The whole page; whoever may not change the member reads it only. */
export function memberPage(context: PageContext, view: MemberView): Html {
  const { member, told } = view;
  const mayManage = context.may('users.member.manage');
  const body = html`${told}<form class="hx-settings" method="post" action="/settings/members/${member.userId}/">
<input type="hidden" name="_csrf" value="${context.csrfToken}">
${roleAndLimits(context, view)}${branchChoices(context, view)}${permissionChoices(context, view)}
${mayManage && html`<p class="hx-buttons"><button class="btn btn-primary">${icon('check')} Save</button></p>`}
</form>${mayManage && removal(context, member)}`;
  const subtitle = member.active ? member.email : `${member.email}, inactive`;
  return pageShell(context, {
    title: member.name,
    subtitle,
    actions: back(),
    body,
    styles: ['settings.css'],
  });
}

const back = () => html`<a class="btn" href="/settings/members/">${icon('previous')} All members</a>`;

function roleAndLimits({ tenant, may }: PageContext, view: MemberView): Html {
  const shown = shownOf(view, tenant.currencyScale);
  const fixed = !may('users.member.manage') && html`disabled`;
  const limit = (name: 'post_limit' | 'approve_limit', label: string) =>
    html`<div><label class="form-label" for="${name}">${label}, ${tenant.currency}</label>
<input class="form-control" id="${name}" name="${name}" inputmode="decimal" autocomplete="off" value="${shown[name] ?? ''}" aria-describedby="limits" ${fixed}></div>`;
  return html`<fieldset><legend>Role and limits</legend><div class="hx-fields">
<div><label class="form-label" for="role">Role</label><select class="form-select" id="role" name="role" ${fixed}>
${view.roles.map(({ key, title }) => html`<option value="${key}" ${key === shown.role && html`selected`}>${title}</option>`)}</select></div>
${limit('post_limit', 'Posts up to')}${limit('approve_limit', 'Approves up to')}
</div><p id="limits">An empty limit is none. An owner may do everything, up to any amount.</p></fieldset>`;
}

function branchChoices({ tenant, may }: PageContext, view: MemberView): Html {
  if (view.branches.length === 0) return html``;
  const chosen = shownOf(view, tenant.currencyScale).branches ?? [];
  const fixed = !may('users.member.manage') && html`disabled`;
  return html`<fieldset><legend>Branches</legend><p>Without a choice, all of them.</p><ul class="hx-choices">
${view.branches.map(({ code, name }) => html`<li><label><input class="form-check-input" type="checkbox" name="branches" value="${code}" ${chosen.includes(code) && html`checked`} ${fixed}> <span>${name} <small>${code}</small></span></label></li>`)}
</ul></fieldset>`;
}

function permissionChoices({ tenant, may }: PageContext, view: MemberView): Html {
  const shown = shownOf(view, tenant.currencyScale);
  const fixed = !may('users.member.manage') && html`disabled`;
  const role = view.roles.find(({ key }) => key === shown.role);
  const row = ({ name, title }: Permission) => {
    const byRole = role?.permissions.includes(name) ? 'By the role: yes' : 'By the role: no';
    const option = (value: string, label: string, chosen: boolean) =>
      html`<option value="${value}" ${chosen && html`selected`}>${label}</option>`;
    const [granted, denied] = [shown.granted?.includes(name), shown.denied?.includes(name)];
    return html`<div class="hx-permission"><label for="${name}">May ${title}<small>${name}</small></label>
<select class="form-select" id="${name}" name="permission:${name}" ${fixed}>${option('', byRole, !granted && !denied)}${option('granted', 'Granted', granted === true && !denied)}${option('denied', 'Denied', denied === true)}</select></div>`;
  };
  return html`<fieldset><legend>Permissions</legend><p>A grant comes on top of the role; a denial wins over both.</p>${view.permissions.map(row)}</fieldset>`;
}

function removal({ csrfToken, tenant }: PageContext, { userId, name }: CompanyMember): Html {
  return html`<details class="hx-removal"><summary>Remove from ${tenant.name}</summary>
<form method="post" action="/settings/members/${userId}/removal/"><input type="hidden" name="_csrf" value="${csrfToken}">
<p>${name} is signed out of this company at once. What they keyed and posted stays.</p>
<p class="hx-buttons"><button class="btn btn-danger">${icon('close')} Remove ${name}</button></p></form></details>`;
}
