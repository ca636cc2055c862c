// Creates and changes number series; what would make two numbers alike is refused, here with all faults, in the database for good.
import { type Fault, invalid } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { listSeries, type NumberSeries, requiredSeries } from './number-series.ts';
import { patternFaults } from './pattern-faults.ts';

/** What may be given for a new series; the rest has presets. */
export type NewSeries = { code: string; name: string } & Partial<Omit<NumberSeries, 'active'>>;

export type SeriesChanges = Partial<Omit<NumberSeries, 'code'>>;

const presets = {
  voucher_type: 'journal',
  prefix: '{series}-{fiscal_year}-',
  suffix: '',
  padding: 6,
  reset: 'fiscal_year',
  active: true,
} as const;

/** The series that the house itself posts in: what names no series, and the closing of years. */
const CLOSING = 'CL';
const needed = new Set(['JV', CLOSING]);

function ownFaults(series: NumberSeries): Fault[] {
  const faults: Fault[] = [];
  if (series.name.trim() === '') {
    const detail = 'a series has a name';
    faults.push({ pointer: '/name', code: 'accounting/series-name-blank', detail });
  }
  if ((series.voucher_type === 'closing') !== (series.code === CLOSING)) {
    const detail = 'closings of years are numbered in CL, and nothing else is';
    faults.push({ pointer: '/voucher_type', code: 'accounting/series-of-closings', detail });
  }
  if (!series.active && needed.has(series.code)) {
    const detail = `the house itself posts in ${series.code}; it stays active`;
    faults.push({ pointer: '/active', code: 'accounting/series-needed', detail });
  }
  return faults;
}

function likeAnother(series: NumberSeries, all: readonly NumberSeries[]): Fault[] {
  const { code, prefix, suffix } = series;
  if (prefix.includes('{series}') || suffix.includes('{series}')) return [];
  const other = all.find((each) => each.code !== code && each.prefix === prefix && each.suffix === suffix);
  if (!other) return [];
  const detail = `series ${other.code} has the same prefix and suffix; add {series}`;
  return [{ pointer: '/prefix', code: 'accounting/series-pattern', detail }];
}

async function hasNumbers(tx: TenantTx, code: string): Promise<boolean> {
  const counter = await tx.db
    .selectFrom('number_counters as c')
    .innerJoin('number_series as s', 's.id', 'c.series_id')
    .select('c.series_id')
    .where('s.code', '=', code)
    .limit(1)
    .executeTakeFirst();
  return counter !== undefined;
}

const isWhole = (input: Partial<NewSeries>): input is NewSeries =>
  input.code !== undefined && input.name !== undefined;

/** Creates a series. Throws an invalid Problem naming every fault; what is missing and a taken code are among them. */
export async function createSeries(tx: TenantTx, input: Partial<NewSeries>): Promise<NumberSeries> {
  const all = await listSeries(tx);
  const { code = '', name = '' } = input;
  const series: NumberSeries = { ...presets, ...input, code, name };
  const faults = [...ownFaults({ ...series, name: name || 'missing' }), ...patternFaults(series)];
  faults.push(...likeAnother(series, all));
  for (const field of ['code', 'name'] as const) {
    if (!input[field])
      faults.push({ pointer: `/${field}`, code: 'request/required', detail: `a series has a ${field}` });
  }
  if (all.some((each) => each.code === code)) {
    const detail = `there is a series ${code}`;
    faults.push({ pointer: '/code', code: 'accounting/series-exists', detail });
  }
  if (faults.length > 0 || !isWhole(input)) throw invalid(faults, 'accounting/series-invalid');
  const { voucher_type, prefix, suffix, padding, reset } = series;
  await tx.db
    .insertInto('number_series')
    .values({ code, name: name.trim(), voucher_type, prefix, suffix, padding, reset })
    .execute();
  return await requiredSeries(tx, code);
}

/**
 * Changes a series from the next posting on; numbers that were given stay, and digits go on. Where they begin again changes
 * only as long as there are none. Throws not-found, or an invalid Problem naming every fault.
 */
export async function updateSeries(
  tx: TenantTx,
  code: string,
  changes: SeriesChanges,
): Promise<NumberSeries> {
  const before = await requiredSeries(tx, code);
  const series = { ...before, ...changes };
  const faults = [
    ...ownFaults(series),
    ...patternFaults(series),
    ...likeAnother(series, await listSeries(tx)),
  ];
  if (series.reset !== before.reset && (await hasNumbers(tx, code))) {
    const detail = `series ${code} has given numbers; where they begin again no longer changes`;
    faults.push({ pointer: '/reset', code: 'accounting/series-in-use', detail });
  }
  if (faults.length > 0) throw invalid(faults, 'accounting/series-invalid');
  const { active, code: _, ...rest } = series;
  await tx.db
    .updateTable('number_series')
    .set({ ...rest, name: series.name.trim(), is_active: active })
    .where('code', '=', code)
    .execute();
  return await requiredSeries(tx, code);
}
