// What the API says of a person: once made, it is ready for as long as the person and the company are remembered.
import { type Permission, plainAccess } from '#lib/access';
import type { Identity } from '#lib/http/guard';
import { fixAmount } from '#lib/money';
import type { Tenant } from '#lib/tenant-tx';
import { effectivePermissions, type Holder, type Member } from '#users';

const limitOf = (limit: string | null, { currencyScale }: Tenant) =>
  limit === null ? null : fixAmount(limit, currencyScale);

/** A person in a company, and what they may do there of what is `declared`; by a key, what that is narrowed to. */
export const userDocument = (
  member: Member & Pick<Holder, 'key'>,
  tenant: Tenant,
  declared: readonly Permission[],
) => ({
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

type Ready = { tenant: Tenant; document: ReturnType<typeof userDocument>; json: string };

// By the identity itself: the guard hands out the same one for as long as it is remembered, and another one afterwards.
const ready = new WeakMap<Identity, Ready>();

/** The document of whom the guard has let in, with its JSON. */
export function ownDocument(identity: Identity, tenant: Tenant, declared: readonly Permission[]): Ready {
  const known = ready.get(identity);
  if (known?.tenant === tenant) return known;
  const { userId, access = plainAccess, ...who } = identity.actor;
  const member = { ...who, userId: userId ?? '', tenantId: tenant.id, access };
  const document = userDocument(member, tenant, declared);
  const made = { tenant, document, json: JSON.stringify(document) };
  ready.set(identity, made);
  return made;
}
