// API keys over the API: listing, making and revoking them, which takes a person's sign-in.
import { Type } from 'typebox';
import { readableBody } from '#lib/http/validation';
import { cutList, type RowOrders } from '#lib/lists/cut-list';
import { inDirectory } from '#lib/tenant-tx';
import { type ApiKey, createApiKey, listApiKeys, mayMakeKey, revocableBy, revokeApiKey } from '#users';
import { ApiKeySchema, apiKeyDocument, MadeApiKeySchema, NewApiKeyBody } from './api-key-schemas.ts';
import { type ApiServer, requirePermission, type Services, tellingAll } from './context.ts';
import { Id, oneOf, problems, strictObject } from './schemas.ts';

const tags = ['users'];

const roleOfPersonalKey = {
  pointer: '/role',
  code: 'users/invalid',
  detail: 'a personal key has the role of its person; only a service key has one of its own',
};

const keyOrders = {
  status: ({ status, createdAt, id }) => [status === 'active' ? 0 : 1, -createdAt.getTime(), id],
  created_at: ({ createdAt, id }) => [createdAt.toISOString(), id],
  name: ({ name, id }) => [name, id],
} satisfies RowOrders<ApiKey, string>;

const list = { orders: ['status', 'created_at', 'name'], preset: 'status' } as const;

function listRoute(app: ApiServer, { db }: Services): void {
  const { pages } = app.api;
  app.get('/api-keys/', {
    config: { permission: 'users.api_key.view' },
    schema: {
      tags,
      summary:
        'List API keys, one’s own or all of the company: the active first, newest first, unless ordered otherwise',
      querystring: pages.query({ of: Type.Optional(oneOf(['me', 'company'], { default: 'me' })) }, list),
      response: { 200: pages.of(ApiKeySchema), ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const { filter: asked, ...how } = pages.asked(request, list);
      const { of: whose = 'me' } = asked;
      if (whose === 'company') requirePermission(request, 'users.service_key.view');
      const filter = whose === 'company' ? {} : { userId: request.actor.userId ?? '' };
      const keys = await listApiKeys(db, request.tenant.id, filter);
      const { results, ...listed } = cutList(keys, keyOrders, how);
      return pages.answer(request, reply, how.part, { ...listed, results: results.map(apiKeyDocument) });
    },
  });
}

function createRoute(app: ApiServer, { db }: Services): void {
  app.post('/api-keys/', {
    config: { permission: 'users.api_key.own' },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Make an API key; its secret is told in this answer only',
      body: NewApiKeyBody,
      response: { 201: MadeApiKeySchema, ...problems(401, 403, 415, 422) },
    },
    handler: async (request, reply) => {
      const { body, faults: unread } = readableBody(request);
      const faults = body.kind === 'service' || !body.role ? unread : [...unread, roleOfPersonalKey];
      const { actor, tenant } = request;
      const forWhom = body.kind === 'service' ? { role: body.role ?? '' } : { userId: actor.userId ?? '' };
      mayMakeKey(actor, forWhom);
      const wanted = {
        name: body.name ?? '',
        for: forWhom,
        scopes: body.scopes ?? null,
        ...(body.expires_in_days === undefined ? {} : { expiresInDays: body.expires_in_days }),
      };
      const make = () => inDirectory(db, (tx) => createApiKey(tx, tenant.id, wanted, actor.userId), actor);
      return await reply.code(201).send(await tellingAll(faults, make));
    },
  });
}

function revokeRoute(app: ApiServer, { db }: Services): void {
  app.delete('/api-keys/:id/', {
    config: { permission: 'users.api_key.own' },
    schema: {
      tags,
      summary: 'Revoke an API key: it is refused from its next request on',
      params: strictObject({ id: Id }),
      response: { 204: Type.Null(), ...problems(401, 403, 404) },
    },
    handler: async ({ actor, tenant, params }, reply) => {
      const whose = revocableBy(actor);
      await inDirectory(db, (tx) => revokeApiKey(tx, tenant.id, params.id, actor.userId, whose), actor);
      return await reply.code(204).send(null);
    },
  });
}

/** GET and POST /api-keys/, DELETE /api-keys/{id}/. */
export function apiKeyRoutes(app: ApiServer, services: Services): void {
  listRoute(app, services);
  createRoute(app, services);
  revokeRoute(app, services);
}
