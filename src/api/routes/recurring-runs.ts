// Posts what is due over the API, and shows the entries that will be reversed by themselves.
import { Type } from 'typebox';
import { listScheduledReversals, type RunReport, runRecurring } from '#accounting';
import { type ApiServer, inRequest, onceInRequest, pageLinks, type Services } from './context.ts';
import { RunBody, RunSchema, ScheduledReversalSchema } from './recurring-schemas.ts';
import { IdempotencyHeaders, PageQuery, pageOf, problems, strictObject } from './schemas.ts';

const tags = ['recurring entries'];

function runRoute(app: ApiServer, { db }: Services): void {
  app.post('/recurring-entries/run/', {
    config: { permission: 'accounting.recurring_entry.run' },
    schema: {
      tags,
      summary: 'Post all that is due until a day: recurring entries and automatic reversals',
      description:
        'Again, or twice at once, posts nothing twice. What is refused is told with its faults, stops nothing else and stays due.',
      headers: IdempotencyHeaders,
      body: RunBody,
      response: { 200: RunSchema, ...problems(400, 401, 403, 409, 415, 422) },
    },
    handler: async (request, reply) => {
      const { date, dry_run: dryRun = false } = request.body;
      if (dryRun) return await inRequest(db, request, (tx) => runRecurring(tx, date, { dryRun }));
      const answer = await onceInRequest(db, request, async (tx) => ({
        status: 200,
        body: await runRecurring(tx, date),
      }));
      if (answer.replayed) reply.header('Idempotency-Replayed', 'true');
      return answer.body as RunReport;
    },
  });
}

function listReversalsRoute(app: ApiServer, { db }: Services): void {
  app.get('/scheduled-reversals/', {
    config: { permission: 'accounting.journal_entry.view' },
    schema: {
      tags,
      summary: 'The entries that are to be reversed by themselves, by day',
      querystring: strictObject({
        ...PageQuery,
        done: Type.Optional(
          Type.Boolean({ description: 'Only those that are reversed, or only those that are not.' }),
        ),
        until: Type.Optional(
          Type.String({ format: 'date', description: 'Only those to be reversed by then.' }),
        ),
      }),
      response: { 200: pageOf(ScheduledReversalSchema), ...problems(401, 403, 422) },
    },
    handler: async (request) => {
      const { page = 1, page_size: pageSize = 50, ...filter } = request.query;
      const list = await inRequest(db, request, (tx) => listScheduledReversals(tx, filter, page, pageSize), {
        snapshot: true,
      });
      return { count: list.count, ...pageLinks(request, page, pageSize, list.count), results: list.results };
    },
  });
}

/** POST /recurring-entries/run/ and GET /scheduled-reversals/. */
export function recurringRunRoutes(app: ApiServer, services: Services): void {
  runRoute(app, services);
  listReversalsRoute(app, services);
}
