// Reads the table of exchange rates: which there are, and which one holds on a day.
import { type SqlBool, sql } from 'kysely';
import { type Listed, type Ordering, type Part, pageNumber } from '#lib/lists/part';
import { type Orders, selectPart } from '#lib/lists/select-part';
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

/** What rates are sorted by; the newest days first go with the currencies from A to Z. */
export const rateOrders = {
  rate_date: [
    { of: sql`x.rate_date`, type: 'date' },
    { of: sql`x.currency`, type: 'text', falling: true },
  ],
  currency: [
    { of: sql`x.currency`, type: 'text' },
    { of: sql`x.rate_date`, type: 'date' },
  ],
} as const satisfies Orders<string>;

/** A part of the rates that match, newest day first and by currency within a day unless ordered otherwise. */
export async function listRates(
  tx: TenantTx,
  filter: RateFilter,
  part: Part,
  ordering: Ordering<keyof typeof rateOrders> = '-rate_date',
): Promise<Listed<ExchangeRate>> {
  const columns = sql`x.currency, x.rate_date, trim_scale(x.rate)::text as rate, x.source`;
  const from = sql`from exchange_rates x where ${conditionsOf(filter)}`;
  return await selectPart(tx, { columns, from }, rateOrders, { ordering, part });
}

/** The rate of a currency that was set for exactly this ISO date, or null. */
export async function getRate(tx: TenantTx, currency: string, day: string): Promise<ExchangeRate | null> {
  const { results } = await listRates(tx, { currency, from: day, to: day }, pageNumber(1, 1));
  return results[0] ?? null;
}

/** The rate of a currency that holds on an ISO date: the latest one set for it or a day before it; null when there is none. */
export async function rateOn(tx: TenantTx, currency: string, day: string): Promise<ExchangeRate | null> {
  const { results } = await listRates(tx, { currency, validOn: day }, pageNumber(1, 1));
  return results[0] ?? null;
}
