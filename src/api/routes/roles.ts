// Roles and permissions over the API: what there is, and the roles that a company makes itself.
import { Type } from 'typebox';
import type { Permission } from '#lib/access';
import { readableBody } from '#lib/http/validation';
import { cutList, type RowOrders } from '#lib/lists/cut-list';
import { inDirectory } from '#lib/tenant-tx';
import {
  roles as builtInRoles,
  type CompanyRole,
  createRole,
  deleteRole,
  listRoles,
  mayDo,
  type RoleInput,
  requiredRole,
  updateRole,
} from '#users';
import { setLocation } from '../versions/version.ts';
import { NewRoleBody, PermissionSchema, RoleBody, RoleSchema } from './access-schemas.ts';
import { type ApiServer, type Services, tellingAll } from './context.ts';
import { administrationOf } from './members.ts';
import { problems, strictObject, withHeaders } from './schemas.ts';

const tags = ['members and roles'];
const Params = strictObject({ key: Type.String({ maxLength: 40 }) });
const view = 'users.role.view';
const manage = 'users.role.manage';

const documentOf = ({ builtIn: built_in, ...role }: CompanyRole) => ({ ...role, built_in });

const permissionList = { orders: ['name'], preset: 'name', size: { preset: 500, most: 1000 } } as const;
const permissionOrders = { name: ({ name }) => [name] } satisfies RowOrders<Permission, string>;

function permissionsRoute(app: ApiServer, { permissions }: Services): void {
  const { pages } = app.api;
  app.get('/permissions/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'All permissions there are',
      querystring: pages.query({}, permissionList),
      response: { 200: pages.of(PermissionSchema), ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const asked = pages.asked(request, permissionList);
      const { results, ...listed } = cutList(permissions, permissionOrders, asked);
      const held = results.map((each) => ({ ...each, held: mayDo(request.actor, each.name) }));
      return pages.answer(request, reply, asked.part, { ...listed, results: held });
    },
  });
}

const places: readonly string[] = builtInRoles;
const ownPlace = places.length;

const roleOrders = {
  place: ({ key, builtIn, title }) => [builtIn ? places.indexOf(key) : ownPlace, title, key],
  title: ({ title, key }) => [title, key],
  key: ({ key }) => [key],
} satisfies RowOrders<CompanyRole, string>;

const roleList = { orders: ['place', 'title', 'key'], preset: 'place' } as const;

function readRoutes(app: ApiServer, { db, permissions }: Services): void {
  const { pages } = app.api;
  app.get('/roles/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'List the built-in roles, and after them the company’s own, unless ordered otherwise',
      querystring: pages.query({}, roleList),
      response: { 200: pages.of(RoleSchema), ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const asked = pages.asked(request, roleList);
      const all = await inDirectory(db, (tx) => listRoles(tx, request.tenant.id, permissions));
      const { results, ...listed } = cutList(all, roleOrders, asked);
      return pages.answer(request, reply, asked.part, { ...listed, results: results.map(documentOf) });
    },
  });
  app.get('/roles/:key/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'One role',
      params: Params,
      response: { 200: RoleSchema, ...problems(401, 403, 404, 422) },
    },
    handler: async ({ tenant, params }) =>
      documentOf(await inDirectory(db, (tx) => requiredRole(tx, tenant.id, params.key, permissions))),
  });
}

function createRoute(app: ApiServer, services: Services): void {
  const { db, permissions } = services;
  app.post('/roles/', {
    config: { permission: manage },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Make a role',
      description: 'It holds nothing that its maker does not have.',
      body: NewRoleBody,
      response: { 201: withHeaders(RoleSchema, 'Location'), ...problems(401, 403, 415, 422) },
    },
    handler: async (request, reply) => {
      const { body, faults } = readableBody(request);
      const { tenant, actor } = request;
      const { key = '', title = '', permissions: wanted = [] } = body;
      const administration = await administrationOf(services, request);
      const role = await inDirectory(
        db,
        async (tx) => {
          const input: RoleInput = { title, permissions: wanted };
          await tellingAll(faults, () => createRole(tx, key, input, administration));
          return await requiredRole(tx, tenant.id, key, permissions);
        },
        actor,
      );
      setLocation(reply, `/roles/${key}/`);
      return await reply.code(201).send(documentOf(role));
    },
  });
}

function changeRoutes(app: ApiServer, services: Services): void {
  const { db, permissions } = services;
  app.patch('/roles/:key/', {
    config: { permission: manage },
    attachValidation: true,
    schema: {
      tags,
      summary: 'Change a role of the company’s own, for all who have it',
      params: Params,
      body: RoleBody,
      response: { 200: RoleSchema, ...problems(401, 403, 404, 409, 415, 422) },
    },
    handler: async (request) => {
      const { body, faults } = readableBody(request);
      const { tenant, actor, params } = request;
      const administration = await administrationOf(services, request);
      const role = await inDirectory(
        db,
        async (tx) => {
          await tellingAll(faults, () => updateRole(tx, params.key, body, administration));
          return await requiredRole(tx, tenant.id, params.key, permissions);
        },
        actor,
      );
      return documentOf(role);
    },
  });
  app.delete('/roles/:key/', {
    config: { permission: manage },
    schema: {
      tags,
      summary: 'Remove a role that nobody has',
      params: Params,
      response: { 204: Type.Null(), ...problems(401, 403, 404, 409, 422) },
    },
    handler: async (request, reply) => {
      const administration = await administrationOf(services, request);
      await inDirectory(db, (tx) => deleteRole(tx, request.params.key, administration), request.actor);
      return await reply.code(204).send(null);
    },
  });
}

/** /permissions/, /roles/ and /roles/{key}/. */
export function roleRoutes(app: ApiServer, services: Services): void {
  permissionsRoute(app, services);
  readRoutes(app, services);
  createRoute(app, services);
  changeRoutes(app, services);
}
