// What a check of the books is: a claim that holds in every sound company, and where it does not.
import { sql } from 'kysely';
import type { TenantTx } from '#lib/tenant-tx';

/** How many of the offenders a finding names. */
const NAMED = 20;

/** `checked` says how many things were looked at, `breaches` how many offend, `ids` which, twenty at the most. */
export type Finding = { checked: number; breaches: number; ids: string[] };

/** A claim of one of the invariants (I1, I2 …); `of` names in the plural what is looked at. It writes nothing. */
export type Check = { invariant: string; claim: string; of: string; run(tx: TenantTx): Promise<Finding> };

/** A check made of two statements: `all` selects what is looked at, `wrong` a column `id` of what offends. */
type Statements = { invariant: string; claim: string; of: string; all: string; wrong: string };

/** Turns two statements into a check; their names are found in the company's schema. */
export function checkBy({ all, wrong, ...what }: Statements): Check {
  const run = async (tx: TenantTx): Promise<Finding> => {
    const { rows } = await sql<Finding>`
      with wrong as materialized (select id::text as id from (${sql.raw(wrong)}) w)
      select (select count(*) from (${sql.raw(all)}) a) as checked, (select count(*) from wrong) as breaches,
        array(select id from wrong order by id limit ${NAMED}) as ids
    `.execute(tx.db);
    return rows[0] ?? { checked: 0, breaches: 0, ids: [] };
  };
  return { ...what, run };
}
