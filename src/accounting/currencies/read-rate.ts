// Reads an exchange rate as a program or a file gives it, telling all that is wrong with it at once.
import { isIsoDate } from '#lib/dates';
import { currencyScale, formatAmount, parseAmount } from '#lib/money';
import type { Fault } from '#lib/problem';
import type { Tenant } from '#lib/tenant-tx';
import type { ExchangeRate } from './exchange-rate.ts';

/** Decimals of a rate, and its first value that is too large; numeric(24,10) in the database holds as many. */
const RATE_DECIMALS = 10;
const RATE_LIMIT = 10n ** BigInt(12 + RATE_DECIMALS);

/**
 * A rate to be set. `units` says of how many units of the currency `rate` is the price, 1 unless given: Nepal Rastra Bank quotes
 * the Indian rupee for 100 and the yen for 10. `source` says who quotes it.
 */
export type RateInput = {
  currency: string;
  rate_date: string;
  rate: string;
  units?: number;
  source?: string;
};

const required = (name: string): Fault => ({
  pointer: `/${name}`,
  code: 'request/required',
  detail: `a rate has a ${name}`,
});

function currencyFaults(currency: string | undefined, tenant: Tenant): Fault[] {
  const pointer = '/currency';
  if (currency === undefined) return [required('currency')];
  if (currency === tenant.currency) {
    const detail = `${currency} is the company’s own currency, in which all rates are`;
    return [{ pointer, code: 'accounting/rate-of-base-currency', detail }];
  }
  if (/^[A-Z]{3}$/.test(currency) && currencyScale(currency) !== null) return [];
  const detail = `"${currency.slice(0, 20).toWellFormed()}" is not an ISO 4217 currency`;
  return [{ pointer, code: 'accounting/currency-unknown', detail }];
}

function dateFaults(date: string | undefined): Fault[] {
  if (date === undefined) return [required('rate_date')];
  if (isIsoDate(date)) return [];
  return [{ pointer: '/rate_date', code: 'request/date', detail: 'a date is written YYYY-MM-DD and exists' }];
}

/** The price of one unit, which has to come out exactly; else the faults. */
function priceOf(rate: string | undefined, units = 1): string | Fault[] {
  const faults: Fault[] = [];
  if (!Number.isInteger(units) || units < 1 || units > 1_000_000) {
    const detail = 'a rate is quoted for 1 to 1000000 units';
    faults.push({ pointer: '/units', code: 'accounting/rate-units', detail });
  }
  if (rate === undefined) return [...faults, required('rate')];
  const quoted = parseAmount(rate, RATE_DECIMALS);
  const pointer = '/rate';
  if (typeof quoted !== 'bigint') {
    const detail = 'a rate is a decimal string such as "133.25", with at most 10 decimals';
    return [...faults, { pointer, code: 'accounting/rate-invalid', detail }];
  }
  if (quoted <= 0n) {
    const detail = 'a rate is above zero: how much of the company’s currency one unit is';
    return [...faults, { pointer, code: 'accounting/rate-not-positive', detail }];
  }
  if (faults.length > 0) return faults;
  const price = quoted / BigInt(units);
  if (quoted % BigInt(units) !== 0n) {
    const detail = `${rate} for ${units} units is no rate of at most 10 decimals for one; give the rate for one unit`;
    return [{ pointer: '/units', code: 'accounting/rate-not-exact', detail }];
  }
  if (price >= RATE_LIMIT)
    return [{ pointer, code: 'accounting/rate-too-large', detail: 'a rate is below 10^12' }];
  return formatAmount(price, RATE_DECIMALS);
}

/** The rate that is meant, of one unit and with all 10 decimals, or every fault of it with pointers into it. */
export function readRate(input: Partial<RateInput>, tenant: Tenant): ExchangeRate | Fault[] {
  const price = priceOf(input.rate, input.units);
  const faults = [
    ...currencyFaults(input.currency, tenant),
    ...dateFaults(input.rate_date),
    ...(typeof price === 'string' ? [] : price),
  ];
  const source = input.source?.trim() ?? 'manual';
  if (source === '' || source.length > 100) {
    const detail = 'a source is named in 1 to 100 characters';
    faults.push({ pointer: '/source', code: 'accounting/rate-source', detail });
  }
  const { currency, rate_date } = input;
  if (faults.length > 0 || typeof price !== 'string' || !currency || !rate_date) return faults;
  return { currency, rate_date, rate: price, source };
}
