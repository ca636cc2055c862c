// Changes what a member may do in a company, or ends their membership; the company's audit log says so.
import type { Access } from '#lib/access';
import { noteChange } from '#lib/audit/note-change';
import { fixAmount, parseAmount } from '#lib/money';
import { type Fault, invalid } from '#lib/problem';
import type { DirectoryTx } from '#lib/tenant-tx';
import { revokeKeysOf } from '../api-keys/keep-api-keys.ts';
import { type Administration, administrator, escalationFaults, refuseEscalation } from './escalation.ts';
import { type CompanyMember, lockAccess, requiredMember } from './members.ts';
import { permissionsOfRole } from './own-roles.ts';
import { requireOtherOwner } from './owners.ts';
import { listPermissionRules, ruleFaults } from './permission-rules.ts';

/** What changes; what is not named stays. Limits are decimal strings; null takes a limit away. */
export type MemberChange = {
  role?: string | undefined;
  granted?: readonly string[] | undefined;
  denied?: readonly string[] | undefined;
  post_limit?: string | null | undefined;
  approve_limit?: string | null | undefined;
  branches?: readonly string[] | null | undefined;
};

const permission = 'users.member.manage';
const code = 'users/invalid';

function nameFaults(names: readonly string[], known: readonly string[], at: string, what: string): Fault[] {
  return names.flatMap((name, place) =>
    known.includes(name)
      ? []
      : [{ pointer: `${at}/${place}`, code, detail: `there is no ${what} ${name.slice(0, 100)}` }],
  );
}

function limitFaults(change: MemberChange, scale: number): Fault[] {
  return (['post_limit', 'approve_limit'] as const).flatMap((name) => {
    const limit = change[name];
    const read = typeof limit === 'string' ? parseAmount(limit, scale) : 0n;
    if (typeof read === 'bigint' && read >= 0n) return [];
    const detail = typeof read === 'bigint' ? 'a limit is not below zero' : read.fault;
    return [{ pointer: `/${name}`, code, detail }];
  });
}

/** What is wrong with a change by itself; owners are whole, so that nothing can be said of them but that they are owners. */
function changeFaults(change: MemberChange, role: string, { declared, branches, scale }: Administration) {
  const names = declared.map(({ name }) => name);
  const faults = [
    ...nameFaults(change.granted ?? [], names, '/granted', 'permission'),
    ...nameFaults(change.denied ?? [], names, '/denied', 'permission'),
    ...limitFaults(change, scale),
    ...nameFaults(change.branches ?? [], branches, '/branches', 'branch'),
  ];
  if (change.branches?.length === 0)
    faults.push({ pointer: '/branches', code, detail: 'name the branches, or null for all of them' });
  if (role !== 'owner') return faults;
  const said = Object.entries(change).filter(
    ([name, value]) =>
      name !== 'role' &&
      value !== null &&
      value !== undefined &&
      !(Array.isArray(value) && value.length === 0),
  );
  const detail = 'an owner may do everything, everywhere, up to any amount';
  return [...faults, ...said.map(([name]): Fault => ({ pointer: `/${name}`, code, detail }))];
}

const once = (names: readonly string[]) => [...new Set(names)].sort();

/** What the member may do after the change. */
function accessAfter(
  { access }: CompanyMember,
  change: MemberChange,
  own: string[] | null,
  { scale }: Administration,
): Access {
  const limitOf = (asked: string | null | undefined, stands: string | null) => {
    if (asked === undefined) return stands;
    return asked === null ? null : fixAmount(asked, scale);
  };
  const branches = change.branches === undefined ? access.branches : change.branches;
  return {
    own,
    granted: once(change.granted ?? access.granted),
    denied: once(change.denied ?? access.denied),
    postLimit: limitOf(change.post_limit, access.postLimit),
    approveLimit: limitOf(change.approve_limit, access.approveLimit),
    branches: branches && once(branches),
  };
}

