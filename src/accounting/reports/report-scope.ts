// What a report is narrowed to and told apart by: values of dimensions, and what was known at a moment.
import { sql } from 'kysely';
import { type Fault, invalid } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { branchesOf } from '../branch-limit.ts';

/** What is asked, by codes: values by their dimensions, and the dimension whose values get columns of their own. */
export type ScopeQuery = {
  dimensions: Readonly<Record<string, string>>;
  by: string | null;
  /** ISO 8601 with offset; null for all that is known. */
  knownOn: string | null;
  /** The root of the API, such as /api/v2, below which the links of figures lie. */
  api?: string;
};

export type DimensionValue = { id: number; code: string; name: string };

/** The same, found in the books; `branches` are those that the reader is limited to, null for none. */
export type Scope = {
  branches: string[] | null;
  filters: { dimension: string; code: string; id: number }[];
  by: { code: string; name: string; id: number; values: DimensionValue[] } | null;
  knownOn: string | null;
  api?: string;
};

type Row = { dimension: string; name: string; dimension_id: number; value_id: number | null };

async function namedDimensions(tx: TenantTx, codes: string[], values: (string | null)[]): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select d.code as dimension, d.name, d.id as dimension_id, v.id as value_id
    from unnest(${codes}::text[], ${values}::text[]) as asked (dimension, value)
    join dimensions d on d.code = asked.dimension
    left join dimension_values v on v.dimension_id = d.id and v.code = asked.value
  `.execute(tx.db);
  return rows;
}

const unknownDimension = (pointer: string, code: string): Fault => ({
  pointer,
  code: 'accounting/dimension-unknown',
  detail: `there is no dimension ${code.slice(0, 60)}`,
});

/** Finds dimensions and values, also inactive ones. Throws an invalid Problem that names every unknown one. */
export async function findScope(tx: TenantTx, query: ScopeQuery): Promise<Scope> {
  const { dimensions, by, knownOn } = query;
  const known = { knownOn, ...(query.api !== undefined && { api: query.api }) };
  const asked = Object.entries(dimensions);
  const branches = branchesOf(tx);
  if (asked.length === 0 && by === null) return { branches, filters: [], by: null, ...known };
  const codes = [...asked.map(([code]) => code), ...(by === null ? [] : [by])];
  const rows = await namedDimensions(tx, codes, [...asked.map(([, value]) => value), null]);
  const faults: Fault[] = [];
  const filters = asked.flatMap(([dimension, code]) => {
    const row = rows.find((each) => each.dimension === dimension && each.value_id !== null);
    if (row) return [{ dimension, code, id: Number(row.value_id) }];
    const pointer = `/query/dimension.${dimension}`;
    if (!rows.some((each) => each.dimension === dimension)) faults.push(unknownDimension(pointer, dimension));
    else {
      const detail = `dimension ${dimension} has no value ${code.slice(0, 60)}`;
      faults.push({ pointer, code: 'accounting/dimension-value-unknown', detail });
    }
    return [];
  });
  const across = rows.find((each) => each.dimension === by);
  if (by !== null && !across) faults.push(unknownDimension('/query/by', by));
  if (faults.length > 0) throw invalid(faults);
  return { branches, filters, by: across ? await withValues(tx, across) : null, ...known };
}

async function withValues(tx: TenantTx, { dimension, name, dimension_id }: Row): Promise<Scope['by']> {
  const values = await tx.db
    .selectFrom('dimension_values')
    .select(['id', 'code', 'name'])
    .where('dimension_id', '=', dimension_id)
    .orderBy('code')
    .execute();
  return { code: dimension, name, id: dimension_id, values };
}
