// The series in which entries are numbered: what a number looks like, and where its digits begin at 1 again.
import { notFound } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';

export const seriesResets = ['never', 'fiscal_year', 'period'] as const;
export type SeriesReset = (typeof seriesResets)[number];

/**
 * A number is prefix, digits padded with zeros to `padding`, and suffix. Both may hold {series}, {fiscal_year}, {period} (of
 * the year, two digits), and {yyyy}, {yy}, {mm} of the entry's Gregorian date. `voucher_type` says what is numbered here.
 */
export type NumberSeries = {
  code: string;
  name: string;
  voucher_type: string;
  prefix: string;
  suffix: string;
  padding: number;
  reset: SeriesReset;
  active: boolean;
};

/** All series by code. */
export async function listSeries(tx: TenantTx): Promise<NumberSeries[]> {
  return (await tx.db
    .selectFrom('number_series')
    .select(['code', 'name', 'voucher_type', 'prefix', 'suffix', 'padding', 'reset', 'is_active as active'])
    .orderBy('code')
    .execute()) as NumberSeries[];
}

/** The series of that code. Throws not-found. */
export async function requiredSeries(tx: TenantTx, code: string): Promise<NumberSeries> {
  const series = (await listSeries(tx)).find((each) => each.code === code);
  if (!series) throw notFound('number series');
  return series;
}
