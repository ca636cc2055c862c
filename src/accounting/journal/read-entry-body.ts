// Reads what a client sent as an entry, keeping whatever is readable, so that all faults can be told at once.
import { isIsoDate } from '#lib/dates';
import { isStorable } from '#lib/http/unfit-values';
import { parseAmount } from '#lib/money';
import type { Fault } from '#lib/problem';
import type { UncheckedEntry } from './post-entries.ts';

type Read = { entry: UncheckedEntry; faults: Fault[] };

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

// What the database cannot store is as good as absent; whoever checked the request's shape has named it already.
const asText = (value: unknown): string | null =>
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

function readLine(
  value: unknown,
  index: number,
  scale: number,
  faults: Fault[],
): UncheckedEntry['lines'][number] {
  const line = asRecord(value);
  const pointer = `/lines/${index}`;
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
    malformed: debit === 'malformed' || credit === 'malformed',
  };
}

/**
 * Reads a body into an entry. `scale` is the currency's decimals. The faults are those of reading; the entry is marked
 * where they were found, and entryFaults() finds the rest.
 */
export function readEntryBody(body: unknown, scale: number): Read {
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
    lines: lines.map((line, index) => readLine(line, index, scale, faults)),
    malformed: !listed,
  };
  return { entry, faults };
}
