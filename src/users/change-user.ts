// Changes what is known of a person, or shuts them out everywhere; each of their companies' logs says so.

import { type Fault, invalid, notFound } from '#lib/problem';
import type { DirectoryTx } from '#lib/tenant-tx';
import { noteInCompanies } from './note-in-companies.ts';
import { isEmailAddress } from './user.ts';

/** What changes; an inactive person signs in nowhere, and whatever session or token they have counts no longer. */
export type UserChange = {
  name?: string | undefined;
  email?: string | undefined;
  active?: boolean | undefined;
};

async function faultsOf(
  tx: DirectoryTx,
  id: string,
  after: { email: string; name: string },
): Promise<Fault[]> {
  const faults: Fault[] = [];
  if (after.name === '')
    faults.push({ pointer: '/name', code: 'users/invalid', detail: 'a user has a name' });
  if (after.name.length > 200)
    faults.push({ pointer: '/name', code: 'users/invalid', detail: 'a name has at most 200 characters' });
  if (!isEmailAddress(after.email))
    faults.push({
      pointer: '/email',
      code: 'users/invalid',
      detail: `"${after.email}" is not an e-mail address`,
    });
  const other = await tx.db
    .selectFrom('users')
    .select('id')
    .where('email', '=', after.email)
    .where('id', '<>', id)
    .executeTakeFirst();
  if (other)
    faults.push({ pointer: '/email', code: 'users/email-taken', detail: `${after.email} is another user’s` });
  return faults;
}

/** Changes the user of that address. Throws not-found, or an invalid Problem naming every wrong fact. */
export async function changeUser(tx: DirectoryTx, email: string, change: UserChange): Promise<void> {
  const user = await tx.db
    .selectFrom('users')
    .select(['id', 'email', 'name', 'is_active'])
    .where('email', '=', email.toLowerCase())
    .forUpdate()
    .executeTakeFirst();
  if (!user) throw notFound('user');
  const before = { email: user.email, name: user.name, active: user.is_active };
  const after = {
    email: change.email?.toLowerCase() ?? before.email,
    name: change.name?.trim() ?? before.name,
    active: change.active ?? before.active,
  };
  const faults = await faultsOf(tx, user.id, after);
  if (faults.length > 0) throw invalid(faults, 'users/invalid');
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  const { active: is_active, ...rest } = after;
  await tx.db
    .updateTable('users')
    .set({ ...rest, is_active })
    .where('id', '=', user.id)
    .execute();
  await noteInCompanies(tx, user.id, before, after);
}
