// Reads and replaces all that a company keeps apart, acts and permissions, and tells who could do both.
import type { Db } from '#lib/db';
import { type Fault, Problem } from '#lib/problem';
import { type Actor, enterTenant, inDirectory, inTenant, type Tenant } from '#lib/tenant-tx';
import {
  type Administration,
  type CompanyMember,
  couldDoBoth,
  listMembers,
  listPermissionRules,
  type PermissionPair,
  setPermissionRules,
} from '#users';
import { actPairLabel, type DutyRules, getDutyRules, permissionsOfActs, setDutyRules } from './duty-rules.ts';

/** `permissions_apart` are pairs that nobody but an owner holds together. */
export type Duties = DutyRules & { permissions_apart: PermissionPair[] };

/** Who could do both of what a rule keeps apart; `rule` is a pair of acts, or the two permissions. */
export type CouldDoBoth = {
  rule: string;
  label: string;
  permissions: PermissionPair;
  people: CompanyMember[];
};

/** The rules of a company, and for each who holds both permissions. */
export async function readDuties(
  db: Db,
  tenant: Tenant,
  actor: Actor,
): Promise<Duties & { could_do_both: CouldDoBoth[] }> {
  const rules = await inTenant(db, tenant, actor, getDutyRules);
  const [pairs, members] = await inDirectory(db, async (tx) => [
    await listPermissionRules(tx, tenant.id),
    await listMembers(tx, tenant.id),
  ]);
  const ofActs = rules.acts_apart.map((rule) => {
    const permissions = permissionsOfActs(rule);
    return { rule, label: actPairLabel(rule), permissions, people: couldDoBoth(members, permissions) };
  });
  const ofPairs = pairs.map((permissions) => ({
    rule: permissions.join(' + '),
    label: 'Nobody holds both',
    permissions,
    people: couldDoBoth(members, permissions),
  }));
  return { ...rules, permissions_apart: pairs, could_do_both: [...ofActs, ...ofPairs] };
}

/** The active members of a company who hold both permissions. */
export async function whoCouldDoBoth(
  db: Db,
  tenant: Tenant,
  permissions: PermissionPair,
): Promise<CompanyMember[]> {
  return await inDirectory(db, async (tx) => couldDoBoth(await listMembers(tx, tenant.id), permissions));
}

/** Runs both halves of a change and gathers what is wrong with either. */
async function faultsOf(work: () => Promise<void>): Promise<Fault[]> {
  return await work().then(
    () => [],
    (error: unknown) => {
      if (error instanceof Problem && error.kind === 'invalid') return error.errors;
      throw error;
    },
  );
}

/**
 * Replaces the rules of a company, all in one transaction. Throws an invalid Problem naming every fault, or forbidden when the
 * permission was lost meanwhile.
 */
export async function setDuties(
  db: Db,
  place: { tenant: Tenant; actor: Actor },
  duties: Duties,
  administration: Administration,
): Promise<void> {
  const { tenant, actor } = place;
  await inDirectory(
    db,
    async (directory) => {
      const ofPairs = await faultsOf(() =>
        setPermissionRules(directory, duties.permissions_apart, administration),
      );
      const tx = await enterTenant(directory, tenant, actor);
      const faults = [...ofPairs, ...(await faultsOf(() => setDutyRules(tx, duties)))];
      const [first] = faults;
      if (first) throw new Problem('invalid', 'accounting/duties-invalid', first.detail, { errors: faults });
    },
    actor,
  );
}
