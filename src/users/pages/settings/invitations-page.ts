// Where people are invited into a company, and where their invitations are seen and taken back.
import { notice, type PageContext, pageShell, timeLabel } from '#dashboard';
import { type Html, html } from '#lib/html';
import type { Fault } from '#lib/problem';
import type { CompanyRole } from '../../access/own-roles.ts';
import { INVITATION_DAYS, type Invitation } from '../../invitations.ts';
import { faultsAt, faultText, formField } from '../form-field.ts';
import { listPager } from '../list-pager.ts';

export const INVITATIONS_A_PAGE = 25;

/** `roles` are those that the reader may give; `keyed` is what was sent and refused; `sentTo` the address that was just invited. */
export type InvitationsView = {
  page: number;
  count: number;
  results: readonly Invitation[];
  roles: readonly CompanyRole[];
  keyed?: { email: string; role: string };
  faults?: readonly Fault[];
  sentTo?: string;
};

/** The whole page. */
export function invitationsPage(context: PageContext, view: InvitationsView): Html {
  const { page, count, results, sentTo } = view;
  const list = html`<ul class="hx-list" aria-label="Invitations">${results.map((each) => invitationLine(context, each))}</ul>`;
  const none = html`<p class="hx-muted">Nobody has been invited yet.</p>`;
  return pageShell(context, {
    title: 'Invitations',
    styles: ['account.css'],
    body: html`${sentTo && notice('success', `An invitation to ${sentTo} is on its way.`)}
${context.may('users.member.invite') && inviteForm(context, view)}
${results.length === 0 ? none : list}
${listPager('/settings/invitations/', { page, pageSize: INVITATIONS_A_PAGE, shown: results.length, count })}`,
  });
}

function inviteForm({ csrfToken }: PageContext, { roles, keyed, faults = [] }: InvitationsView): Html {
  const chosen = keyed?.role ?? 'clerk';
  const faultsOfRole = faultsAt(faults, 'role');
  return html`<section class="hx-card" aria-labelledby="invite"><h2 id="invite">Invite somebody</h2><p>They get a mail with a link that works once, within ${INVITATION_DAYS} days.</p>
<form class="hx-form" method="post" action="/settings/invitations/"><input type="hidden" name="_csrf" value="${csrfToken}">
${formField({ name: 'email', label: 'Email', type: 'email', value: keyed?.email ?? '', faults })}
<div><label class="form-label" for="role">Role</label><select class="form-select" id="role" name="role" ${faultsOfRole.length > 0 && html`aria-invalid="true" aria-describedby="role-fault"`}>${roles.map(({ key, title }) => html`<option value="${key}" ${key === chosen && html`selected`}>${title}</option>`)}</select>${faultText(faultsOfRole, 'role')}</div>
<div class="hx-buttons"><button class="btn btn-primary">Send the invitation</button></div></form></section>`;
}

const tags: Readonly<Record<Invitation['status'], string>> = {
  open: 'hx-tag',
  accepted: 'hx-tag hx-tag-good',
  revoked: 'hx-tag',
  expired: 'hx-tag',
};

function invitationLine(context: PageContext, invitation: Invitation): Html {
  const { id, email, role, status, invitedBy, createdAt, expiresAt } = invitation;
  const time = (instant: string) => timeLabel(instant, context.tenant.timeZone);
  const revoke = html`<form method="post" action="/settings/invitations/revoke/"><input type="hidden" name="_csrf" value="${context.csrfToken}"><button class="btn" name="id" value="${id}">Take back<span class="visually-hidden"> the invitation of ${email}</span></button></form>`;
  return html`<li><div><strong>${email}</strong><span class="${tags[status]}">${status}</span>
<p>${role} · invited ${time(createdAt)}${invitedBy && ` by ${invitedBy}`}${status === 'open' && html` · open until ${time(expiresAt)}`}</p></div>${status === 'open' && context.may('users.member.invite') && revoke}</li>\n`;
}
