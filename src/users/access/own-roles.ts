// The roles of a company: those that are built in, and those that it made itself.
import { type Permission, plainAccess } from '#lib/access';
import { noteChange } from '#lib/audit/note-change';
import { type Fault, invalid, notFound, Problem } from '#lib/problem';
import type { DirectoryTx } from '#lib/tenant-tx';
import { effectivePermissions, type Holder, isBuiltIn, roles } from '../roles.ts';
import { type Administration, administrator, escalationFaults, refuseEscalation } from './escalation.ts';
import { listMembers, lockAccess } from './members.ts';
import { listPermissionRules, ruleFaults } from './permission-rules.ts';

/** `members` is how many have the role. */
export type CompanyRole = {
  key: string;
  title: string;
  builtIn: boolean;
  permissions: string[];
  members: number;
};

/** What a role of the company's own is made of; `permissions` are names as declared. */
export type RoleInput = { title: string; permissions: readonly string[] };

const MOST_ROLES = 200;

const titleOf = (role: string) => role.charAt(0).toUpperCase() + role.slice(1);

/** What the role `key` allows by itself. */
const holderOf = (key: string, permissions: readonly string[] | null): Holder => ({
  role: key,
  access: { ...plainAccess, own: permissions },
});

/** The built-in roles, then the company's own by title. */
export async function listRoles(
  tx: DirectoryTx,
  tenantId: string,
  declared: readonly Permission[],
): Promise<CompanyRole[]> {
  const own = await tx.db
    .selectFrom('roles')
    .select(['key', 'title', 'permissions'])
    .where('tenant_id', '=', tenantId)
    .orderBy('title')
    .orderBy('key')
    .execute();
  const counts = await tx.db
    .selectFrom('memberships')
    .select((of) => ['role', of.fn.countAll<number>().as('members')])
    .where('tenant_id', '=', tenantId)
    .groupBy('role')
    .execute();
  const members = new Map(counts.map((count) => [count.role, Number(count.members)]));
  const built = roles.map((key) => ({
    key,
    title: titleOf(key),
    builtIn: true,
    permissions: effectivePermissions({ role: key }, declared),
  }));
  return [...built, ...own.map((role) => ({ ...role, builtIn: false }))].map((role) => ({
    ...role,
    members: members.get(role.key) ?? 0,
  }));
}

/** One role. Throws not-found. */
export async function requiredRole(
  tx: DirectoryTx,
  tenantId: string,
  key: string,
  declared: readonly Permission[],
): Promise<CompanyRole> {
  const role = (await listRoles(tx, tenantId, declared)).find((each) => each.key === key);
  if (!role) throw notFound('role');
  return role;
}

function roleFaults({ title, permissions }: RoleInput, declared: readonly Permission[]): Fault[] {
  const code = 'users/invalid';
  const names = new Set(declared.map(({ name }) => name));
  const faults: Fault[] = [];
  const length = title.trim().length;
  if (length === 0 || length > 100)
    faults.push({ pointer: '/title', code, detail: 'a role has a title of at most 100 characters' });
  for (const [place, name] of permissions.entries()) {
    if (!names.has(name)) {
      const detail = `there is no permission ${name.slice(0, 100)}`;
      faults.push({ pointer: `/permissions/${place}`, code, detail });
    }
  }
  return faults;
}

function keyFaults(key: string, known: readonly CompanyRole[]): Fault[] {
  const code = 'users/invalid';
  const fault = (detail: string): Fault[] => [{ pointer: '/key', code, detail }];
  if (!/^[a-z][a-z0-9_]{0,39}$/.test(key))
    return fault('a key begins with a letter and has up to 40 of a to z, 0 to 9 and _');
  if (key === 'system' || key === 'new') return fault(`the key ${key} has a meaning of its own`);
  if (known.some((role) => role.key === key)) return fault(`there is a role ${key} already`);
  if (known.length >= MOST_ROLES + roles.length)
    return fault(`a company has at most ${MOST_ROLES} roles of its own`);
  return [];
}

/** The names in the order in which they are declared, each once. */
const inOrder = (permissions: readonly string[], declared: readonly Permission[]) =>
  declared.flatMap(({ name }) => (permissions.includes(name) ? [name] : []));

/**
 * Makes a role of the company's own. Throws an invalid Problem naming every fault, or forbidden when it would hold what its
 * maker does not.
 */
