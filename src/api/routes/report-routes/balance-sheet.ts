// The balance sheet over the API.
import { balanceSheet, statementSheet } from '#accounting';
import { type ApiServer, inRequest, type Services, tellingAll } from '../context.ts';
import { problems } from '../schemas.ts';
import { withBranches } from './branch-label.ts';
import { AsOfQuery, DIMENSION_NOTE, readReport, statementQuery } from './report-query.ts';
import { BalanceSheetSchema } from './report-schemas.ts';
import { sendFile } from './send-report.ts';

/** GET /reports/balance-sheet/. */
export function balanceSheetRoute(app: ApiServer, { db }: Services): void {
  app.get('/reports/balance-sheet/', {
    config: { permission: 'accounting.report.view' },
    attachValidation: true,
    schema: {
      tags: ['reports'],
      summary: 'Assets, liabilities and equity on a day',
      description: `What no closing has taken to equity yet is the section \`result\`. ${DIMENSION_NOTE}`,
      querystring: statementQuery(AsOfQuery),
      response: { 200: BalanceSheetSchema, ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const { faults, query, to, format } = readReport(request, 'tree');
      const report = await inRequest(
        db,
        request,
        (tx) => tellingAll(faults, () => balanceSheet(tx, to, query)),
        { snapshot: true },
      );
      if (format === 'json') return withBranches(request, report);
      const sheet = statementSheet(request.tenant, 'Balance sheet', { from: null, to }, report);
      return (await sendFile(request, reply, format, { sheet, nameParts: ['balance-sheet', to] })) as never;
    },
  });
}
