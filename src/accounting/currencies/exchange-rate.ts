// Reads the table of exchange rates: which there are, and which one holds on a day.
import { type SqlBool, sql } from 'kysely';
import type { TenantTx } from '#lib/tenant-tx';

/**
 * How many units of the company's currency one unit of `currency` (ISO 4217) cost on a day, a decimal string of at most 10
 * decimals, and who says so. It holds from that day until the next one's rate.
 */
export type ExchangeRate = { currency: string; rate_date: string; rate: string; source: string };

/** Dates are inclusive; `validOn` asks for each currency's rate that holds on that day. */
export type RateFilter = {
  currency?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  validOn?: string | undefined;
};

function conditionsOf({ currency, from, to, validOn }: RateFilter) {
  const conditions = [sql<SqlBool>`true`];
  if (currency) conditions.push(sql`x.currency = ${currency}`);
  if (from) conditions.push(sql`x.rate_date >= ${from}::date`);
  if (to) conditions.push(sql`x.rate_date <= ${to}::date`);
  if (validOn) {
    conditions.push(sql`x.rate_date = (select max(y.rate_date) from exchange_rates y
      where y.currency = x.currency and y.rate_date <= ${validOn}::date)`);
  }
  return sql.join(conditions, sql` and `);
}

/** One page of the rates, newest day first and by currency within a day, and how many match in all. `page` counts from 1. */
export async function listRates(
  tx: TenantTx,
  filter: RateFilter,
  page: number,
  pageSize: number,
): Promise<{ count: number; results: ExchangeRate[] }> {
  const where = conditionsOf(filter);
  const counted = await sql<{
    count: number;
  }>`select count(*) as count from exchange_rates x where ${where}`.execute(tx.db);
  const { rows } = await sql<ExchangeRate>`
    select x.currency, x.rate_date, trim_scale(x.rate)::text as rate, x.source from exchange_rates x where ${where}
    order by x.rate_date desc, x.currency limit ${pageSize} offset ${(page - 1) * pageSize}
  `.execute(tx.db);
  return { count: counted.rows[0]?.count ?? 0, results: rows };
}

/** The rate of a currency that was set for exactly this ISO date, or null. */
export async function getRate(tx: TenantTx, currency: string, day: string): Promise<ExchangeRate | null> {
  const { results } = await listRates(tx, { currency, from: day, to: day }, 1, 1);
  return results[0] ?? null;
}

/** The rate of a currency that holds on an ISO date: the latest one set for it or a day before it; null when there is none. */
export async function rateOn(tx: TenantTx, currency: string, day: string): Promise<ExchangeRate | null> {
  const { results } = await listRates(tx, { currency, validOn: day }, 1, 1);
  return results[0] ?? null;
}
