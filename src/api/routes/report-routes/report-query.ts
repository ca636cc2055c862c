// What all statements are asked in the same way: comparison, dimensions, moment of knowledge, layout and format.
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { comparisons, layouts, type StatementQuery } from '#accounting';
import { today } from '#lib/dates';
import { exportFormats } from '#lib/export/export-as';
import { faultsOfValidation } from '#lib/http/validation';
import { type Fault, mergeFaults } from '#lib/problem';
import { versionOf } from '../../versions/version.ts';
import { IsoDate, oneOf, strictObject } from '../schemas.ts';
import {
  type Asked,
  type Reading,
  readDate,
  readDimensions,
  readFlag,
  readKnownOn,
  readText,
  readWord,
  refuseBackwards,
} from './read-query.ts';

export const reportFormats = ['json', ...exportFormats] as const;
export type ReportFormat = (typeof reportFormats)[number];

const Flag = (description: string) => Type.Optional(oneOf(['true', 'false'], { description }));

export const KnownOn = Type.Optional(
  Type.String({
    description:
      'Answers with what was posted until then only, by the chart of accounts as it was: ISO 8601 with offset.',
    examples: ['2026-11-24T18:00:00+05:45'],
  }),
);

/** Parameters named dimension.CODE, which OpenAPI has no way to list. */
export const byDimension = {
  patternProperties: { '^dimension\\.[a-z][a-z0-9_]{0,39}$': { type: 'string', maxLength: 60 } },
};

/** The description of a report's parameters in a sentence that OpenAPI's list of parameters cannot say. */
export const DIMENSION_NOTE =
  '`dimension.CODE=VALUE` narrows the report to lines with that value; several dimensions must all hold. Every figure carries the address of the lines behind it.';

const shared = {
  compare: Type.Optional(
    oneOf(comparisons, { description: 'Adds columns to compare with; a budget has no figures yet.' }),
  ),
  by: Type.Optional(
    Type.String({ maxLength: 40, description: 'The code of a dimension: a column for each of its values.' }),
  ),
  as_known_on: KnownOn,
  layout: Type.Optional(oneOf(layouts, { description: 'A list, or the tree of the chart with subtotals.' })),
  zero: Flag('Whether accounts without any figure are listed, too; false unless asked.'),
  format: Type.Optional(oneOf(reportFormats, { description: 'JSON unless asked here or by Accept.' })),
};

/** The schema of a statement's query: what all have, and its own. */
export const statementQuery = <T extends Parameters<typeof strictObject>[0]>(own: T) =>
  strictObject({ ...own, ...shared }, byDimension);

export const AsOfQuery = { as_of: Type.Optional(IsoDate) };
export const RangeQuery = { from: Type.Optional(IsoDate), to: Type.Optional(IsoDate) };
export const ClosingQuery = {
  closing: Flag(
    'false leaves out what closed a year within the days asked for, as the books were before it.',
  ),
};

/** What a query asks, as far as it could be read, and all that is wrong with it. */
export type AskedReport = {
  faults: Fault[];
  from: string | null;
  /** `to` or `as_of`, or today. */
  to: string;
  closing: boolean;
  format: ReportFormat;
  query: StatementQuery;
};

const MEDIA: [RegExp, ReportFormat][] = [
  [/application\/json|\*\/\*/, 'json'],
  [/text\/csv/, 'csv'],
  [/application\/pdf/, 'pdf'],
  [/spreadsheetml\.sheet/, 'xlsx'],
];

/** The first format that the Accept header names; quality values are not weighed, as nobody sends them for a report. */
export function acceptedFormat(accept: string | undefined): ReportFormat {
  for (const range of (accept ?? '').split(',')) {
    const found = MEDIA.find(([media]) => media.test(range));
    if (found) return found[1];
  }
  return 'json';
}

/** Starts to read a query, with the faults that its schema found. */
export function readingOf(request: Pick<FastifyRequest, 'query' | 'validationError'>): Reading {
  const { validationError } = request;
  if (validationError && validationError.validationContext !== 'querystring') throw validationError;
  const faults = validationError ? faultsOfValidation(validationError) : [];
  return { query: request.query as Asked, faults };
}

/** Reads a statement's query. `layout` is what it is laid out as unless asked otherwise. */
export function readReport(
  request: Pick<FastifyRequest, 'query' | 'validationError' | 'headers' | 'tenant' | 'server'>,
  layout: StatementQuery['layout'],
): AskedReport {
  const reading = readingOf(request);
  const [asOf, from, last] = [readDate(reading, 'as_of'), readDate(reading, 'from'), readDate(reading, 'to')];
  const to = last ?? asOf ?? today(request.tenant.timeZone);
  refuseBackwards(reading, from, to);
  const query: StatementQuery = {
    compare: readWord(reading, 'compare', comparisons),
    by: readText(reading, 'by'),
    dimensions: readDimensions(reading),
    knownOn: readKnownOn(reading),
    layout: readWord(reading, 'layout', layouts) ?? layout,
    zero: readFlag(reading, 'zero', false),
    api: versionOf(request).root,
  };
  const closing = readFlag(reading, 'closing', true);
  const format = readWord(reading, 'format', reportFormats) ?? acceptedFormat(request.headers.accept);
  const faults = mergeFaults(reading.faults);
  return { faults, from, to, closing, format, query };
}
