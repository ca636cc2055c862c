// Journal entries over the API: posted at once or kept as drafts, and posting and reversal as resources under them.
import type { FastifyReply } from 'fastify';
import { type Static, Type } from 'typebox';
import {
  deleteDraft,
  type Entry,
  getEntry,
  listEntries,
  postDraft,
  reverseEntry,
  saveEntry,
} from '#accounting';
import type { Db } from '#lib/db';
import { readableBody } from '#lib/http/validation';
import { notFound, Problem } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import { userNames } from '#users';
import {
  type ApiServer,
  inRequest,
  pageLinks,
  type Services,
  seenVersion,
  setVersion,
  tellingAll,
} from './context.ts';
import {
  AccountCode,
  DraftBody,
  EntrySchema,
  EntryStatusSchema,
  EntrySummarySchema,
  Id,
  IsoDate,
  NewEntryBody,
  nullable,
  oneOf,
  PageQuery,
  pageOf,
  problems,
  strictObject,
} from './schemas.ts';

const tags = ['journal entries'];
const Params = strictObject({ id: Id });
const view = 'accounting.journal_entry.view';

async function requiredEntry(tx: TenantTx, id: string): Promise<Entry> {
  const entry = await getEntry(tx, id);
  if (!entry) throw notFound('entry');
  return entry;
}

async function answer(db: Db, reply: FastifyReply, entry: Entry): Promise<Static<typeof EntrySchema>> {
  const names = await userNames(db, [entry.created_by]);
  setVersion(reply, entry.version);
  return { ...entry, created_by: names.get(entry.created_by ?? '') ?? null };
}

async function created(db: Db, reply: FastifyReply, entry: Entry) {
  reply.code(201).header('Location', `/api/v1/journal-entries/${entry.id}/`);
  return await answer(db, reply, entry);
}

function listRoute(app: ApiServer, { db }: Services): void {
  app.get('/journal-entries/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'List entries and drafts, newest date first unless ordered otherwise',
      querystring: strictObject({
        ...PageQuery,
        search: Type.Optional(
          Type.String({ maxLength: 200, description: 'In number, memo, reference; or a total.' }),
        ),
        status: Type.Optional(EntryStatusSchema),
        from: Type.Optional(IsoDate),
        to: Type.Optional(IsoDate),
        account: Type.Optional(AccountCode),
        ordering: Type.Optional(oneOf(['entry_date', '-entry_date'], { default: '-entry_date' })),
      }),
      response: { 200: pageOf(EntrySummarySchema), ...problems(401, 403, 422) },
    },
    handler: async (request) => {
      const { page = 1, page_size: pageSize = 50, ...filter } = request.query;
      const list = await inRequest(db, request, (tx) => listEntries(tx, filter, page, pageSize), {
        snapshot: true,
      });
      return { count: list.count, ...pageLinks(request, page, pageSize, list.count), results: list.results };
    },
  });
}

function createRoute(app: ApiServer, { db }: Services): void {
  app.post('/journal-entries/', {
    config: { permission: 'accounting.journal_entry.post' },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Post an entry, or keep it as a draft',
      body: NewEntryBody,
      response: { 201: EntrySchema, ...problems(400, 401, 403, 413, 415, 422, 503) },
    },
    handler: async (request, reply) => {
      const { faults } = readableBody(request);
      const as = request.body.status === 'draft' ? 'draft' : 'posted';
      const entry = await inRequest(db, request, async (tx) => {
        const id = await saveEntry(tx, request.body, { as, shapeFaults: faults });
        return await requiredEntry(tx, id);
      });
      return await created(db, reply, entry);
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
      response: { 200: EntrySchema, ...problems(401, 403, 404, 422) },
    },
    handler: async (request, reply) =>
      await answer(db, reply, await inRequest(db, request, (tx) => requiredEntry(tx, request.params.id))),
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
      response: { 200: EntrySchema, ...problems(401, 403, 404, 409, 412, 415, 422, 428) },
    },
    handler: async (request, reply) => {
      const { faults } = readableBody(request);
      const draft = { id: request.params.id, version: seenVersion(request, { required: true }) };
      const entry = await inRequest(db, request, async (tx) => {
        const id = await saveEntry(tx, request.body, { as: 'draft', shapeFaults: faults, draft });
        return await requiredEntry(tx, id);
      });
      return await answer(db, reply, entry);
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

function postDraftRoute(app: ApiServer, { db }: Services): void {
  app.post('/journal-entries/:id/posting/', {
    config: { permission: 'accounting.journal_entry.post' },
    schema: {
      tags,
      summary: 'Post a draft',
      params: Params,
      body: nullable(strictObject({})),
      response: { 201: EntrySchema, ...problems(401, 403, 404, 409, 412, 422) },
    },
    handler: async (request, reply) => {
      const version = seenVersion(request, { required: false });
      const entry = await inRequest(db, request, async (tx) => {
        const { id } = await postDraft(tx, request.params.id, version);
        return await requiredEntry(tx, id);
      });
      return await created(db, reply, entry);
    },
  });
}

function readPostingRoute(app: ApiServer, { db }: Services): void {
  app.get('/journal-entries/:id/posting/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'The posting of an entry: its number and when',
      params: Params,
      response: {
        200: Type.Object({ number: Type.String(), sequence: Type.Integer(), posted_at: Type.String() }),
        ...problems(401, 403, 404),
      },
    },
    handler: async (request) => {
      const entry = await inRequest(db, request, (tx) => requiredEntry(tx, request.params.id));
      const { number, sequence, posted_at } = entry;
      if (number === null || sequence === null || posted_at === null) throw notFound('posting');
      return { number, sequence, posted_at };
    },
  });
}

function reverseRoute(app: ApiServer, { db }: Services): void {
  app.post('/journal-entries/:id/reversal/', {
    config: { permission: 'accounting.journal_entry.reverse' },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Reverse a posted entry, at most once',
      params: Params,
      body: nullable(
        strictObject({
          entry_date: Type.Optional(IsoDate),
          memo: Type.Optional(Type.String({ maxLength: 1000 })),
        }),
      ),
      response: { 201: EntrySchema, ...problems(401, 403, 404, 409, 415, 422) },
    },
    handler: async (request, reply) => {
      const { body, faults } = readableBody(request);
      const entry = await inRequest(db, request, async (tx) => {
        const { id } = await tellingAll(faults, () => reverseEntry(tx, request.params.id, body));
        return await requiredEntry(tx, id);
      });
      return await created(db, reply, entry);
    },
  });
}

function readReversalRoute(app: ApiServer, { db }: Services): void {
  app.get('/journal-entries/:id/reversal/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'The entry that reverses this one',
      params: Params,
      response: { 200: EntrySchema, ...problems(401, 403, 404) },
    },
    handler: async (request, reply) => {
      const reversal = await inRequest(db, request, async (tx) => {
        const { reversed_by } = await requiredEntry(tx, request.params.id);
        if (!reversed_by)
          throw new Problem('not-found', 'accounting/not-reversed', 'the entry was not reversed');
        return await requiredEntry(tx, reversed_by.id);
      });
      return await answer(db, reply, reversal);
    },
  });
}

/** Everything under /journal-entries/. */
export function journalEntryRoutes(app: ApiServer, services: Services): void {
  listRoute(app, services);
  createRoute(app, services);
  readRoute(app, services);
  replaceDraftRoute(app, services);
  deleteDraftRoute(app, services);
  postDraftRoute(app, services);
  readPostingRoute(app, services);
  reverseRoute(app, services);
  readReversalRoute(app, services);
}
