// Profit and loss over the API.
import { profitAndLoss, statementSheet, yearStart } from '#accounting';
import { type ApiServer, inRequest, type Services, tellingAll } from '../context.ts';
import { problems } from '../schemas.ts';
import { withBranches } from './branch-label.ts';
import { DIMENSION_NOTE, RangeQuery, readReport, statementQuery } from './report-query.ts';
import { ProfitAndLossSchema } from './report-schemas.ts';
import { sendFile } from './send-report.ts';

/** GET /reports/profit-and-loss/. */
export function profitAndLossRoute(app: ApiServer, { db }: Services): void {
  app.get('/reports/profit-and-loss/', {
    config: { permission: 'accounting.report.view' },
    attachValidation: true,
    schema: {
      tags: ['reports'],
      summary: 'Income and expenses between two days',
      description: `By default the fiscal year of \`to\`, which is today. Closings of years are left out. ${DIMENSION_NOTE}`,
      querystring: statementQuery(RangeQuery),
      response: { 200: ProfitAndLossSchema, ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const { faults, query, from, to, format } = readReport(request, 'tree');
      const report = await inRequest(
        db,
        request,
        (tx) =>
          tellingAll(faults, async () =>
            profitAndLoss(tx, { from: from ?? (await yearStart(tx, to)) ?? to, to }, query),
          ),
        { snapshot: true },
      );
      if (format === 'json') return withBranches(request, report);
      const sheet = statementSheet(request.tenant, 'Profit and loss', report, report);
      return (await sendFile(request, reply, format, {
        sheet,
        nameParts: ['profit-and-loss', report.from, to],
      })) as never;
    },
  });
}
