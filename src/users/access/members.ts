// Who belongs to a company, and what each of them may do there.
import { sql } from 'kysely';
import type { Access } from '#lib/access';
import { notFound } from '#lib/problem';
import type { DirectoryTx } from '#lib/tenant-tx';
import { accessOf, type StoredAccess } from './stored-access.ts';

/** A member as the company's administration sees them; `active` is false of who may sign in nowhere. */
export type CompanyMember = {
  userId: string;
  email: string;
  name: string;
  active: boolean;
  role: string;
  access: Access;
  since: Date;
};

const selected = (tx: DirectoryTx, tenantId: string) =>
  tx.db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select(['users.id', 'users.email', 'users.name', 'users.is_active'])
    .select(['memberships.role', 'memberships.created_at as since'])
    .select(sql<StoredAccess | null>`public.access_of(memberships)`.as('stored'))
    .where('memberships.tenant_id', '=', tenantId);

type Row = Awaited<ReturnType<ReturnType<typeof selected>['execute']>>[number];

const memberOfRow = ({ id: userId, is_active: active, stored, since, ...row }: Row): CompanyMember => ({
  ...row,
  userId,
  active,
  access: accessOf(stored),
  since,
});

/** All members by name. */
export async function listMembers(tx: DirectoryTx, tenantId: string): Promise<CompanyMember[]> {
  const rows = await selected(tx, tenantId).orderBy('users.name').orderBy('users.id').execute();
  return rows.map(memberOfRow);
}

/** One member, or null for whoever is none. */
export async function findMember(
  tx: DirectoryTx,
  tenantId: string,
  userId: string,
): Promise<CompanyMember | null> {
  const row = await selected(tx, tenantId).where('memberships.user_id', '=', userId).executeTakeFirst();
  return row ? memberOfRow(row) : null;
}

/** One member. Throws not-found for whoever is none. */
export async function requiredMember(
  tx: DirectoryTx,
  tenantId: string,
  userId: string,
): Promise<CompanyMember> {
  const member = await findMember(tx, tenantId, userId);
  if (!member) throw notFound('member');
  return member;
}

/**
 * Makes all changes of who may do what in a company wait for each other until the transaction ends, so that what was found
 * out, such as that there is another owner, still holds when it is acted upon.
 */
export async function lockAccess(tx: DirectoryTx, tenantId: string): Promise<void> {
  await tx.db.selectFrom('tenants').select('id').where('id', '=', tenantId).forNoKeyUpdate().execute();
}
