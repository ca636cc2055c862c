// People and the companies they belong to.
import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Access } from '#lib/access';
import { noteChange } from '#lib/audit/note-change';
import type { Db } from '#lib/db';
import { type Fault, invalid } from '#lib/problem';
import type { DirectoryTx } from '#lib/tenant-tx';
import { membershipNote, whole } from './access/change-member.ts';
import { findMember, lockAccess, requiredMember } from './access/members.ts';
import { listRoles, permissionsOfRole } from './access/own-roles.ts';
import { requireOtherOwner } from './access/owners.ts';
import { accessOf, type StoredAccess } from './access/stored-access.ts';
import { noteInCompanies } from './note-in-companies.ts';
import { endSignIns } from './own-sessions.ts';
import { hashPassword, passwordMatches } from './password.ts';
import { isBuiltIn, roles } from './roles.ts';

export type NewUser = { email: string; name: string; password: string };

/** A person as a company knows them. `role` is built in or the company's own; `access` what was said of them besides. */
export type Member = {
  userId: string;
  tenantId: string;
  email: string;
  name: string;
  role: string;
  access: Access;
};

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
 * Gives a user that password unless it is theirs already; an unknown address is no error. Whatever was opened with the old one
 * ends, and the audit log of each of their companies says that it was changed.
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
  await endSignIns(tx, user.id);
  await noteInCompanies(tx, user.id, null, { email: email.toLowerCase(), password: 'changed' });
}

async function refuseUnknownRole(tx: DirectoryTx, tenantId: string, role: string): Promise<void> {
  if (isBuiltIn(role) || (await permissionsOfRole(tx, tenantId, role))) return;
  const own = (await listRoles(tx, tenantId, [])).filter(({ builtIn }) => !builtIn).map(({ key }) => key);
  const detail = `a role is one of ${[...roles, ...own].join(', ')}`;
  throw invalid([{ pointer: '/role', code: 'users/invalid', detail }]);
}

/**
 * Makes a user a member of a company, or gives a member another role; the company's audit log says so. Whoever asks for it on
 * somebody's behalf has asked escalationFaults() before. Throws an invalid Problem for a role that there is not, or a conflict
 * when the company would lose its last owner.
 */
export async function setMembership(
  tx: DirectoryTx,
  userId: string,
  tenantId: string,
  role: string,
): Promise<void> {
  await lockAccess(tx, tenantId);
  await refuseUnknownRole(tx, tenantId, role);
  const before = await findMember(tx, tenantId, userId);
  if (before?.role === role) return;
  if (before?.role === 'owner') await requireOtherOwner(tx, tenantId, userId);
  const columns = { role, ...(role === 'owner' ? whole : {}) };
  await tx.db
    .insertInto('memberships')
    .values({ user_id: userId, tenant_id: tenantId, ...columns })
    .onConflict((conflict) => conflict.columns(['user_id', 'tenant_id']).doUpdateSet(columns))
    .execute();
  await noteChange(tx, tenantId, {
    subject: 'membership',
    subjectId: userId,
    action: before ? 'change' : 'create',
    before: before && membershipNote(before),
    after: membershipNote(await requiredMember(tx, tenantId, userId)),
  });
}

/** How a company's own API key is called wherever a person's name would stand. */
export const keyName = (name: string): string => `${name} (API key)`;

/** The active user's membership of a company, or null. */
export async function memberOf(db: Db, userId: string, tenantId: string): Promise<Member | null> {
  const row = await db.kysely
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select(['users.email', 'users.name', 'memberships.role'])
    .select(sql<StoredAccess | null>`public.access_of(memberships)`.as('stored'))
    .where('memberships.user_id', '=', userId)
    .where('memberships.tenant_id', '=', tenantId)
    .where('users.is_active', '=', true)
    .executeTakeFirst();
  if (!row) return null;
  const { stored, ...facts } = row;
  return { userId, tenantId, ...facts, access: accessOf(stored) };
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

/**
 * Whoever acted by their id, for showing who did something: users, and API keys of companies, which act as themselves and have
 * no address. Unknown ids are left out.
 */
export async function usersById(
  db: Db,
  ids: readonly (string | null)[],
): Promise<Map<string, { email: string; name: string }>> {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  if (wanted.length === 0) return new Map();
  const users = await db.kysely
    .selectFrom('users')
    .select(['id', 'email', 'name'])
    .where('id', 'in', wanted)
    .execute();
  const found = new Map(users.map(({ id, ...user }) => [id, user]));
  const others = wanted.filter((id) => !found.has(id));
  if (others.length === 0) return found;
  const query = db.kysely.selectFrom('api_keys').select(['id', 'name']).where('id', 'in', others);
  for (const { id, name } of await query.execute()) found.set(id, { email: '', name: keyName(name) });
  return found;
}

/** The names of users by id, for showing who did something; unknown ids are left out. */
export async function userNames(db: Db, ids: readonly (string | null)[]): Promise<Map<string, string>> {
  const users = await usersById(db, ids);
  return new Map([...users].map(([id, { name }]) => [id, name]));
}
