// Fiscal years over the API: listed, opened, closed to retained earnings, and opened again.
import { Type } from 'typebox';
import {
  closeYear,
  type FiscalYear,
  getFiscalYear,
  listFiscalYears,
  openFiscalYears,
  planClosing,
  reopenYear,
} from '#accounting';
import { readableBody } from '#lib/http/validation';
import { cutList, type RowOrders } from '#lib/lists/cut-list';
import { DryRunQuery } from './bulk-entries-schemas.ts';
import { type ApiServer, inRequest, isAsked, onceInRequest, type Services, tellingAll } from './context.ts';
import { ClosingPlanSchema, FiscalYearSchema, KeyParams, Reason, tags } from './fiscal-year-schemas.ts';
import { IdempotencyHeaders, IsoDate, problems, strictObject } from './schemas.ts';

const yearOrders = {
  starts_on: ({ starts_on }) => [starts_on],
} satisfies RowOrders<FiscalYear, string>;

const list = { orders: ['starts_on'], preset: 'starts_on' } as const;

function listYearsRoute(app: ApiServer, { db }: Services): void {
  const { pages } = app.api;
  app.get('/fiscal-years/', {
    config: { permission: 'accounting.fiscal_year.view' },
    schema: {
      tags,
      summary: 'List the fiscal years, oldest first unless ordered otherwise',
      querystring: pages.query({}, list),
      response: { 200: pages.of(FiscalYearSchema), ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const asked = pages.asked(request, list);
      const years = await inRequest(db, request, listFiscalYears);
      return pages.answer(request, reply, asked.part, cutList(years, yearOrders, asked));
    },
  });
}

function openYearsRoute(app: ApiServer, { db }: Services): void {
  app.post('/fiscal-years/', {
    config: { permission: 'accounting.fiscal_year.edit' },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Open fiscal years of twelve periods, in the company’s calendar',
      description:
        'In a Bikram Sambat calendar the first day is the first of a BS month, normally 1 Shrawan. No year is opened before one that is closed.',
      body: strictObject({
        starts_on: IsoDate,
        years: Type.Optional(Type.Integer({ minimum: 1, maximum: 10, default: 1 })),
      }),
      response: {
        201: Type.Object({ results: Type.Array(FiscalYearSchema) }),
        ...problems(401, 403, 415, 422),
      },
    },
    handler: async (request, reply) => {
      const { body, faults } = readableBody(request);
      const { starts_on, years = 1 } = body;
      const opened = await inRequest(db, request, (tx) =>
        tellingAll(faults, async () => (starts_on ? await openFiscalYears(tx, starts_on, years) : [])),
      );
      return await reply.code(201).send({ results: opened });
    },
  });
}

function readYearRoute(app: ApiServer, { db }: Services): void {
  app.get('/fiscal-years/:id/', {
    config: { permission: 'accounting.fiscal_year.view' },
    schema: {
      tags,
      summary: 'One fiscal year, by its id: its status and the entry that closed it',
      params: KeyParams,
      response: { 200: FiscalYearSchema, ...problems(401, 403, 404, 422) },
    },
    handler: (request) => inRequest(db, request, (tx) => getFiscalYear(tx, request.params.id)),
  });
}

const closing = `The balances of all income and expense accounts go to the account of the category \`retained_earnings\` on the
year's last day, by one entry of the series CL, and the year's open periods are closed. It is done as a whole or not at all; on a
closed year it does nothing. Years are closed in their order. \`dry_run=true\` tells the lines, what stands in the way (\`obstacles\`)
and what would be late (\`warnings\`).`;

function closeYearRoute(app: ApiServer, { db }: Services): void {
  app.post('/fiscal-years/:id/closing/', {
    config: { permission: 'accounting.fiscal_year.close' },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Close a fiscal year to retained earnings',
      description: closing,
      headers: IdempotencyHeaders,
      params: KeyParams,
      querystring: strictObject(DryRunQuery),
      body: strictObject({ reason: Type.Optional(Reason) }),
      response: {
        200: Type.Union([ClosingPlanSchema, FiscalYearSchema]),
        ...problems(400, 401, 403, 404, 409, 415, 422),
      },
    },
    handler: async (request, reply) => {
      const { body, faults } = readableBody(request);
      const { id } = request.params;
      if (isAsked(request.query.dry_run, false))
        return await inRequest(db, request, (tx) => tellingAll(faults, () => planClosing(tx, id)));
      const { body: answer, replayed } = await onceInRequest(db, request, async (tx) => ({
        status: 200,
        body: await tellingAll(faults, () => closeYear(tx, id, body.reason ?? null)),
      }));
      if (replayed) reply.header('Idempotency-Replayed', 'true');
      return answer as Awaited<ReturnType<typeof closeYear>>;
    },
  });
}

function reopenYearRoute(app: ApiServer, { db }: Services): void {
  app.post('/fiscal-years/:id/reopening/', {
    config: { permission: 'accounting.fiscal_year.reopen' },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Open a closed fiscal year again',
      description:
        'Its closing entry is reversed on the same day; its periods stay closed until they are opened one by one. The year closed last is opened first. On an open year it does nothing.',
      headers: IdempotencyHeaders,
      params: KeyParams,
      body: strictObject({ reason: Reason }),
      response: { 200: FiscalYearSchema, ...problems(400, 401, 403, 404, 409, 415, 422) },
    },
    handler: async (request, reply) => {
      const { body, faults } = readableBody(request);
      const { body: answer, replayed } = await onceInRequest(db, request, async (tx) => ({
        status: 200,
        // A reason that could not be read is told already.
        body: await tellingAll(faults, () => reopenYear(tx, request.params.id, body.reason ?? 'unreadable')),
      }));
      if (replayed) reply.header('Idempotency-Replayed', 'true');
      return answer as Awaited<ReturnType<typeof reopenYear>>;
    },
  });
}

/** /fiscal-years/, /fiscal-years/{id}/, and closing and reopening as resources under it. */
export function fiscalYearRoutes(app: ApiServer, services: Services): void {
  listYearsRoute(app, services);
  openYearsRoute(app, services);
  readYearRoute(app, services);
  closeYearRoute(app, services);
  reopenYearRoute(app, services);
}
