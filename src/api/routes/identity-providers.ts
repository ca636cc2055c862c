// The providers through which people sign in to the company, over the API; client secrets go in and never come out.
import { type Static, Type } from 'typebox';
import { readableBody } from '#lib/http/validation';
import { cutList, type RowOrders } from '#lib/lists/cut-list';
import {
  addProvider,
  editProvider,
  type IdentityProvider,
  providerKinds,
  providerOf,
  providersAndDomains,
  removeProvider,
} from '#users';
import { setLocation } from '../versions/version.ts';
import type { ApiServer, Services } from './context.ts';
import { Id, nullable, oneOf, problems, strictObject, withHeaders } from './schemas.ts';

const tags = ['sign-in providers'];
const view = 'users.identity_provider.view';
const manage = 'users.identity_provider.manage';
const Params = strictObject({ id: Id });

const Rules = Type.Array(
  strictObject({
    domain: Type.String({ maxLength: 253 }),
    role: Type.String({ maxLength: 100, description: 'A role of the company, but not owner.' }),
  }),
  {
    maxItems: 100,
    description:
      'As what people are let in who sign in for the first time with a verified address of that domain.',
    examples: [[{ domain: 'example.com', role: 'clerk' }]],
  },
);
const Scopes = Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 20, uniqueItems: true });
const Kind = oneOf(providerKinds);

const ProviderSchema = Type.Object(
  {
    id: Id,
    slug: Type.String({ description: 'Its name in the redirect URI.' }),
    kind: Kind,
    name: Type.String(),
    issuer: Type.String(),
    client_id: Type.String(),
    has_client_secret: Type.Boolean(),
    scopes: Scopes,
    enabled: Type.Boolean(),
    rules: Type.Array(Type.Object({ domain: Type.String(), role: Type.String() })),
    callback_path: Type.String({
      description: 'The redirect URI below the origin of the company’s own host.',
    }),
  },
  { title: 'IdentityProvider' },
);

const changeable = {
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  scopes: Type.Optional(Scopes),
  enabled: Type.Optional(Type.Boolean()),
  rules: Type.Optional(Rules),
};
const ClientId = Type.String({ minLength: 1, maxLength: 500 });
const ClientSecret = Type.Optional(
  nullable(Type.String({ minLength: 1, maxLength: 2000, description: 'Stored sealed, and never shown.' })),
);

const NewProviderBody = strictObject(
  {
    kind: Kind,
    slug: Type.Optional(Type.String({ pattern: '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$' })),
    issuer: Type.Optional(
      nullable(
        Type.String({
          maxLength: 500,
          description:
            'For oidc the issuer, for microsoft the directory (tenant) id, for github a server of one’s own; it never changes.',
        }),
      ),
    ),
    client_id: ClientId,
    client_secret: ClientSecret,
    ...changeable,
  },
  { examples: [{ kind: 'google', client_id: '123.apps.googleusercontent.com', client_secret: '…' }] },
);
const ProviderChangesBody = strictObject(
  { client_id: Type.Optional(ClientId), client_secret: ClientSecret, ...changeable },
  { minProperties: 1 },
);

const documentOf = (provider: IdentityProvider) => ({
  id: provider.id,
  slug: provider.slug,
  kind: provider.kind,
  name: provider.name,
  issuer: provider.issuer,
  client_id: provider.clientId,
  has_client_secret: provider.hasSecret,
  scopes: [...provider.scopes],
  enabled: provider.enabled,
  rules: provider.rules.map(({ domain, role }) => ({ domain, role })),
  callback_path: `/sign-in/oidc/${provider.slug}/callback/`,
});

const providerOrders = {
  name: ({ name, id }) => [name, id],
  slug: ({ slug }) => [slug],
} satisfies RowOrders<IdentityProvider, string>;

const list = { orders: ['name', 'slug'], preset: 'name' } as const;

function readRoutes(app: ApiServer, services: Services): void {
  const { pages } = app.api;
  app.get('/identity-providers/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'List the sign-in providers by name unless ordered otherwise',
      querystring: pages.query({}, list),
      response: { 200: pages.of(ProviderSchema), ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const asked = pages.asked(request, list);
      const { providers } = await providersAndDomains(services, request.tenant);
      const { results, ...listed } = cutList(providers, providerOrders, asked);
      return pages.answer(request, reply, asked.part, { ...listed, results: results.map(documentOf) });
    },
  });
  app.get('/identity-providers/:id/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'One sign-in provider',
      params: Params,
      response: { 200: ProviderSchema, ...problems(401, 403, 404, 422) },
    },
    handler: async (request) => documentOf(await providerOf(services, request, request.params.id)),
  });
}

function createRoute(app: ApiServer, services: Services): void {
  app.post('/identity-providers/', {
    config: { permission: manage },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Add a sign-in provider',
      description: 'The issuer of the kinds oidc and microsoft is asked whether it answers.',
      body: NewProviderBody,
      response: { 201: withHeaders(ProviderSchema, 'Location'), ...problems(401, 403, 415, 422) },
    },
    handler: async (request, reply) => {
      const { body, faults } = readableBody<Static<typeof NewProviderBody>>(request);
      const { tenant, actor } = request;
      const made = await addProvider(services, { tenant, actor }, body, faults);
      setLocation(reply, `/identity-providers/${made.id}/`);
      return await reply.code(201).send(documentOf(made));
    },
  });
}

function changeRoutes(app: ApiServer, services: Services): void {
  app.patch('/identity-providers/:id/', {
    config: { permission: manage },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Change a sign-in provider',
      description: '`enabled: false` also signs out whoever is signed in through it.',
      params: Params,
      body: ProviderChangesBody,
      response: { 200: ProviderSchema, ...problems(401, 403, 404, 415, 422) },
    },
    handler: async (request) => {
      const { body, faults } = readableBody<Static<typeof ProviderChangesBody>>(request);
      const { tenant, actor, params } = request;
      return documentOf(await editProvider(services, { tenant, actor, id: params.id }, body, faults));
    },
  });
  app.delete('/identity-providers/:id/', {
    config: { permission: manage },
    schema: {
      tags,
      summary: 'Remove a sign-in provider with everybody’s link to it',
      description: 'Whoever is signed in through it is signed out.',
      params: Params,
      response: { 204: Type.Null(), ...problems(401, 403, 404, 422) },
    },
    handler: async (request, reply) => {
      const { tenant, actor, params } = request;
      await removeProvider(services, { tenant, actor, id: params.id });
      return await reply.code(204).send(null);
    },
  });
}

/** GET and POST /identity-providers/, GET, PATCH and DELETE /identity-providers/{id}/. */
export function identityProviderRoutes(app: ApiServer, services: Services): void {
  readRoutes(app, services);
  createRoute(app, services);
  changeRoutes(app, services);
}
