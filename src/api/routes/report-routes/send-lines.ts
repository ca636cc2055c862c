// Answers with a report of any number of lines, read while it is sent.
import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Db } from '#lib/db';
import { exportAs } from '#lib/export/export-as';
import { contentDisposition, fileNameOf } from '#lib/export/file-name';
import type { Sheet } from '#lib/export/sheet';
import { jsonWithList, streamAnswer } from '#lib/http/stream-answer';
import type { TenantTx } from '#lib/tenant-tx';
import { inRequest } from '../context.ts';
import { sheetWithBranches, withBranches } from './branch-label.ts';
import type { ReportFormat } from './report-query.ts';

/** A report whose `items` are read as they are asked for: as JSON in the field `list`, or as the rows of `sheet`. */
export type LineReport = {
  head: Record<string, unknown>;
  list: string;
  items: AsyncIterable<unknown>;
  sheet: () => Sheet;
  nameParts: string[];
};

type Begun = { body: Readable; type: string; disposition: string | null };

async function begin(
  request: FastifyRequest,
  format: ReportFormat,
  { head, list, items, sheet, nameParts }: LineReport,
): Promise<Begun> {
  if (format === 'json')
    return {
      body: jsonWithList(withBranches(request, head), list, items),
      type: 'application/json; charset=utf-8',
      disposition: null,
    };
  const { contentType, extension, body } = await exportAs(format, sheetWithBranches(request, sheet()));
  const name = fileNameOf([...nameParts, request.tenant.name], extension);
  return { body, type: contentType, disposition: contentDisposition(name) };
}

/** Reads a report in the request's transaction, which stays open until the last line is sent. Throws what `make` throws. */
export async function sendLines(
  db: Db,
  request: FastifyRequest,
  reply: FastifyReply,
  format: ReportFormat,
  make: (tx: TenantTx) => Promise<LineReport>,
): Promise<FastifyReply> {
  const { body, type, disposition } = await streamAnswer<TenantTx, Begun>(
    (work) => inRequest(db, request, work, { snapshot: true }),
    async (tx) => begin(request, format, await make(tx)),
  );
  if (disposition !== null) reply.header('content-disposition', disposition);
  return await reply.type(type).send(body);
}
