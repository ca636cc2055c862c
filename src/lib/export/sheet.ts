// The one table that every report hands over, so that no format knows a report and no report knows a format.
import { fixAmount } from '../money.ts';

/**
 * A column. `kind` says how its cells are read: 'amount' a decimal string, 'date' an ISO day, 'text' anything. A cell that
 * is not what its column says is exported as text, never dropped. `width` is about how many characters a reader needs
 * to see; PDF measures amounts and days itself and never cuts them.
 */
export type SheetColumn = {
  key: string;
  title: string;
  kind: 'text' | 'amount' | 'date';
  width?: number;
};

/**
 * A row: cells by the columns' keys, absent or null for an empty one. `depth` indents the first column in XLSX and PDF.
 * 'heading' opens a part, 'group' is a node of a tree, 'total' a sum; 'line', the default, is everything else.
 */
export type SheetRow = {
  cells: Record<string, string | null>;
  depth?: number;
  kind?: 'line' | 'heading' | 'group' | 'total';
};

/**
 * A report to export. `subtitle` tells the company, the days, the currency, the moment of knowledge, in this order.
 * `rows` are pulled as fast as the export is read, and closed when its reader goes away. `currency` is ISO 4217 and
 * `scale` its decimals.
 */
export type Sheet = {
  title: string;
  subtitle: string[];
  columns: SheetColumn[];
  rows: Iterable<SheetRow> | AsyncIterable<SheetRow>;
  currency: string;
  scale: number;
};

/** An amount with the decimals of its currency, or more where they are not zero; null when the text is no amount. */
export function exactAmount(text: string, scale: number): string | null {
  if (!/^-?\d+(\.\d+)?$/.test(text)) return null;
  const decimals = text.split('.')[1]?.replace(/0+$/, '').length ?? 0;
  return fixAmount(text, Math.max(decimals, scale));
}

/** The rows one at a time, so that a writer can stop and go on; works for both kinds of iterables. */
export async function* rowsOf(sheet: Sheet): AsyncGenerator<SheetRow, undefined> {
  yield* sheet.rows;
}

const WIDTHS = { text: 32, amount: 18, date: 12 };

/** How many characters of a column a reader needs to see. */
export function shownWidth({ kind, width }: SheetColumn): number {
  return width ?? WIDTHS[kind];
}
