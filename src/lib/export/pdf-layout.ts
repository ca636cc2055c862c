// Where everything of a PDF goes: paper, columns, lines and pages, all measured before the first page is drawn.
import { setImmediate } from 'node:timers/promises';
import { formatDate, isIsoDate } from '../dates.ts';
import { displayAmount } from '../display-amount.ts';
import type { Fonts, Weight } from './pdf-font.ts';
import { wrapText } from './pdf-wrap.ts';
import { exactAmount, type Sheet, type SheetColumn, type SheetRow, shownWidth } from './sheet.ts';

/** A row with the text of its cells in lines as they are printed, the height of the row and its indent in points. */
export type PlacedRow = {
  kind: NonNullable<SheetRow['kind']>;
  cells: { lines: string[]; span: number }[];
  indent: number;
  height: number;
};

/** A column's place on the page, in points from the left. */
export type PlacedColumn = { kind: SheetColumn['kind']; left: number; width: number };

/** A page size, its font size, its columns, and the rows of each page. Lengths are points. */
export type Layout = {
  paper: [width: number, height: number];
  size: number;
  columns: PlacedColumn[];
  header: PlacedRow;
  title: string[];
  subtitle: string[];
  footer: string[];
  pages: PlacedRow[][];
};

/** The white around a page, and between two columns, in points. */
export const MARGIN = 40;
const GAP = 10;

/** The height of a line of text, of a row beyond its lines, and the sizes of the title block; in font sizes or points. */
export const LINE = 1.36;
export const ROW_PADDING = 4;
export const TITLE_SIZE = 14;
export const SUBTITLE_SIZE = 8.5;
export const FOOTER_SIZE = 7;

/** The strip at a page's foot that holds its number. */
const FOOTER = 14;

/** The height of the title block of so many lines, with the white under it, in points. */
export function titleBlockHeight(titleLines: number, subtitleLines: number): number {
  return titleLines * TITLE_SIZE * LINE + subtitleLines * SUBTITLE_SIZE * LINE + 3 * ROW_PADDING;
}

/** The weight in which a row is printed. */
export const weightOf = (kind: PlacedRow['kind']): Weight => (kind === 'line' ? 'regular' : 'bold');

const MAX_LINES = 3;
const MAX_TEXT = 400;
// No PDF viewer has to show more (ISO 32000-1, Annex C.2).
const MAX_PAPER = 14_400;
const MIN_TEXT_EMS = 9;
const EASY_TEXT_EMS = 14;
const INDENT_EMS = 1.3;
const CHARACTER_EMS = 0.62;
const MAX_INDENT_SHARE = 0.4;
const ROWS_AT_A_TIME = 200;

type Paper = { width: number; height: number; size: number; textEms: number };

// Amounts are never cut, so many columns first turn the paper, then make the type small, then take larger paper.
const PAPERS: Paper[] = [
  { width: 595.28, height: 841.89, size: 8, textEms: EASY_TEXT_EMS },
  { width: 841.89, height: 595.28, size: 8, textEms: MIN_TEXT_EMS },
  { width: 841.89, height: 595.28, size: 7, textEms: MIN_TEXT_EMS },
  { width: 841.89, height: 595.28, size: 6, textEms: MIN_TEXT_EMS },
  { width: 1190.55, height: 841.89, size: 6, textEms: MIN_TEXT_EMS },
  { width: 1683.78, height: 1190.55, size: 6, textEms: MIN_TEXT_EMS },
  { width: 2383.94, height: 1683.78, size: 6, textEms: MIN_TEXT_EMS },
  { width: 3370.39, height: 2383.94, size: 6, textEms: MIN_TEXT_EMS },
];

const plainText = (text: string) =>
  text
    .slice(0, MAX_TEXT)
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();

/** What is printed in a cell; `whole` says that it must not be cut. */
type Shown = { text: string; whole: boolean };

function shownCell({ kind }: SheetColumn, text: string, { scale, currency }: Sheet): Shown {
  const amount = kind === 'amount' ? exactAmount(text, scale) : null;
  if (amount !== null) return { text: displayAmount(amount, currency), whole: true };
  if (kind === 'date' && isIsoDate(text)) return { text: formatDate(text), whole: true };
  return { text: plainText(text), whole: false };
}

