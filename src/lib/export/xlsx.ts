// Excel workbooks (ECMA-376) written row by row, because the libraries for it keep all rows or run ahead of the reader.
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { ZipFile } from 'yazl';
import { rowsOf, type Sheet, type SheetColumn, type SheetRow, shownWidth } from './sheet.ts';
import { CellWriter, columnName, rowHeight, textCell, xmlText } from './xlsx-cells.ts';
import type { Looks } from './xlsx-styles.ts';

// Excel takes so many rows in a sheet; what is beyond them goes on in another.
const MAX_ROWS = 1_048_576;

// The title, what it tells of, and the names of the columns.
const HEADER_ROW = 3;

const CHUNK = 16_384;
const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const OFFICE = 'http://schemas.openxmlformats.org';
const RELATIONS = `${OFFICE}/officeDocument/2006/relationships`;
const CONTENT = 'application/vnd.openxmlformats';

/** What stands above the rows: the title, what it tells of, and the header, which stay in sight and repeat in print. */
function sheetStart({ title, subtitle, columns }: Sheet, looks: Looks): string {
  const widths = columns.map(
    (column, index) =>
      `<col min="${index + 1}" max="${index + 1}" width="${Math.min(shownWidth(column) + 2, 80)}" customWidth="1"/>`,
  );
  const header = columns.map(({ title, kind }, index) =>
    textCell(
      `${columnName(index)}${HEADER_ROW}`,
      looks.numberOf({ bold: true, rule: 'below', wrap: true, right: kind === 'amount' }),
      title,
    ),
  );
  const headerLines = columns.some((column) => column.title.length > shownWidth(column)) ? 2 : 1;
  const first = `A${HEADER_ROW + 1}`;
  return (
    `${DECLARATION}<worksheet xmlns="${OFFICE}/spreadsheetml/2006/main"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>` +
    `<sheetViews><sheetView workbookViewId="0" showGridLines="0"><pane ySplit="${HEADER_ROW}" topLeftCell="${first}" ` +
    `activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft" activeCell="${first}" sqref="${first}"/>` +
    `</sheetView></sheetViews><cols>${widths.join('')}</cols><sheetData>` +
    `<row r="1" ht="22">${textCell('A1', looks.numberOf({ bold: true, size: 14 }), title)}</row>` +
    `<row r="2" ht="${rowHeight(1)}">${textCell('A2', looks.numberOf({ muted: true }), subtitle.join(' · '))}</row>` +
    `<row r="${HEADER_ROW}" ht="${rowHeight(headerLines)}">${header.join('')}</row>`
  );
}

const sheetEnd = (columns: SheetColumn[]) =>
  '</sheetData><pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>' +
  `<pageSetup paperSize="9" orientation="${columns.length > 6 ? 'landscape' : 'portrait'}" fitToWidth="1" fitToHeight="0"/>` +
  '<headerFooter><oddFooter>&amp;RPage &amp;P of &amp;N</oddFooter></headerFooter></worksheet>';

/** Rows with one looked at in advance, so that a sheet that is full knows whether another has to follow. */
type Source = { rows: AsyncIterator<SheetRow, undefined>; next: IteratorResult<SheetRow, undefined> };

async function* sheetChunks(sheet: Sheet, source: Source, writer: CellWriter): AsyncGenerator<string> {
  let chunk = sheetStart(sheet, writer.looks);
  for (let number = HEADER_ROW + 1; !source.next.done && number <= MAX_ROWS; number += 1) {
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

const count = (sheets: number) => Array.from({ length: sheets }, (_, index) => index + 1);

/** The parts of a workbook that name its sheets and their looks, by their paths. */
function partsOf(title: string, sheets: number, looks: Looks): Record<string, string> {
  const numbers = count(sheets);
  const names = numbers.map((number) => xmlText(sheetName(title, number)));
  const styles = `<Relationship Id="rId${sheets + 1}" Type="${RELATIONS}/styles" Target="styles.xml"/>`;
  const relations = (inner: string) =>
    `<Relationships xmlns="${OFFICE}/package/2006/relationships">${inner}</Relationships>`;
  const part = (path: string, type: string) =>
    `<Override PartName="/xl/${path}.xml" ContentType="${CONTENT}-officedocument.spreadsheetml.${type}+xml"/>`;
  return {
    'xl/styles.xml': looks.xml(),
    'xl/workbook.xml':
      `<workbook xmlns="${OFFICE}/spreadsheetml/2006/main" xmlns:r="${RELATIONS}"><sheets>` +
      names
        .map((name, index) => `<sheet name="${name}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`)
        .join('') +
      '</sheets><definedNames>' +
      names
        .map(
          (name, index) =>
            `<definedName name="_xlnm.Print_Titles" localSheetId="${index}">'${name}'!$1:$${HEADER_ROW}</definedName>`,
        )
        .join('') +
      '</definedNames></workbook>',
    'xl/_rels/workbook.xml.rels': relations(
      numbers
        .map(
          (n) =>
            `<Relationship Id="rId${n}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${n}.xml"/>`,
        )
        .join('') + styles,
    ),
    '_rels/.rels': relations(
      `<Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/>`,
    ),
    '[Content_Types].xml':
      `<Types xmlns="${OFFICE}/package/2006/content-types">` +
      `<Default Extension="rels" ContentType="${CONTENT}-package.relationships+xml"/>` +
      '<Default Extension="xml" ContentType="application/xml"/>' +
      part('workbook', 'sheet.main') +
      part('styles', 'styles') +
      numbers.map((number) => part(`worksheets/sheet${number}`, 'worksheet')).join('') +
      '</Types>',
  };
}

/** Writes the sheets one after the other, then the parts that had to wait for them. */
async function writeParts(zip: ZipFile, sheet: Sheet, signal: AbortSignal): Promise<void> {
  const writer = new CellWriter(sheet.scale);
  const rows = rowsOf(sheet);
  let sheets = 0;
  try {
    const source: Source = { rows, next: await rows.next() };
    do {
      sheets += 1;
      const chunks = Readable.from(sheetChunks(sheet, source, writer), { objectMode: false, signal });
      zip.addReadStream(chunks, `xl/worksheets/sheet${sheets}.xml`);
      await finished(chunks);
    } while (!source.next.done);
  } finally {
    await rows.return(undefined);
  }
  for (const [path, xml] of Object.entries(partsOf(sheet.title, sheets, writer.looks)))
    zip.addBuffer(Buffer.from(DECLARATION + xml), path);
  zip.end();
}

async function* workbookBytes(sheet: Sheet): AsyncGenerator<Buffer> {
  const zip = new ZipFile();
  const out = Readable.from(zip.outputStream);
  const stop = new AbortController();
  const writing = writeParts(zip, sheet, stop.signal).catch((error) => out.destroy(error));
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
 * Days are Excel's days. More rows than a sheet holds go on in the next. Memory is constant; an error of the rows becomes the
 * stream's.
 */
export function xlsxOf(sheet: Sheet): Readable {
  return Readable.from(workbookBytes(sheet), { objectMode: false });
}
