// The day book over the API.
import { dayBook, dayBookSheet } from '#accounting';
import { invalid } from '#lib/problem';
import { type ApiServer, inRequest, pageLinks, type Services } from '../context.ts';
import { problems } from '../schemas.ts';
import { withBranches } from './branch-label.ts';
import { lineQuery, readLines } from './line-query.ts';
import { DayBookSchema } from './line-schemas.ts';
import { DIMENSION_NOTE } from './report-query.ts';
import { sendLines } from './send-lines.ts';

/** GET /reports/day-book/. */
export function dayBookRoute(app: ApiServer, { db }: Services): void {
  app.get('/reports/day-book/', {
    config: { permission: 'accounting.report.view' },
    attachValidation: true,
    schema: {
      tags: ['reports'],
      summary: 'Every entry between two days with its lines, in the order of the days',
      description: `Today unless asked otherwise. With \`page\` so many entries are answered; without, all. ${DIMENSION_NOTE}`,
      querystring: lineQuery({}),
      response: { 200: DayBookSchema, ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const { faults, from, to, scope, page, format } = readLines(request);
      if (faults.length > 0) throw invalid(faults);
      const query = { from: from ?? to, to, ...scope };
      if (page !== null && format === 'json')
        return await inRequest(
          db,
          request,
          async (tx) => {
            const { entries, ...book } = await dayBook(tx, query, page);
            const links = pageLinks(request, page.number, page.size, book.count);
            return withBranches(request, { ...book, ...links, entries: await Array.fromAsync(entries) });
          },
          { snapshot: true },
        );
      return (await sendLines(db, request, reply, format, async (tx) => {
        const book = await dayBook(tx, query);
        const { entries, ...head } = book;
        return {
          head: { ...head, next: null, previous: null },
          list: 'entries',
          items: entries,
          sheet: () => dayBookSheet(request.tenant, book, scope.knownOn),
          nameParts: ['day-book', query.from, to],
        };
      })) as never;
    },
  });
}
