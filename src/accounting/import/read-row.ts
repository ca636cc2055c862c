// Reads one row of a journal file, as far as a row can be judged without its entry and the database.
import { isIsoDate } from '#lib/dates';
import { formatAmount, parseAmount } from '#lib/money';
import { unguarded } from '#lib/spreadsheet-text';
import type { FileLine } from './journal-file.ts';
import type { LineFault } from './line-fault.ts';
import type { Columns } from './read-header.ts';

/** `key` is null when the row does not say to which entry it belongs, `date` when it is no date. */
export type FileRow = {
  key: string | null;
  date: string | null;
  memo: string;
  fileLine: FileLine;
  faults: LineFault[];
};

type Tell = (code: string, detail: string) => void;

/** A column's amount with the currency's decimals; null for blank, zero, and what is no amount, which is told. */
function readAmount(column: string, cell: string, scale: number, tell: Tell): string | null {
  const text = cell.trim();
  if (text === '') return null;
  const amount = parseAmount(text, scale);
  if (typeof amount !== 'bigint') {
    tell('accounting/amount-invalid', `${column}: ${amount.fault}`);
    return null;
  }
  return amount === 0n ? null : formatAmount(amount, scale);
}

/** Reads a record with as many cells as there are columns. `scale` is the currency's decimals. */
export function readRow(line: number, cells: readonly string[], columns: Columns, scale: number): FileRow {
  const faults: LineFault[] = [];
  const tell: Tell = (code, detail) => void faults.push({ line, code, detail });
  const cell = (name: keyof Columns) => cells[columns[name]] ?? '';
  const text = (name: keyof Columns) => unguarded(cell(name).trim());
  const key = text('entry') || null;
  if (key === null) tell('import/entry-blank', 'the entry is blank; it joins the rows of one entry');
  const date = cell('date').trim();
  const dated = isIsoDate(date);
  if (!dated) {
    tell('import/date-invalid', `the date "${date.slice(0, 40)}" is not a real one such as 2026-01-31`);
  }
  const before = faults.length;
  const debit = readAmount('debit', cell('debit'), scale, tell);
  const credit = readAmount('credit', cell('credit'), scale, tell);
  const malformed = faults.length > before;
  const account = text('account') || null;
  if (account === null) tell('import/account-blank', 'the account is blank');
  const fileLine: FileLine = { line, account, debit, credit, memo: null };
  if (malformed) fileLine.malformed = true;
  return { key, date: dated ? date : null, memo: text('memo'), fileLine, faults };
}
