// Posts what is due over the API, and shows the entries that will be reversed by themselves.
import { Type } from 'typebox';
import { listScheduledReversals, type RunReport, reversalOrders, runRecurring } from '#accounting';
import type { TenantTx } from '#lib/tenant-tx';
import { type ApiServer, inRequest, onceInRequest, type Services } from './context.ts';
import { RunBody, RunSchema, ScheduledReversalSchema } from './recurring-schemas.ts';
import { IdempotencyHeaders, problems } from './schemas.ts';

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

const list = {
  orders: Object.keys(reversalOrders) as (keyof typeof reversalOrders)[],
  preset: 'reverse_on',
} as const;

function listReversalsRoute(app: ApiServer, { db }: Services): void {
  const { pages } = app.api;
  app.get('/scheduled-reversals/', {
    config: { permission: 'accounting.journal_entry.view' },
    schema: {
      tags,
      summary: 'The entries that are to be reversed by themselves, by day unless ordered otherwise',
      querystring: pages.query(
        {
          done: Type.Optional(
            Type.Boolean({ description: 'Only those that are reversed, or only those that are not.' }),
          ),
          until: Type.Optional(
            Type.String({ format: 'date', description: 'Only those to be reversed by then.' }),
          ),
        },
        list,
      ),
      response: { 200: pages.of(ScheduledReversalSchema), ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const { filter, part, ordering } = pages.asked(request, list);
      const work = (tx: TenantTx) => listScheduledReversals(tx, filter, part, ordering);
      const listed = await inRequest(db, request, work, { snapshot: true });
      return pages.answer(request, reply, part, listed);
    },
  });
}

/** POST /recurring-entries/run/ and GET /scheduled-reversals/. */
export function recurringRunRoutes(app: ApiServer, services: Services): void {
  runRoute(app, services);
  listReversalsRoute(app, services);
}
