// Which members of a company must have a second factor: everybody, those with certain roles, or nobody.
import { noteChange } from '#lib/audit/note-change';
import type { Db } from '#lib/db';
import { type Fault, invalid } from '#lib/problem';
import type { DirectoryTx } from '#lib/tenant-tx';

/** `roles` counts beside `everybody` only where that is false; both are kept, so that switching back loses nothing. */
export type SecondFactorDemand = { everybody: boolean; roles: string[] };

const nobody: SecondFactorDemand = { everybody: false, roles: [] };

/** What a company demands; nothing until it says so. */
export async function secondFactorDemand(
  db: Pick<Db, 'kysely'>,
  tenantId: string,
): Promise<SecondFactorDemand> {
  const row = await db.kysely
    .selectFrom('second_factor_demands')
    .select(['everybody', 'roles'])
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst();
  return row ?? nobody;
}

/** Whether a company demands a second factor of members with that role. */
export async function demandsSecondFactor(
  db: Pick<Db, 'kysely'>,
  tenantId: string,
  role: string,
): Promise<boolean> {
  const { everybody, roles } = await secondFactorDemand(db, tenantId);
  return everybody || roles.includes(role);
}

/**
 * Sets what a company demands; `known` are the roles that it has. It holds from each member's next sign-in on. The company's audit log
 * says what was demanded before. Throws an invalid Problem naming every role that there is not.
 */
export async function setSecondFactorDemand(
  tx: DirectoryTx,
  tenantId: string,
  demand: SecondFactorDemand,
  known: readonly string[],
): Promise<SecondFactorDemand> {
  const faults: Fault[] = demand.roles.flatMap((role, index) =>
    known.includes(role)
      ? []
      : [
          {
            pointer: `/roles/${index}`,
            code: 'users/role-unknown',
            detail: `there is no role "${role}" here`,
          },
        ],
  );
  if (faults.length > 0) throw invalid(faults);
  // Whoever changes it at the same time waits, so that the log tells what was really there before.
  await tx.db.selectFrom('tenants').select('id').where('id', '=', tenantId).forUpdate().execute();
  const before = await secondFactorDemand({ kysely: tx.db }, tenantId);
  const after = { everybody: demand.everybody, roles: known.filter((role) => demand.roles.includes(role)) };
  if (JSON.stringify(before) === JSON.stringify(after)) return after;
  await tx.db
    .insertInto('second_factor_demands')
    .values({ tenant_id: tenantId, ...after })
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet(after))
    .execute();
  const note = { subject: 'second_factor_demand', subjectId: tenantId, action: 'change' } as const;
  await noteChange(tx, tenantId, { ...note, before, after });
  return after;
}
