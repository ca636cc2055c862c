// What the API answers to whoever has signed in, and says of who one is.
import type { Db } from '#lib/db';
import type { Tenant } from '#lib/tenant-tx';
import { tenantById, tenantRefused } from '#tenancy';
import { type Member, permissionsOf, type TokenPair } from '#users';

/** A member as the API shows them. */
export const userDocument = (member: Member, tenant: Tenant) => ({
  id: member.userId,
  email: member.email,
  name: member.name,
  role: member.role,
  permissions: [...permissionsOf(member.role)],
  tenant: {
    slug: tenant.slug,
    name: tenant.name,
    currency: tenant.currency,
    calendar: tenant.calendar,
    time_zone: tenant.timeZone,
  },
});

/** The answer to a sign-in: the pair of tokens, and whose they are. Throws forbidden for a company that is not open. */
export async function signedIn(db: Db, member: Member, pair: TokenPair) {
  const tenant = await tenantById(db, member.tenantId);
  if (tenant?.status !== 'active') throw tenantRefused();
  return { ...pair, user: userDocument(member, tenant) };
}
