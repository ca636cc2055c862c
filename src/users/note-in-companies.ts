// Notes what changes about a person in the audit log of each company that they belong to.
import { noteChange } from '#lib/audit/note-change';
import type { DirectoryTx } from '#lib/tenant-tx';

type Facts = Record<string, unknown>;

/** Adds the note to each of the companies' logs; no secret may be in it. */
export async function noteInCompanies(
  tx: DirectoryTx,
  userId: string,
  before: Facts | null,
  after: Facts,
): Promise<void> {
  const companies = await tx.db
    .selectFrom('memberships')
    .select('tenant_id')
    .where('user_id', '=', userId)
    .orderBy('tenant_id')
    .execute();
  for (const { tenant_id: tenantId } of companies)
    await noteChange(tx, tenantId, { subject: 'user', subjectId: userId, action: 'change', before, after });
}
