// Reads what a client sent as an entry, keeping whatever is readable, so that all faults can be told at once.
import { isIsoDate } from '#lib/dates';
import { isStorable } from '#lib/http/unfit-values';
import { currencyScale, parseAmount } from '#lib/money';
import type { Fault } from '#lib/problem';
import type { Tenant } from '#lib/tenant-tx';
import { isPlain } from './entry.ts';
import type { UncheckedEntry } from './post-entries.ts';

/** Decimals that a rate may have; numeric(24,10) in the database holds as many. */
const RATE_DECIMALS = 10;

type Read = { entry: UncheckedEntry; faults: Fault[] };

/** The fields of a JSON object; of anything else none. */
export const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

/** A text; what the database cannot store is as good as absent, as whoever checked the request's shape has named it already. */
export const asText = (value: unknown): string | null =>
  typeof value === 'string' && isStorable(value) ? value : null;

/** An amount's text when it is readable; blank counts as absent; else a fault, or 'malformed' when not even text. */
function readAmount(
  value: unknown,
  pointer: string,
  scale: number,
  faults: Fault[],
): string | null | 'malformed' {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string') {
    faults.push({ pointer, code: 'request/type', detail: 'an amount is a decimal string such as "1234.50"' });
    return 'malformed';
  }
  const amount = parseAmount(value, scale);
  if (typeof amount === 'bigint') return value;
  faults.push({ pointer, code: 'accounting/amount-invalid', detail: amount.fault });
  return 'malformed';
}

type ReadLine = UncheckedEntry['lines'][number];

/** What a line says beside account and amount, as far as it is readable; null when it is not. */
function readExtras(line: Record<string, unknown>, pointer: string, base: Tenant, faults: Fault[]) {
  const before = faults.length;
  const currency = asText(line.currency)?.trim() || base.currency;
  const known = currency === base.currency ? base.currencyScale : currencyScale(currency);
  if (known === null) {
    const detail = `"${currency.slice(0, 20)}" is not an ISO 4217 currency`;
    faults.push({ pointer: `${pointer}/currency`, code: 'accounting/currency-unknown', detail });
  }
  const amount = (name: string, scale: number) => {
    const read = readAmount(line[name], `${pointer}/${name}`, scale, faults);
    return read === null || read === 'malformed' ? {} : { [name]: read };
  };
  const dimensions = Object.entries(asRecord(line.dimensions)).filter(([, code]) => asText(code));
  const extras: Partial<ReadLine> = {
    ...(currency === base.currency ? {} : { currency }),
    ...amount('rate', RATE_DECIMALS),
    ...amount('base_debit', base.currencyScale),
    ...amount('base_credit', base.currencyScale),
    ...(dimensions.length === 0
      ? {}
      : { dimensions: Object.fromEntries(dimensions) as Record<string, string> }),
  };
  return { extras, scale: known ?? 4, malformed: faults.length > before };
}

function readLine(value: unknown, index: number, base: Tenant, faults: Fault[]): ReadLine {
  const line = asRecord(value);
  const pointer = `/lines/${index}`;
  const plain = isPlain(line);
  const { extras, scale, malformed } = plain
    ? { extras: {}, scale: base.currencyScale, malformed: false }
    : readExtras(line, pointer, base, faults);
  const debit = readAmount(line.debit, `${pointer}/debit`, scale, faults);
  const credit = readAmount(line.credit, `${pointer}/credit`, scale, faults);
  const account = asText(line.account)?.trim() || null;
  if (account === null) {
    faults.push({
      pointer: `${pointer}/account`,
      code: 'request/required',
      detail: 'a line names an account by its code',
    });
  }
  return {
    account,
    debit: debit === 'malformed' ? null : debit,
    credit: credit === 'malformed' ? null : credit,
    memo: asText(line.memo)?.trim() || null,
    ...extras,
    malformed: malformed || debit === 'malformed' || credit === 'malformed',
  };
}

/** The optional fields of an entry's head. */
function readHead(fields: Record<string, unknown>, faults: Fault[]) {
  const series = asText(fields.series)?.trim();
  const reverseOn = asText(fields.reverse_on);
  if (reverseOn !== null && !isIsoDate(reverseOn)) {
    const detail = 'a date is written YYYY-MM-DD and exists';
    faults.push({ pointer: '/reverse_on', code: 'request/date', detail });
  }
  return {
    ...(series ? { series } : {}),
    ...(reverseOn !== null && isIsoDate(reverseOn) ? { reverse_on: reverseOn } : {}),
  };
}

/**
 * Reads a body into an entry of that company. The faults are those of reading; the entry is marked where they were found, and
 * entryFaults() finds the rest.
 */
export function readEntryBody(body: unknown, base: Tenant): Read {
  const faults: Fault[] = [];
  const fields = asRecord(body);
  const date = asText(fields.entry_date);
  if (date === null || !isIsoDate(date)) {
    faults.push({
      pointer: '/entry_date',
      code: 'request/date',
      detail: 'a date is written YYYY-MM-DD and exists',
    });
  }
  const listed = Array.isArray(fields.lines);
  const lines = listed ? (fields.lines as unknown[]) : [];
  if (!listed)
    faults.push({ pointer: '/lines', code: 'request/required', detail: 'an entry has a list of lines' });
  const entry: UncheckedEntry = {
    entry_date: date !== null && isIsoDate(date) ? date : null,
    memo: asText(fields.memo)?.trim() ?? '',
    reference: asText(fields.reference)?.trim() || null,
    lines: lines.map((line, index) => readLine(line, index, base, faults)),
    ...readHead(fields, faults),
    malformed: !listed,
  };
  return { entry, faults };
}
