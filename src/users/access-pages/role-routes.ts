// The addresses of the roles: the list, one role, and the company's own to be made, changed and removed.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendPage } from '#dashboard';
import type { Html } from '#lib/html';
import { inDirectory } from '#lib/tenant-tx';
import {
  createRole,
  deleteRole,
  listRoles,
  type RoleInput,
  requiredRole,
  updateRole,
} from '../access/own-roles.ts';
import { pageContextOf } from '../pages/page-context-of.ts';
import { type AccessParts, act, administrationOf, fieldOf, fieldsOf } from './page-parts.ts';
import { rolePage, rolesPage } from './roles-page.ts';

type ByKey = { Params: { key: string } };

const view = { config: { permission: 'users.role.view' } };
const manage = { config: { permission: 'users.role.manage' } };
const path = '/settings/roles/';

const inputOf = (body: unknown): RoleInput => ({
  title: fieldOf(body, 'title'),
  permissions: fieldsOf(body, 'permissions'),
});

/** GET /settings/roles/, GET and POST /settings/roles/new/ and /settings/roles/:key/, POST …/removal/. */
export function rolePageRoutes(app: FastifyInstance, parts: AccessParts): void {
  const { db, permissions } = parts;

  app.get(path, view, async (request, reply) => {
    const roles = await inDirectory(db, (tx) => listRoles(tx, request.tenant.id, permissions));
    return await sendPage(reply, rolesPage(pageContextOf(request), roles));
  });

  app.get(`${path}new/`, manage, (request, reply) =>
    showNew(parts, request, reply, { key: '', title: '', permissions: [] }),
  );

  app.post(`${path}new/`, manage, async (request, reply) => {
    const [key, input] = [fieldOf(request.body, 'key'), inputOf(request.body)];
    const administration = administrationOf(parts, request);
    const work = () => inDirectory(db, (tx) => createRole(tx, key, input, administration), request.actor);
    return await act(reply, work, path, (told, status) =>
      showNew(parts, request, reply, { key, ...input, told }, status),
    );
  });

  app.get<ByKey>(`${path}:key/`, view, (request, reply) => showRole(parts, request, reply));

  app.post<ByKey>(`${path}:key/`, manage, async (request, reply) => {
    const { key } = request.params;
    const input = inputOf(request.body);
    const administration = administrationOf(parts, request);
    const work = () => inDirectory(db, (tx) => updateRole(tx, key, input, administration), request.actor);
    return await act(reply, work, path, (told, status) =>
      showRole(parts, request, reply, { input, told }, status),
    );
  });

  app.post<ByKey>(`${path}:key/removal/`, manage, async (request, reply) => {
    const { key } = request.params;
    const administration = administrationOf(parts, request);
    const work = () => inDirectory(db, (tx) => deleteRole(tx, key, administration), request.actor);
    return await act(reply, work, path, (told, status) => showRole(parts, request, reply, { told }, status));
  });
}

async function showNew(
  { permissions }: AccessParts,
  request: FastifyRequest,
  reply: FastifyReply,
  { permissions: chosen, ...keyed }: RoleInput & { key: string; told?: Html },
  status = 200,
): Promise<FastifyReply> {
  const shown = { ...keyed, chosen, isNew: true, fixed: false, permissions };
  return await sendPage(reply, rolePage(pageContextOf(request), shown), status);
}

async function showRole(
  { db, permissions }: AccessParts,
  request: FastifyRequest<ByKey>,
  reply: FastifyReply,
  refused: { input?: RoleInput; told?: Html } = {},
  status = 200,
): Promise<FastifyReply> {
  const { key } = request.params;
  const role = await inDirectory(db, (tx) => requiredRole(tx, request.tenant.id, key, permissions));
  const context = pageContextOf(request);
  const { title, permissions: chosen } = { ...role, ...refused.input };
  const fixed = role.builtIn || !context.may('users.role.manage');
  const told = refused.told && { told: refused.told };
  const shown = { key, title, chosen, isNew: false, fixed, permissions, ...told };
  return await sendPage(reply, rolePage(context, shown), status);
}