/** What is said of an owner besides the role: nothing. */
export const whole = {
  granted: [] as string[],
  denied: [] as string[],
  post_limit: null,
  approve_limit: null,
  branches: null,
};

/** A membership as the audit log tells it. */
export function membershipNote({
  email,
  name,
  role,
  access,
}: Omit<CompanyMember, 'userId' | 'active' | 'since'>) {
  const { granted, denied, postLimit, approveLimit, branches } = access;
  const isPlain =
    granted.length === 0 &&
    denied.length === 0 &&
    postLimit === null &&
    approveLimit === null &&
    branches === null;
  const more = { granted, denied, post_limit: postLimit, approve_limit: approveLimit, branches };
  return { email, name, role, ...(isPlain ? {} : more) };
}

/**
 * Changes a member. Throws not-found, an invalid Problem naming every fault and every rule that would be broken, forbidden when
 * it would give what its maker does not have, or a conflict when the company would lose its last owner.
 */
export async function changeMember(
  tx: DirectoryTx,
  userId: string,
  asked: MemberChange,
  administration: Administration,
): Promise<void> {
  const { tenantId, declared } = administration;
  await lockAccess(tx, tenantId);
  const by = await administrator(tx, administration, permission);
  const before = await requiredMember(tx, tenantId, userId);
  const role = asked.role ?? before.role;
  const ofRole = await permissionsOfRole(tx, tenantId, role);
  const faults = changeFaults(asked, role, administration);
  if (!ofRole) faults.push({ pointer: '/role', code, detail: `there is no role ${role.slice(0, 100)}` });
  if (faults.length > 0 || !ofRole) throw invalid(faults, 'users/invalid');
  const change = role === 'owner' ? { ...whole, role } : asked;
  const after = { ...before, role, access: accessAfter(before, change, ofRole.own, administration) };
  refuseEscalation(escalationFaults(by, before, after, declared));
  const broken = ruleFaults(await listPermissionRules(tx, tenantId), before, after, before.name);
  if (broken.length > 0) throw invalid(broken, 'users/duties-apart');
  if (before.role === 'owner' && role !== 'owner') await requireOtherOwner(tx, tenantId, userId);
  const [said, says] = [membershipNote(before), membershipNote(after)];
  if (JSON.stringify(said) === JSON.stringify(says)) return;
  await store(tx, tenantId, after);
  const note = { subject: 'membership', subjectId: userId, action: 'change' as const };
  await noteChange(tx, tenantId, { ...note, before: said, after: says });
}

async function store(tx: DirectoryTx, tenantId: string, { userId, role, access }: CompanyMember) {
  const { granted, denied, postLimit, approveLimit, branches } = access;
  await tx.db
    .updateTable('memberships')
    .set({
      role,
      granted: [...granted],
      denied: [...denied],
      post_limit: postLimit,
      approve_limit: approveLimit,
      branches: branches && [...branches],
    })
    .where('user_id', '=', userId)
    .where('tenant_id', '=', tenantId)
    .execute();
}

/**
 * Ends a membership, and with it the sessions, tokens and API keys of the person in this company. Throws not-found, forbidden for an owner
 * when one is none, or a conflict for the last owner.
 */
export async function removeMember(
  tx: DirectoryTx,
  userId: string,
  administration: Administration,
): Promise<void> {
  const { tenantId, declared } = administration;
  await lockAccess(tx, tenantId);
  const by = await administrator(tx, administration, permission);
  const member = await requiredMember(tx, tenantId, userId);
  refuseEscalation(escalationFaults(by, member, member, declared));
  if (member.role === 'owner') await requireOtherOwner(tx, tenantId, userId);
  await revokeKeysOf(tx, tenantId, userId, administration.by);
  for (const table of ['sessions', 'refresh_tokens', 'memberships'] as const)
    await tx.db.deleteFrom(table).where('user_id', '=', userId).where('tenant_id', '=', tenantId).execute();
  const note = { subject: 'membership', subjectId: userId, action: 'delete' as const };
  await noteChange(tx, tenantId, { ...note, before: membershipNote(member), after: null });
}
