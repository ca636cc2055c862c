// Periods over the API: listed, closed, locked, and opened again with a reason.
import { Type } from 'typebox';
import {
  closePeriods,
  getPeriod,
  listPeriods,
  type Period,
  type PeriodChange,
  setPeriodStatus,
} from '#accounting';
import { cutList, type RowOrders } from '#lib/lists/cut-list';
import { type ApiServer, inRequest, requirePermission, type Services } from './context.ts';
import { KeyParams, PeriodSchema, PeriodStatusSchema, Reason, tags } from './fiscal-year-schemas.ts';
import { IsoDate, problems, strictObject } from './schemas.ts';

/** What each change asks for; the route itself asks for the first. */
const permissions: Record<PeriodChange, string> = {
  close: 'accounting.period.close',
  lock: 'accounting.period.close',
  reopen: 'accounting.period.reopen',
  unlock: 'accounting.period.unlock',
};

const periodOrders = {
  starts_on: ({ starts_on }) => [starts_on],
} satisfies RowOrders<Period, string>;

const list = { orders: ['starts_on'], preset: 'starts_on' } as const;

function listPeriodsRoute(app: ApiServer, { db }: Services): void {
  const { pages } = app.api;
  app.get('/periods/', {
    config: { permission: 'accounting.fiscal_year.view' },
    schema: {
      tags,
      summary: 'List the periods, oldest first unless ordered otherwise',
      querystring: pages.query(
        {
          fiscal_year: Type.Optional(Type.String({ maxLength: 40, description: 'The name of the year.' })),
          status: Type.Optional(PeriodStatusSchema),
        },
        list,
      ),
      response: { 200: pages.of(PeriodSchema), ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const { filter, ...asked } = pages.asked(request, list);
      const { fiscal_year: fiscalYear, status } = filter;
      const all = await inRequest(db, request, (tx) => listPeriods(tx, { fiscalYear }));
      const periods = all.filter((period) => status === undefined || period.status === status);
      return pages.answer(request, reply, asked.part, cutList(periods, periodOrders, asked));
    },
  });
}

function readPeriodRoute(app: ApiServer, { db }: Services): void {
  app.get('/periods/:id/', {
    config: { permission: 'accounting.fiscal_year.view' },
    schema: {
      tags,
      summary: 'One period',
      params: KeyParams,
      response: { 200: PeriodSchema, ...problems(401, 403, 404, 422) },
    },
    handler: (request) => inRequest(db, request, (tx) => getPeriod(tx, request.params.id)),
  });
}

function changePeriodRoute(app: ApiServer, { db }: Services): void {
  app.patch('/periods/:id/', {
    config: { permission: permissions.close },
    schema: {
      tags,
      summary: 'Close, lock or reopen a period',
      description: `open ↔ closed ↔ locked. Once this is answered, nothing more lands in a closed period, but by an exception; each change
ends the exceptions. Back from closed to open takes a \`reason\` and the permission \`${permissions.reopen}\`, from locked to closed a
\`reason\` and \`${permissions.unlock}\`. Periods of a closed fiscal year are not opened; reopen the year first.`,
      params: KeyParams,
      body: strictObject({ status: PeriodStatusSchema, reason: Type.Optional(Reason) }),
      response: { 200: PeriodSchema, ...problems(401, 403, 404, 415, 422) },
    },
    handler: async (request) => {
      const { status, reason } = request.body;
      const permit = (change: PeriodChange) => requirePermission(request, permissions[change]);
      return await inRequest(db, request, (tx) =>
        setPeriodStatus(tx, request.params.id, status, reason, permit),
      );
    },
  });
}

function closePeriodsRoute(app: ApiServer, { db }: Services): void {
  app.post('/periods/closing/', {
    config: { permission: permissions.close },
    schema: {
      tags,
      summary: 'Close all open periods that end by a day',
      description: 'Answers the periods that it closed, oldest first; none when all were closed already.',
      body: strictObject({ through: IsoDate, reason: Type.Optional(Reason) }),
      response: { 200: Type.Object({ results: Type.Array(PeriodSchema) }), ...problems(401, 403, 415, 422) },
    },
    handler: async (request) => {
      const { through, reason } = request.body;
      return { results: await inRequest(db, request, (tx) => closePeriods(tx, through, reason)) };
    },
  });
}

/** /periods/, /periods/{id}/ and /periods/closing/. */
export function periodRoutes(app: ApiServer, services: Services): void {
  listPeriodsRoute(app, services);
  readPeriodRoute(app, services);
  changePeriodRoute(app, services);
  closePeriodsRoute(app, services);
}
