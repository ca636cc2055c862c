// The one door through which a route sends a report as a file, whatever the format.
import { once } from 'node:events';
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

/** The media types of the formats, without their parameters. */
export const exportMedia = Object.values(writers).map(({ contentType }) => contentType.split(';')[0] ?? '');

/**
 * A report as a file: its media type, its extension without a dot, and its bytes as they are read. It resolves when the
 * first bytes are there, so that what goes wrong until then (a query that fails, the Problem
 * `report/too-many-rows-for-pdf`) is thrown and can be answered as a problem; later errors of the rows are the body's.
 * Whoever asked has to read the body or destroy it, for it holds the rows open.
 */
export async function exportAs(
  format: ExportFormat,
  sheet: Sheet,
): Promise<{ contentType: string; extension: string; body: Readable }> {
  const { contentType, write } = writers[format];
  const body = write(sheet);
  await once(body, 'readable');
  return { contentType, extension: format, body };
}
