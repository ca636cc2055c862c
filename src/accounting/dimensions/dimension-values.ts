// The values of a dimension, such as the branches of a company: listed by pages, as there may be thousands.
import { sql } from 'kysely';
import { patternContaining } from '#lib/like-pattern';
import type { Listed, Ordering, Part } from '#lib/lists/part';
import { type Orders, selectPart } from '#lib/lists/select-part';
import { notFound } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { dimensionId } from './dimension.ts';

export type DimensionValue = { code: string; name: string; active: boolean };

/** `search` looks into code and name. */
export type ValueFilter = { search?: string | undefined; active?: boolean | null | undefined };

/** What values are sorted by. */
export const valueOrders = {
  code: [{ of: sql`code`, type: 'text' }],
  name: [
    { of: sql`name`, type: 'text' },
    { of: sql`code`, type: 'text' },
  ],
} as const satisfies Orders<string>;

/** A part of a dimension's values, by code unless ordered otherwise. Throws not-found. */
export async function listDimensionValues(
  tx: TenantTx,
  dimension: string,
  { search, active = null }: ValueFilter,
  part: Part,
  ordering: Ordering<keyof typeof valueOrders> = 'code',
): Promise<Listed<DimensionValue>> {
  const id = await dimensionId(tx, dimension);
  const pattern = patternContaining(search);
  const from = sql`from dimension_values where dimension_id = ${id}
    and (${pattern}::text is null or code ilike ${pattern} or name ilike ${pattern})
    and (${active}::boolean is null or is_active = ${active})`;
  const columns = sql`code, name, is_active as active`;
  return await selectPart(tx, { columns, from }, valueOrders, { ordering, part });
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
