// Reports over the API: the trial balance and the general ledger.
import { Type } from 'typebox';
import { generalLedger, listFiscalYears, trialBalance } from '#accounting';
import { today } from '#lib/dates';
import { invalid } from '#lib/problem';
import { type ApiServer, inRequest, type Services } from './context.ts';
import {
  AccountCode,
  GeneralLedgerSchema,
  IsoDate,
  problems,
  strictObject,
  TrialBalanceSchema,
} from './schemas.ts';

const tags = ['reports'];

function trialBalanceRoute(app: ApiServer, { db }: Services): void {
  app.get('/reports/trial-balance/', {
    config: { permission: 'accounting.report.view' },
    schema: {
      tags,
      summary: 'The trial balance on a day',
      description: 'Accounts that were used and have come to zero are listed with both sides zero.',
      querystring: strictObject({ as_of: Type.Optional(IsoDate) }),
      response: { 200: TrialBalanceSchema, ...problems(401, 403, 422) },
    },
    handler: async (request) => {
      const asOf = request.query.as_of ?? today(request.tenant.timeZone);
      return await inRequest(db, request, (tx) => trialBalance(tx, asOf, { settled: true }), {
        snapshot: true,
      });
    },
  });
}

function generalLedgerRoute(app: ApiServer, { db }: Services): void {
  app.get('/reports/general-ledger/', {
    config: { permission: 'accounting.report.view' },
    schema: {
      tags,
      summary: 'An account’s ledger between two days, with the running balance',
      description:
        'By default from the beginning of the first fiscal year to today. A group shows what is below it.',
      querystring: strictObject({
        account: AccountCode,
        from: Type.Optional(IsoDate),
        to: Type.Optional(IsoDate),
      }),
      response: { 200: GeneralLedgerSchema, ...problems(401, 403, 404, 422) },
    },
    handler: async (request) => {
      const { account, from, to = today(request.tenant.timeZone) } = request.query;
      const read = async (tx: Parameters<typeof listFiscalYears>[0]) => {
        const [first] = await listFiscalYears(tx);
        const start = from ?? (first && first.starts_on < to ? first.starts_on : to);
        if (start > to) {
          const detail = `${start} is after ${to}`;
          throw invalid([{ pointer: '/query/from', code: 'request/date-range', detail }]);
        }
        return await generalLedger(tx, { account, from: start, to });
      };
      return await inRequest(db, request, read, { snapshot: true });
    },
  });
}

/** GET /reports/trial-balance/ and /reports/general-ledger/. */
export function reportRoutes(app: ApiServer, services: Services): void {
  trialBalanceRoute(app, services);
  generalLedgerRoute(app, services);
}
