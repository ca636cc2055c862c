// Uses up the invitation of somebody whose address was proved in another way than by the mail with its link.
import { sql } from 'kysely';
import type { DirectoryTx } from '#lib/tenant-tx';
import { permissionsOfRole } from './access/own-roles.ts';
import { isBuiltIn } from './roles.ts';

/**
 * The role of the open invitation of an address to the company, which is used up with that; null when there is none, or none any
 * more to a role that there still is.
 */
export async function takeInvitation(
  tx: DirectoryTx,
  tenantId: string,
  email: string,
): Promise<string | null> {
  const row = await tx.db
    .updateTable('invitations')
    .set({ accepted_at: sql<Date>`now()` })
    .where('tenant_id', '=', tenantId)
    .where('email', '=', email)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .returning('role')
    .executeTakeFirst();
  if (!row) return null;
  const exists = isBuiltIn(row.role) || (await permissionsOfRole(tx, tenantId, row.role)) !== null;
  return exists ? row.role : null;
}
