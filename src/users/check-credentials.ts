// Proves who somebody is by e-mail address and password, for one company.
import type { Db } from '#lib/db';
import { Problem } from '#lib/problem';
import { passwordMatches } from './password.ts';
import { type Member, memberOf } from './user.ts';

/** One answer for a wrong password, an unknown address and a company that is not theirs. */
function refused(): Problem {
  return new Problem('unauthenticated', 'users/credentials-refused', 'e-mail address or password is wrong');
}

/**
 * Checks a password. Without a company, the only one that the person belongs to is taken; with several, the company must
 * be named. Throws an unauthenticated Problem, the same for whatever is wrong.
 */
export async function checkCredentials(
  db: Db,
  credentials: { email: string; password: string },
  tenantId: string | null,
): Promise<Member> {
  const user = await db.kysely
    .selectFrom('users')
    .select(['id', 'password_hash'])
    .where('email', '=', credentials.email.trim().toLowerCase())
    .where('is_active', '=', true)
    .executeTakeFirst();
  const matches = await passwordMatches(credentials.password, user?.password_hash ?? undefined);
  if (!user || !matches) throw refused();
  const member = await memberOf(db, user.id, tenantId ?? (await onlyTenantOf(db, user.id)));
  if (!member) throw refused();
  return member;
}

async function onlyTenantOf(db: Db, userId: string): Promise<string> {
  const rows = await db.kysely
    .selectFrom('memberships')
    .innerJoin('tenants', 'tenants.id', 'memberships.tenant_id')
    .select('tenants.id')
    .where('memberships.user_id', '=', userId)
    .where('tenants.status', '=', 'active')
    .limit(2)
    .execute();
  const [only] = rows;
  if (!only) throw refused();
  if (rows.length > 1) {
    const detail = 'you belong to several companies; name one by its host or by X-Tenant';
    throw new Problem('malformed', 'users/company-needed', detail);
  }
  return only.id;
}
