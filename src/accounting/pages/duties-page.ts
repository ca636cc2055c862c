// What the company keeps apart, what needs an approval, and who could do both of two things.
import { icon, type PageContext, pageShell } from '#dashboard';
import type { Permission } from '#lib/access';
import { type Html, html } from '#lib/html';
import type { CompanyMember, PermissionPair } from '#users';
import { actPairLabel, actPairs } from '../duties/duty-rules.ts';
import type { CouldDoBoth, Duties } from '../duties/keep-duties.ts';

/** `asked` are two permissions of which somebody wants to know who holds both, with the answer. */
export type DutiesView = {
  duties: Duties;
  conflicts: readonly CouldDoBoth[];
  permissions: readonly Permission[];
  asked: { pair: PermissionPair; people: readonly CompanyMember[] } | null;
  told?: Html;
};

/** How many pairs can be added at a time. */
const BLANKS = 2;

/** The whole page. */
export function dutiesPage(context: PageContext, view: DutiesView): Html {
  const body = html`${view.told}${rulesForm(context, view)}
<section class="hx-both"><h2>Who could do both?</h2>${conflicts(view)}${askForm(view)}</section>`;
  return pageShell(context, {
    title: 'Duties',
    subtitle: 'What takes two people',
    body,
    styles: ['settings.css'],
  });
}

function rulesForm(context: PageContext, { duties, permissions }: DutiesView): Html {
  const mayManage = context.may('users.duty.manage');
  const fixed = !mayManage && html`disabled`;
  const pairs = [...duties.permissions_apart, ...Array.from({ length: BLANKS }, () => ['', ''] as const)];
  return html`<form class="hx-settings" method="post" action="/settings/duties/">
<input type="hidden" name="_csrf" value="${context.csrfToken}">
<fieldset><legend>Approval</legend><p>Entries above this amount are approved as drafts before they are posted, and not by whoever keyed them. Empty: none.</p>
<div class="hx-fields"><div><label class="form-label" for="approve_above">Approval above, ${context.tenant.currency}</label>
<input class="form-control" id="approve_above" name="approve_above" inputmode="decimal" autocomplete="off" value="${duties.approve_above ?? ''}" ${fixed}></div></div></fieldset>
<fieldset><legend>Acts on one entry</legend><ul class="hx-choices">
${actPairs.map((pair) => html`<li><label><input class="form-check-input" type="checkbox" name="acts_apart" value="${pair}" ${duties.acts_apart.includes(pair) && html`checked`} ${fixed}> <span>${actPairLabel(pair)}</span></label></li>`)}
</ul></fieldset>
<fieldset><legend>Permissions that nobody holds together</legend><p>They are given to nobody together. An owner, who has all, is told of below.</p>
<div class="hx-pairs">${pairs.map(
    ([one, other], place) =>
      html`<div>${select(`one`, `Pair ${place + 1}, one`, one, permissions, fixed)}${select('other', `Pair ${place + 1}, the other`, other, permissions, fixed)}</div>`,
  )}</div></fieldset>
${mayManage && html`<p class="hx-buttons"><button class="btn btn-primary">${icon('check')} Save the rules</button></p>`}
</form>`;
}

function select(
  name: string,
  label: string,
  chosen: string,
  permissions: readonly Permission[],
  fixed: Html | false = false,
): Html {
  return html`<select class="form-select" name="${name}" aria-label="${label}" ${fixed}><option value="">—</option>
${permissions.map((each) => html`<option value="${each.name}" ${each.name === chosen && html`selected`}>May ${each.title}</option>`)}</select>`;
}

function people(members: readonly CompanyMember[]): Html {
  if (members.length === 0) return html`<p class="hx-people">Nobody.</p>`;
  return html`<ul class="hx-people">${members.map(({ name, email, role }) => html`<li>${name} <span class="hx-muted">${email}, ${role}</span></li>`)}</ul>`;
}

function conflicts({ conflicts: rules, permissions }: DutiesView): Html {
  const titles = new Map(permissions.map(({ name, title }) => [name, title]));
  const words = (pair: PermissionPair) => pair.map((name) => titles.get(name) ?? name).join(' and ');
  if (rules.length === 0) return html`<p class="hx-muted">There is no rule yet.</p>`;
  return html`${rules.map((rule) => html`<h3>${rule.label}: who may ${words(rule.permissions)}</h3>${people(rule.people)}`)}`;
}

function askForm({ asked, permissions }: DutiesView): Html {
  const [one, other] = asked?.pair ?? ['', ''];
  return html`<form class="hx-settings" method="get" action="/settings/duties/"><fieldset><legend>Any two permissions</legend>
<div class="hx-pairs"><div>${select('one', 'One permission', one, permissions)}${select('other', 'The other permission', other, permissions)}<button class="btn">${icon('search')} Who could do both?</button></div></div>
${asked && people(asked.people)}</fieldset></form>`;
}
