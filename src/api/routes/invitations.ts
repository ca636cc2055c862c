// Inviting people into a company over the API, and accepting an invitation.
import { Type } from 'typebox';
import { inDirectory } from '#lib/tenant-tx';
import { acceptInvitation, type Invitation, invitationsOf, inviteMember, revokeInvitation } from '#users';
import type { ApiServer, Services } from './context.ts';
import { Id, nullable, oneOf, problems, strictObject } from './schemas.ts';
import { signInOrigin, smallBody } from './sign-in-origin.ts';

const InvitationSchema = Type.Object(
  {
    id: Id,
    email: Type.String(),
    role: Type.String(),
    status: oneOf(['open', 'accepted', 'revoked', 'expired']),
    invited_by: nullable(Type.String({ description: 'A name; null: the server’s console.' })),
    created_at: Type.String(),
    expires_at: Type.String(),
  },
  { title: 'Invitation' },
);

const invitationDocument = ({ invitedBy, createdAt, expiresAt, ...invitation }: Invitation) => ({
  ...invitation,
  invited_by: invitedBy,
  created_at: createdAt,
  expires_at: expiresAt,
});

const list = { orders: ['created_at', 'email'], preset: '-created_at' } as const;

function listRoute(app: ApiServer, { db }: Services): void {
  const { pages } = app.api;
  app.get('/invitations/', {
    config: { permission: 'users.invitation.view' },
    schema: {
      tags: ['users'],
      summary: 'List the company’s invitations, newest first unless ordered otherwise',
      querystring: pages.query({}, list),
      response: { 200: pages.of(InvitationSchema), ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const { part, ordering } = pages.asked(request, list);
      const { results, ...listed } = await invitationsOf(db, request.tenant.id, part, ordering);
      return pages.answer(request, reply, part, { ...listed, results: results.map(invitationDocument) });
    },
  });
}

function createRoute(app: ApiServer, services: Services): void {
  app.post('/invitations/', {
    config: { permission: 'users.member.invite', stepUp: true },
    bodyLimit: smallBody,
    schema: {
      tags: ['users'],
      summary: 'Invite somebody by mail',
      description: 'The link is in the mail only. An open invitation of the same address is void then.',
      body: strictObject({ email: Type.String({ maxLength: 320 }), role: Type.String({ maxLength: 100 }) }),
      response: { 201: Type.Object({ id: Id }), ...problems(401, 403, 415, 422) },
    },
    handler: async (request, reply) => {
      const { tenant, actor, body } = request;
      const work = inDirectory(
        services.db,
        (tx) => inviteMember(tx, services, { tenant, actor, declared: services.permissions }, body),
        actor,
      );
      return await reply.code(201).send({ id: await work });
    },
  });
}

function revokeRoute(app: ApiServer, { db }: Services): void {
  app.delete('/invitations/:id/', {
    config: { permission: 'users.member.invite' },
    schema: {
      tags: ['users'],
      summary: 'Take an open invitation back',
      params: strictObject({ id: Id }),
      response: { 204: Type.Null(), ...problems(401, 403, 404, 422) },
    },
    handler: async (request, reply) => {
      const { tenant, actor, params } = request;
      await inDirectory(db, (tx) => revokeInvitation(tx, tenant.id, params.id), actor);
      return await reply.code(204).send(null);
    },
  });
}

function acceptRoute(app: ApiServer, { db }: Services): void {
  app.post('/invitations/accept/', {
    config: { permission: 'public', rateLimit: 'sign-in' },
    bodyLimit: smallBody,
    schema: {
      tags: ['users'],
      security: [],
      summary: 'Accept an invitation by the token of its link',
      description: 'Name and password are for whoever has no account yet. Sign in afterwards.',
      body: strictObject({
        token: Type.String({ maxLength: 200 }),
        name: Type.Optional(Type.String({ maxLength: 1000 })),
        password: Type.Optional(Type.String({ maxLength: 1000 })),
      }),
      response: {
        200: Type.Object({ tenant: Type.String(), email: Type.String(), role: Type.String() }),
        ...problems(403, 415, 422),
      },
    },
    handler: async (request) => {
      const { token, name = '', password = '' } = request.body;
      const tenantId = request.claimed?.id ?? null;
      const { ip } = signInOrigin(request);
      const input = { token, tenantId, account: { name, password }, requestId: request.id, ip };
      const { member, slug } = await acceptInvitation(db, input);
      return { tenant: slug, email: member.email, role: member.role };
    },
  });
}

/** GET and POST /invitations/, DELETE /invitations/:id/ and POST /invitations/accept/. */
export function invitationRoutes(app: ApiServer, services: Services): void {
  listRoute(app, services);
  createRoute(app, services);
  revokeRoute(app, services);
  acceptRoute(app, services);
}
