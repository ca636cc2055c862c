// Posting and reversal over the API, as resources under an entry.
import { Type } from 'typebox';
import { postDraft, reverseEntry } from '#accounting';
import { readableBody } from '#lib/http/validation';
import { notFound, Problem } from '#lib/problem';
import {
  type ApiServer,
  inRequest,
  onceInRequest,
  type Services,
  seenVersion,
  tellingAll,
} from './context.ts';
import { createdAnswer, entryDocument, requiredEntry, sendCreated } from './entry-answers.ts';
import {
  EntrySchema,
  Id,
  IdempotencyHeaders,
  IsoDate,
  nullable,
  problems,
  strictObject,
  withHeaders,
} from './schemas.ts';

const tags = ['journal entries'];
const Params = strictObject({ id: Id });
const view = 'accounting.journal_entry.view';

function postDraftRoute(app: ApiServer, { db }: Services): void {
  app.post('/journal-entries/:id/posting/', {
    config: { permission: 'accounting.journal_entry.post' },
    schema: {
      tags,
      summary: 'Post a draft',
      headers: IdempotencyHeaders,
      params: Params,
      body: nullable(strictObject({})),
      response: {
        201: withHeaders(EntrySchema, 'Location', 'ETag', 'Idempotency-Replayed'),
        ...problems(401, 403, 404, 409, 412, 422),
      },
    },
    handler: async (request, reply) => {
      const version = seenVersion(request, { required: false });
      const { id } = request.params;
      const posted = await onceInRequest(db, request, async (tx) => {
        await postDraft(tx, id, version);
        return createdAnswer(await requiredEntry(tx, id));
      });
      return await sendCreated(db, reply, posted);
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
      headers: IdempotencyHeaders,
      params: Params,
      body: nullable(
        strictObject({
          entry_date: Type.Optional(IsoDate),
          memo: Type.Optional(Type.String({ maxLength: 1000 })),
        }),
      ),
      response: {
        201: withHeaders(EntrySchema, 'Location', 'ETag', 'Idempotency-Replayed'),
        ...problems(401, 403, 404, 409, 415, 422),
      },
    },
    handler: async (request, reply) => {
      const { body, faults } = readableBody(request);
      const reversal = await onceInRequest(db, request, async (tx) => {
        const { id } = await tellingAll(faults, () => reverseEntry(tx, request.params.id, body));
        return createdAnswer(await requiredEntry(tx, id));
      });
      return await sendCreated(db, reply, reversal);
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
      response: { 200: withHeaders(EntrySchema, 'ETag'), ...problems(401, 403, 404) },
    },
    handler: async (request, reply) => {
      const reversal = await inRequest(db, request, async (tx) => {
        const { reversed_by } = await requiredEntry(tx, request.params.id);
        if (!reversed_by)
          throw new Problem('not-found', 'accounting/not-reversed', 'the entry was not reversed');
        return await requiredEntry(tx, reversed_by.id);
      });
      return await entryDocument(db, reply, reversal);
    },
  });
}

/** /journal-entries/{id}/posting/ and /journal-entries/{id}/reversal/. */
export function entryPostingRoutes(app: ApiServer, services: Services): void {
  postDraftRoute(app, services);
  readPostingRoute(app, services);
  reverseRoute(app, services);
  readReversalRoute(app, services);
}
