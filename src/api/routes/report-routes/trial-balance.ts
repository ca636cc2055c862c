// The trial balance over the API: plain, and with all that can be asked of it.
import {
  plainLedgerLink,
  type TrialBalanceQuery,
  trialBalance,
  trialBalanceColumns,
  trialBalanceSheet,
} from '#accounting';
import { type ApiServer, inRequest, type Services, tellingAll } from '../context.ts';
import { problems } from '../schemas.ts';
import { withBranches } from './branch-label.ts';
import {
  AsOfQuery,
  ClosingQuery,
  DIMENSION_NOTE,
  RangeQuery,
  readReport,
  statementQuery,
} from './report-query.ts';
import { TrialBalanceSchema } from './report-schemas.ts';
import { sendFile } from './send-report.ts';

const description = `Accounts that were used and have come to zero are listed with both sides zero. With \`from\`, each row has opening, movement and closing, each with the lines behind it; \`to\` is another word for \`as_of\`. ${DIMENSION_NOTE}`;

const plain = new Set(['as_of', 'format']);

/** GET /reports/trial-balance/. */
export function trialBalanceRoute(app: ApiServer, { db }: Services): void {
  app.get('/reports/trial-balance/', {
    config: { permission: 'accounting.report.view' },
    attachValidation: true,
    schema: {
      tags: ['reports'],
      summary: 'The trial balance on a day, or between two',
      description,
      querystring: statementQuery({ ...AsOfQuery, ...RangeQuery, ...ClosingQuery }),
      response: { 200: TrialBalanceSchema, ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const { faults, query, from, to, closing, format } = readReport(request, 'flat');
      if (
        faults.length === 0 &&
        format === 'json' &&
        Object.keys(request.query).every((name) => plain.has(name))
      ) {
        const report = await inRequest(db, request, (tx) => trialBalance(tx, to, { settled: true }), {
          snapshot: true,
        });
        const rows = report.rows.map((row) => ({
          ...row,
          link: plainLedgerLink(row.account, to, app.api.root),
        }));
        return withBranches(request, { ...report, rows });
      }
      const asked: TrialBalanceQuery = { ...query, from, asOf: to, closing };
      const report = await inRequest(
        db,
        request,
        (tx) => tellingAll(faults, () => trialBalanceColumns(tx, asked)),
        { snapshot: true },
      );
      if (format === 'json') return withBranches(request, report);
      const sheet = trialBalanceSheet(request.tenant, report);
      const nameParts = ['trial-balance', ...(from === null ? [] : [from]), to];
      return (await sendFile(request, reply, format, { sheet, nameParts })) as never;
    },
  });
}
