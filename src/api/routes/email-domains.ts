// The company's e-mail domains over the API: which there are, and how they are proved to be its own.
import { Type } from 'typebox';
import { cutList, type RowOrders } from '#lib/lists/cut-list';
import { checkDomain, type EmailDomain, forgetDomain, noteDomain, providersAndDomains } from '#users';
import type { ApiServer, Services } from './context.ts';
import { nullable, oneOf, problems, strictObject } from './schemas.ts';

const tags = ['sign-in providers'];
const manage = 'users.identity_provider.manage';
const Params = strictObject({ domain: Type.String({ maxLength: 253 }) });

const DomainSchema = Type.Object(
  {
    domain: Type.String(),
    record: Type.Object(
      { name: Type.String(), value: Type.String() },
      { description: 'The TXT record by which the DNS proves that the domain is the company’s own.' },
    ),
    verified_at: nullable(Type.String({ format: 'date-time' })),
    verified_by: nullable(oneOf(['dns', 'operator'])),
  },
  { title: 'EmailDomain' },
);

const domainOrders = { domain: ({ domain }) => [domain] } satisfies RowOrders<EmailDomain, string>;

const list = { orders: ['domain'], preset: 'domain' } as const;

function listRoute(app: ApiServer, services: Services): void {
  const { pages } = app.api;
  app.get('/email-domains/', {
    config: { permission: 'users.identity_provider.view' },
    schema: {
      tags,
      summary: 'List the e-mail domains of the company by name',
      querystring: pages.query({}, list),
      response: { 200: pages.of(DomainSchema), ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const asked = pages.asked(request, list);
      const { domains } = await providersAndDomains(services, request.tenant);
      return pages.answer(request, reply, asked.part, cutList(domains, domainOrders, asked));
    },
  });
}

function noteRoute(app: ApiServer, services: Services): void {
  app.post('/email-domains/', {
    config: { permission: manage },
    schema: {
      tags,
      summary: 'Name an e-mail domain that is to be proved',
      body: strictObject({ domain: Type.String({ maxLength: 253, examples: ['example.com'] }) }),
      response: { 201: DomainSchema, ...problems(401, 403, 415, 422) },
    },
    handler: async (request, reply) => {
      const { tenant, actor, body } = request;
      return await reply.code(201).send(await noteDomain(services, { tenant, actor }, body.domain));
    },
  });
}

function proveRoutes(app: ApiServer, services: Services): void {
  app.post('/email-domains/:domain/verification/', {
    config: { permission: manage },
    schema: {
      tags,
      summary: 'Look for the TXT record of a domain',
      params: Params,
      body: nullable(strictObject({})),
      response: { 200: DomainSchema, ...problems(401, 403, 404, 415, 422) },
    },
    handler: async (request) => {
      const { tenant, actor, params } = request;
      return await checkDomain(services, { tenant, actor }, params.domain);
    },
  });
  app.delete('/email-domains/:domain/', {
    config: { permission: manage },
    schema: {
      tags,
      summary: 'Forget a domain that no provider’s rule speaks of',
      params: Params,
      response: { 204: Type.Null(), ...problems(401, 403, 404, 409, 422) },
    },
    handler: async (request, reply) => {
      const { tenant, actor, params } = request;
      await forgetDomain(services, { tenant, actor }, params.domain);
      return await reply.code(204).send(null);
    },
  });
}

/** /email-domains/. */
export function emailDomainRoutes(app: ApiServer, services: Services): void {
  listRoute(app, services);
  noteRoute(app, services);
  proveRoutes(app, services);
}
