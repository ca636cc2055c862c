// Creates, changes and deletes dimensions; balances by one are switched on and off while no posting is under way.
import { sql } from 'kysely';
import { type Fault, invalid } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { requireWholeCompany } from '../branch-limit.ts';
import { holdPostings } from '../journal/post-entries.ts';
import { type Dimension, dimensionId, requiredDimension } from './dimension.ts';
import { unlessInUse } from './unless-in-use.ts';

export type NewDimension = { code: string; name: string; keeps_balances?: boolean };
export type DimensionChanges = { name?: string; active?: boolean; keeps_balances?: boolean };

const blankName: Fault = {
  pointer: '/name',
  code: 'accounting/dimension-name-blank',
  detail: 'a dimension has a name',
};

async function keepBalances(tx: TenantTx, code: string, keeps: boolean): Promise<void> {
  requireWholeCompany(tx);
  await sql`select keep_dimension_balances(${code}, ${keeps})`.execute(tx.db);
}

const isWhole = (input: Partial<NewDimension>): input is NewDimension =>
  input.code !== undefined && input.name !== undefined;

/** Creates a dimension. Throws an invalid Problem naming every fault; what is missing and a taken code are among them. */
export async function createDimension(tx: TenantTx, input: Partial<NewDimension>): Promise<Dimension> {
  const faults: Fault[] = [];
  for (const field of ['code', 'name'] as const) {
    if (input[field] === undefined)
      faults.push({ pointer: `/${field}`, code: 'request/required', detail: `a dimension has a ${field}` });
  }
  if (input.name?.trim() === '') faults.push(blankName);
  const taken = await tx.db
    .selectFrom('dimensions')
    .select('id')
    .where('code', '=', input.code ?? '')
    .executeTakeFirst();
  if (taken) {
    const detail = `there is a dimension ${input.code}`;
    faults.push({ pointer: '/code', code: 'accounting/dimension-exists', detail });
  }
  if (faults.length > 0 || !isWhole(input)) throw invalid(faults, 'accounting/dimension-invalid');
  const { code, name } = input;
  await tx.db.insertInto('dimensions').values({ code, name: name.trim() }).execute();
  if (input.keeps_balances) await keepBalances(tx, code, true);
  return await requiredDimension(tx, code);
}

/** Some of the accounts that ask for a dimension, for people; '' when none does. */
async function askingAccounts(tx: TenantTx, id: number): Promise<string> {
  const accounts = await tx.db
    .selectFrom('required_dimensions as r')
    .innerJoin('accounts as a', 'a.id', 'r.account_id')
    .select('a.code')
    .where('r.dimension_id', '=', id)
    .orderBy('a.code')
    .limit(5)
    .execute();
  return accounts.map((account) => account.code).join(', ');
}

/**
 * Changes a dimension. An inactive one takes no new lines, so it is refused while accounts ask for it. Switching its balances
 * on makes them from all its lines. Throws not-found or an invalid Problem.
 */
export async function updateDimension(
  tx: TenantTx,
  code: string,
  changes: DimensionChanges,
): Promise<Dimension> {
  const id = await dimensionId(tx, code);
  const faults: Fault[] = changes.name?.trim() === '' ? [blankName] : [];
  const asking = changes.active === false ? await askingAccounts(tx, id) : '';
  if (asking) {
    const detail = `accounts ask for a value of ${code}: ${asking}; make them ask for none first`;
    faults.push({ pointer: '/active', code: 'accounting/dimension-asked-for', detail });
  }
  if (faults.length > 0) throw invalid(faults, 'accounting/dimension-invalid');
  if (changes.keeps_balances !== undefined) await keepBalances(tx, code, changes.keeps_balances);
  if (changes.name !== undefined || changes.active !== undefined) {
    await tx.db
      .updateTable('dimensions')
      .set({
        ...(changes.name !== undefined && { name: changes.name.trim() }),
        ...(changes.active !== undefined && { is_active: changes.active }),
      })
      .where('id', '=', id)
      .execute();
  }
  return await requiredDimension(tx, code);
}

/** Deletes a dimension and its values when no line has any and no account asks for it; else it is a conflict. */
export async function deleteDimension(tx: TenantTx, code: string): Promise<void> {
  const id = await dimensionId(tx, code);
  await holdPostings(tx);
  await unlessInUse(
    'accounting/dimension-in-use',
    `dimension ${code} is in use; make it inactive instead`,
    async () => {
      await tx.db.deleteFrom('dimension_values').where('dimension_id', '=', id).execute();
      await tx.db.deleteFrom('dimensions').where('id', '=', id).execute();
    },
  );
}
