// An account's statement over the API.
import { Type } from 'typebox';
import { accountStatement, accountStatementSheet } from '#accounting';
import { currencyScale } from '#lib/money';
import { invalid } from '#lib/problem';
import type { ApiServer, Services } from '../context.ts';
import { AccountCode, problems } from '../schemas.ts';
import { firstDay, lineQuery, readLines } from './line-query.ts';
import { AccountStatementSchema } from './line-schemas.ts';
import { DIMENSION_NOTE } from './report-query.ts';
import { sendLines } from './send-lines.ts';

const own = {
  account: AccountCode,
  currency: Type.Optional(
    Type.String({
      description: 'ISO 4217: the lines in that currency, in its amounts; all lines unless asked.',
    }),
  ),
};

/** In v1 a statement was always whole and took the size of its pages all the same. */
const ownOf = ({ api }: ApiServer) =>
  api.number === 1 ? { ...own, page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) } : own;

/** GET /reports/account-statement/. */
export function accountStatementRoute(app: ApiServer, { db }: Services): void {
  app.get('/reports/account-statement/', {
    config: { permission: 'accounting.report.view' },
    attachValidation: true,
    schema: {
      tags: ['reports'],
      summary: 'What stood open on an account, what moved against which accounts, and what stands open now',
      description: `From the beginning of the first fiscal year to today unless asked otherwise. All lines are answered. ${DIMENSION_NOTE}`,
      querystring: lineQuery(app, ownOf(app), { whole: true }),
      response: { 200: AccountStatementSchema, ...problems(401, 403, 404, 422) },
    },
    handler: async (request, reply) => {
      const { faults, from, to, scope, format } = readLines(request);
      const { account, currency = null } = request.query;
      if (currency !== null && currencyScale(currency) === null)
        faults.push({
          pointer: '/query/currency',
          code: 'accounting/currency-unknown',
          detail: `"${currency.slice(0, 20)}" is not an ISO 4217 currency`,
        });
      if (faults.length > 0) throw invalid(faults);
      return (await sendLines(db, request, reply, format, async (tx) => {
        const query = { account, currency, from: from ?? (await firstDay(tx, to)), to, ...scope };
        const statement = await accountStatement(tx, query);
        const { lines, ...head } = statement;
        return {
          head,
          list: 'lines',
          items: lines,
          sheet: () => accountStatementSheet(request.tenant, statement, scope.knownOn),
          nameParts: ['statement', account, query.from, to],
        };
      })) as never;
    },
  });
}
