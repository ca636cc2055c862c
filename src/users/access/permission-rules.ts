// Pairs of permissions that nobody but an owner shall hold together, and who holds both of two.
import type { Permission } from '#lib/access';
import { noteChange } from '#lib/audit/note-change';
import { type Fault, invalid } from '#lib/problem';
import type { DirectoryTx } from '#lib/tenant-tx';
import { type Holder, mayDo } from '../roles.ts';
import { type Administration, administrator } from './escalation.ts';
import { type CompanyMember, lockAccess } from './members.ts';

/** Two names of permissions, in the order of the alphabet. */
export type PermissionPair = readonly [string, string];

const MOST_RULES = 100;

const sorted = ([one, other]: PermissionPair): PermissionPair => (one < other ? [one, other] : [other, one]);

/** The company's rules, in the order of the alphabet. */
export async function listPermissionRules(tx: DirectoryTx, tenantId: string): Promise<PermissionPair[]> {
  const rows = await tx.db
    .selectFrom('permission_rules')
    .select(['one', 'other'])
    .where('tenant_id', '=', tenantId)
    .orderBy('one')
    .orderBy('other')
    .execute();
  return rows.map(({ one, other }) => [one, other]);
}

/** Whether somebody holds both permissions. */
const holdsBoth = (holder: Holder, [one, other]: PermissionPair): boolean =>
  mayDo(holder, one) && mayDo(holder, other);

/** The active members who could do both. */
export function couldDoBoth(members: readonly CompanyMember[], pair: PermissionPair): CompanyMember[] {
  return members.filter((member) => member.active && holdsBoth(member, pair));
}

/** The rules that a change breaks which were kept before. An owner, who holds everything, is told of but not refused. */
export function ruleFaults(
  rules: readonly PermissionPair[],
  before: Holder | null,
  after: Holder,
  who: string,
): Fault[] {
  if (after.role === 'owner') return [];
  return rules
    .filter((pair) => holdsBoth(after, pair) && !(before && holdsBoth(before, pair)))
    .map(([one, other]) => ({
      pointer: '',
      code: 'users/duties-apart',
      detail: `${who} would hold both ${one} and ${other}, which are kept apart here`,
    }));
}

function pairFaults(pairs: readonly PermissionPair[], declared: readonly Permission[]): Fault[] {
  const names = new Set(declared.map(({ name }) => name));
  const code = 'users/invalid';
  const faults = pairs.flatMap((pair, place): Fault[] => {
    const unknown = pair.flatMap((name, side) =>
      names.has(name)
        ? []
        : [
            {
              pointer: `/permissions_apart/${place}/${side}`,
              code,
              detail: `there is no permission ${name.slice(0, 100)}`,
            },
          ],
    );
    if (unknown.length > 0 || pair[0] !== pair[1]) return unknown;
    return [{ pointer: `/permissions_apart/${place}`, code, detail: 'a rule names two permissions' }];
  });
  if (pairs.length > MOST_RULES)
    faults.push({ pointer: '/permissions_apart', code, detail: `there are at most ${MOST_RULES} rules` });
  return faults;
}

/**
 * Replaces the company's rules. What breaks a new one already is not refused; the page of duties tells who it is. Throws an
 * invalid Problem naming every pair that is none.
 */
export async function setPermissionRules(
  tx: DirectoryTx,
  pairs: readonly PermissionPair[],
  administration: Administration,
): Promise<void> {
  const { tenantId, declared } = administration;
  await lockAccess(tx, tenantId);
  await administrator(tx, administration, 'users.duty.manage');
  const faults = pairFaults(pairs, declared);
  if (faults.length > 0) throw invalid(faults, 'users/invalid');
  const before = await listPermissionRules(tx, tenantId);
  const wanted = new Map(pairs.map(sorted).map((pair) => [pair.join(' '), pair]));
  const after = [...wanted.values()].sort(([a, b], [c, d]) => (`${a} ${b}` < `${c} ${d}` ? -1 : 1));
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  await tx.db.deleteFrom('permission_rules').where('tenant_id', '=', tenantId).execute();
  if (after.length > 0) {
    await tx.db
      .insertInto('permission_rules')
      .values(after.map(([one, other]) => ({ tenant_id: tenantId, one, other })))
      .execute();
  }
  const note = { subject: 'permission_rules', subjectId: tenantId, action: 'change' as const };
  await noteChange(tx, tenantId, { ...note, before: { apart: before }, after: { apart: after } });
}
