// Fiscal years and their periods: read, opened, closed and locked.
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

export type FiscalYear = { id: number; name: string; starts_on: string; ends_on: string };

/** All fiscal years, oldest first. */
export async function listFiscalYears(tx: TenantTx): Promise<FiscalYear[]> {
  return await tx.db.selectFrom('fiscal_years').selectAll().orderBy('starts_on').execute();
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

/**
 * Opens `count` consecutive fiscal years of twelve periods from an ISO date, in the company's calendar. Throws an
 * invalid Problem when the calendar cannot begin a year that day, or when a year would overlap another one.
 */
export async function openFiscalYears(tx: TenantTx, startsOn: string, count: number): Promise<FiscalYear[]> {
  const years = calendarYears(tx.tenant.calendar, startsOn, count);
  const existing = await listFiscalYears(tx);
  const faults: Fault[] = years.flatMap((year) => {
    const other = existing.find((each) => each.starts_on <= year.ends_on && year.starts_on <= each.ends_on);
    if (!other) return [];
    const detail = `${year.name} (${year.starts_on} to ${year.ends_on}) overlaps fiscal year ${other.name}`;
    return [{ pointer: '/starts_on', code: 'accounting/fiscal-year-overlaps', detail }];
  });
  if (faults.length > 0) throw invalid(faults, 'accounting/fiscal-year-overlaps');
  const opened: FiscalYear[] = [];
  for (const { periods, ...year } of years) {
    const row = await tx.db.insertInto('fiscal_years').values(year).returningAll().executeTakeFirstOrThrow();
    await tx.db
      .insertInto('periods')
      .values(periods.map((period) => ({ ...period, fiscal_year_id: row.id })))
      .execute();
    opened.push(row);
  }
  return opened;
}

/**
 * Sets a period's status: open ↔ closed, closed → locked. Waits for postings under way; after it returns, nothing can
 * land in a closed period. `reason` goes into the audit log. Throws not-found, or an invalid Problem for another transition.
 */
export async function setPeriodStatus(
  tx: TenantTx,
  id: number,
  status: PeriodStatus,
  reason: string | null = null,
): Promise<Period> {
  await sql`select set_period_status(${id}, ${status}, ${reason})`.execute(tx.db);
  const [period] = await listPeriods(tx, { id });
  if (!period) throw notFound('period');
  return period;
}
