// Where an invitation's link leads: who invites, as what, and what a newcomer has to tell.
import { barePage } from '#dashboard';
import { type Html, html } from '#lib/html';
import type { Fault } from '#lib/problem';
import type { OpenInvitation } from '../accept-invitation.ts';
import { formField } from './form-field.ts';

export type InvitationView = {
  invitation: OpenInvitation;
  token: string;
  name: string;
  hint: string;
  faults?: readonly Fault[];
};

/** The whole page; whoever has an account already only agrees. */
export function invitationPage({ invitation, token, name, hint, faults = [] }: InvitationView): Html {
  const { company, email, role, userId } = invitation;
  const fields = html`${formField({ name: 'name', label: 'Your name', value: name, autocomplete: 'name', faults, autofocus: true })}
${formField({ name: 'password', label: 'Choose a password', type: 'password', autocomplete: 'new-password', hint, faults })}`;
  const known = html`<p>You have an account already; your password stays the same.</p>`;
  return barePage(
    `Invitation to ${company}`,
    html`<h1>${company}</h1><p>You are invited as ${role}, with the address ${email}.</p>
<form class="hx-form" method="post" action="/invitation/">
<input type="hidden" name="token" value="${token}">
${userId === null ? fields : known}
<button class="btn btn-primary">${userId === null ? 'Create the account' : `Join ${company}`}</button>
</form>`,
    ['account.css'],
  );
}
