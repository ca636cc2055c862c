// Fiscal years and periods over the API.
import { Type } from 'typebox';
import { type FiscalYear, listFiscalYears, listPeriods, openFiscalYears, setPeriodStatus } from '#accounting';
import { readableBody } from '#lib/http/validation';
import { notFound } from '#lib/problem';
import { type ApiServer, inRequest, pageLinks, type Services, tellingAll } from './context.ts';
import {
  FiscalYearSchema,
  IsoDate,
  PageQuery,
  PeriodSchema,
  PeriodStatusSchema,
  pageOf,
  problems,
  strictObject,
} from './schemas.ts';

const tags = ['fiscal years and periods'];
const PeriodParams = strictObject({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });

const document = ({ id: _, ...year }: FiscalYear) => year;

function listYearsRoute(app: ApiServer, { db }: Services): void {
  app.get('/fiscal-years/', {
    config: { permission: 'accounting.fiscal_year.view' },
    schema: {
      tags,
      summary: 'List the fiscal years, oldest first',
      querystring: strictObject(PageQuery),
      response: { 200: pageOf(FiscalYearSchema), ...problems(401, 403, 422) },
    },
    handler: async (request) => {
      const { page = 1, page_size: pageSize = 50 } = request.query;
      const years = await inRequest(db, request, listFiscalYears);
      const results = years.slice((page - 1) * pageSize, page * pageSize).map(document);
      return { count: years.length, ...pageLinks(request, page, pageSize, years.length), results };
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
        'In a Bikram Sambat calendar the first day is the first of a BS month, normally 1 Shrawan.',
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
      return await reply.code(201).send({ results: opened.map(document) });
    },
  });
}

function listPeriodsRoute(app: ApiServer, { db }: Services): void {
  app.get('/periods/', {
    config: { permission: 'accounting.fiscal_year.view' },
    schema: {
      tags,
      summary: 'List the periods, oldest first',
      querystring: strictObject({ ...PageQuery, fiscal_year: Type.Optional(Type.String({ maxLength: 40 })) }),
      response: { 200: pageOf(PeriodSchema), ...problems(401, 403, 422) },
    },
    handler: async (request) => {
      const { page = 1, page_size: pageSize = 50, fiscal_year: fiscalYear } = request.query;
      const periods = await inRequest(db, request, (tx) => listPeriods(tx, { fiscalYear }));
      const results = periods.slice((page - 1) * pageSize, page * pageSize);
      return { count: periods.length, ...pageLinks(request, page, pageSize, periods.length), results };
    },
  });
}

function readPeriodRoute(app: ApiServer, { db }: Services): void {
  app.get('/periods/:id/', {
    config: { permission: 'accounting.fiscal_year.view' },
    schema: {
      tags,
      summary: 'One period',
      params: PeriodParams,
      response: { 200: PeriodSchema, ...problems(401, 403, 404, 422) },
    },
    handler: async (request) => {
      const [period] = await inRequest(db, request, (tx) => listPeriods(tx, { id: request.params.id }));
      if (!period) throw notFound('period');
      return period;
    },
  });
}

function changePeriodRoute(app: ApiServer, { db }: Services): void {
  app.patch('/periods/:id/', {
    config: { permission: 'accounting.period.close' },
    schema: {
      tags,
      summary: 'Close, reopen or lock a period',
      description:
        'open ↔ closed, closed → locked. Once this is answered, nothing more lands in a closed period.',
      params: PeriodParams,
      body: strictObject({
        status: PeriodStatusSchema,
        reason: Type.Optional(Type.String({ maxLength: 1000, description: 'Why, for the audit log.' })),
      }),
      response: { 200: PeriodSchema, ...problems(401, 403, 404, 415, 422) },
    },
    handler: async (request) => {
      const { status, reason } = request.body;
      return await inRequest(db, request, (tx) => setPeriodStatus(tx, request.params.id, status, reason));
    },
  });
}

/** GET and POST /fiscal-years/, GET /periods/, GET and PATCH /periods/{id}/. */
export function fiscalYearRoutes(app: ApiServer, services: Services): void {
  listYearsRoute(app, services);
  openYearsRoute(app, services);
  listPeriodsRoute(app, services);
  readPeriodRoute(app, services);
  changePeriodRoute(app, services);
}
