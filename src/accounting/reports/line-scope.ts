// What lines a report of lines is narrowed to: values of dimensions, what was known at a moment, and not the closing of years.
import { type RawBuilder, sql } from 'kysely';
import { type Fault, invalid } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { isLimited } from '../branch-limit.ts';

/**
 * `dimensions` are values by their dimensions' codes, '' for lines without one; `knownOn` an ISO 8601 instant, until which an
 * entry must have been posted; `closing` false leaves out what the closing of years posted. `api` is the root of the API, such as
 * /api/v2, below which links lie.
 */
export type LineScopeQuery = {
  dimensions?: Readonly<Record<string, string>>;
  knownOn?: string | null;
  closing?: boolean;
  api?: string;
};

/** Conditions on journal_lines as `l` and journal_entries as `e`; `isWhole` when it is of all lines that the company has. */
export type LineScope = { isWhole: boolean; conditions: RawBuilder<unknown> };

type Found = { dimension: string; dimension_id: number | null; value: string; value_id: number | null };

function faultOf({ dimension, dimension_id, value, value_id }: Found): Fault[] {
  const pointer = `/query/dimension.${dimension}`;
  const name = dimension.slice(0, 60);
  if (dimension_id === null)
    return [{ pointer, code: 'accounting/dimension-unknown', detail: `there is no dimension ${name}` }];
  if (value === '' || value_id !== null) return [];
  const detail = `dimension ${name} has no value ${value.slice(0, 60)}`;
  return [{ pointer, code: 'accounting/dimension-value-unknown', detail }];
}

const condition = ({ dimension_id, value_id }: Found) =>
  value_id === null
    ? sql`not exists (select from journal_line_dimensions d where d.entry_id = l.entry_id and d.line_no = l.line_no
        and d.dimension_id = ${dimension_id})`
    : sql`exists (select from journal_line_dimensions d where d.entry_id = l.entry_id and d.line_no = l.line_no
        and d.value_id = ${value_id})`;

/** Finds the dimensions and values in the books. Throws an invalid Problem that names every unknown one. */
export async function lineScope(tx: TenantTx, query: LineScopeQuery): Promise<LineScope> {
  const { dimensions = {}, knownOn = null, closing = true } = query;
  const asked = Object.entries(dimensions);
  const { rows } =
    asked.length === 0
      ? { rows: [] }
      : await sql<Found>`
          select asked.dimension, d.id as dimension_id, asked.value, v.id as value_id
          from unnest(${asked.map(([code]) => code)}::text[], ${asked.map(([, value]) => value)}::text[]) as asked (dimension, value)
          left join dimensions d on d.code = asked.dimension
          left join dimension_values v on v.dimension_id = d.id and v.code = asked.value
        `.execute(tx.db);
  const faults = rows.flatMap(faultOf);
  if (faults.length > 0) throw invalid(faults);
  const conditions = [
    ...rows.map(condition),
    ...(knownOn === null ? [] : [sql`e.posted_at <= ${knownOn}::timestamptz`]),
    ...(closing ? [] : [sql`not l.closing`]),
  ];
  return {
    isWhole: conditions.length === 0 && !isLimited(tx),
    conditions: sql.join([sql`true`, ...conditions], sql` and `),
  };
}
