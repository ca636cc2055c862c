// Recurring entries over the API: templates that are kept, and the days that they will bring.
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import {
  createTemplate,
  deleteTemplate,
  getTemplate,
  listOccurrences,
  listTemplates,
  type Template,
  templateOrders,
  updateTemplate,
} from '#accounting';
import { addMonths, today } from '#lib/dates';
import type { Db } from '#lib/db';
import { readableBody } from '#lib/http/validation';
import { userNames } from '#users';
import { setLocation } from '../versions/version.ts';
import {
  type ApiServer,
  inRequest,
  onceInRequest,
  type Services,
  seenVersion,
  setVersion,
} from './context.ts';
import {
  OccurrencesSchema,
  RecurringEntryBody,
  RecurringEntrySchema,
  RecurringSummarySchema,
} from './recurring-schemas.ts';
import { Id, IdempotencyHeaders, problems, strictObject, withHeaders } from './schemas.ts';

const tags = ['recurring entries'];
const Params = strictObject({ id: Id });
const view = 'accounting.recurring_entry.view';
const edit = 'accounting.recurring_entry.edit';

/** A template with its author by name, and its version as the reply's ETag. */
async function templateDocument(db: Db, reply: FastifyReply, template: Template): Promise<Template> {
  const names = await userNames(db, [template.created_by]);
  setVersion(reply, template.version);
  return { ...template, created_by: names.get(template.created_by ?? '') ?? null };
}

const list = {
  orders: Object.keys(templateOrders) as (keyof typeof templateOrders)[],
  preset: 'name',
} as const;

function listRoute(app: ApiServer, { db }: Services): void {
  const { pages } = app.api;
  app.get('/recurring-entries/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'List the recurring entries, by name unless ordered otherwise',
      querystring: pages.query({ active: Type.Optional(Type.Boolean()) }, list),
      response: { 200: pages.of(RecurringSummarySchema), ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const { filter, part, ordering } = pages.asked(request, list);
      const listed = await inRequest(db, request, (tx) => listTemplates(tx, filter, part, ordering), {
        snapshot: true,
      });
      const ids = [...new Set(listed.results.map((each) => each.created_by))];
      const names = await userNames(db, ids);
      const results = listed.results.map((each) => ({
        ...each,
        created_by: names.get(each.created_by ?? '') ?? null,
      }));
      return pages.answer(request, reply, part, { ...listed, results });
    },
  });
}

function createRoute(app: ApiServer, { db }: Services): void {
  app.post('/recurring-entries/', {
    config: { permission: edit },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Keep an entry that comes again by a schedule',
      description:
        'Faults are found now, as far as they do not depend on the day. A run posts what is due: POST /recurring-entries/run/.',
      headers: IdempotencyHeaders,
      body: RecurringEntryBody,
      response: {
        201: withHeaders(RecurringEntrySchema, 'Location', 'ETag', 'Idempotency-Replayed'),
        ...problems(400, 401, 403, 409, 415, 422),
      },
    },
    handler: async (request, reply) => {
      const { faults } = readableBody(request);
      const { body, replayed } = await onceInRequest(db, request, async (tx) => {
        const id = await createTemplate(tx, request.body, faults);
        return { status: 201, body: await getTemplate(tx, id) };
      });
      const template = body as Template;
      if (replayed) reply.header('Idempotency-Replayed', 'true');
      reply.code(201);
      setLocation(reply, `/recurring-entries/${template.id}/`);
      return await templateDocument(db, reply, template);
    },
  });
}

function readRoute(app: ApiServer, { db }: Services): void {
  app.get('/recurring-entries/:id/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'One recurring entry with its lines',
      params: Params,
      response: { 200: withHeaders(RecurringEntrySchema, 'ETag'), ...problems(401, 403, 404, 422) },
    },
    handler: async (request, reply) => {
      const template = await inRequest(db, request, (tx) => getTemplate(tx, request.params.id));
      return await templateDocument(db, reply, template);
    },
  });
}

function replaceRoute(app: ApiServer, { db }: Services): void {
  app.put('/recurring-entries/:id/', {
    config: { permission: edit },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Replace a recurring entry, let it rest or go on; If-Match with its ETag is required',
      description:
        'What was posted stays. A changed schedule goes on where the old one was; next_on names another of its days.',
      params: Params,
      body: RecurringEntryBody,
      response: {
        200: withHeaders(RecurringEntrySchema, 'ETag'),
        ...problems(401, 403, 404, 412, 415, 422, 428),
      },
    },
    handler: async (request, reply) => {
      const { faults: shapeFaults } = readableBody(request);
      const { id } = request.params;
      const version = seenVersion(request, { required: true });
      const template = await inRequest(db, request, async (tx) => {
        await updateTemplate(tx, id, request.body, { version, shapeFaults });
        return await getTemplate(tx, id);
      });
      return await templateDocument(db, reply, template);
    },
  });
}

function deleteRoute(app: ApiServer, { db }: Services): void {
  app.delete('/recurring-entries/:id/', {
    config: { permission: edit },
    schema: {
      tags,
      summary: 'Delete a recurring entry; what was posted of it stays',
      params: Params,
      response: { 204: Type.Null(), ...problems(401, 403, 404, 412, 422) },
    },
    handler: async (request, reply) => {
      const version = seenVersion(request, { required: false });
      await inRequest(db, request, (tx) => deleteTemplate(tx, request.params.id, version));
      return await reply.code(204).send(null);
    },
  });
}

function occurrencesRoute(app: ApiServer, { db }: Services): void {
  app.get('/recurring-entries/:id/occurrences/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'The days that are coming, as the schedule stands; at most 500',
      params: Params,
      querystring: strictObject({
        until: Type.Optional(
          Type.String({ format: 'date', description: 'The last day; without it, a year from today.' }),
        ),
      }),
      response: { 200: OccurrencesSchema, ...problems(401, 403, 404, 422) },
    },
    handler: async (request) => {
      const until = request.query.until ?? addMonths(today(request.tenant.timeZone), 12);
      const work = (tx: Parameters<typeof listOccurrences>[0]) =>
        listOccurrences(tx, request.params.id, until);
      return { results: await inRequest(db, request, work) };
    },
  });
}

/** /recurring-entries/, /recurring-entries/{id}/ and /recurring-entries/{id}/occurrences/. */
export function recurringEntryRoutes(app: ApiServer, services: Services): void {
  listRoute(app, services);
  createRoute(app, services);
  readRoute(app, services);
  replaceRoute(app, services);
  deleteRoute(app, services);
  occurrencesRoute(app, services);
}
