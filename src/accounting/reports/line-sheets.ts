// Reports of lines as tables for CSV, XLSX and PDF, read as they are written.
import type { Sheet, SheetColumn, SheetRow } from '#lib/export/sheet';
import { currencyScale } from '#lib/money';
import type { Tenant } from '#lib/tenant-tx';
import type { AccountStatement } from './account-statement.ts';
import type { DayBook } from './day-book.ts';
import type { LedgerFrame, LedgerLine } from './general-ledger.ts';

const text = (key: string, title: string, width: number): SheetColumn => ({
  key,
  title,
  kind: 'text',
  width,
});
const amounts: SheetColumn[] = ['Debit', 'Credit', 'Balance'].map((title) => ({
  key: title.toLowerCase(),
  title,
  kind: 'amount',
}));

const subtitleOf = (tenant: Tenant, from: string, to: string, currency: string, knownOn: string | null) => [
  tenant.name,
  `${from} to ${to}`,
  `All amounts in ${currency}`,
  ...(knownOn === null ? [] : [`As known on ${knownOn}`]),
];

type Balanced = { opening: string; totals: { debit: string; credit: string }; closing: string };

/** Opening, lines, totals. */
async function* between<Line>(
  { opening, totals, closing }: Balanced,
  lines: AsyncIterable<Line>,
  row: (line: Line) => SheetRow,
): AsyncGenerator<SheetRow> {
  yield { kind: 'group', cells: { memo: 'Opening balance', balance: opening } };
  for await (const line of lines) yield row(line);
  yield { kind: 'total', cells: { memo: 'Closing balance', ...totals, balance: closing } };
}

/** A ledger as a table. */
export function generalLedgerSheet(
  tenant: Tenant,
  frame: LedgerFrame,
  lines: AsyncIterable<LedgerLine>,
  knownOn: string | null,
): Sheet {
  const { account, name, from, to, currency } = frame;
  return {
    title: `General ledger: ${account} ${name}`,
    subtitle: subtitleOf(tenant, from, to, currency, knownOn),
    currency,
    scale: tenant.currencyScale,
    columns: [
      { key: 'entry_date', title: 'Date', kind: 'date' },
      text('number', 'Entry', 18),
      text('account', 'Account', 12),
      text('memo', 'Memo', 40),
      text('reference', 'Reference', 16),
      ...amounts,
    ],
    rows: between(
      frame,
      lines,
      ({ entry_date, number, account: code, memo, reference, debit, credit, balance }) => ({
        cells: { entry_date, number, account: code, memo, reference, debit, credit, balance },
      }),
    ),
  };
}

/** An account's statement as a table. */
export function accountStatementSheet(
  tenant: Tenant,
  statement: AccountStatement,
  knownOn: string | null,
): Sheet {
  const { account, name, from, to, currency, lines } = statement;
  return {
    title: `Statement: ${account} ${name}`,
    subtitle: subtitleOf(tenant, from, to, currency, knownOn),
    currency,
    scale: currency === tenant.currency ? tenant.currencyScale : (currencyScale(currency) ?? 4),
    columns: [
      { key: 'entry_date', title: 'Date', kind: 'date' },
      text('number', 'Entry', 18),
      text('memo', 'Memo', 40),
      text('reference', 'Reference', 16),
      text('against', 'Against', 20),
      ...amounts,
    ],
    rows: between(
      statement,
      lines,
      ({ entry_date, number, memo, reference, against, debit, credit, balance }) => ({
        cells: { entry_date, number, memo, reference, against: against.join(', '), debit, credit, balance },
      }),
    ),
  };
}

async function* dayBookRows({ entries, totals }: DayBook): AsyncGenerator<SheetRow> {
  for await (const { entry_date, number, memo, lines } of entries)
    for (const [at, line] of lines.entries()) {
      const head: SheetRow['cells'] = at === 0 ? { entry_date, number } : {};
      const { account, name, debit, credit } = line;
      yield { cells: { ...head, account, name, memo: line.memo ?? (at === 0 ? memo : null), debit, credit } };
    }
  yield { kind: 'total', cells: { memo: 'Total', ...totals } };
}

/** A day book as a table, a row for each line. */
export function dayBookSheet(tenant: Tenant, book: DayBook, knownOn: string | null): Sheet {
  return {
    title: 'Day book',
    subtitle: subtitleOf(tenant, book.from, book.to, book.currency, knownOn),
    currency: book.currency,
    scale: tenant.currencyScale,
    columns: [
      { key: 'entry_date', title: 'Date', kind: 'date' },
      text('number', 'Entry', 18),
      text('account', 'Account', 12),
      text('name', 'Name', 28),
      text('memo', 'Memo', 40),
      ...amounts.slice(0, 2),
    ],
    rows: dayBookRows(book),
  };
}
