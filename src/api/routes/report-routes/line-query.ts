// What reports of lines are asked in the same way: days, dimensions, the moment of knowledge and the format.
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type LineScopeQuery, listFiscalYears } from '#accounting';
import { today } from '#lib/dates';
import { mergeFaults } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { versionOf } from '../../versions/version.ts';
import type { ApiServer } from '../context.ts';
import { oneOf, strictObject } from '../schemas.ts';
import { readDate, readDimensions, readFlag, readKnownOn, readWord, refuseBackwards } from './read-query.ts';
import {
  acceptedFormat,
  byDimension,
  ClosingQuery,
  KnownOn,
  RangeQuery,
  type ReportFormat,
  readingOf,
  reportFormats,
} from './report-query.ts';

/** The schema of such a query: what all have, and its own. A `whole` report is not asked for in parts. */
export const lineQuery = <T extends Parameters<typeof strictObject>[0]>(
  { api }: ApiServer,
  own: T,
  { whole = false }: { whole?: boolean } = {},
) =>
  strictObject(
    {
      ...own,
      ...RangeQuery,
      ...ClosingQuery,
      as_known_on: KnownOn,
      ...(whole ? {} : api.pages.reportQuery),
      format: Type.Optional(
        oneOf(reportFormats, { description: 'JSON unless asked here or by Accept; a file has all lines.' }),
      ),
    },
    byDimension,
  );

/** `from` is null unless asked for. */
export type AskedLines = {
  from: string | null;
  to: string;
  scope: Required<LineScopeQuery>;
  format: ReportFormat;
  faults: ReturnType<typeof mergeFaults>;
};

/** Reads such a query, and all that is wrong with it. `to` is today unless asked for. */
export function readLines(
  request: Pick<FastifyRequest, 'query' | 'validationError' | 'headers' | 'tenant' | 'server'>,
): AskedLines {
  const reading = readingOf(request);
  const from = readDate(reading, 'from');
  const to = readDate(reading, 'to') ?? today(request.tenant.timeZone);
  refuseBackwards(reading, from, to);
  const scope = {
    dimensions: readDimensions(reading),
    knownOn: readKnownOn(reading),
    closing: readFlag(reading, 'closing', true),
    api: versionOf(request).root,
  };
  const format = readWord(reading, 'format', reportFormats) ?? acceptedFormat(request.headers.accept);
  return {
    from,
    to,
    scope,
    format,
    faults: mergeFaults(reading.faults),
  };
}

/** The first day that a report of lines begins with unless asked otherwise: that of the first fiscal year. */
export async function firstDay(tx: TenantTx, to: string): Promise<string> {
  const [first] = await listFiscalYears(tx);
  return first && first.starts_on < to ? first.starts_on : to;
}
