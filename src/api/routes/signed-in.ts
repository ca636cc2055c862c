// What the API answers to whoever has signed in, and says of who one is.
import type { Permission } from '#lib/access';
import { fixAmount } from '#lib/money';
import type { Tenant } from '#lib/tenant-tx';
import { tenantById, tenantRefused } from '#tenancy';
import { effectivePermissions, type Member, type TokenPair } from '#users';
import type { Services } from './context.ts';

const limitOf = (limit: string | null, { currencyScale }: Tenant) =>
  limit === null ? null : fixAmount(limit, currencyScale);

/** A member as the API shows them. */
export const userDocument = (member: Member, tenant: Tenant, declared: readonly Permission[]) => ({
  id: member.userId,
  email: member.email,
  name: member.name,
  role: member.role,
  permissions: effectivePermissions(member, declared),
  post_limit: limitOf(member.access.postLimit, tenant),
  approve_limit: limitOf(member.access.approveLimit, tenant),
  branches: member.access.branches && [...member.access.branches],
  tenant: {
    slug: tenant.slug,
    name: tenant.name,
    currency: tenant.currency,
    calendar: tenant.calendar,
    time_zone: tenant.timeZone,
  },
});

/** What a sign-in answers: the tokens, and who one is. Throws when the company is not open. */
export async function signedIn({ db, permissions }: Services, member: Member, pair: TokenPair) {
  const tenant = await tenantById(db, member.tenantId);
  if (tenant?.status !== 'active') throw tenantRefused();
  return { ...pair, user: userDocument(member, tenant, permissions) };
}
