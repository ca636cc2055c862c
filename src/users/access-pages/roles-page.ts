// The roles of the company: those that are built in, and those that it made itself.
import { icon, type PageContext, pageShell } from '#dashboard';
import type { Permission } from '#lib/access';
import { type Html, html } from '#lib/html';
import type { CompanyRole } from '../access/own-roles.ts';

/** The whole page of the list. */
export function rolesPage(context: PageContext, roles: readonly CompanyRole[]): Html {
  const action = context.may('users.role.manage')
    ? html`<a class="btn btn-primary" href="/settings/roles/new/">${icon('plus')} New role</a>`
    : html``;
  const body = html`<div class="hx-sheet"><table class="hx-ledger hx-stacked">
<thead><tr><th scope="col">Role</th><th scope="col">Key</th><th scope="col">Kind</th><th scope="col" class="hx-num">Permissions</th><th scope="col" class="hx-num">Members</th></tr></thead>
<tbody>${roles.map(
    ({ key, title, builtIn, permissions, members }) =>
      html`<tr><td><a href="/settings/roles/${key}/">${title}</a></td><td class="hx-code">${key}</td><td>${builtIn ? 'built in' : 'your own'}</td><td class="hx-num">${permissions.length}</td><td class="hx-num">${members}</td></tr>`,
  )}</tbody></table></div>`;
  return pageShell(context, {
    title: 'Roles',
    ...(context.may('users.role.manage') && { actions: action }),
    body,
    styles: ['settings.css'],
  });
}

/** `key` is '' while a role is being made; `told` are the words of a refusal. */
export type RoleView = {
  key: string;
  title: string;
  chosen: readonly string[];
  isNew: boolean;
  fixed: boolean;
  permissions: readonly Permission[];
  told?: Html;
};

/** The whole page of one role, or of one to be made. A built-in role is only read. */
export function rolePage(context: PageContext, view: RoleView): Html {
  const { key, isNew, fixed, told } = view;
  const body = html`${told}<form class="hx-settings" method="post" action="/settings/roles/${isNew ? 'new' : key}/">
<input type="hidden" name="_csrf" value="${context.csrfToken}">
${names(view)}${choices(view)}
${!fixed && html`<p class="hx-buttons"><button class="btn btn-primary">${icon('check')} ${isNew ? 'Make the role' : 'Save'}</button></p>`}
</form>${!fixed && !isNew && removal(context, view)}`;
  return pageShell(context, {
    title: isNew ? 'New role' : view.title,
    subtitle: isNew ? 'It can hold what you may do yourself' : key,
    actions: html`<a class="btn" href="/settings/roles/">${icon('previous')} All roles</a>`,
    body,
    styles: ['settings.css'],
  });
}

function names({ key, title, isNew, fixed }: RoleView): Html {
  if (fixed) return html``;
  return html`<fieldset><legend>Name</legend><div class="hx-fields">
<div><label class="form-label" for="title">Title</label><input class="form-control" id="title" name="title" value="${title}" maxlength="100" required></div>
${isNew && html`<div><label class="form-label" for="key">Key, for programs</label><input class="form-control" id="key" name="key" value="${key}" pattern="[a-z][a-z0-9_]*" maxlength="40" autocapitalize="none" spellcheck="false" required></div>`}
</div></fieldset>`;
}

function choices({ chosen, fixed, permissions }: RoleView): Html {
  return html`<fieldset><legend>Permissions</legend><ul class="hx-choices">
${permissions.map(({ name, title }) => html`<li><label><input class="form-check-input" type="checkbox" name="permissions" value="${name}" ${chosen.includes(name) && html`checked`} ${fixed && html`disabled`}> <span>May ${title}<small>${name}</small></span></label></li>`)}
</ul></fieldset>`;
}

function removal({ csrfToken }: PageContext, { key, title }: RoleView): Html {
  return html`<details class="hx-removal"><summary>Remove this role</summary>
<form method="post" action="/settings/roles/${key}/removal/"><input type="hidden" name="_csrf" value="${csrfToken}">
<p>A role goes when nobody has it any more.</p>
<p class="hx-buttons"><button class="btn btn-danger">${icon('close')} Remove ${title}</button></p></form></details>`;
}
