// The dimensions by which lines can be told apart beside their account: branch, project, whatever a company defines.
import { notFound } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';

/** `keeps_balances` asks for balances by this dimension, which reports by it read. */
export type Dimension = { code: string; name: string; keeps_balances: boolean; active: boolean };

type Known = Dimension & { id: number };

/** All dimensions by code. */
export async function listDimensions(tx: TenantTx): Promise<Dimension[]> {
  return (await knownDimensions(tx)).map(({ id: _, ...dimension }) => dimension);
}

/** The same with their ids, for the verbs beside this file. */
export async function knownDimensions(tx: TenantTx): Promise<Known[]> {
  return await tx.db
    .selectFrom('dimensions')
    .select(['id', 'code', 'name', 'keeps_balances', 'is_active as active'])
    .orderBy('code')
    .execute();
}

/** The id of the dimension of that code. Throws not-found. */
export async function dimensionId(tx: TenantTx, code: string): Promise<number> {
  const found = await tx.db.selectFrom('dimensions').select('id').where('code', '=', code).executeTakeFirst();
  if (!found) throw notFound('dimension');
  return found.id;
}

/** The dimension of that code. Throws not-found. */
export async function requiredDimension(tx: TenantTx, code: string): Promise<Dimension> {
  const dimension = (await listDimensions(tx)).find((each) => each.code === code);
  if (!dimension) throw notFound('dimension');
  return dimension;
}
