// Which days a report compares its own with: the period before, or the same part of the year before.
import { addDays, addMonths, daysBetween } from '#lib/dates';
import type { TenantTx } from '#lib/tenant-tx';
import { listPeriods, type Period } from '../fiscal-years/fiscal-year.ts';

/** ISO days, inclusive; `from` null is since ever. */
export type Span = { from: string | null; to: string };

export const comparisons = ['previous_period', 'previous_year', 'budget'] as const;
export type Comparison = (typeof comparisons)[number];

type Days = Pick<Period, 'starts_on' | 'ends_on'>;

function periodOf(periods: readonly Period[], day: string): number {
  return periods.findIndex(({ starts_on, ends_on }) => starts_on <= day && day <= ends_on);
}

/** The day that lies in a period as `day` does in its own: as far from the start, and the last where it is the last. */
function sameDayIn(day: string, own: Days, other: Days): string {
  const place = daysBetween(own.starts_on, day);
  const isLast = day === own.ends_on || place >= daysBetween(other.starts_on, other.ends_on);
  return isLast ? other.ends_on : addDays(other.starts_on, place);
}

/** The period of the same number in the year before, or that year's last; undefined where there is no year before. */
function periodAYearBefore(periods: readonly Period[], index: number): Period | undefined {
  const own = periods[index];
  const year = periods.slice(0, index).findLast((each) => each.fiscal_year !== own?.fiscal_year)?.fiscal_year;
  const before = periods.filter((each) => each.fiscal_year === year);
  return year === undefined
    ? undefined
    : (before.find((each) => each.number === own?.number) ?? before.at(-1));
}

function dayAYearBefore(periods: readonly Period[], day: string): string {
  const index = periodOf(periods, day);
  const own = periods[index];
  const other = own && periodAYearBefore(periods, index);
  return own && other ? sameDayIn(day, own, other) : addMonths(day, -12);
}

/** The days directly before, as many as the span has; a day alone is compared with the same day a month before. */
function directlyBefore({ from, to }: Span): Span {
  if (from === null) return { from, to: addMonths(to, -1) };
  return { from: addDays(from, -daysBetween(from, to) - 1), to: addDays(from, -1) };
}

function periodsBefore(periods: readonly Period[], span: Span): Span {
  const last = periodOf(periods, span.to);
  const first = span.from === null ? last : periodOf(periods, span.from);
  const count = last - first + 1;
  const shift = (day: string, index: number) => {
    const [own, other] = [periods[index], periods[index - count]];
    return own && other ? sameDayIn(day, own, other) : null;
  };
  const to = last < 0 || first < 0 ? null : shift(span.to, last);
  const from = span.from === null || to === null ? null : shift(span.from, first);
  return to === null || (span.from !== null && from === null) ? directlyBefore(span) : { from, to };
}

/**
 * What a span is compared with: as many periods before as it touches, or the same periods of the fiscal year before, each
 * day at its place within its period. Days in no fiscal year, or with none before them, go by the Gregorian calendar: the
 * days directly before, or a year. `periods` are all of the company, oldest first.
 */
export function comparedSpan(
  periods: readonly Period[],
  span: Span,
  comparison: 'previous_period' | 'previous_year',
): Span {
  if (comparison === 'previous_period') return periodsBefore(periods, span);
  const from = span.from === null ? null : dayAYearBefore(periods, span.from);
  const to = dayAYearBefore(periods, span.to);
  // Of days of which one lies in no fiscal year, the earlier one could come out as the later one.
  if (from !== null && from > to)
    return { from: addMonths(span.from ?? to, -12), to: addMonths(span.to, -12) };
  return { from, to };
}

/** A span of a report beside the one it is about; the budget's has no figures yet. */
export type Time = Span & { key: 'current' | Comparison };

/** The span of a report, and the one that it is compared with, if any. */
export async function timesOf(tx: TenantTx, span: Span, comparison: Comparison | null): Promise<Time[]> {
  const current: Time = { ...span, key: 'current' };
  if (comparison === null) return [current];
  if (comparison === 'budget') return [current, { ...span, key: 'budget' }];
  const compared = comparedSpan(await listPeriods(tx), span, comparison);
  return [current, { ...compared, key: comparison }];
}

/** The first day of the fiscal year that a day lies in; null outside of all. */
export async function yearStart(tx: TenantTx, day: string): Promise<string | null> {
  const year = await tx.db
    .selectFrom('fiscal_years')
    .select('starts_on')
    .where('starts_on', '<=', day)
    .where('ends_on', '>=', day)
    .executeTakeFirst();
  return year?.starts_on ?? null;
}
