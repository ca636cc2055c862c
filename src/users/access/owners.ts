// Keeps a company from losing its last owner.
import { Problem } from '#lib/problem';
import type { DirectoryTx } from '#lib/tenant-tx';

/** Throws a conflict unless somebody else is an active owner; to be asked under the lock of lockAccess(). */
export async function requireOtherOwner(tx: DirectoryTx, tenantId: string, userId: string): Promise<void> {
  const other = await tx.db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select('users.id')
    .where('memberships.tenant_id', '=', tenantId)
    .where('memberships.role', '=', 'owner')
    .where('memberships.user_id', '<>', userId)
    .where('users.is_active', '=', true)
    .limit(1)
    .executeTakeFirst();
  if (other) return;
  const detail = 'a company always has an owner; make somebody else one first';
  throw new Problem('conflict', 'users/last-owner', detail);
}
