// Number series over the API: their patterns, and what number would come next.
import { type Static, Type } from 'typebox';
import {
  createSeries,
  listSeries,
  type NumberSeries,
  previewNumber,
  requiredSeries,
  seriesResets,
  updateSeries,
} from '#accounting';
import { readableBody } from '#lib/http/validation';
import { cutList, type RowOrders } from '#lib/lists/cut-list';
import { setLocation } from '../versions/version.ts';
import { type ApiServer, inRequest, type Services, tellingAll } from './context.ts';
import { IsoDate, oneOf, problems, strictObject, withHeaders } from './schemas.ts';

const tags = ['number series'];
const view = 'accounting.number_series.view';
const edit = 'accounting.number_series.edit';

const Code = Type.String({ pattern: '^[A-Z0-9]{1,10}$', examples: ['SI'] });
const Params = strictObject({ code: Type.String({ maxLength: 200 }) });
const pattern =
  'May hold {series}, {fiscal_year}, {period}, and {yyyy}, {yy}, {mm} of the entry’s Gregorian date.';

const fields = {
  name: Type.String({ minLength: 1, maxLength: 100 }),
  voucher_type: Type.String({
    pattern: '^[a-z][a-z0-9_]{0,39}$',
    description: 'What is numbered here.',
    examples: ['sales_invoice'],
  }),
  prefix: Type.String({ maxLength: 60, description: pattern, examples: ['{series}-{fiscal_year}-'] }),
  suffix: Type.String({ maxLength: 30, description: pattern }),
  padding: Type.Integer({ minimum: 1, maximum: 12, description: 'Zeros fill the digits up to so many.' }),
  reset: oneOf(seriesResets, { description: 'When the digits begin at 1 again.' }),
};

const SeriesSchema = Type.Object(
  { code: Code, ...fields, active: Type.Boolean() },
  { title: 'NumberSeries' },
);

const NewSeriesBody = strictObject(
  {
    code: Code,
    name: fields.name,
    voucher_type: Type.Optional(fields.voucher_type),
    prefix: Type.Optional(fields.prefix),
    suffix: Type.Optional(fields.suffix),
    padding: Type.Optional(fields.padding),
    reset: Type.Optional(fields.reset),
  },
  {
    title: 'NewNumberSeries',
    examples: [
      { code: 'SI', name: 'Sales invoices', voucher_type: 'sales_invoice', prefix: 'SI/{fiscal_year}/' },
    ],
  },
);

const SeriesChangesBody = strictObject(
  {
    name: Type.Optional(fields.name),
    voucher_type: Type.Optional(fields.voucher_type),
    prefix: Type.Optional(fields.prefix),
    suffix: Type.Optional(fields.suffix),
    padding: Type.Optional(fields.padding),
    reset: Type.Optional(fields.reset),
    active: Type.Optional(Type.Boolean()),
  },
  { minProperties: 1 },
);

const ForecastSchema = Type.Object(
  {
    series: Type.String(),
    date: IsoDate,
    fiscal_year: Type.String(),
    period: Type.String(),
    sequence: Type.Integer(),
    number: Type.String(),
    forecast: Type.Literal(true, {
      description: 'A number is given at posting only; whoever posts first has this one.',
    }),
  },
  { title: 'NumberForecast' },
);

const seriesOrders = {
  code: ({ code }) => [code],
  name: ({ name, code }) => [name, code],
} satisfies RowOrders<NumberSeries, string>;

const list = { orders: ['code', 'name'], preset: 'code' } as const;

function listRoute(app: ApiServer, { db }: Services): void {
  const { pages } = app.api;
  app.get('/number-series/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'List the number series by code',
      querystring: pages.query({}, list),
      response: { 200: pages.of(SeriesSchema), ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const asked = pages.asked(request, list);
      const series = await inRequest(db, request, listSeries);
      return pages.answer(request, reply, asked.part, cutList(series, seriesOrders, asked));
    },
  });
}

function createRoute(app: ApiServer, { db }: Services): void {
  app.post('/number-series/', {
    config: { permission: edit },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Add a number series',
      body: NewSeriesBody,
      response: { 201: withHeaders(SeriesSchema, 'Location'), ...problems(401, 403, 409, 415, 422) },
    },
    handler: async (request, reply) => {
      const { body, faults } = readableBody<Static<typeof NewSeriesBody>>(request);
      const series = await inRequest(db, request, (tx) => tellingAll(faults, () => createSeries(tx, body)));
      setLocation(reply, `/number-series/${series.code}/`);
      return await reply.code(201).send(series);
    },
  });
}

function readRoute(app: ApiServer, { db }: Services): void {
  app.get('/number-series/:code/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'One number series',
      params: Params,
      response: { 200: SeriesSchema, ...problems(401, 403, 404) },
    },
    handler: async (request) => await inRequest(db, request, (tx) => requiredSeries(tx, request.params.code)),
  });
}

function changeRoute(app: ApiServer, { db }: Services): void {
  app.patch('/number-series/:code/', {
    config: { permission: edit },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Change a number series from the next posting on',
      description:
        'Numbers that were given stay, and digits go on. `reset` changes only before the first number.',
      params: Params,
      body: SeriesChangesBody,
      response: { 200: SeriesSchema, ...problems(401, 403, 404, 415, 422) },
    },
    handler: async (request) => {
      const { body, faults } = readableBody<Static<typeof SeriesChangesBody>>(request);
      return await inRequest(db, request, (tx) =>
        tellingAll(faults, () => updateSeries(tx, request.params.code, body)),
      );
    },
  });
}

function previewRoute(app: ApiServer, { db }: Services): void {
  app.get('/number-series/:code/preview/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'Which number an entry of a date would get now; a forecast, nothing is held',
      params: Params,
      querystring: strictObject({ date: IsoDate }),
      response: { 200: ForecastSchema, ...problems(401, 403, 404, 422) },
    },
    handler: async (request) =>
      await inRequest(db, request, (tx) => previewNumber(tx, request.params.code, request.query.date)),
  });
}

/** GET and POST /number-series/, GET and PATCH /number-series/{code}/, GET /number-series/{code}/preview/. */
export function numberSeriesRoutes(app: ApiServer, services: Services): void {
  listRoute(app, services);
  createRoute(app, services);
  readRoute(app, services);
  changeRoute(app, services);
  previewRoute(app, services);
}
