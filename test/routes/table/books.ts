// Examples of what the books are kept by: accounts, dimensions, series, rates, years and periods.
import type { RouteTable } from '../example.ts';

const none = () => ({});
const known = { 'if-match': '*' };
const name = 'Made for an example';

export const bookRoutes: RouteTable = {
  'GET /api/v1/accounts/': none,
  'POST /api/v1/accounts/': ({ fresh, names }) => ({
    body: { code: fresh(), name, type: 'asset', parent: names.group },
  }),
  'GET /api/v1/accounts/:code/': ({ names }) => ({ params: { code: names.cash } }),
  'PATCH /api/v1/accounts/:code/': async ({ account }) => ({
    params: { code: await account() },
    headers: known,
    body: { name },
  }),
  'DELETE /api/v1/accounts/:code/': async ({ account }) => ({ params: { code: await account() } }),
  'GET /accounts/': none,

  'GET /api/v1/dimensions/': none,
  'POST /api/v1/dimensions/': ({ fresh }) => ({ body: { code: fresh(), name } }),
  'GET /api/v1/dimensions/:code/': ({ names }) => ({ params: { code: names.dimension } }),
  'PATCH /api/v1/dimensions/:code/': async ({ dimension }) => ({
    params: { code: await dimension() },
    headers: known,
    body: { name },
  }),
  'DELETE /api/v1/dimensions/:code/': async ({ dimension }) => ({ params: { code: await dimension() } }),
  'GET /api/v1/dimensions/:code/values/': ({ names }) => ({ params: { code: names.dimension } }),
  'POST /api/v1/dimensions/:code/values/': ({ names, fresh }) => ({
    params: { code: names.dimension },
    body: { code: fresh(), name },
  }),
  'POST /api/v1/dimensions/:code/values/bulk/': ({ names, fresh }) => ({
    params: { code: names.dimension },
    body: { values: [{ code: fresh(), name }] },
  }),
  'GET /api/v1/dimensions/:code/values/:value/': ({ names }) => ({
    params: { code: names.dimension, value: names.value },
  }),
  'PATCH /api/v1/dimensions/:code/values/:value/': async ({ names, value }) => ({
    params: { code: names.dimension, value: await value() },
    headers: known,
    body: { name },
  }),
  'DELETE /api/v1/dimensions/:code/values/:value/': async ({ names, value }) => ({
    params: { code: names.dimension, value: await value() },
  }),

  'GET /api/v1/number-series/': none,
  'POST /api/v1/number-series/': ({ seriesCode }) => ({ body: { code: seriesCode(), name } }),
  'GET /api/v1/number-series/:code/': ({ names }) => ({ params: { code: names.series } }),
  'PATCH /api/v1/number-series/:code/': async ({ series }) => ({
    params: { code: await series() },
    headers: known,
    body: { name },
  }),
  'GET /api/v1/number-series/:code/preview/': ({ names }) => ({
    params: { code: names.series },
    query: { date: '2026-03-10' },
  }),

  'GET /api/v1/exchange-rates/': none,
  'POST /api/v1/exchange-rates/': ({ rateDay }) => ({
    body: { currency: 'JPY', rate_date: rateDay(), rate: '2' },
  }),
  'POST /api/v1/exchange-rates/bulk/': ({ rateDay }) => ({
    body: { rates: [{ currency: 'JPY', rate_date: rateDay(), rate: '2' }] },
  }),
  'GET /api/v1/exchange-rates/:currency/:date/': ({ names }) => ({
    params: { currency: names.currency, date: names.rateDate },
  }),
  'PUT /api/v1/exchange-rates/:currency/:date/': {
    make: ({ rateDay }) => ({ params: { currency: 'JPY', date: rateDay() }, body: { rate: '2' } }),
    makesWhatItNames: true,
  },
  'DELETE /api/v1/exchange-rates/:currency/:date/': async ({ names, rate }) => ({
    params: { currency: names.currency, date: await rate() },
  }),
  'POST /api/v1/revaluations/': () => ({ body: { on: '2026-06-30' } }),
};

export const calendarRoutes: RouteTable = {
  'GET /api/v1/fiscal-years/': none,
  'POST /api/v1/fiscal-years/': async ({ dayAfterYears }) => ({ body: { starts_on: await dayAfterYears() } }),
  'GET /api/v1/fiscal-years/:id/': async ({ firstYear }) => ({ params: { id: `${await firstYear()}` } }),
  'POST /api/v1/fiscal-years/:id/closing/': {
    make: async ({ firstYear }) => ({ params: { id: `${await firstYear()}` }, body: {} }),
    after: ({ openFirstYear }) => openFirstYear(),
  },
  'POST /api/v1/fiscal-years/:id/reopening/': {
    make: async ({ closeFirstYear }) => ({
      params: { id: `${await closeFirstYear()}` },
      body: { reason: 'Something was forgotten' },
    }),
    after: ({ openFirstYear }) => openFirstYear(),
  },
  'GET /api/v1/periods/': none,
  'GET /api/v1/periods/:id/': async ({ openPeriod }) => ({ params: { id: `${await openPeriod()}` } }),
  'PATCH /api/v1/periods/:id/': async ({ openPeriod }) => ({
    params: { id: `${await openPeriod()}` },
    headers: known,
    body: { status: 'closed' },
  }),
  'POST /api/v1/periods/closing/': () => ({ body: { through: '2024-01-31' } }),
  'GET /api/v1/periods/:id/exceptions/': async ({ closedPeriod }) => ({
    params: { id: `${await closedPeriod()}` },
  }),
  'POST /api/v1/periods/:id/exceptions/': async ({ closedPeriod, person }) => ({
    params: { id: `${await closedPeriod()}` },
    body: {
      user: (await person('clerk')).email,
      expires_at: new Date(Date.now() + 86_400_000).toISOString(),
      reason: 'The bank statement came late',
    },
  }),
  'DELETE /api/v1/periods/:id/exceptions/:exception/': async ({ closedPeriod, person, exception }) => {
    const period = await closedPeriod();
    const { userId } = await person('clerk');
    return { params: { id: `${period}`, exception: `${await exception(period, userId)}` } };
  },
};
