// The addresses of the members: the list, one member, and what is changed about one.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendPage } from '#dashboard';
import type { Html } from '#lib/html';
import { isUuid } from '#lib/is-uuid';
import { notFound } from '#lib/problem';
import { inDirectory } from '#lib/tenant-tx';
import { changeMember, type MemberChange, removeMember } from '../access/change-member.ts';
import { listMembers, requiredMember } from '../access/members.ts';
import { listRoles } from '../access/own-roles.ts';
import { pageContextOf } from '../pages/page-context-of.ts';
import { memberPage } from './member-page.ts';
import { membersPage } from './members-page.ts';
import { type AccessParts, act, administrationOf, fieldOf, fieldsOf } from './page-parts.ts';

type ById = { Params: { id: string } };

const view = { config: { permission: 'users.member.view' } };
const manage = { config: { permission: 'users.member.manage', stepUp: true } } as const;
const path = '/settings/members/';

/** The id of the address; what is no UUID is no member's. */
function memberId({ params }: FastifyRequest<ById>): string {
  if (!isUuid(params.id)) throw notFound('member');
  return params.id;
}

/** GET /settings/members/, GET and POST /settings/members/:id/, POST …/removal/. */
export function memberPageRoutes(app: FastifyInstance, parts: AccessParts): void {
  const { db, permissions, branchesOf } = parts;

  app.get(path, view, async (request, reply) => {
    const { members, roles } = await inDirectory(db, async (tx) => ({
      members: await listMembers(tx, request.tenant.id),
      roles: await listRoles(tx, request.tenant.id, permissions),
    }));
    const titles = new Map(roles.map(({ key, title }) => [key, title]));
    return await sendPage(reply, membersPage(pageContextOf(request), { members, titles }));
  });

  app.get<ById>(`${path}:id/`, view, (request, reply) => showMember(parts, request, reply));

  app.post<ById>(`${path}:id/`, manage, async (request, reply) => {
    const id = memberId(request);
    const asked = changeOf(request.body, permissions);
    const administration = administrationOf(parts, request, await branchesOf(request));
    const work = () => inDirectory(db, (tx) => changeMember(tx, id, asked, administration), request.actor);
    return await act(reply, work, `${path}${id}/`, (told, status) =>
      showMember(parts, request, reply, { asked, told }, status),
    );
  });

  app.post<ById>(`${path}:id/removal/`, manage, async (request, reply) => {
    const id = memberId(request);
    const administration = administrationOf(parts, request);
    const work = () => inDirectory(db, (tx) => removeMember(tx, id, administration), request.actor);
    return await act(reply, work, path, (told, status) =>
      showMember(parts, request, reply, { told }, status),
    );
  });
}

/** What the form asks for; an empty limit is none, and no branch chosen means all. */
function changeOf(body: unknown, permissions: AccessParts['permissions']): MemberChange {
  const named = (choice: string) =>
    permissions.flatMap(({ name }) => (fieldOf(body, `permission:${name}`) === choice ? [name] : []));
  const branches = fieldsOf(body, 'branches');
  return {
    role: fieldOf(body, 'role'),
    granted: named('granted'),
    denied: named('denied'),
    post_limit: fieldOf(body, 'post_limit').replaceAll(',', '') || null,
    approve_limit: fieldOf(body, 'approve_limit').replaceAll(',', '') || null,
    branches: branches.length > 0 ? branches : null,
  };
}

async function showMember(
  { db, permissions, branchesOf }: AccessParts,
  request: FastifyRequest<ById>,
  reply: FastifyReply,
  refused: { asked?: MemberChange; told?: Html } = {},
  status = 200,
): Promise<FastifyReply> {
  const id = memberId(request);
  const facts = await inDirectory(db, async (tx) => ({
    member: await requiredMember(tx, request.tenant.id, id),
    roles: await listRoles(tx, request.tenant.id, permissions),
  }));
  const branches = await branchesOf(request);
  const shown = { ...facts, permissions, branches, ...refused };
  return await sendPage(reply, memberPage(pageContextOf(request), shown), status);
}
