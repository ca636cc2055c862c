// Sheets for the tests of exports: hostile texts, amounts at the limits, and rows that tell how many were asked for.
import type { Sheet, SheetColumn, SheetRow } from '#lib/export/sheet';

export const columns: SheetColumn[] = [
  { key: 'date', title: 'Date', kind: 'date' },
  { key: 'name', title: 'Account', kind: 'text' },
  { key: 'amount', title: 'Amount', kind: 'amount' },
];

/** A sheet in rupees of these rows. */
export function sheetOf(rows: Sheet['rows'], changes: Partial<Sheet> = {}): Sheet {
  const subtitle = ['Himal & Co', '1 Jan 2026 to 31 Jan 2026', 'Amounts in NPR'];
  return { title: 'Day book', subtitle, columns, rows, currency: 'NPR', scale: 2, ...changes };
}

/** A row of the columns above. */
export function rowOf(
  name: string | null,
  amount: string | null = null,
  date: string | null = null,
): SheetRow {
  return { cells: { date, name, amount } };
}

/** Texts that have broken exports somewhere. */
export const hostileTexts = [
  'plain',
  'a "quoted" word, and a comma',
  'two\nlines',
  ' blanks around ',
  'नेपाल राष्ट्र बैंक, क्षेत्र',
  'emoji 👩‍👩‍👧 and 🧾',
  '<b>&amp;</b> ]]> \'"',
  '_x0041_ is no A',
  '=1+1',
  '@SUM(A1:A2)',
  '+977-1-5550100',
  '-2+3',
  '1010',
  '0123',
  '2026-01-31',
];

/** Rows without end of their own number, which tell how many were asked for and whether they were closed. */
export function countedRows(most: number): {
  rows: Iterable<SheetRow>;
  seen: { pulled: number; closed: boolean };
} {
  const seen = { pulled: 0, closed: false };
  function* rows() {
    try {
      for (let number = 1; number <= most; number += 1) {
        seen.pulled = number;
        yield rowOf(`Account ${number}`, `${number}.25`, '2026-01-31');
      }
    } finally {
      seen.closed = true;
    }
  }
  return { rows: rows(), seen };
}

/** Rows that break after some. */
export async function* brokenRows(good: number): AsyncGenerator<SheetRow> {
  for (let number = 0; number < good; number += 1) yield rowOf('good', '1.00');
  throw new Error('the rows broke');
}
