// The table of exchange rates over the API; a rate is named by its currency and its day.
import { Type } from 'typebox';
import { addRate, deleteRate, getRate, listRates, rateOrders, setRate, setRates } from '#accounting';
import { readableBody } from '#lib/http/validation';
import { notFound } from '#lib/problem';
import { setLocation } from '../versions/version.ts';
import { type ApiServer, inRequest, type Services, tellingAll } from './context.ts';
import {
  CurrencyCode,
  ExchangeRateSchema,
  QuotationBody,
  RateBody,
  RatesBody,
  RatesSetSchema,
} from './currency-schemas.ts';
import { IsoDate, problems, strictObject, withHeaders } from './schemas.ts';

const tags = ['exchange rates'];
const Params = strictObject({ currency: CurrencyCode, date: IsoDate });
const view = 'accounting.exchange_rate.view';
const edit = 'accounting.exchange_rate.edit';

const list = {
  orders: Object.keys(rateOrders) as (keyof typeof rateOrders)[],
  preset: '-rate_date',
} as const;

function listRoute(app: ApiServer, { db }: Services): void {
  const { pages } = app.api;
  app.get('/exchange-rates/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'List exchange rates, newest day first unless ordered otherwise',
      querystring: pages.query(
        {
          currency: Type.Optional(CurrencyCode),
          from: Type.Optional(IsoDate),
          to: Type.Optional(IsoDate),
          valid_on: Type.Optional(
            Type.String({
              format: 'date',
              description: 'Only the rates that hold on this day: of each currency the latest set by then.',
            }),
          ),
        },
        list,
      ),
      response: { 200: pages.of(ExchangeRateSchema), ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const { filter, part, ordering } = pages.asked(request, list);
      const { valid_on: validOn, ...more } = filter;
      const read = { ...more, validOn };
      const listed = await inRequest(db, request, (tx) => listRates(tx, read, part, ordering), {
        snapshot: true,
      });
      return pages.answer(request, reply, part, listed);
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
      response: { 201: withHeaders(ExchangeRateSchema, 'Location'), ...problems(401, 403, 409, 415, 422) },
    },
    handler: async (request, reply) => {
      const { body, faults } = readableBody(request);
      const rate = await inRequest(db, request, (tx) => tellingAll(faults, () => addRate(tx, body)));
      setLocation(reply, `/exchange-rates/${rate.currency}/${rate.rate_date}/`);
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
