// The one door through which a route sends a report as a file, whatever the format.
import type { Readable } from 'node:stream';
import { csvOf } from './csv.ts';
import { pdfOf } from './pdf.ts';
import type { Sheet } from './sheet.ts';
import { xlsxOf } from './xlsx.ts';

const writers = {
  csv: { contentType: 'text/csv; charset=utf-8; header=present', write: csvOf },
  xlsx: {
    contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    write: xlsxOf,
  },
  pdf: { contentType: 'application/pdf', write: pdfOf },
};

/** A format that a report can be had in; each is its own file extension. */
export type ExportFormat = keyof typeof writers;

/** All formats, in the order in which a page offers them. */
export const exportFormats = Object.keys(writers) as ExportFormat[];

/**
 * A report as a file: its media type, its extension without a dot, and its bytes as they are read. Nothing is asked of
 * the rows before the body is read. What they throw becomes the body's error; a PDF of too many rows fails with the
 * Problem `report/too-many-rows-for-pdf` before its first byte, so that the answer can still be that problem.
 */
export function exportAs(
  format: ExportFormat,
  sheet: Sheet,
): { contentType: string; extension: string; body: Readable } {
  const { contentType, write } = writers[format];
  return { contentType, extension: format, body: write(sheet) };
}
