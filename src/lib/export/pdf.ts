// Reports for print: A4 with the header on every page, page numbers, figures in line, and Nepali properly shaped.
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { invalid } from '../problem.ts';
import { type Fonts, loadFonts, type Weight } from './pdf-font.ts';
import * as place from './pdf-layout.ts';
import type { Sheet } from './sheet.ts';

/** More rows than this are no print that anyone reads, and all of them have to be measured before the first page. */
export const MAX_PDF_ROWS = 50_000;

const INK = '#1f2937';
const MUTED = '#6b7280';
const HAIRLINE = '#e5e7eb';

type Pdf = PDFKit.PDFDocument;

async function collectRows(sheet: Sheet): Promise<place.ShownRow[]> {
  const collected: place.ShownRow[] = [];
  for await (const row of sheet.rows) {
    if (collected.length === MAX_PDF_ROWS) {
      const detail = `a PDF holds at most ${MAX_PDF_ROWS} rows; take CSV or XLSX, or a narrower report`;
      throw invalid([{ pointer: '', code: 'report/too-many-rows-for-pdf', detail }]);
    }
    collected.push(place.shownRow(row, sheet));
  }
  return collected;
}

async function openPdf({ title }: Sheet, fonts: Fonts): Promise<Pdf> {
  const { default: PDFDocument } = await import('pdfkit');
  const pdf = new PDFDocument({
    autoFirstPage: false,
    // The fonts remember words themselves, and not without bound.
    fontLayoutCache: false,
    displayTitle: true,
    lang: 'en',
    info: { Title: title, Creator: 'Himalytix', Producer: 'Himalytix' },
  });
  for (const weight of ['regular', 'bold'] as const) {
    // PDFKit takes an opened font since 0.20, which its types do not tell yet.
    pdf.registerFont(weight, fonts[weight] as unknown as Buffer);
  }
  return pdf;
}

/** Writes one line of text with its top left at a point. */
function write(pdf: Pdf, text: string, x: number, y: number, weight: Weight, size: number): void {
  if (text !== '') pdf.font(weight, size).text(text, x, y, { lineBreak: false });
}

function rule(pdf: Pdf, y: number, thickness: number, colour: string, paperWidth: number): void {
  pdf
    .moveTo(place.MARGIN, y)
    .lineTo(paperWidth - place.MARGIN, y)
    .lineWidth(thickness)
    .strokeColor(colour)
    .stroke();
}

function drawTitle(pdf: Pdf, { title, subtitle }: place.Layout): number {
  let y = place.MARGIN;
  for (const [lines, weight, size, colour] of [
    [title, 'bold', place.TITLE_SIZE, INK],
    [subtitle, 'regular', place.SUBTITLE_SIZE, MUTED],
  ] as const) {
    pdf.fillColor(colour);
    for (const line of lines) {
      write(pdf, line, place.MARGIN, y, weight, size);
      y += size * place.LINE;
    }
  }
  return place.MARGIN + place.titleBlockHeight(title.length, subtitle.length);
}

/** The lines of a row's cells from `y` down; `low` sets them on a common last line, as a header's are. */
function drawCells(
  pdf: Pdf,
  row: place.PlacedRow,
  layout: place.Layout,
  fonts: Fonts,
  y: number,
  low = false,
) {
  const { size, columns } = layout;
  const weight = place.weightOf(row.kind);
  const most = Math.max(...row.cells.map(({ lines }) => lines.length));
  for (const [index, { lines }] of row.cells.entries()) {
    const column = columns[index];
    if (!column) continue;
    let top = y + (low ? (most - lines.length) * size * place.LINE : 0);
    for (const line of lines) {
      const x =
        column.kind === 'amount'
          ? column.left + column.width - fonts.widthOf(line, weight, size)
          : column.left + (index === 0 ? row.indent : 0);
      write(pdf, line, x, top, weight, size);
      top += size * place.LINE;
    }
  }
}

function drawRow(
  pdf: Pdf,
  row: place.PlacedRow,
  layout: place.Layout,
  fonts: Fonts,
  y: number,
  first: boolean,
): number {
  const [paperWidth] = layout.paper;
  const airAbove = row.kind === 'heading' || row.kind === 'total' ? place.ROW_PADDING : 0;
  if (row.kind === 'total') rule(pdf, y + airAbove / 2, 0.6, INK, paperWidth);
  else if (row.kind !== 'heading' && !first) rule(pdf, y, 0.25, HAIRLINE, paperWidth);
  pdf.fillColor(INK);
  drawCells(pdf, row, layout, fonts, y + airAbove + place.ROW_PADDING / 2);
  return y + row.height;
}

function drawPage(pdf: Pdf, layout: place.Layout, fonts: Fonts, number: number): void {
  const [paperWidth, paperHeight] = layout.paper;
  pdf.addPage({ size: layout.paper, margin: 0 });
  let y = number === 1 ? drawTitle(pdf, layout) : place.MARGIN;
  pdf.fillColor(MUTED);
  drawCells(pdf, layout.header, layout, fonts, y, true);
  y += layout.header.height;
  rule(pdf, y, 0.8, INK, paperWidth);
  y += place.ROW_PADDING / 2;
  const rows = layout.pages[number - 1] ?? [];
  for (const row of rows) y = drawRow(pdf, row, layout, fonts, y, row === rows[0]);
  const foot = paperHeight - place.MARGIN - place.FOOTER_SIZE;
  const page = `Page ${number} of ${layout.pages.length}`;
  const edge = paperWidth - place.MARGIN - fonts.widthOf(page, 'regular', place.FOOTER_SIZE);
  pdf.fillColor(MUTED);
  write(pdf, layout.footer[0] ?? '', place.MARGIN, foot, 'regular', place.FOOTER_SIZE);
  write(pdf, page, edge, foot, 'regular', place.FOOTER_SIZE);
}

/** What PDFKit has written so far. */
function* written(pdf: Pdf): Generator<Buffer> {
  for (let bytes = pdf.read(); bytes !== null; bytes = pdf.read()) yield bytes;
}

async function* pdfBytes(sheet: Sheet): AsyncGenerator<Buffer> {
  const rows = await collectRows(sheet);
  const fonts = await loadFonts();
  const layout = await place.layOut(sheet, rows, fonts);
  const pdf = await openPdf(sheet, fonts);
  for (const index of layout.pages.keys()) {
    drawPage(pdf, layout, fonts, index + 1);
    yield* written(pdf);
    await setImmediate();
  }
  pdf.end();
  yield* pdf;
}

/**
 * The sheet as PDF: A4, upright or across as the columns ask, and larger paper when not even small type holds them, for an
 * amount is never cut. Texts go on for up to three lines and then end in an ellipsis; amounts are grouped as readers of
 * the currency count. All rows are in memory; the reader gets the first byte when all are measured, and others work
 * between two pages. More than 50,000 rows are the Problem `report/too-many-rows-for-pdf`, before the first byte.
 */
export function pdfOf(sheet: Sheet): Readable {
  return Readable.from(pdfBytes(sheet), { objectMode: false });
}
