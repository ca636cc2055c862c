// The values of a dimension, such as the branches of a company: listed by pages, as there may be thousands.
import { patternContaining } from '#lib/like-pattern';
import { notFound } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { dimensionId } from './dimension.ts';

export type DimensionValue = { code: string; name: string; active: boolean };

/** `search` looks into code and name. */
export type ValueFilter = { search?: string | undefined; active?: boolean | undefined };

/** One page of a dimension's values by code, and how many match in all; `page` counts from 1. Throws not-found. */
export async function listDimensionValues(
  tx: TenantTx,
  dimension: string,
  filter: ValueFilter,
  page: number,
  pageSize: number,
): Promise<{ count: number; results: DimensionValue[] }> {
  const id = await dimensionId(tx, dimension);
  const pattern = patternContaining(filter.search);
  let query = tx.db.selectFrom('dimension_values').where('dimension_id', '=', id);
  if (pattern !== null)
    query = query.where((any) => any.or([any('code', 'ilike', pattern), any('name', 'ilike', pattern)]));
  if (filter.active !== undefined) query = query.where('is_active', '=', filter.active);
  const counted = await query.select((any) => any.fn.countAll<number>().as('count')).executeTakeFirst();
  const results = await query
    .select(['code', 'name', 'is_active as active'])
    .orderBy('code')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  return { count: counted?.count ?? 0, results };
}

/** The value of that code. Throws not-found. */
export async function requiredValue(
  tx: TenantTx,
  dimension: string,
  code: string,
): Promise<DimensionValue & { id: number }> {
  const value = await tx.db
    .selectFrom('dimension_values')
    .select(['id', 'code', 'name', 'is_active as active'])
    .where('dimension_id', '=', await dimensionId(tx, dimension))
    .where('code', '=', code)
    .executeTakeFirst();
  if (!value) throw notFound('value of the dimension');
  return value;
}

/** The active values of the built-in dimension `branch`, by code: what a member can be limited to. */
export async function listBranches(tx: TenantTx): Promise<{ code: string; name: string }[]> {
  return await tx.db
    .selectFrom('dimension_values')
    .select(['code', 'name'])
    .where('dimension_id', '=', await dimensionId(tx, 'branch'))
    .where('is_active', '=', true)
    .orderBy('code')
    .execute();
}
