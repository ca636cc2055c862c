// Roles and permissions over the API: what there is, and the roles that a company makes itself.
import { Type } from 'typebox';
import { readableBody } from '#lib/http/validation';
import { inDirectory } from '#lib/tenant-tx';
import {
  type CompanyRole,
  createRole,
  deleteRole,
  listRoles,
  mayDo,
  type RoleInput,
  requiredRole,
  updateRole,
} from '#users';
import { NewRoleBody, PermissionSchema, RoleBody, RoleSchema } from './access-schemas.ts';
import { type ApiServer, type Services, tellingAll } from './context.ts';
import { administrationOf } from './members.ts';
import { problems, strictObject } from './schemas.ts';

const tags = ['members and roles'];
const Params = strictObject({ key: Type.String({ maxLength: 40 }) });
const view = 'users.role.view';
const manage = 'users.role.manage';

const documentOf = ({ builtIn: built_in, ...role }: CompanyRole) => ({ ...role, built_in });

function permissionsRoute(app: ApiServer, { permissions }: Services): void {
  app.get('/permissions/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'All permissions there are',
      querystring: strictObject({}),
      response: { 200: Type.Object({ results: Type.Array(PermissionSchema) }), ...problems(401, 403) },
    },
    handler: async ({ actor }) => ({
      results: permissions.map((each) => ({ ...each, held: mayDo(actor, each.name) })),
    }),
  });
}

function readRoutes(app: ApiServer, { db, permissions }: Services): void {
  app.get('/roles/', {
    config: { permission: view },
    schema: {
      tags,
      summary: 'The built-in roles and the company’s own',
      querystring: strictObject({}),
      response: { 200: Type.Object({ results: Type.Array(RoleSchema) }), ...problems(401, 403) },
    },
    handler: async ({ tenant }) => {
      const all = await inDirectory(db, (tx) => listRoles(tx, tenant.id, permissions));
      return { results: all.map(documentOf) };
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
      response: { 201: RoleSchema, ...problems(401, 403, 415, 422) },
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
      return await reply.code(201).header('Location', `/api/v1/roles/${key}/`).send(documentOf(role));
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
