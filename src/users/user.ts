// People and the companies they belong to.
import { randomUUIDv7 } from 'node:crypto';
import { noteChange } from '#lib/audit/note-change';
import type { Db } from '#lib/db';
import { type Fault, invalid } from '#lib/problem';
import type { DirectoryTx } from '#lib/tenant-tx';
import { noteInCompanies } from './note-in-companies.ts';
import { hashPassword, passwordMatches } from './password.ts';
import { type Role, roles } from './roles.ts';

export type NewUser = { email: string; name: string; password: string };

/** A person as a company knows them. */
export type Member = { userId: string; tenantId: string; email: string; name: string; role: Role };

/** Whether a text has the form of an e-mail address; whether there is such a mailbox, only a letter can tell. */
export const isEmailAddress = (text: string): boolean => /^[^\s@]+@[^\s@]+$/.test(text);

/** What is wrong with the facts of a new user; the pointer names the fact. */
function faultsOf(user: NewUser): Fault[] {
  const faults: Fault[] = [];
  const fault = (pointer: string, detail: string) => faults.push({ pointer, code: 'users/invalid', detail });
  if (!isEmailAddress(user.email)) fault('/email', `"${user.email}" is not an e-mail address`);
  if (user.name.trim() === '') fault('/name', 'a user has a name');
  if (user.password === '') fault('/password', 'a password is not empty');
  return faults;
}

/**
 * Creates a user, or finds the one who has that e-mail address already and leaves name and password as they are.
 * Returns the id. Throws an invalid Problem naming every wrong fact.
 */
export async function ensureUser(tx: DirectoryTx, input: NewUser): Promise<string> {
  const faults = faultsOf(input);
  if (faults.length > 0) throw invalid(faults, 'users/invalid');
  const email = input.email.toLowerCase();
  const existing = await tx.db.selectFrom('users').select('id').where('email', '=', email).executeTakeFirst();
  if (existing) return existing.id;
  const id = randomUUIDv7();
  const password_hash = await hashPassword(input.password);
  await tx.db.insertInto('users').values({ id, email, name: input.name.trim(), password_hash }).execute();
  return id;
}

/**
 * Gives a user that password unless it is theirs already; an unknown address is no error. The audit log of each of their
 * companies says that it was changed.
 */
export async function setPassword(tx: DirectoryTx, email: string, password: string): Promise<void> {
  const query = tx.db
    .selectFrom('users')
    .select(['id', 'password_hash'])
    .where('email', '=', email.toLowerCase());
  const user = await query.executeTakeFirst();
  if (!user || (await passwordMatches(password, user.password_hash ?? undefined))) return;
  const password_hash = await hashPassword(password);
  await tx.db.updateTable('users').set({ password_hash }).where('id', '=', user.id).execute();
  await noteInCompanies(tx, user.id, null, { email: email.toLowerCase(), password: 'changed' });
}

/** Makes a user a member of a company, or gives a member another role; the company's audit log says so. */
export async function setMembership(
  tx: DirectoryTx,
  userId: string,
  tenantId: string,
  role: Role,
): Promise<void> {
  if (!roles.includes(role)) {
    throw invalid([
      { pointer: '/role', code: 'users/invalid', detail: `a role is one of ${roles.join(', ')}` },
    ]);
  }
  const { email, name, role_before } = await tx.db
    .selectFrom('users')
    .leftJoin('memberships', (join) =>
      join.onRef('memberships.user_id', '=', 'users.id').on('memberships.tenant_id', '=', tenantId),
    )
    .select(['users.email', 'users.name', 'memberships.role as role_before'])
    .where('users.id', '=', userId)
    .forUpdate('users')
    .executeTakeFirstOrThrow();
  if (role_before === role) return;
  await tx.db
    .insertInto('memberships')
    .values({ user_id: userId, tenant_id: tenantId, role })
    .onConflict((conflict) => conflict.columns(['user_id', 'tenant_id']).doUpdateSet({ role }))
    .execute();
  await noteChange(tx, tenantId, {
    subject: 'membership',
    subjectId: userId,
    action: role_before === null ? 'create' : 'change',
    before: role_before === null ? null : { email, name, role: role_before },
    after: { email, name, role },
  });
}

/** The active user's membership of a company, or null. */
export async function memberOf(db: Db, userId: string, tenantId: string): Promise<Member | null> {
  const row = await db.kysely
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select(['users.email', 'users.name', 'memberships.role'])
    .where('memberships.user_id', '=', userId)
    .where('memberships.tenant_id', '=', tenantId)
    .where('users.is_active', '=', true)
    .executeTakeFirst();
  return row ? { userId, tenantId, email: row.email, name: row.name, role: row.role as Role } : null;
}

/** The active member of a company who has that e-mail address, or null. */
export async function memberByEmail(db: Db, tenantId: string, email: string): Promise<Member | null> {
  const user = await db.kysely
    .selectFrom('users')
    .select('id')
    .where('email', '=', email.toLowerCase())
    .executeTakeFirst();
  return user ? await memberOf(db, user.id, tenantId) : null;
}

/** Users by id, for showing who did something; unknown ids are left out. */
export async function usersById(
  db: Db,
  ids: readonly (string | null)[],
): Promise<Map<string, { email: string; name: string }>> {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  if (wanted.length === 0) return new Map();
  const rows = await db.kysely
    .selectFrom('users')
    .select(['id', 'email', 'name'])
    .where('id', 'in', wanted)
    .execute();
  return new Map(rows.map(({ id, ...user }) => [id, user]));
}

/** The names of users by id, for showing who did something; unknown ids are left out. */
export async function userNames(db: Db, ids: readonly (string | null)[]): Promise<Map<string, string>> {
  const users = await usersById(db, ids);
  return new Map([...users].map(([id, { name }]) => [id, name]));
}
