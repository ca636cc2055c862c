// Sets, changes and deletes exchange rates; what was posted keeps the rate that it was posted at.
import { sql } from 'kysely';
import { type Fault, invalid, notFound, Problem } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { type ExchangeRate, getRate } from './exchange-rate.ts';
import { type RateInput, readRate } from './read-rate.ts';

/** How many rates were new, how many have changed, and how many were there as they are. */
export type RatesSet = { created: number; changed: number; unchanged: number };

/** What is read of a list of rates, and all faults with pointers from '/0' on; a day's second rate of a currency is one. */
export function readRates(
  tx: TenantTx,
  inputs: readonly Partial<RateInput>[],
): { rates: ExchangeRate[]; faults: Fault[] } {
  const rates: ExchangeRate[] = [];
  const faults: Fault[] = [];
  const places = new Map<string, number>();
  for (const [index, input] of inputs.entries()) {
    const read = readRate(input, tx.tenant);
    if (Array.isArray(read)) {
      faults.push(...read.map((fault) => ({ ...fault, pointer: `/${index}${fault.pointer}` })));
      continue;
    }
    const key = `${read.currency} ${read.rate_date}`;
    if (places.has(key)) {
      const detail = `a rate of ${read.currency} on ${read.rate_date} stands before this one`;
      faults.push({ pointer: `/${index}`, code: 'accounting/exchange-rate-repeated', detail });
    }
    places.set(key, index);
    rates.push(read);
  }
  return { rates, faults };
}

/** Stores rates that were read, in one statement; the audit log gets what has changed. */
export async function storeRates(tx: TenantTx, rates: readonly ExchangeRate[]): Promise<RatesSet> {
  const { rows } = await sql<{ created: number; changed: number }>`
    with kept as (
      insert into exchange_rates as x (currency, rate_date, rate, source)
        select g.currency, g.rate_date, g.rate, g.source
        from jsonb_to_recordset(${JSON.stringify(rates)}::jsonb) as g (currency text, rate_date date, rate numeric, source text)
        order by g.currency, g.rate_date
        on conflict (currency, rate_date) do update set rate = excluded.rate, source = excluded.source
          where (x.rate, x.source) is distinct from (excluded.rate, excluded.source)
        returning xmax = 0 as created
    )
    select count(*) filter (where created) as created, count(*) filter (where not created) as changed from kept
  `.execute(tx.db);
  const { created = 0, changed = 0 } = rows[0] ?? {};
  return { created, changed, unchanged: rates.length - created - changed };
}

/**
 * Sets rates, all or none: new ones are added, others replaced. Throws an invalid Problem with all faults of all rates, pointers
 * from '/rates/0' on.
 */
export async function setRates(tx: TenantTx, inputs: readonly Partial<RateInput>[]): Promise<RatesSet> {
  const { rates, faults } = readRates(tx, inputs);
  const found = faults.map((fault) => ({ ...fault, pointer: `/rates${fault.pointer}` }));
  if (found.length > 0) throw invalid(found, 'accounting/exchange-rates-invalid');
  return await storeRates(tx, rates);
}

/** Sets the rate of a currency on a day and tells whether it is a new one. Throws an invalid Problem with all faults. */
export async function setRate(
  tx: TenantTx,
  input: Partial<RateInput>,
): Promise<{ rate: ExchangeRate; created: boolean }> {
  const read = readRate(input, tx.tenant);
  if (Array.isArray(read)) throw invalid(read, 'accounting/exchange-rate-invalid');
  const { created } = await storeRates(tx, [read]);
  return { rate: (await getRate(tx, read.currency, read.rate_date)) ?? read, created: created > 0 };
}

/** Adds a rate. Throws an invalid Problem with all faults, or a conflict when that day has one already. */
export async function addRate(tx: TenantTx, input: Partial<RateInput>): Promise<ExchangeRate> {
  const { currency, rate_date: day } = input;
  const { rate, created } = await setRate(tx, input);
  if (created) return rate;
  const detail = `there is a rate of ${currency} on ${day}; PUT replaces it`;
  throw new Problem('conflict', 'accounting/exchange-rate-exists', detail);
}

/** Deletes the rate of a currency on a day. Throws not-found. */
export async function deleteRate(tx: TenantTx, currency: string, day: string): Promise<void> {
  const { rows } = await sql`
    delete from exchange_rates where currency = ${currency} and rate_date = ${day}::date returning currency
  `.execute(tx.db);
  if (rows.length === 0) throw notFound('exchange rate');
}
