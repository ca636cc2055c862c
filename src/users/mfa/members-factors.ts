// Lists which members of a company have a second factor, for who answers for the company's security.
import { sql } from 'kysely';
import type { Db } from '#lib/db';

/** `hasFactor` tells whether they have an app or a passkey; which, is theirs to know. */
export type MemberFactor = { userId: string; email: string; name: string; role: string; hasFactor: boolean };

/** The active members by name; those without a second factor first. */
export async function membersFactors(db: Db, tenantId: string): Promise<MemberFactor[]> {
  const { rows } = await sql<MemberFactor>`
    select u.id as "userId", u.email, u.name, m.role,
      exists (select from public.totp_secrets t where t.user_id = u.id)
        or exists (select from public.passkeys p where p.user_id = u.id) as "hasFactor"
    from public.memberships m join public.users u on u.id = m.user_id
    where m.tenant_id = ${tenantId} and u.is_active
    order by "hasFactor", u.name, u.email`.execute(db.kysely);
  return rows;
}
