// What reports of lines are asked in the same way: days, dimensions, the moment of knowledge, the page and the format.
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type LineScopeQuery, listFiscalYears } from '#accounting';
import { today } from '#lib/dates';
import { mergeFaults } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
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

/** The longest page of lines; without a page everything is sent, as it is read. */
const MOST_LINES = 1000;

const DEFAULT_LINES = 100;

/** The schema of such a query: what all have, and its own. */
export const lineQuery = <T extends Parameters<typeof strictObject>[0]>(own: T) =>
  strictObject(
    {
      ...own,
      ...RangeQuery,
      ...ClosingQuery,
      as_known_on: KnownOn,
      page: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 10_000_000, description: 'Without a page all lines are sent.' }),
      ),
      page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_LINES, default: DEFAULT_LINES })),
      format: Type.Optional(
        oneOf(reportFormats, { description: 'JSON unless asked here or by Accept; a file has all lines.' }),
      ),
    },
    byDimension,
  );

/** `from` is null unless asked for; `page` null for everything. */
export type AskedLines = {
  from: string | null;
  to: string;
  scope: Required<LineScopeQuery>;
  page: { number: number; size: number } | null;
  format: ReportFormat;
  faults: ReturnType<typeof mergeFaults>;
};

/** Reads such a query, and all that is wrong with it. `to` is today unless asked for. */
export function readLines(
  request: Pick<FastifyRequest, 'query' | 'validationError' | 'headers' | 'tenant'>,
): AskedLines {
  const reading = readingOf(request);
  const from = readDate(reading, 'from');
  const to = readDate(reading, 'to') ?? today(request.tenant.timeZone);
  refuseBackwards(reading, from, to);
  const scope = {
    dimensions: readDimensions(reading),
    knownOn: readKnownOn(reading),
    closing: readFlag(reading, 'closing', true),
  };
  const format = readWord(reading, 'format', reportFormats) ?? acceptedFormat(request.headers.accept);
  const { page, page_size: size = DEFAULT_LINES } = reading.query as { page?: number; page_size?: number };
  return {
    from,
    to,
    scope,
    page: page === undefined ? null : { number: Number(page), size: Number(size) },
    format,
    faults: mergeFaults(reading.faults),
  };
}

/** The first day that a report of lines begins with unless asked otherwise: that of the first fiscal year. */
export async function firstDay(tx: TenantTx, to: string): Promise<string> {
  const [first] = await listFiscalYears(tx);
  return first && first.starts_on < to ? first.starts_on : to;
}
