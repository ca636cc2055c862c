// Excel workbooks (ECMA-376) written row by row, because the libraries for it keep all rows or run ahead of the reader.
import { PassThrough, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { ZipFile } from 'yazl';
import { rowsOf, type Sheet, type SheetColumn, type SheetRow, shownWidth } from './sheet.ts';
import { CellWriter, columnName, rowHeight, textCell } from './xlsx-cells.ts';
import type { Looks } from './xlsx-styles.ts';
import { element, endOf, startOf, xmlText } from './xlsx-xml.ts';

// Excel takes so many rows in a sheet; what is beyond them goes on in another.
const MAX_ROWS = 1_048_576;

// The title, what it tells of, and the names of the columns.
const HEADER_ROW = 3;

// Wider columns leave no room on a screen for others.
const MAX_WIDTH = 80;

const CHUNK = 16_384;
const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const OFFICE = 'http://schemas.openxmlformats.org';
const RELATIONS = `${OFFICE}/officeDocument/2006/relationships`;
const MAIN = `${OFFICE}/spreadsheetml/2006/main`;
const CONTENT = 'application/vnd.openxmlformats';

/** What stands above the rows: the title, what it tells of, and the names of the columns. */
function topRows({ title, subtitle, columns }: Sheet, looks: Looks): string {
  const names = columns.map(({ title, kind }, index) => {
    const look = looks.numberOf({ bold: true, rule: 'below', wrap: true, right: kind === 'amount' });
    return textCell(`${columnName(index)}${HEADER_ROW}`, look, title);
  });
  const lines = columns.some((column) => column.title.length > shownWidth(column)) ? 2 : 1;
  const titleCell = textCell('A1', looks.numberOf({ bold: true, size: 14 }), title);
  const subtitleCell = textCell('A2', looks.numberOf({ muted: true }), subtitle.join(' · '));
  return (
    element('row', { r: 1, ht: 22 }, titleCell) +
    element('row', { r: 2, ht: rowHeight(1) }, subtitleCell) +
    element('row', { r: HEADER_ROW, ht: rowHeight(lines) }, ...names)
  );
}

/** The start of a sheet down to its header, which stays in sight. */
function sheetStart(sheet: Sheet, looks: Looks): string {
  const first = `A${HEADER_ROW + 1}`;
  const view = element(
    'sheetView',
    { workbookViewId: 0, showGridLines: 0 },
    element('pane', { ySplit: HEADER_ROW, topLeftCell: first, activePane: 'bottomLeft', state: 'frozen' }),
    element('selection', { pane: 'bottomLeft', activeCell: first, sqref: first }),
  );
  const widths = sheet.columns.map((column, index) => {
    const width = Math.min(shownWidth(column) + 2, MAX_WIDTH);
    return element('col', { min: index + 1, max: index + 1, width, customWidth: 1 });
  });
  return (
    DECLARATION +
    startOf('worksheet', { xmlns: MAIN }) +
    element('sheetPr', {}, element('pageSetUpPr', { fitToPage: 1 })) +
    element('sheetViews', {}, view) +
    element('cols', {}, ...widths) +
    startOf('sheetData') +
    topRows(sheet, looks)
  );
}

/** The end of a sheet: how it is printed, on A4 and as wide as the paper. */
function sheetEnd(columns: SheetColumn[]): string {
  const orientation = columns.length > 6 ? 'landscape' : 'portrait';
  const footer = element('oddFooter', {}, xmlText('&RPage &P of &N'));
  return (
    endOf('sheetData') +
    element('pageMargins', { left: 0.5, right: 0.5, top: 0.6, bottom: 0.6, header: 0.3, footer: 0.3 }) +
    element('pageSetup', { paperSize: 9, orientation, fitToWidth: 1, fitToHeight: 0 }) +
    element('headerFooter', {}, footer) +
    endOf('worksheet')
  );
}

/** Rows with one looked at in advance, so that a sheet that is full knows whether another has to follow. */
type Source = {
  rows: AsyncIterator<SheetRow, undefined>;
  next: IteratorResult<SheetRow, undefined>;
  most: number;
};

async function* sheetChunks(sheet: Sheet, source: Source, writer: CellWriter): AsyncGenerator<string> {
  let chunk = sheetStart(sheet, writer.looks);
  for (let number = HEADER_ROW + 1; !source.next.done && number <= source.most; number += 1) {
    chunk += writer.row(source.next.value, sheet.columns, number);
    if (chunk.length >= CHUNK) {
      yield chunk;
      chunk = '';
      // Rows that are all in memory would otherwise keep everyone else waiting until the last of them.
      await setImmediate();
    }
    source.next = await source.rows.next();
  }
  yield chunk + sheetEnd(sheet.columns);
}

/** A name that Excel takes for a sheet: short, without its special characters, and of its own. */
function sheetName(title: string, number: number): string {
  const plain = title
    .replace(/[\p{C}[\]:*?/\\']+/gu, ' ')
    .trim()
    .slice(0, 24);
  const name = plain.toWellFormed().trim() || 'Report';
  return number === 1 ? name : `${name} (${number})`;
}

const relation = (id: number, type: string, target: string) =>
  element('Relationship', { Id: `rId${id}`, Type: `${RELATIONS}/${type}`, Target: target });

const relations = (...inner: string[]) =>
  element('Relationships', { xmlns: `${OFFICE}/package/2006/relationships` }, ...inner);

/** The part that names the sheets and the rows that repeat in print. */
function workbookPart(names: string[]): string {
  const sheets = names.map((name, index) =>
    element('sheet', { name, sheetId: index + 1, 'r:id': `rId${index + 1}` }),
  );
  const titles = names.map((name, localSheetId) => {
    const rows = xmlText(`'${name}'!$1:$${HEADER_ROW}`);
    return element('definedName', { name: '_xlnm.Print_Titles', localSheetId }, rows);
  });
  return element(
    'workbook',
    { xmlns: MAIN, 'xmlns:r': RELATIONS },
    element('sheets', {}, ...sheets),
    element('definedNames', {}, ...titles),
  );
}

/** The part that tells what all other parts are. */
function typesPart(sheetPaths: string[]): string {
  const part = (path: string, type: string) =>
    element('Override', {
      PartName: `/xl/${path}`,
      ContentType: `${CONTENT}-officedocument.spreadsheetml.${type}+xml`,
    });
  return element(
    'Types',
    { xmlns: `${OFFICE}/package/2006/content-types` },
    element('Default', { Extension: 'rels', ContentType: `${CONTENT}-package.relationships+xml` }),
    element('Default', { Extension: 'xml', ContentType: 'application/xml' }),
    part('workbook.xml', 'sheet.main'),
    part('styles.xml', 'styles'),
    ...sheetPaths.map((path) => part(path, 'worksheet')),
  );
}

/** The parts of a workbook that name its sheets and their looks, by their paths. */
function partsOf(title: string, sheetPaths: string[], looks: Looks): Record<string, string> {
  const sheets = sheetPaths.map((path, index) => relation(index + 1, 'worksheet', path));
  return {
    'xl/styles.xml': element('styleSheet', { xmlns: MAIN }, looks.xml()),
    'xl/workbook.xml': workbookPart(sheetPaths.map((_, index) => sheetName(title, index + 1))),
    'xl/_rels/workbook.xml.rels': relations(...sheets, relation(sheets.length + 1, 'styles', 'styles.xml')),
    '_rels/.rels': relations(relation(1, 'officeDocument', 'xl/workbook.xml')),
    '[Content_Types].xml': typesPart(sheetPaths),
  };
}

/** Writes the sheets one after the other, then the parts that had to wait for them. */
async function writeParts(zip: ZipFile, sheet: Sheet, most: number, signal: AbortSignal): Promise<void> {
  const writer = new CellWriter(sheet.scale);
  const rows = rowsOf(sheet);
  const paths: string[] = [];
  try {
    const source: Source = { rows, next: await rows.next(), most };
    do {
      const path = `worksheets/sheet${paths.length + 1}.xml`;
      paths.push(path);
      const chunks = Readable.from(sheetChunks(sheet, source, writer), { objectMode: false, signal });
      zip.addReadStream(chunks, `xl/${path}`);
      await finished(chunks);
    } while (!source.next.done);
  } finally {
    await rows.return(undefined);
  }
  for (const [path, xml] of Object.entries(partsOf(sheet.title, paths, writer.looks)))
    zip.addBuffer(Buffer.from(DECLARATION + xml), path);
  zip.end();
}

async function* workbookBytes(sheet: Sheet, most: number): AsyncGenerator<Buffer> {
  const zip = new ZipFile();
  const out = zip.outputStream.pipe(new PassThrough());
  const stop = new AbortController();
  const writing = writeParts(zip, sheet, most, stop.signal).catch((error) => out.destroy(error));
  try {
    yield* out;
  } finally {
    stop.abort();
    await writing;
  }
}

/**
 * The sheet as an Excel workbook: the title, what it tells of and the bold header stay in sight and repeat in print,
 * totals are bold under a rule, the first column is indented by depth. Amounts are numbers, shown with the currency's
 * decimals, as long as they have at most the 15 digits that Excel keeps; longer ones are text, so that none is rounded.
 * Days are Excel's days. What is beyond the `most` rows of a sheet, its header among them, goes on in the next. Memory is
 * constant; an error of the rows becomes the stream's.
 */
export function xlsxOf(sheet: Sheet, most = MAX_ROWS): Readable {
  return Readable.from(workbookBytes(sheet, most), { objectMode: false });
}
