// Writes entries as the CSV that an import reads, so that a ledger can move to another company.
import { csvCell } from '#lib/csv-cell';
import { formatAmount } from '#lib/money';
import { guarded } from '#lib/spreadsheet-text';
import { columnNames } from '../import/read-header.ts';
import type { PostedEntry } from './posted-entries.ts';

/**
 * A text that an import takes as it was: the replacement character is what a broken file has for text, so that it would refuse
 * it, and what a spreadsheet program could run is guarded.
 */
const cellOf = (text: string) => csvCell(guarded(text.replaceAll('\ufffd', '?')));

/**
 * The rows of one entry, known by its number. The memo of the first row is the entry's, and of another row its line's if it
 * has one of its own; so the first line's own memo, the reference and the links of reversals have no place.
 */
function csvRows(entry: PostedEntry, scale: number): string {
  return entry.lines
    .map(({ account, base, memo }, index) => {
      const amount = formatAmount(base < 0n ? -base : base, scale);
      const shown = index === 0 ? entry.memo : (memo ?? entry.memo);
      const sides = base < 0n ? ['', amount] : [amount, ''];
      return `${[entry.number, entry.entry_date, shown, account, ...sides].map(cellOf).join(',')}\n`;
    })
    .join('');
}

/** The file in pieces of text: its header, then entry by entry. `scale` is the currency's decimals. */
export async function* journalCsv(
  entries: AsyncIterable<PostedEntry>,
  scale: number,
): AsyncGenerator<string> {
  yield `${columnNames.join(',')}\n`;
  for await (const entry of entries) yield csvRows(entry, scale);
}
