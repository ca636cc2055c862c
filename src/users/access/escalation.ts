// Keeps everybody from giving what they do not have themselves, be it to others or to themselves.
import type { Permission } from '#lib/access';
import { unitsOf } from '#lib/money';
import { type Fault, Problem } from '#lib/problem';
import type { DirectoryTx } from '#lib/tenant-tx';
import { effectivePermissions, type Holder, mayDo } from '../roles.ts';
import { findMember } from './members.ts';

/**
 * Who changes somebody's access, and what there is to give. `by` is null for the operator at the server's console, who may all;
 * `declared` are all permissions of the house; `branches` the codes that members can be limited to.
 */
export type Administration = {
  tenantId: string;
  scale: number;
  by: string | null;
  declared: readonly Permission[];
  branches: readonly string[];
};

/**
 * Who changes, as the shared tables have them at this moment, under the lock of lockAccess(). Null for the operator. Throws
 * forbidden when they have lost the permission since the request began.
 */
export async function administrator(
  tx: DirectoryTx,
  { tenantId, by }: Pick<Administration, 'tenantId' | 'by'>,
  permission: string,
): Promise<Holder | null> {
  if (by === null) return null;
  const member = await findMember(tx, tenantId, by);
  if (member?.active && mayDo(member, permission)) return member;
  throw new Problem('forbidden', 'users/permission-missing', `this takes the permission ${permission}`);
}

/** Whether a limit lets more through than another one. */
const exceeds = (limit: string | null, than: string | null) =>
  than !== null && (limit === null || unitsOf(limit, 4) > unitsOf(than, 4));

const widens = (branches: readonly string[] | null, than: readonly string[] | null) =>
  than !== null && (branches === null || branches.some((code) => !than.includes(code)));

/** The declared permissions that somebody has after a change and had not before. */
function gainedPermissions(before: Holder | null, after: Holder, declared: readonly Permission[]): string[] {
  return effectivePermissions(after, declared).filter((name) => !before || !mayDo(before, name));
}

/** What of a change is beyond whoever makes it; none for the operator. */
export function escalationFaults(
  by: Holder | null,
  before: Holder | null,
  after: Holder,
  declared: readonly Permission[],
): Fault[] {
  if (!by) return [];
  const code = 'users/beyond-own-access';
  if ((before?.role === 'owner' || after.role === 'owner') && by.role !== 'owner') {
    return [{ pointer: '/role', code, detail: 'only an owner makes, changes or removes an owner' }];
  }
  const gained = gainedPermissions(before, after, declared);
  const beyond = gained.filter((name) => !mayDo(by, name));
  const faults: Fault[] = beyond.map((name) => ({
    pointer: '',
    code,
    detail: `${name} is not yours to give, as you do not have it`,
  }));
  const limits = [
    ['postLimit', '/post_limit', 'posting'],
    ['approveLimit', '/approve_limit', 'approving'],
  ] as const;
  for (const [limit, pointer, act] of limits) {
    const [had, has, own] = [before, after, by].map((each) => each?.access?.[limit] ?? null);
    const raised = gained.length > 0 || (had !== has && exceeds(has ?? null, had ?? null));
    if (raised && exceeds(has ?? null, own ?? null))
      faults.push({ pointer, code, detail: `your own limit for ${act} is ${own}` });
  }
  const [had, has, own] = [before, after, by].map((each) => each?.access?.branches ?? null);
  const widened = gained.length > 0 || widens(has ?? null, had ?? null);
  if (widened && widens(has ?? null, own ?? null))
    faults.push({ pointer: '/branches', code, detail: `your own branches are ${own?.join(', ')}` });
  return faults;
}

/** Throws a forbidden Problem that names all of what is beyond whoever makes a change. */
export function refuseEscalation(faults: readonly Fault[]): void {
  const [first] = faults;
  if (!first) return;
  const detail = faults.map((fault) => fault.detail).join('; ');
  throw new Problem('forbidden', first.code, detail, { errors: [...faults] });
}
