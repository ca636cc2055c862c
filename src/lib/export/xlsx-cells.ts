// The cells of an Excel sheet, each exact or else text, and nothing in them that a spreadsheet program could run.
import { isIsoDate } from '../dates.ts';
import { exactAmount, type SheetColumn, type SheetRow, shownWidth } from './sheet.ts';
import { type CellLook, Looks } from './xlsx-styles.ts';
import { element, xmlText } from './xlsx-xml.ts';

// What Excel takes: characters of a cell, steps of an indent, significant digits of a number.
const MAX_TEXT = 32_767;
const MAX_INDENT = 15;
const MAX_DIGITS = 15;

/** The letters of a column, counted from 0: A … Z, AA … */
export function columnName(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : columnName(Math.floor(index / 26) - 1) + last;
}

/** A cell of text, which is never read as a formula; an empty one still has its look. */
export function textCell(place: string, look: number, text: string): string {
  if (text === '') return element('c', { r: place, s: look });
  const whole = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
  const inline = element('is', {}, element('t', { 'xml:space': 'preserve' }, xmlText(whole)));
  return element('c', { r: place, s: look, t: 'inlineStr' }, inline);
}

const numberCell = (place: string, look: number, number: string | number) =>
  element('c', { r: place, s: look }, element('v', {}, String(number)));

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
        indent: index === 0 ? Math.max(0, Math.min(depth, MAX_INDENT)) : 0,
      }),
    );
    const lines = columns.map((column, index) =>
      linesOf(column, cells[column.key] ?? '', index === 0 ? depth : 0),
    );
    return element('row', { r: number, ht: rowHeight(Math.max(1, ...lines)) }, ...written);
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