export async function createRole(
  tx: DirectoryTx,
  key: string,
  input: RoleInput,
  administration: Administration,
): Promise<void> {
  const { tenantId, declared } = administration;
  await lockAccess(tx, tenantId);
  const by = await administrator(tx, administration, 'users.role.manage');
  const known = await listRoles(tx, tenantId, declared);
  const faults = [...keyFaults(key, known), ...roleFaults(input, declared)];
  if (faults.length > 0) throw invalid(faults, 'users/invalid');
  const permissions = inOrder(input.permissions, declared);
  refuseEscalation(permissionFaults(by, null, holderOf(key, permissions), declared));
  const title = input.title.trim();
  await tx.db.insertInto('roles').values({ tenant_id: tenantId, key, title, permissions }).execute();
  const note = { subject: 'role', subjectId: key, action: 'create' as const };
  await noteChange(tx, tenantId, { ...note, before: null, after: { title, permissions } });
}

// A role has no limits; whom it is given to has, and is looked at then.
const permissionFaults = (
  by: Holder | null,
  before: Holder | null,
  after: Holder,
  declared: readonly Permission[],
) => escalationFaults(by, before, after, declared).filter(({ pointer }) => pointer === '');

async function ownRole(tx: DirectoryTx, tenantId: string, key: string, declared: readonly Permission[]) {
  const role = await requiredRole(tx, tenantId, key, declared);
  if (!role.builtIn) return role;
  throw new Problem('conflict', 'users/role-built-in', `the role ${key} is built in and stays as it is`);
}

/**
 * Changes a role of the company's own, for all who have it. Throws not-found, a conflict for a built-in one, an invalid Problem
 * naming every fault and every rule that a member would break, or forbidden.
 */
export async function updateRole(
  tx: DirectoryTx,
  key: string,
  change: Partial<RoleInput>,
  administration: Administration,
): Promise<void> {
  const { tenantId, declared } = administration;
  await lockAccess(tx, tenantId);
  const by = await administrator(tx, administration, 'users.role.manage');
  const role = await ownRole(tx, tenantId, key, declared);
  const before = { title: role.title, permissions: role.permissions };
  const wanted = {
    title: change.title ?? before.title,
    permissions: change.permissions ?? before.permissions,
  };
  // What a newer version does not declare any more is no fault of who changes the rest.
  const faults = roleFaults({ ...wanted, permissions: change.permissions ?? [] }, declared);
  if (faults.length > 0) throw invalid(faults, 'users/invalid');
  const after = { title: wanted.title.trim(), permissions: inOrder(wanted.permissions, declared) };
  const [had, has] = [holderOf(key, before.permissions), holderOf(key, after.permissions)];
  refuseEscalation(permissionFaults(by, had, has, declared));
  const rules = await listPermissionRules(tx, tenantId);
  const broken = (await listMembers(tx, tenantId))
    .filter((member) => member.role === key)
    .flatMap((member) => {
      const changed = { role: key, access: { ...member.access, own: after.permissions } };
      return ruleFaults(rules, member, changed, member.name);
    });
  if (broken.length > 0) throw invalid(broken, 'users/duties-apart');
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  await tx.db
    .updateTable('roles')
    .set(after)
    .where('tenant_id', '=', tenantId)
    .where('key', '=', key)
    .execute();
  await noteChange(tx, tenantId, { subject: 'role', subjectId: key, action: 'change', before, after });
}

/** Removes a role of the company's own. Throws not-found, or a conflict for a built-in one and for one that somebody has. */
export async function deleteRole(
  tx: DirectoryTx,
  key: string,
  administration: Administration,
): Promise<void> {
  const { tenantId, declared } = administration;
  await lockAccess(tx, tenantId);
  await administrator(tx, administration, 'users.role.manage');
  const { title, permissions, members } = await ownRole(tx, tenantId, key, declared);
  if (members > 0) {
    const detail = `${members} ${members === 1 ? 'member has' : 'members have'} the role ${key}; give them another first`;
    throw new Problem('conflict', 'users/role-in-use', detail);
  }
  await tx.db.deleteFrom('roles').where('tenant_id', '=', tenantId).where('key', '=', key).execute();
  const note = { subject: 'role', subjectId: key, action: 'delete' as const };
  await noteChange(tx, tenantId, { ...note, before: { title, permissions }, after: null });
}

/** What the role named `key` allows in a company; null when there is no such role. */
export async function permissionsOfRole(
  tx: DirectoryTx,
  tenantId: string,
  key: string,
): Promise<{ own: string[] | null } | null> {
  if (isBuiltIn(key)) return { own: null };
  const row = await tx.db
    .selectFrom('roles')
    .select('permissions')
    .where('tenant_id', '=', tenantId)
    .where('key', '=', key)
    .executeTakeFirst();
  return row ? { own: row.permissions } : null;
}
