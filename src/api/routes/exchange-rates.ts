// The table of exchange rates over the API; a rate is named by its currency and its day.
import { Type } from 'typebox';
import { addRate, deleteRate, getRate, listRates, setRate, setRates } from '#accounting';
import { readableBody } from '#lib/http/validation';
import { notFound } from '#lib/problem';
import { type ApiServer, inRequest, pageLinks, type Services, tellingAll } from './context.ts';
import {
  CurrencyCode,
  ExchangeRateSchema,
  QuotationBody,
  RateBody,
  RatesBody,
  RatesSetSchema,
} from './currency-schemas.ts';
import { IsoDate, PageQuery, pageOf, problems, strictObject } from './schemas.ts';

const tags = ['exchange rates'];
const Params = strictObject({ currency: CurrencyCode, date: IsoDate });
const view = 'accounting.exchange_rate.view';
const edit = 'accounting.exchange_rate.edit';

function listRoute(app: ApiServer, { db }: Services): void {
  app.get('/exchange-rates/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'List exchange rates, newest day first',
      querystring: strictObject({
        ...PageQuery,
        currency: Type.Optional(CurrencyCode),
        from: Type.Optional(IsoDate),
        to: Type.Optional(IsoDate),
        valid_on: Type.Optional(
          Type.String({
            format: 'date',
            description: 'Only the rates that hold on this day: of each currency the latest set by then.',
          }),
        ),
      }),
      response: { 200: pageOf(ExchangeRateSchema), ...problems(401, 403, 422) },
    },
    handler: async (request) => {
      const { page = 1, page_size: pageSize = 50, valid_on: validOn, ...filter } = request.query;
      const read = { ...filter, validOn };
      const list = await inRequest(db, request, (tx) => listRates(tx, read, page, pageSize), {
        snapshot: true,
      });
      return { count: list.count, ...pageLinks(request, page, pageSize, list.count), results: list.results };
    },
  });
}

function addRoute(app: ApiServer, { db }: Services): void {
  app.post('/exchange-rates/', {
    config: { permission: edit },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Add an exchange rate',
      body: RateBody,
      response: { 201: ExchangeRateSchema, ...problems(401, 403, 409, 415, 422) },
    },
    handler: async (request, reply) => {
      const { body, faults } = readableBody(request);
      const rate = await inRequest(db, request, (tx) => tellingAll(faults, () => addRate(tx, body)));
      reply.header('Location', `/api/v1/exchange-rates/${rate.currency}/${rate.rate_date}/`);
      return await reply.code(201).send(rate);
    },
  });
}

function bulkRoute(app: ApiServer, { db }: Services): void {
  app.post('/exchange-rates/bulk/', {
    config: { permission: edit },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Set up to a thousand exchange rates, all or none',
      description: 'Rates that are there already are replaced. Sending the same again changes nothing.',
      body: RatesBody,
      response: { 200: RatesSetSchema, ...problems(401, 403, 413, 415, 422) },
    },
    handler: async (request) => {
      const { body, faults } = readableBody(request);
      return await inRequest(db, request, (tx) => tellingAll(faults, () => setRates(tx, body.rates ?? [])));
    },
  });
}

function readRoute(app: ApiServer, { db }: Services): void {
  app.get('/exchange-rates/:currency/:date/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'The exchange rate that was set for a day',
      params: Params,
      response: { 200: ExchangeRateSchema, ...problems(401, 403, 404, 422) },
    },
    handler: async (request) => {
      const { currency, date } = request.params;
      const rate = await inRequest(db, request, (tx) => getRate(tx, currency, date));
      if (!rate) throw notFound('exchange rate');
      return rate;
    },
  });
}

function setRoute(app: ApiServer, { db }: Services): void {
  app.put('/exchange-rates/:currency/:date/', {
    config: { permission: edit },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Set the exchange rate of a day, in place of another if there is one',
      description: 'What was posted keeps the rate that it was posted at.',
      params: Params,
      body: QuotationBody,
      response: {
        200: ExchangeRateSchema,
        201: ExchangeRateSchema,
        ...problems(401, 403, 415, 422),
      },
    },
    handler: async (request, reply) => {
      const { body, faults } = readableBody(request);
      const { currency, date } = request.params;
      const { rate, created } = await inRequest(db, request, (tx) =>
        tellingAll(faults, () => setRate(tx, { ...body, currency, rate_date: date })),
      );
      return await reply.code(created ? 201 : 200).send(rate);
    },
  });
}

function deleteRoute(app: ApiServer, { db }: Services): void {
  app.delete('/exchange-rates/:currency/:date/', {
    config: { permission: edit },
    schema: {
      tags,
      summary: 'Delete an exchange rate',
      params: Params,
      response: { 204: Type.Null(), ...problems(401, 403, 404, 422) },
    },
    handler: async (request, reply) => {
      const { currency, date } = request.params;
      await inRequest(db, request, (tx) => deleteRate(tx, currency, date));
      return await reply.code(204).send(null);
    },
  });
}

/** /exchange-rates/, /exchange-rates/bulk/ and /exchange-rates/{currency}/{date}/. */
export function exchangeRateRoutes(app: ApiServer, services: Services): void {
  listRoute(app, services);
  addRoute(app, services);
  bulkRoute(app, services);
  readRoute(app, services);
  setRoute(app, services);
  deleteRoute(app, services);
}
