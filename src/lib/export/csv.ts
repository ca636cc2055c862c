// CSV by RFC 4180, for programs first, without the harm that a spreadsheet program can make of it.
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { isIsoDate } from '../dates.ts';
import { harmless } from '../spreadsheet-text.ts';
import { exactAmount, type Sheet, type SheetColumn } from './sheet.ts';

// Excel takes a CSV file without this mark for the machine's old code page, which turns every Nepali name to rubbish.
const BYTE_ORDER_MARK = '\uFEFF';

const CHUNK = 16_384;

const quoted = (text: string) => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function cellText({ kind }: SheetColumn, text: string, scale: number): string {
  if (kind === 'amount') return exactAmount(text, scale) ?? harmless(text);
  return kind === 'date' && isIsoDate(text) ? text : harmless(text);
}

const lineOf = (cells: string[]) => `${cells.map((cell) => quoted(cell.toWellFormed())).join(',')}\r\n`;

async function* chunksOf({ columns, rows, scale }: Sheet): AsyncGenerator<string> {
  let chunk = BYTE_ORDER_MARK + lineOf(columns.map(({ title }) => harmless(title)));
  for await (const { cells } of rows) {
    chunk += lineOf(columns.map((column) => cellText(column, cells[column.key] ?? '', scale)));
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
    // Rows that are all in memory would otherwise keep everyone else waiting until the last of them.
    await setImmediate();
  }
  yield chunk;
}

/**
 * The sheet as CSV in UTF-8: a header line, then one line for each row; no title, no indent. Amounts are exact with a
 * decimal point and no grouping, days are ISO. Text that a spreadsheet program could run as a formula gets an
 * apostrophe before it. Memory is constant; an error of the rows becomes the stream's.
 */
export function csvOf(sheet: Sheet): Readable {
  return Readable.from(chunksOf(sheet), { objectMode: false });
}