/** A row as it reads in print, before it has a place. */
export type ShownRow = { kind: PlacedRow['kind']; depth: number; cells: Shown[]; spans: number[] };

/** Over how many columns a text may reach: in rows that stand out, also over the empty ones to its right. */
function spanOf(cells: Shown[], index: number, kind: PlacedRow['kind']): number {
  if (kind === 'line' || cells[index]?.whole || cells[index]?.text === '') return 1;
  const next = cells.findIndex(({ text }, place) => place > index && text !== '');
  return (next === -1 ? cells.length : next) - index;
}

/** Turns a row into what is printed of it. */
export function shownRow({ cells, kind = 'line', depth = 0 }: SheetRow, sheet: Sheet): ShownRow {
  const shown = sheet.columns.map((column) => shownCell(column, cells[column.key] ?? '', sheet));
  const spans = shown.map((_, index) => spanOf(shown, index, kind));
  return { kind, depth: Math.max(0, depth), cells: shown, spans };
}

/** The widths that columns want, in ems: amounts and days as they are, texts up to what a reader needs to see. */
async function wantedEms({ columns }: Sheet, rows: ShownRow[], fonts: Fonts): Promise<number[]> {
  const most = columns.map((column) => shownWidth(column) * CHARACTER_EMS);
  const wanted = columns.map(({ title }) =>
    Math.max(
      ...plainText(title)
        .split(' ')
        .map((word) => fonts.widthOf(word, 'bold', 1)),
    ),
  );
  for (const [number, { kind, depth, cells, spans }] of rows.entries()) {
    for (const [index, { text, whole }] of cells.entries()) {
      if (text === '' || (spans[index] ?? 1) > 1) continue;
      const indent = index === 0 ? depth * INDENT_EMS : 0;
      const ems = indent + fonts.widthOf(text, weightOf(kind), 1);
      wanted[index] = Math.max(wanted[index] ?? 0, whole ? ems : Math.min(ems, most[index] ?? 0));
    }
    if (number % ROWS_AT_A_TIME === 0) await setImmediate();
  }
  return wanted;
}

const sumOf = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0);

/** The first paper on which all columns fit; beyond the largest one as wide as they are. */
function paperFor(sheet: Sheet, wanted: number[]): { paper: Paper; least: number[] } {
  const least = ({ size, textEms }: Paper) =>
    wanted.map((ems, i) => (sheet.columns[i]?.kind === 'text' ? Math.min(ems, textEms) : ems) * size);
  const room = (paper: Paper) => paper.width - 2 * MARGIN - GAP * (wanted.length - 1);
  const last = PAPERS.at(-1) as Paper;
  const fitting = PAPERS.find((paper) => sumOf(least(paper)) <= room(paper));
  const around = last.width - room(last);
  const size = Math.min(last.size, (last.size * (MAX_PAPER - around)) / sumOf(least(last)));
  const wide = { ...last, size, width: sumOf(least({ ...last, size })) + around };
  const paper = fitting ?? wide;
  return { paper, least: least(paper) };
}

/** Gives what is left of the width to the texts, first by what they want, then to the widest of them. */
function placeColumns(sheet: Sheet, wanted: number[], least: number[], paper: Paper): PlacedColumn[] {
  const left = paper.width - 2 * MARGIN - GAP * (wanted.length - 1) - sumOf(least);
  const missing = wanted.map((ems, index) => ems * paper.size - (least[index] ?? 0));
  const share = Math.min(1, left / Math.max(1, sumOf(missing)));
  const widths = least.map((width, index) => width + (missing[index] ?? 0) * share);
  const texts = sheet.columns.map(({ kind }, index) => (kind === 'text' ? (widths[index] ?? 0) : -1));
  const widest = texts.indexOf(Math.max(...texts));
  if (texts[widest] !== -1) widths[widest] = (widths[widest] ?? 0) + left - sumOf(missing) * share;
  let x = MARGIN;
  return sheet.columns.map(({ kind }, index) => {
    const column = { kind, left: x, width: widths[index] ?? 0 };
    x += column.width + GAP;
    return column;
  });
}

