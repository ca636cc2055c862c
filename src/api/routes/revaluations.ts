// Revaluation of currencies over the API, and the balances that it is about.
import { Type } from 'typebox';
import { currencyBalances, type Revaluation, revalue } from '#accounting';
import { today } from '#lib/dates';
import { readableBody } from '#lib/http/validation';
import { invalid } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { DryRunQuery } from './bulk-entries-schemas.ts';
import { type ApiServer, inRequest, isAsked, onceInRequest, type Services, tellingAll } from './context.ts';
import { CurrencyBalancesSchema, RevaluationBody, RevaluationSchema } from './currency-schemas.ts';
import { withBranches } from './report-routes/branch-label.ts';
import { IdempotencyHeaders, IsoDate, problems, strictObject } from './schemas.ts';

function revaluationRoute(app: ApiServer, { db }: Services): void {
  app.post('/revaluations/', {
    config: { permission: 'accounting.revaluation.post' },
    attachValidation: true,
    schema: {
      tags: ['exchange rates'],
      summary: 'Revalue what is open in other currencies, normally on the last day of a period',
      description:
        'Every monetary balance comes to its value at the rate of the day; gains and losses are reversed on the next day. ' +
        'Done again, it finds nothing to do.',
      headers: IdempotencyHeaders,
      querystring: strictObject(DryRunQuery),
      body: RevaluationBody,
      response: {
        200: RevaluationSchema,
        201: RevaluationSchema,
        ...problems(400, 401, 403, 409, 415, 422, 503),
      },
    },
    handler: async (request, reply) => {
      const { body, faults } = readableBody(request);
      const dryRun = isAsked(request.query.dry_run, false);
      const work = (tx: TenantTx) =>
        tellingAll(faults, async () => {
          if (body.on === undefined) throw invalid(faults);
          return await revalue(tx, { ...body, on: body.on, dryRun });
        });
      if (dryRun) return await reply.code(200).send(await inRequest(db, request, work, { snapshot: true }));
      const answer = await onceInRequest(db, request, async (tx) => {
        const result = await work(tx);
        return { status: result.status === 'posted' ? 201 : 200, body: result };
      });
      if (answer.replayed) reply.header('Idempotency-Replayed', 'true');
      return await reply.code(answer.status === 201 ? 201 : 200).send(answer.body as Revaluation);
    },
  });
}

function balancesRoute(app: ApiServer, { db }: Services): void {
  app.get('/reports/currency-balances/', {
    config: { permission: 'accounting.report.view' },
    schema: {
      tags: ['reports'],
      summary: 'What is open in other currencies on a day, and what it is worth at the rates of the day',
      querystring: strictObject({ as_of: Type.Optional(IsoDate) }),
      response: { 200: CurrencyBalancesSchema, ...problems(401, 403, 422) },
    },
    handler: async (request) => {
      const asOf = request.query.as_of ?? today(request.tenant.timeZone);
      const report = await inRequest(db, request, (tx) => currencyBalances(tx, asOf), { snapshot: true });
      return withBranches(request, report);
    },
  });
}

/** POST /revaluations/ and GET /reports/currency-balances/. */
export function revaluationRoutes(app: ApiServer, services: Services): void {
  revaluationRoute(app, services);
  balancesRoute(app, services);
}
