// The members of the company: who there is, in which role, and with what of their own.
import { type PageContext, pageShell } from '#dashboard';
import { type Html, html } from '#lib/html';
import { fixAmount } from '#lib/money';
import type { CompanyMember } from '../access/members.ts';

/** `titles` are the roles' by key. */
export type MembersView = { members: readonly CompanyMember[]; titles: ReadonlyMap<string, string> };

/** The whole page. */
export function membersPage(context: PageContext, view: MembersView): Html {
  const count = view.members.length;
  const body = html`<div class="hx-sheet"><table class="hx-ledger hx-stacked">
<thead><tr><th scope="col">Name</th><th scope="col">Email</th><th scope="col">Role</th><th scope="col">Besides</th></tr></thead>
<tbody>${view.members.map((member) => row(context, view, member))}</tbody>
</table></div>`;
  const subtitle = `${count} ${count === 1 ? 'member' : 'members'}`;
  return pageShell(context, { title: 'Members', subtitle, body, styles: ['settings.css'] });
}

function row({ tenant }: PageContext, { titles }: MembersView, member: CompanyMember): Html {
  return html`<tr><td><a href="/settings/members/${member.userId}/">${member.name}</a>${!member.active && html` <span class="hx-status hx-status-inactive">inactive</span>`}</td>
<td>${member.email}</td><td>${titles.get(member.role) ?? member.role}</td><td class="hx-full-line">${besides(member, tenant)}</td></tr>`;
}

/** What was said of a member beyond their role, in a few words. */
function besides({ access }: CompanyMember, { currency, currencyScale }: PageContext['tenant']): string {
  const { granted, denied, branches, postLimit, approveLimit } = access;
  const money = (amount: string) => `${currency} ${fixAmount(amount, currencyScale)}`;
  const said = [
    granted.length > 0 && `${granted.length} granted`,
    denied.length > 0 && `${denied.length} denied`,
    postLimit !== null && `posts up to ${money(postLimit)}`,
    approveLimit !== null && `approves up to ${money(approveLimit)}`,
    branches && `only ${branches.join(', ')}`,
  ];
  return said.filter((each) => typeof each === 'string').join('; ');
}
