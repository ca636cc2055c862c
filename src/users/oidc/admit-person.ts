// Decides whom a provider's person stands for in its company, and whether somebody new may join.
import { randomUUIDv7 } from 'node:crypto';
import { Problem } from '#lib/problem';
import type { DirectoryTx } from '#lib/tenant-tx';
import { takeInvitation } from '../take-invitation.ts';
import { setMembership } from '../user.ts';
import { domainOfEmail, verifiedDomains } from './email-domain.ts';
import { linkIdentity, userOfIdentity } from './identity.ts';
import type { IdentityProvider } from './identity-provider.ts';
import { joinRoles } from './join-rules.ts';
import type { NamedEmail, ProviderPerson } from './provider-person.ts';

/**
 * One answer for everybody who is not let in: unknown people, people of other companies, members who were removed or shut out,
 * and members whom the provider cannot vouch for. It tells nobody who has an account here.
 */
function notAdmitted({ name }: IdentityProvider): Problem {
  const detail = `this account at ${name} opens nothing here; if you are a member, sign in with your password and link it under Linked accounts, else ask an owner of the company to add you`;
  return new Problem('forbidden', 'users/identity-unknown', detail);
}

async function isActiveMember(tx: DirectoryTx, userId: string, tenantId: string): Promise<boolean> {
  const row = await tx.db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select('users.id')
    .where('users.id', '=', userId)
    .where('users.is_active', '=', true)
    .where('memberships.tenant_id', '=', tenantId)
    .executeTakeFirst();
  return row !== undefined;
}

async function userOfEmail(tx: DirectoryTx, email: string): Promise<string | null> {
  const row = await tx.db.selectFrom('users').select('id').where('email', '=', email).executeTakeFirst();
  return row?.id ?? null;
}

/** The active member whom an address names, if the provider speaks for it and its domain is the company's own. */
async function memberOfEmails(
  tx: DirectoryTx,
  tenantId: string,
  emails: readonly NamedEmail[],
  own: ReadonlySet<string>,
): Promise<string | null> {
  for (const { address, authoritative } of emails) {
    if (!authoritative || !own.has(domainOfEmail(address) ?? '')) continue;
    const userId = await userOfEmail(tx, address);
    if (userId !== null && (await isActiveMember(tx, userId, tenantId))) return userId;
  }
  return null;
}

type Welcome = { address: string; role: string };

/**
 * As what somebody was invited whose address the provider speaks for, in a domain that is the company's own: that is as good as the
 * mail with the link, and the invitation is used up by it. What was said of one person comes before what a rule says of all.
 */
async function byInvitation(
  tx: DirectoryTx,
  tenantId: string,
  emails: readonly NamedEmail[],
  own: ReadonlySet<string>,
): Promise<Welcome | null> {
  for (const { address, authoritative } of emails) {
    if (!authoritative || !own.has(domainOfEmail(address) ?? '')) continue;
    const role = await takeInvitation(tx, tenantId, address);
    if (role !== null) return { address, role };
  }
  return null;
}

/** The first verified address for which there is a rule, of a domain that is still the company's own, with the rule's role. */
async function byRule(
  tx: DirectoryTx,
  { tenantId, rules }: IdentityProvider,
  emails: readonly NamedEmail[],
  own: ReadonlySet<string>,
): Promise<Welcome | null> {
  for (const { address, verified } of emails) {
    const domain = domainOfEmail(address) ?? '';
    const rule = rules.find((each) => each.domain === domain);
    if (!verified || !rule || !own.has(domain)) continue;
    // A role of the company's own may have been removed since the rule was made.
    const roles = await joinRoles(tx, tenantId, []);
    return roles.some(({ key }) => key === rule.role) ? { address, role: rule.role } : null;
  }
  return null;
}

/**
 * Makes somebody new a member by an invitation or a rule. Whoever has an account here already, under any of their addresses,
 * does not come in this way: nothing that a provider says takes an account of other companies or brings back a member who was
 * removed; the link of an invitation does, as it proves the mailbox.
 */
async function join(
  tx: DirectoryTx,
  provider: IdentityProvider,
  person: ProviderPerson,
): Promise<string | null> {
  const { tenantId } = provider;
  for (const { address: each, verified } of person.emails)
    if (verified && (await userOfEmail(tx, each)) !== null) return null;
  const own = await verifiedDomains(tx, tenantId);
  const welcome =
    (await byInvitation(tx, tenantId, person.emails, own)) ??
    (await byRule(tx, provider, person.emails, own));
  if (!welcome) return null;
  const { address, role } = welcome;
  const userId = randomUUIDv7();
  const name = person.name.slice(0, 200) || (address.split('@')[0] ?? address);
  const added = await tx.db
    .insertInto('users')
    .values({ id: userId, email: address, name, password_hash: null })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (added.numInsertedOrUpdatedRows !== 1n) return null;
  await setMembership(tx, userId, tenantId, role);
  return userId;
}

/**
 * The user whom a provider's person signs in as, in the provider's company and no other. In this order: who is linked;
 * the active member of an address for which the provider speaks, in a domain that the company has proved to be its own, unless
 * they are linked to another account at the provider; somebody new who was invited, or whose domain a rule lets in. Throws a forbidden
 * Problem for everybody else, or a conflict for the exception.
 */
export async function admitPerson(
  tx: DirectoryTx,
  provider: IdentityProvider,
  person: ProviderPerson,
): Promise<string> {
  const { tenantId } = provider;
  const linked = await userOfIdentity(tx, provider, person);
  if (linked !== null) {
    if (await isActiveMember(tx, linked, tenantId)) return linked;
    throw notAdmitted(provider);
  }
  const own = await verifiedDomains(tx, tenantId);
  const userId =
    (await memberOfEmails(tx, tenantId, person.emails, own)) ?? (await join(tx, provider, person));
  if (userId === null) throw notAdmitted(provider);
  await linkIdentity(tx, provider, person, userId);
  return userId;
}
