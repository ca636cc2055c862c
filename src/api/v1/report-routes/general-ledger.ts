// The general ledger over the API: a page of it, or all of it as it is read.
import { generalLedgerSheet, ledgerOf, pageOfLedger } from '#accounting';
import { invalid } from '#lib/problem';
import { type ApiServer, inRequest, pageLinks, type Services } from '../context.ts';
import { AccountCode, problems } from '../schemas.ts';
import { withBranches } from './branch-label.ts';
import { firstDay, lineQuery, readLines } from './line-query.ts';
import { LedgerSchema } from './line-schemas.ts';
import { DIMENSION_NOTE } from './report-query.ts';
import { sendLines } from './send-lines.ts';

const description = `From the beginning of the first fiscal year to today unless asked otherwise. A group shows what is below it. With \`page\` one page is answered, which costs the same however long the ledger is; without, all lines. ${DIMENSION_NOTE} \`dimension.CODE=\` without a value asks for lines without one.`;

/** GET /reports/general-ledger/. */
export function generalLedgerRoute(app: ApiServer, { db }: Services): void {
  app.get('/reports/general-ledger/', {
    config: { permission: 'accounting.report.view' },
    attachValidation: true,
    schema: {
      tags: ['reports'],
      summary: 'An account’s ledger between two days, with the running balance',
      description,
      querystring: lineQuery({ account: AccountCode }),
      response: { 200: LedgerSchema, ...problems(401, 403, 404, 422) },
    },
    handler: async (request, reply) => {
      const { faults, from, to, scope, page, format } = readLines(request);
      if (faults.length > 0) throw invalid(faults);
      const { account } = request.query;
      if (page !== null && format === 'json') {
        const read = await inRequest(
          db,
          request,
          async (tx) =>
            pageOfLedger(tx, { account, from: from ?? (await firstDay(tx, to)), to, ...scope }, page),
          { snapshot: true },
        );
        const links = pageLinks(request, read.page, page.size, read.count);
        const { ledger, broughtForward: brought_forward, count } = read;
        return withBranches(request, { ...ledger, brought_forward, count, ...links });
      }
      return (await sendLines(db, request, reply, format, async (tx) => {
        const query = { account, from: from ?? (await firstDay(tx, to)), to, ...scope };
        const { frame, count, lines } = await ledgerOf(tx, query);
        return {
          head: { ...frame, brought_forward: frame.opening, count, next: null, previous: null },
          list: 'lines',
          items: lines,
          sheet: () => generalLedgerSheet(request.tenant, frame, lines, scope.knownOn),
          nameParts: ['general-ledger', account, query.from, to],
        };
      })) as never;
    },
  });
}
