// Fiscal years and their periods: read, and opened.
import { sql } from 'kysely';
import { type Fault, invalid, notFound } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { calendarYears } from './calendar-years.ts';

export type PeriodStatus = 'open' | 'closed' | 'locked';

/** Dates are ISO Gregorian and inclusive, also in a Bikram Sambat calendar. */
export type Period = {
  id: number;
  fiscal_year: string;
  number: number;
  name: string;
  starts_on: string;
  ends_on: string;
  status: PeriodStatus;
};

/** `closing_entry` is the entry by which a closed year was closed; null also where there was nothing to close. */
export type FiscalYear = {
  id: number;
  name: string;
  starts_on: string;
  ends_on: string;
  status: 'open' | 'closed';
  closing_entry: { id: string; number: string } | null;
};

/** All fiscal years, oldest first. */
export async function listFiscalYears(tx: TenantTx): Promise<FiscalYear[]> {
  const { rows } = await sql<FiscalYear>`
    select y.id, y.name, y.starts_on, y.ends_on, y.status,
      case when e.id is not null then json_build_object('id', e.id, 'number', e.number) end as closing_entry
    from fiscal_years y left join journal_entries e on e.id = y.closing_entry_id
    order by y.starts_on
  `.execute(tx.db);
  return rows;
}

/** One fiscal year. Throws not-found. */
export async function getFiscalYear(tx: TenantTx, id: number): Promise<FiscalYear> {
  const year = (await listFiscalYears(tx)).find((each) => each.id === id);
  if (!year) throw notFound('fiscal year');
  return year;
}

/** The periods of one fiscal year, by its name, or of all, oldest first. */
export async function listPeriods(
  tx: TenantTx,
  filter: { fiscalYear?: string | undefined; id?: number } = {},
) {
  const { rows } = await sql<Period>`
    select p.id, y.name as fiscal_year, p.number, p.name, p.starts_on, p.ends_on, p.status
    from periods p join fiscal_years y on y.id = p.fiscal_year_id
    where (${filter.fiscalYear ?? null}::text is null or y.name = ${filter.fiscalYear ?? null})
      and (${filter.id ?? null}::bigint is null or p.id = ${filter.id ?? null})
    order by p.starts_on
  `.execute(tx.db);
  return rows;
}

/** One period. Throws not-found. */
export async function getPeriod(tx: TenantTx, id: number): Promise<Period> {
  const [period] = await listPeriods(tx, { id });
  if (!period) throw notFound('period');
  return period;
}

/** Why years cannot be opened beside those that there are: one overlaps, or would come before one that is closed. */
function faultsBeside(
  years: readonly { name: string; starts_on: string; ends_on: string }[],
  existing: readonly FiscalYear[],
): Fault[] {
  return years.flatMap((year) => {
    const pointer = '/starts_on';
    const other = existing.find((each) => each.starts_on <= year.ends_on && year.starts_on <= each.ends_on);
    if (other) {
      const detail = `${year.name} (${year.starts_on} to ${year.ends_on}) overlaps fiscal year ${other.name}`;
      return [{ pointer, code: 'accounting/fiscal-year-overlaps', detail }];
    }
    const later = existing.find((each) => each.status === 'closed' && each.starts_on > year.starts_on);
    if (!later) return [];
    const detail = `${year.name} comes before fiscal year ${later.name}, which is closed; reopen it first`;
    return [{ pointer, code: 'accounting/later-year-closed', detail }];
  });
}

/**
 * Opens `count` consecutive fiscal years of twelve periods from an ISO date, in the company's calendar. Throws an
 * invalid Problem when the calendar cannot begin a year that day, or when a year would overlap another one or come before a
 * closed one.
 */
export async function openFiscalYears(tx: TenantTx, startsOn: string, count: number): Promise<FiscalYear[]> {
  const years = calendarYears(tx.tenant.calendar, startsOn, count);
  const faults = faultsBeside(years, await listFiscalYears(tx));
  if (faults.length > 0) throw invalid(faults, 'accounting/fiscal-years-unfit');
  const opened = new Set<number>();
  for (const { periods, ...year } of years) {
    const { id } = await tx.db
      .insertInto('fiscal_years')
      .values(year)
      .returning('id')
      .executeTakeFirstOrThrow();
    await tx.db
      .insertInto('periods')
      .values(periods.map((period) => ({ ...period, fiscal_year_id: id })))
      .execute();
    opened.add(id);
  }
  return (await listFiscalYears(tx)).filter(({ id }) => opened.has(id));
}
