// What the API says of a person: once made, it is ready for as long as the person and the company are remembered.
import type { Identity } from '#lib/http/guard';
import type { Tenant } from '#lib/tenant-tx';
import { type Member, permissionsOf } from '#users';

/** A person in a company, and what they may do there. */
export const userDocument = (
  member: Omit<Member, 'userId' | 'tenantId'> & { userId: string },
  tenant: Tenant,
) => ({
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

type Ready = { tenant: Tenant; document: ReturnType<typeof userDocument>; json: string };

// By the identity itself: the guard hands out the same one for as long as it is remembered, and another one afterwards.
const ready = new WeakMap<Identity, Ready>();

/** The document of whom the guard has let in, with its JSON. */
export function ownDocument(identity: Identity, tenant: Tenant): Ready {
  const known = ready.get(identity);
  if (known?.tenant === tenant) return known;
  const { userId, email, name, role } = identity.actor;
  const document = userDocument({ userId: userId ?? '', email, name, role: role as Member['role'] }, tenant);
  const made = { tenant, document, json: JSON.stringify(document) };
  ready.set(identity, made);
  return made;
}
