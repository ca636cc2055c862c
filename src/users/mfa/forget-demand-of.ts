// Lets a role that is removed take along what was demanded of it, so that a later one of its name begins anew.
import { sql } from 'kysely';
import type { DirectoryTx } from '#lib/tenant-tx';

/** Nobody has the role any more, so that nobody's sign-in changes. */
export async function forgetDemandOf(tx: DirectoryTx, tenantId: string, role: string): Promise<void> {
  await sql`update public.second_factor_demands set roles = array_remove(roles, ${role})
    where tenant_id = ${tenantId} and ${role} = any(roles)`.execute(tx.db);
}
