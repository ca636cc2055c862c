// The cash flow over the API, and the lines behind a figure of its direct method.
import { Type } from 'typebox';
import { cashFlow, cashFlowLines, cashFlowMethods, statementSheet, yearStart } from '#accounting';
import { today } from '#lib/dates';
import { invalid, mergeFaults } from '#lib/problem';
import type { Pages } from '../../versions/version.ts';
import { type ApiServer, inRequest, type Services, tellingAll } from '../context.ts';
import { AccountCode, Amount, Id, IsoDate, oneOf, problems } from '../schemas.ts';
import { branchField, withBranches } from './branch-label.ts';
import { readDate, readDimensions, readKnownOn, readWord, refuseBackwards } from './read-query.ts';
import {
  byDimension,
  DIMENSION_NOTE,
  KnownOn,
  RangeQuery,
  readingOf,
  readReport,
  statementQuery,
} from './report-query.ts';
import { CashFlowSchema } from './report-schemas.ts';
import { sendFile } from './send-report.ts';

const reading = { config: { permission: 'accounting.report.view' }, attachValidation: true };

const description = `By default the fiscal year of \`to\`, which is today. Cash is what is on accounts of the categories cash and bank. The direct method counts the other lines of entries that touch cash and takes longer the more there are; the indirect one starts at the result and reads balances only. ${DIMENSION_NOTE}`;

function statementRoute(app: ApiServer, { db }: Services): void {
  app.get('/reports/cash-flow/', {
    ...reading,
    schema: {
      tags: ['reports'],
      summary: 'Where cash came from and went to between two days',
      description,
      querystring: statementQuery({
        ...RangeQuery,
        method: Type.Optional(oneOf(cashFlowMethods, { description: 'direct unless asked.' })),
      }),
      response: { 200: CashFlowSchema, ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const { faults, query, from, to, format } = readReport(request, 'flat');
      const method = readWord({ query: request.query, faults: [] }, 'method', cashFlowMethods) ?? 'direct';
      const report = await inRequest(
        db,
        request,
        (tx) =>
          tellingAll(faults, async () =>
            cashFlow(tx, { from: from ?? (await yearStart(tx, to)) ?? to, to }, method, query),
          ),
        { snapshot: true },
      );
      if (format === 'json') return withBranches(request, report);
      const sheet = statementSheet(request.tenant, `Cash flow (${method})`, report, report);
      return (await sendFile(request, reply, format, {
        sheet,
        nameParts: ['cash-flow', report.from, to],
      })) as never;
    },
  });
}

const list = { orders: ['entry_date'], preset: 'entry_date' } as const;

/** The lines, with the fields of a version's parts. */
const linesSchema = ({ reportFields }: Pages) =>
  Type.Object({
    ...branchField,
    account: Type.String(),
    name: Type.String(),
    from: IsoDate,
    to: IsoDate,
    totals: Type.Object({ debit: Amount, credit: Amount }),
    ...reportFields,
    results: Type.Array(
      Type.Object({
        entry_id: Id,
        number: Type.String(),
        entry_date: IsoDate,
        memo: Type.String(),
        debit: Amount,
        credit: Amount,
      }),
    ),
  });

function linesRoute(app: ApiServer, { db }: Services): void {
  const { pages } = app.api;
  app.get('/reports/cash-flow/lines/', {
    ...reading,
    schema: {
      tags: ['reports'],
      summary: 'An account’s lines in entries that touch cash',
      description: 'What a figure of the direct cash flow is made of: credit less debit is cash received.',
      querystring: pages.query(
        {
          account: AccountCode,
          from: IsoDate,
          to: Type.Optional(IsoDate),
          as_known_on: KnownOn,
        },
        list,
        byDimension,
      ),
      response: { 200: linesSchema(pages), ...problems(401, 403, 404, 422) },
    },
    handler: async (request, reply) => {
      const asked = readingOf(request);
      const to = readDate(asked, 'to') ?? today(request.tenant.timeZone);
      const from = readDate(asked, 'from') ?? to;
      refuseBackwards(asked, from, to);
      const dimensions = readDimensions(asked);
      const query = { account: request.query.account, from, to, dimensions, knownOn: readKnownOn(asked) };
      if (asked.faults.length > 0) throw invalid(mergeFaults(asked.faults));
      const { part, ordering } = pages.asked(request, list);
      const lines = await inRequest(db, request, (tx) => cashFlowLines(tx, query, part, ordering), {
        snapshot: true,
      });
      return withBranches(request, { ...lines, ...pages.reportLinks(request, reply, part, lines) });
    },
  });
}

/** GET /reports/cash-flow/ and /reports/cash-flow/lines/. */
export function cashFlowRoutes(app: ApiServer, services: Services): void {
  statementRoute(app, services);
  linesRoute(app, services);
}
