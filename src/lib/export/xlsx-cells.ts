// The cells of an Excel sheet, each exact or else text, and nothing in them that a spreadsheet program could run.
import { isIsoDate } from '../dates.ts';
import { exactAmount, type SheetColumn, type SheetRow, shownWidth } from './sheet.ts';
import { type CellLook, Looks } from './xlsx-styles.ts';

// What Excel takes: characters of a cell, steps of an indent, significant digits of a number.
const MAX_TEXT = 32_767;
const MAX_INDENT = 15;
const MAX_DIGITS = 15;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as XML 1.0 and Excel read it back: what neither can hold is shown as U+FFFD. */
export function xmlText(text: string): string {
  const whole = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
  return (
    whole
      .toWellFormed()
      .replace(/\r\n?/g, '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML forbids.
      .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\uFFFE\uFFFF]/g, '\uFFFD')
      .replace(/[&<>"]/g, (letter) => ENTITIES[letter] ?? letter)
      // Excel reads _x0041_ as the letter A, so an underscore that looks like such a code is written as one.
      .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
  );
}

/** The letters of a column, counted from 0: A … Z, AA … */
export function columnName(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : columnName(Math.floor(index / 26) - 1) + last;
}

/** A cell of text, which is never read as a formula; an empty one still has its look. */
export function textCell(place: string, look: number, text: string): string {
  return text === ''
    ? `<c r="${place}" s="${look}"/>`
    : `<c r="${place}" s="${look}" t="inlineStr"><is><t xml:space="preserve">${xmlText(text)}</t></is></c>`;
}

const numberCell = (place: string, look: number, number: string | number) =>
  `<c r="${place}" s="${look}"><v>${number}</v></c>`;

const digitsOf = (amount: string) => amount.replace(/[-.]/g, '').replace(/^0+|0+$/g, '').length;

const decimalsOf = (amount: string) => amount.split('.')[1]?.length ?? 0;

const amountFormat = (decimals: number) => (decimals === 0 ? '#,##0' : `#,##0.${'0'.repeat(decimals)}`);

// Excel counts days from 1900 and believes in a 29th of February of that year, so days before March are text.
const isExcelDay = (text: string) => text >= '1900-03-01' && isIsoDate(text);

const dayNumber = (date: string) => Date.parse(date) / 86_400_000 + 25_569;

const LINE_HEIGHT = 16;
const MAX_LINES = 12;

/** About how many lines a cell takes; LibreOffice shows a row as high as the file says, and measures nothing itself. */
const linesOf = (column: SheetColumn, text: string, indent: number) =>
  column.kind === 'text' ? Math.ceil(text.length / Math.max(8, shownWidth(column) - indent)) : 1;

/** The height of a row of so many lines, in points. */
export function rowHeight(lines: number): number {
  return Math.min(lines, MAX_LINES) * LINE_HEIGHT;
}

/** Writes the cells of one workbook; the looks that they use gather in `looks`. */
export class CellWriter {
  readonly looks = new Looks();
  readonly #known = new Map<string, number>();
  readonly #scale: number;

  constructor(scale: number) {
    this.#scale = scale;
  }

  /** The row `number`, counted from 1. */
  row({ cells, depth = 0, kind = 'line' }: SheetRow, columns: SheetColumn[], number: number): string {
    const written = columns.map((column, index) =>
      this.#cell(column, cells[column.key] ?? '', `${columnName(index)}${number}`, {
        bold: kind !== 'line',
        ...(kind === 'total' ? { rule: 'above' } : {}),
        indent: index === 0 ? Math.min(depth, MAX_INDENT) : 0,
      }),
    );
    const lines = columns.map((column, index) =>
      linesOf(column, cells[column.key] ?? '', index === 0 ? depth : 0),
    );
    return `<row r="${number}" ht="${rowHeight(Math.max(1, ...lines))}">${written.join('')}</row>`;
  }

  #cell({ kind }: SheetColumn, text: string, place: string, look: CellLook): string {
    const amount = kind === 'amount' ? exactAmount(text, this.#scale) : null;
    // A cell holds a binary number of which Excel shows 15 digits; an amount of more would be shown as another one.
    if (amount !== null && digitsOf(amount) <= MAX_DIGITS) {
      const format = amountFormat(decimalsOf(amount));
      return numberCell(place, this.#look({ ...look, format }), amount);
    }
    if (kind === 'date' && isExcelDay(text))
      return numberCell(place, this.#look({ ...look, format: 'yyyy-mm-dd' }), dayNumber(text));
    const shown = {
      ...look,
      right: kind === 'amount',
      wrap: kind === 'text',
      quoted: /^\s*[=+\-@]/.test(text),
    };
    return textCell(place, this.#look(shown), amount ?? text);
  }

  #look(look: CellLook): number {
    const key = `${look.bold}${look.rule}${look.indent}${look.right}${look.wrap}${look.quoted}${look.format}`;
    const known = this.#known.get(key) ?? this.looks.numberOf(look);
    this.#known.set(key, known);
    return known;
  }
}
