// Whom access tokens speak for at this moment, and what they may do: members still, and their sign-in not ended.
import type { Db } from '#lib/db';
import { accessOf, type StoredAccess } from './access/stored-access.ts';
import type { Member } from './user.ts';

/** Whom an access token speaks for; `familyId` is the sign-in that it came from. */
export type AccessClaims = { userId: string; tenantId: string; familyId: string };

/** The claims as one word, by which they are looked up. */
export const claimsKey = ({ userId, tenantId, familyId }: AccessClaims) =>
  `${userId} ${tenantId} ${familyId}`;

type Row = Pick<Member, 'email' | 'name' | 'role'> & {
  user_id: string;
  tenant_id: string;
  key: string;
  access: StoredAccess | null;
};

/**
 * The members that claims speak for, by claimsKey(), in one statement however many they are; left out are those who are
 * no members any more, are not active, or whose sign-in was ended.
 */
export async function signedInMembers(db: Db, keys: readonly string[]): Promise<Map<string, Member>> {
  const claims = keys.map((key) => key.split(' '));
  const [users, tenants, families] = [0, 1, 2].map((part) => claims.map((claim) => claim[part] ?? ''));
  const { rows } = await db.pool.query<Row>(
    'select * from public.signed_in_members($1::text[], $2::uuid[], $3::uuid[], $4::uuid[])',
    [keys, users, tenants, families],
  );
  return new Map(
    rows.map(({ key, user_id, tenant_id, email, name, role, access }) => [
      key,
      { userId: user_id, tenantId: tenant_id, email, name, role, access: accessOf(access) },
    ]),
  );
}
