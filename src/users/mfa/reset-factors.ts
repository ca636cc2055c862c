// Takes a person's factors away when they have lost them all, so that they sign in with the password and set up others.
import { isUuid } from '#lib/is-uuid';
import { notFound, Problem } from '#lib/problem';
import type { DirectoryTx } from '#lib/tenant-tx';
import { endSignIns } from '../own-sessions.ts';
import { changeFactors } from './factors.ts';

/** Takes away what a person has beside the password, and ends whatever they have open; the audit logs of their companies say so. */
async function resetFactors(tx: DirectoryTx, userId: string): Promise<void> {
  await changeFactors(tx, userId, 'all factors were reset', async () => {
    const tables = [
      'totp_secrets',
      'totp_enrolments',
      'passkeys',
      'passkey_challenges',
      'recovery_codes',
    ] as const;
    for (const table of tables) await tx.db.deleteFrom(table).where('user_id', '=', userId).execute();
  });
  await endSignIns(tx, userId);
}

/**
 * Resets the factors of a company's member. Who belongs to another open company as well is refused with a conflict: an owner must not
 * weaken the way into somebody else's books, so that is for the operator (`himalytix user reset-factors`). Throws not-found for who is
 * no member.
 */
export async function resetFactorsOfMember(tx: DirectoryTx, tenantId: string, userId: string): Promise<void> {
  if (!isUuid(userId)) throw notFound('member');
  const companies = await tx.db
    .selectFrom('memberships')
    .innerJoin('tenants', 'tenants.id', 'memberships.tenant_id')
    .select(['tenants.id', 'tenants.status'])
    .where('memberships.user_id', '=', userId)
    .execute();
  if (!companies.some(({ id }) => id === tenantId)) throw notFound('member');
  if (companies.some(({ id, status }) => id !== tenantId && status === 'active')) {
    const detail =
      'this person belongs to other companies, too; ask the operator of the program to reset their factors';
    throw new Problem('conflict', 'users/member-elsewhere', detail);
  }
  await resetFactors(tx, userId);
}

/** Resets the factors of whoever has that e-mail address, for the operator. Throws not-found. */
export async function resetFactorsByEmail(tx: DirectoryTx, email: string): Promise<void> {
  const query = tx.db.selectFrom('users').select('id').where('email', '=', email.toLowerCase());
  const user = await query.executeTakeFirst();
  if (!user) throw notFound('user');
  await resetFactors(tx, user.id);
}
