// The members of the company over the API: who there is, what each may do, and how that is changed.
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { listBranches } from '#accounting';
import { readableBody } from '#lib/http/validation';
import { cutList, type RowOrders } from '#lib/lists/cut-list';
import { fixAmount } from '#lib/money';
import { inDirectory, type Tenant } from '#lib/tenant-tx';
import {
  type Administration,
  type CompanyMember,
  changeMember,
  effectivePermissions,
  listMembers,
  removeMember,
  requiredMember,
} from '#users';
import { MemberBody, MemberSchema } from './access-schemas.ts';
import { type ApiServer, inRequest, type Services, tellingAll } from './context.ts';
import { Id, problems, strictObject } from './schemas.ts';

const tags = ['members and roles'];
const Params = strictObject({ id: Id });

/** Who changes, and what there is to give in their company. */
export async function administrationOf(
  { db, permissions: declared }: Services,
  request: FastifyRequest,
  asked: { branches?: unknown } = {},
): Promise<Administration> {
  const { tenant, actor } = request;
  const known = Array.isArray(asked.branches) ? await inRequest(db, request, listBranches) : [];
  const branches = known.map(({ code }) => code);
  return { tenantId: tenant.id, scale: tenant.currencyScale, by: actor.userId ?? '', declared, branches };
}

function documentOf(member: CompanyMember, { permissions }: Services, { currencyScale }: Tenant) {
  const { userId: id, access, since, ...facts } = member;
  const { own: _, granted, denied, postLimit, approveLimit, branches } = access;
  const limitOf = (limit: string | null) => (limit === null ? null : fixAmount(limit, currencyScale));
  return {
    id,
    ...facts,
    granted: [...granted],
    denied: [...denied],
    post_limit: limitOf(postLimit),
    approve_limit: limitOf(approveLimit),
    branches: branches && [...branches],
    permissions: effectivePermissions(member, permissions),
    since: since.toISOString(),
  };
}

const memberOrders = {
  name: ({ name, userId }) => [name, userId],
  email: ({ email }) => [email],
  since: ({ since, userId }) => [since.toISOString(), userId],
} satisfies RowOrders<CompanyMember, string>;

const list = { orders: ['name', 'email', 'since'], preset: 'name' } as const;

function listRoute(app: ApiServer, services: Services): void {
  const { pages } = app.api;
  app.get('/members/', {
    config: { permission: 'users.member.view' },
    schema: {
      tags,
      summary: 'List the members, by name unless ordered otherwise, and what each may do',
      querystring: pages.query({}, list),
      response: { 200: pages.of(MemberSchema), ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const { tenant } = request;
      const asked = pages.asked(request, list);
      const all = await inDirectory(services.db, (tx) => listMembers(tx, tenant.id));
      const { results, ...listed } = cutList(all, memberOrders, asked);
      const documents = results.map((member) => documentOf(member, services, tenant));
      return pages.answer(request, reply, asked.part, { ...listed, results: documents });
    },
  });
}

function readRoute(app: ApiServer, services: Services): void {
  app.get('/members/:id/', {
    config: { permission: 'users.member.view' },
    schema: {
      tags,
      summary: 'One member',
      params: Params,
      response: { 200: MemberSchema, ...problems(401, 403, 404, 422) },
    },
    handler: async ({ tenant, params }) => {
      const member = await inDirectory(services.db, (tx) => requiredMember(tx, tenant.id, params.id));
      return documentOf(member, services, tenant);
    },
  });
}

function changeRoute(app: ApiServer, services: Services): void {
  app.patch('/members/:id/', {
    config: { permission: 'users.member.manage' },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Give a member a role, grants, denials, limits or branches',
      description: `What is not named stays. A grant comes on top of the role, and a denial wins over both. Nobody gives what they do not
have themselves; only an owner makes or changes an owner, of whom nothing can be granted, denied or limited; the last one stays.`,
      params: Params,
      body: MemberBody,
      response: { 200: MemberSchema, ...problems(401, 403, 404, 409, 415, 422) },
    },
    handler: async (request) => {
      const { body, faults } = readableBody(request);
      const { tenant, actor, params } = request;
      const administration = await administrationOf(services, request, body);
      const member = await inDirectory(
        services.db,
        async (tx) => {
          await tellingAll(faults, () => changeMember(tx, params.id, body, administration));
          return await requiredMember(tx, tenant.id, params.id);
        },
        actor,
      );
      return documentOf(member, services, tenant);
    },
  });
}

function removeRoute(app: ApiServer, services: Services): void {
  app.delete('/members/:id/', {
    config: { permission: 'users.member.manage' },
    schema: {
      tags,
      summary: 'End a membership, and the person’s sessions in this company',
      params: Params,
      response: { 204: Type.Null(), ...problems(401, 403, 404, 409, 422) },
    },
    handler: async (request, reply) => {
      const administration = await administrationOf(services, request);
      const { id } = request.params;
      await inDirectory(services.db, (tx) => removeMember(tx, id, administration), request.actor);
      return await reply.code(204).send(null);
    },
  });
}

/** /members/ and /members/{id}/. */
export function memberRoutes(app: ApiServer, services: Services): void {
  listRoute(app, services);
  readRoute(app, services);
  changeRoute(app, services);
  removeRoute(app, services);
}
