// Ends whatever somebody has open, in all their companies, when an operator says so.
import { notFound } from '#lib/problem';
import type { DirectoryTx } from '#lib/tenant-tx';
import { noteInCompanies } from './note-in-companies.ts';
import { endSignIns } from './own-sessions.ts';

/**
 * Ends all sessions and sign-ins of programs of whoever has that e-mail address, and returns how many there were; the audit logs of
 * their companies say so. Password, second factors and API keys stay as they are. Throws not-found.
 */
export async function signOutByEmail(tx: DirectoryTx, email: string): Promise<number> {
  const query = tx.db.selectFrom('users').select('id').where('email', '=', email.toLowerCase());
  const user = await query.executeTakeFirst();
  if (!user) throw notFound('user');
  const ended = await endSignIns(tx, user.id);
  await noteInCompanies(tx, user.id, { sign_ins: ended }, { sign_ins: 0, why: 'all sign-ins were ended' });
  return ended;
}
