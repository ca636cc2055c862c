// Journal entries over the API: posted at once or kept as drafts, and posting and reversal as resources under them.
import { Type } from 'typebox';
import { deleteDraft, dryRun, entryOrders, listEntries, readableEntry, saveEntry } from '#accounting';
import { readableBody } from '#lib/http/validation';
import type { TenantTx } from '#lib/tenant-tx';
import { DryRunQuery, DryRunSchema } from './bulk-entries-schemas.ts';
import {
  type ApiServer,
  claimOf,
  inRequest,
  isAsked,
  onceInRequest,
  type Services,
  seenVersion,
} from './context.ts';
import { createdAnswer, entryDocument, requiredEntry, sendCreated } from './entry-answers.ts';
import {
  AccountCode,
  DraftBody,
  EntrySchema,
  EntryStatusSchema,
  EntrySummarySchema,
  Id,
  IdempotencyHeaders,
  IsoDate,
  NewEntryBody,
  problems,
  strictObject,
  withHeaders,
} from './schemas.ts';

const tags = ['journal entries'];
const Params = strictObject({ id: Id });
const view = 'accounting.journal_entry.view';

const DIMENSION = /^dimension\.([a-z][a-z0-9_]{0,39})$/;

const list = {
  orders: Object.keys(entryOrders) as (keyof typeof entryOrders)[],
  preset: '-entry_date',
} as const;

const Filters = {
  search: Type.Optional(
    Type.String({ maxLength: 200, description: 'In number, memo, reference; or a total.' }),
  ),
  status: Type.Optional(EntryStatusSchema),
  from: Type.Optional(IsoDate),
  to: Type.Optional(IsoDate),
  account: Type.Optional(AccountCode),
};

const byDimension = {
  patternProperties: { [DIMENSION.source]: { type: 'string', minLength: 1, maxLength: 60 } },
};

/** What a query asks of dimensions, by their codes. */
function dimensionsIn(query: object): Record<string, string> {
  const asked = Object.entries(query).flatMap(([name, value]: [string, unknown]): [string, string][] => {
    const code = DIMENSION.exec(name)?.[1];
    return code === undefined || typeof value !== 'string' ? [] : [[code, value]];
  });
  return Object.fromEntries(asked);
}

function listRoute(app: ApiServer, { db }: Services): void {
  const { pages } = app.api;
  app.get('/journal-entries/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'List entries and drafts, newest date first unless ordered otherwise',
      description:
        '`dimension.branch=KTM` asks for entries with a line of that value; so for every dimension.',
      querystring: pages.query(Filters, list, byDimension),
      response: { 200: pages.of(EntrySummarySchema), ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const { filter: own, part, ordering } = pages.asked(request, list);
      const filter = { ...own, dimensions: dimensionsIn(own) };
      const listed = await inRequest(db, request, (tx) => listEntries(tx, filter, part, ordering), {
        snapshot: true,
      });
      return pages.answer(request, reply, part, listed);
    },
  });
}

function createRoute(app: ApiServer, { db, postings }: Services): void {
  app.post('/journal-entries/', {
    config: { permission: 'accounting.journal_entry.post' },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Post an entry, or keep it as a draft',
      headers: IdempotencyHeaders,
      querystring: strictObject(DryRunQuery),
      body: NewEntryBody,
      response: {
        200: DryRunSchema,
        201: withHeaders(EntrySchema, 'Location', 'ETag', 'Idempotency-Replayed'),
        ...problems(400, 401, 403, 409, 413, 415, 422, 503),
      },
    },
    handler: async (request, reply) => {
      const { faults } = readableBody(request);
      const { tenant, actor, body } = request;
      const as = body.status === 'draft' ? 'draft' : 'posted';
      if (isAsked(request.query.dry_run, false)) {
        const work = (tx: TenantTx) => dryRun(tx, [{ body, faults }], { as, single: true });
        const entries = await inRequest(db, request, work, { snapshot: true });
        return await reply.code(200).send({ valid: true as const, entries });
      }
      const entry = faults.length === 0 && as === 'posted' && readableEntry(request.body, tenant);
      if (entry) {
        const claim = claimOf(request);
        const posted = await postings.post({ tenant, actor, entry, claim });
        return await sendCreated(db, reply, posted);
      }
      const saved = await onceInRequest(db, request, async (tx) => {
        const id = await saveEntry(tx, request.body, { as, shapeFaults: faults });
        return createdAnswer(await requiredEntry(tx, id));
      });
      return await sendCreated(db, reply, saved);
    },
  });
}

function readRoute(app: ApiServer, { db }: Services): void {
  app.get('/journal-entries/:id/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'One entry with its lines',
      params: Params,
      response: { 200: withHeaders(EntrySchema, 'ETag'), ...problems(401, 403, 404, 422) },
    },
    handler: async (request, reply) =>
      await entryDocument(
        db,
        reply,
        await inRequest(db, request, (tx) => requiredEntry(tx, request.params.id)),
      ),
  });
}

function replaceDraftRoute(app: ApiServer, { db }: Services): void {
  app.put('/journal-entries/:id/', {
    config: { permission: 'accounting.journal_entry.draft' },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Replace a draft; If-Match with its ETag is required',
      params: Params,
      body: DraftBody,
      response: {
        200: withHeaders(EntrySchema, 'ETag'),
        ...problems(401, 403, 404, 409, 412, 415, 422, 428),
      },
    },
    handler: async (request, reply) => {
      const { faults } = readableBody(request);
      const draft = { id: request.params.id, version: seenVersion(request, { required: true }) };
      const entry = await inRequest(db, request, async (tx) => {
        const id = await saveEntry(tx, request.body, { as: 'draft', shapeFaults: faults, draft });
        return await requiredEntry(tx, id);
      });
      return await entryDocument(db, reply, entry);
    },
  });
}

function deleteDraftRoute(app: ApiServer, { db }: Services): void {
  app.delete('/journal-entries/:id/', {
    config: { permission: 'accounting.journal_entry.draft' },
    schema: {
      tags,
      summary: 'Delete a draft',
      params: Params,
      response: { 204: Type.Null(), ...problems(401, 403, 404, 409, 412) },
    },
    handler: async (request, reply) => {
      const version = seenVersion(request, { required: false });
      await inRequest(db, request, (tx) => deleteDraft(tx, request.params.id, version));
      return await reply.code(204).send(null);
    },
  });
}

/** /journal-entries/ and /journal-entries/{id}/. */
export function journalEntryRoutes(app: ApiServer, services: Services): void {
  listRoute(app, services);
  createRoute(app, services);
  readRoute(app, services);
  replaceDraftRoute(app, services);
  deleteDraftRoute(app, services);
}
