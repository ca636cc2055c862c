// Answers with a report as JSON, or as a file that is named after it.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { exportAs } from '#lib/export/export-as';
import { contentDisposition, fileNameOf } from '#lib/export/file-name';
import type { Sheet } from '#lib/export/sheet';
import { sheetWithBranches } from './branch-label.ts';
import type { ReportFormat } from './report-query.ts';

/** Sends the sheet of a report in a format; `nameParts` name the file, besides the company. */
export async function sendFile(
  request: Pick<FastifyRequest, 'tenant' | 'actor'>,
  reply: FastifyReply,
  format: Exclude<ReportFormat, 'json'>,
  { sheet, nameParts }: { sheet: Sheet; nameParts: string[] },
): Promise<FastifyReply> {
  const { contentType, extension, body } = await exportAs(format, sheetWithBranches(request, sheet));
  return await reply
    .type(contentType)
    .header(
      'content-disposition',
      contentDisposition(fileNameOf([...nameParts, request.tenant.name], extension)),
    )
    .send(body);
}
