// The general ledger over the API: a page of it, or all of it as it is read.
import { generalLedgerSheet, ledgerOf, pageOfLedger } from '#accounting';
import { invalid } from '#lib/problem';
import { type ApiServer, inRequest, type Services } from '../context.ts';
import { AccountCode, problems } from '../schemas.ts';
import { withBranches } from './branch-label.ts';
import { firstDay, lineQuery, readLines } from './line-query.ts';
import { ledgerSchema } from './line-schemas.ts';
import { DIMENSION_NOTE } from './report-query.ts';
import { sendLines } from './send-lines.ts';

const description = `From the beginning of the first fiscal year to today unless asked otherwise. A group shows what is below it. Asked for in parts, a part costs the same however long the ledger is; else all lines are answered. ${DIMENSION_NOTE} \`dimension.CODE=\` without a value asks for lines without one.`;

/** GET /reports/general-ledger/. */
export function generalLedgerRoute(app: ApiServer, { db }: Services): void {
  const { pages } = app.api;
  app.get('/reports/general-ledger/', {
    config: { permission: 'accounting.report.view' },
    attachValidation: true,
    schema: {
      tags: ['reports'],
      summary: 'An account’s ledger between two days, with the running balance',
      description,
      querystring: lineQuery(app, { account: AccountCode }),
      response: { 200: ledgerSchema(pages), ...problems(401, 403, 404, 422) },
    },
    handler: async (request, reply) => {
      const { faults, from, to, scope, format } = readLines(request);
      if (faults.length > 0) throw invalid(faults);
      const part = pages.askedOfReport(request);
      const { account } = request.query;
      if (part !== null && format === 'json') {
        const read = await inRequest(
          db,
          request,
          async (tx) =>
            pageOfLedger(tx, { account, from: from ?? (await firstDay(tx, to)), to, ...scope }, part),
          { snapshot: true },
        );
        // A page past the last one is the last one.
        const shown = part.by === 'number' ? { ...part, page: read.page } : part;
        const links = pages.reportLinks(request, reply, shown, read);
        return withBranches(request, { ...read.ledger, brought_forward: read.broughtForward, ...links });
      }
      return (await sendLines(db, request, reply, format, async (tx) => {
        const query = { account, from: from ?? (await firstDay(tx, to)), to, ...scope };
        const { frame, count, lines } = await ledgerOf(tx, query);
        return {
          head: {
            ...frame,
            brought_forward: frame.opening,
            ...pages.reportLinks(request, reply, null, { count, next: null }),
          },
          list: 'lines',
          items: lines,
          sheet: () => generalLedgerSheet(request.tenant, frame, lines, scope.knownOn),
          nameParts: ['general-ledger', account, query.from, to],
        };
      })) as never;
    },
  });
}
