// Writes a trial balance for a program (CSV, JSON) or for a person at a terminal.
import type { TrialBalance } from '#accounting';
import { csvCell } from '#lib/csv-cell';
import { displayAmount, isZero } from '#lib/display-amount';
import { harmless } from '#lib/spreadsheet-text';

/** One side is blank, which for a settled account is both. */
const side = (amount: string) => (isZero(amount) ? '' : amount);

function csvOf({ rows }: TrialBalance): string {
  // By code point, whatever the database's own order is.
  const sorted = rows.toSorted((one, other) => (one.account < other.account ? -1 : 1));
  const lines = sorted.map(({ account, debit, credit }) => [
    csvCell(harmless(account)),
    side(debit),
    side(credit),
  ]);
  return [['account', 'debit', 'credit'], ...lines].map((cells) => `${cells.join(',')}\n`).join('');
}

function tableOf({ as_of, currency, rows, totals }: TrialBalance): string {
  const shown = (amount: string) => (isZero(amount) ? '' : displayAmount(amount, currency));
  const cells = rows.map(({ account, name, debit, credit }) => {
    const named = account.endsWith(name) ? account : `${account}  ${name}`;
    return [named, shown(debit), shown(credit)] as const;
  });
  const all = [
    ['', 'Debit', 'Credit'] as const,
    ...cells,
    ['Total', shown(totals.debit), shown(totals.credit)] as const,
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const [first = 0, second = 0, third = 0] = widths;
  const rule = '─'.repeat(first + second + third + 4);
  const lines = all.map(
    (row) => `${row[0].padEnd(first)}  ${row[1].padStart(second)}  ${row[2].padStart(third)}`,
  );
  const [head = '', ...rest] = lines;
  const total = rest.pop() ?? '';
  return `${[`Trial balance as of ${as_of} in ${currency}`, '', head, rule, ...rest, rule, total].join('\n')}\n`;
}

export const trialBalanceFormats = ['table', 'csv', 'json'] as const;
export type TrialBalanceFormat = (typeof trialBalanceFormats)[number];

/** The whole text, ended by a line feed. CSV has the columns account, debit and credit; JSON is what the API answers. */
export function trialBalanceText(report: TrialBalance, format: TrialBalanceFormat): string {
  if (format === 'csv') return csvOf(report);
  return format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : tableOf(report);
}