/** Lays the texts of a row into the columns. */
function placeRow(row: ShownRow, columns: PlacedColumn[], size: number, fonts: Fonts): PlacedRow {
  const measure = (text: string) => fonts.widthOf(text, weightOf(row.kind), size);
  const indent = Math.min(row.depth * INDENT_EMS * size, (columns[0]?.width ?? 0) * MAX_INDENT_SHARE);
  const cells = row.cells.map(({ text, whole }, index) => {
    const span = row.spans[index] ?? 1;
    const covered = columns.slice(index, index + span);
    const width = sumOf(covered.map((column) => column.width)) + GAP * (span - 1);
    // Rounding in the sums above must not break an amount that fits to the point.
    const room = width - (index === 0 ? indent : 0) + 0.01;
    return { span, lines: whole ? [text] : wrapText(text, room, measure, MAX_LINES) };
  });
  const lines = Math.max(1, ...cells.map((cell) => cell.lines.length));
  const air = row.kind === 'heading' || row.kind === 'total' ? 2 * ROW_PADDING : ROW_PADDING;
  return { kind: row.kind, cells, indent, height: lines * LINE * size + air };
}

/** Fills pages from the top; what opens a part does not stay behind alone at a page's end. */
function fillPages(rows: PlacedRow[], firstRoom: number, room: number): PlacedRow[][] {
  const pages: PlacedRow[][] = [[]];
  let left = firstRoom;
  for (const [index, row] of rows.entries()) {
    const opens = row.kind === 'heading' || row.kind === 'group';
    const needed = row.height + (opens ? (rows[index + 1]?.height ?? 0) : 0);
    if (needed > left && pages.at(-1)?.length !== 0) {
      pages.push([]);
      left = room;
    }
    pages.at(-1)?.push(row);
    left -= row.height;
  }
  return pages;
}

/** Lays out a sheet of all these rows, and lets others work between two hundred of them. */
export async function layOut(sheet: Sheet, shown: ShownRow[], fonts: Fonts): Promise<Layout> {
  const wanted = await wantedEms(sheet, shown, fonts);
  const { paper, least } = paperFor(sheet, wanted);
  const columns = placeColumns(sheet, wanted, least, paper);
  const titles = sheet.columns.map(({ title }) => ({ text: plainText(title), whole: false }));
  const headerRow: ShownRow = { kind: 'group', depth: 0, cells: titles, spans: titles.map(() => 1) };
  const header = placeRow(headerRow, columns, paper.size, fonts);
  const placed: PlacedRow[] = [];
  for (const row of shown) {
    placed.push(placeRow(row, columns, paper.size, fonts));
    if (placed.length % ROWS_AT_A_TIME === 0) await setImmediate();
  }
  const across = (text: string, weight: Weight, size: number, lines: number) =>
    wrapText(plainText(text), paper.width - 2 * MARGIN, (part) => fonts.widthOf(part, weight, size), lines);
  const title = across(sheet.title, 'bold', TITLE_SIZE, 2);
  const subtitle = sheet.subtitle.flatMap((text) => across(text, 'regular', SUBTITLE_SIZE, 2));
  // A page that is found alone tells whose it is; the quarter that stays free holds its number.
  const footer = wrapText(
    [sheet.title, ...sheet.subtitle.slice(0, 2)].map(plainText).join(' · '),
    (paper.width - 2 * MARGIN) * 0.75,
    (part) => fonts.widthOf(part, 'regular', FOOTER_SIZE),
    1,
  );
  const room = paper.height - 2 * MARGIN - FOOTER - header.height - ROW_PADDING;
  const titleHeight = titleBlockHeight(title.length, subtitle.length);
  return {
    paper: [paper.width, paper.height],
    size: paper.size,
    columns,
    header,
    title,
    subtitle,
    footer,
    pages: fillPages(placed, room - titleHeight, room),
  };
}
