// The day book over the API.
import { dayBook, dayBookSheet, pageOfDayBook } from '#accounting';
import { invalid } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { type ApiServer, inRequest, type Services } from '../context.ts';
import { problems } from '../schemas.ts';
import { withBranches } from './branch-label.ts';
import { lineQuery, readLines } from './line-query.ts';
import { dayBookSchema } from './line-schemas.ts';
import { DIMENSION_NOTE } from './report-query.ts';
import { sendLines } from './send-lines.ts';

/** GET /reports/day-book/. */
export function dayBookRoute(app: ApiServer, { db }: Services): void {
  const { pages } = app.api;
  app.get('/reports/day-book/', {
    config: { permission: 'accounting.report.view' },
    attachValidation: true,
    schema: {
      tags: ['reports'],
      summary: 'Every entry between two days with its lines, in the order of the days',
      description: `Today unless asked otherwise. Asked for in parts, so many entries are answered; else all. ${DIMENSION_NOTE}`,
      querystring: lineQuery(app, {}),
      response: { 200: dayBookSchema(pages), ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const { faults, from, to, scope, format } = readLines(request);
      if (faults.length > 0) throw invalid(faults);
      const part = pages.askedOfReport(request);
      const query = { from: from ?? to, to, ...scope };
      if (part !== null && format === 'json') {
        const work = (tx: TenantTx) => pageOfDayBook(tx, query, part);
        const book = await inRequest(db, request, work, { snapshot: true });
        return withBranches(request, { ...book, ...pages.reportLinks(request, reply, part, book) });
      }
      return (await sendLines(db, request, reply, format, async (tx) => {
        const book = await dayBook(tx, query);
        const { entries, ...head } = book;
        return {
          head: { ...head, ...pages.reportLinks(request, reply, null, { count: book.count, next: null }) },
          list: 'entries',
          items: entries,
          sheet: () => dayBookSheet(request.tenant, book, scope.knownOn),
          nameParts: ['day-book', query.from, to],
        };
      })) as never;
    },
  });
}
