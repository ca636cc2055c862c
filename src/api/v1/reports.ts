// Reports over the API: the general ledger, and the statements.
import { Type } from 'typebox';
import { generalLedger, listFiscalYears } from '#accounting';
import { today } from '#lib/dates';
import { invalid } from '#lib/problem';
import { type ApiServer, inRequest, type Services } from './context.ts';
import { balanceSheetRoute } from './report-routes/balance-sheet.ts';
import { cashFlowRoutes } from './report-routes/cash-flow.ts';
import { profitAndLossRoute } from './report-routes/profit-and-loss.ts';
import { trialBalanceRoute } from './report-routes/trial-balance.ts';
import { AccountCode, GeneralLedgerSchema, IsoDate, problems, strictObject } from './schemas.ts';

const tags = ['reports'];

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

/** GET /reports/trial-balance/, balance-sheet/, profit-and-loss/, cash-flow/ and general-ledger/. */
export function reportRoutes(app: ApiServer, services: Services): void {
  trialBalanceRoute(app, services);
  balanceSheetRoute(app, services);
  profitAndLossRoute(app, services);
  cashFlowRoutes(app, services);
  generalLedgerRoute(app, services);
}
