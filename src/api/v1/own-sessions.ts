// One's own sessions and sign-ins over the API.
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { inDirectory } from '#lib/tenant-tx';
import { endOwnSession, endSignIns, type OwnSession, ownSessions, signInHistory } from '#users';
import { type ApiServer, pageLinks, type Services } from './context.ts';
import { personOf } from './person-of.ts';
import { Id, nullable, oneOf, PageQuery, pageOf, problems, strictObject } from './schemas.ts';
import { bearerOf } from './sign-in-origin.ts';

const Instant = Type.String({ description: 'An instant, ISO 8601 in UTC.' });
const Door = oneOf(['page', 'api'], { description: 'Whether a browser or a program signed in.' });

const SessionSchema = Type.Object({
  id: Id,
  door: Door,
  company: Type.String({ description: 'The name of the company that it is for.' }),
  created_at: Instant,
  used_at: Type.String({ description: 'Of a program: when its tokens were last renewed.' }),
  expires_at: Instant,
  ip: nullable(Type.String()),
  user_agent: nullable(Type.String()),
  current: Type.Boolean({ description: 'Whether the request itself is made with it.' }),
});

const SignInSchema = Type.Object({
  id: Id,
  at: Instant,
  succeeded: Type.Boolean(),
  methods: Type.Array(Type.String(), {
    description: 'pwd, oidc (a provider), mail (a link), switch (from another company) …',
  }),
  door: Door,
  company: nullable(Type.String()),
  ip: nullable(Type.String()),
  user_agent: nullable(Type.String()),
});

const sessionDocument = (session: OwnSession, current: string | null) => ({
  id: session.id,
  door: session.door,
  company: session.company,
  created_at: session.createdAt,
  used_at: session.usedAt,
  expires_at: session.expiresAt,
  ip: session.ip,
  user_agent: session.userAgent,
  current: session.id === current,
});

function sessionRoutes(app: ApiServer, { db, tokens }: Services): void {
  const config = { permission: 'signed-in' };
  const currentOf = async (request: FastifyRequest) =>
    (await tokens.verify(bearerOf(request) ?? '').catch(() => null))?.familyId ?? null;

  app.get('/users/me/sessions/', {
    config,
    schema: {
      tags: ['users'],
      summary: 'List one’s open sessions, in all companies',
      response: { 200: Type.Object({ results: Type.Array(SessionSchema) }), ...problems(401, 403) },
    },
    handler: async (request) => {
      const [sessions, current] = [await ownSessions(db, personOf(request).userId), await currentOf(request)];
      return { results: sessions.map((session) => sessionDocument(session, current)) };
    },
  });

  app.delete('/users/me/sessions/', {
    config,
    schema: {
      tags: ['users'],
      summary: 'End all other sessions of one’s own',
      response: { 204: Type.Null(), ...problems(401, 403) },
    },
    handler: async (request, reply) => {
      const except = await currentOf(request);
      await inDirectory(db, (tx) => endSignIns(tx, personOf(request).userId, { except }));
      return await reply.code(204).send(null);
    },
  });

  app.delete('/users/me/sessions/:id/', {
    config,
    schema: {
      tags: ['users'],
      summary: 'End one session of one’s own',
      params: strictObject({ id: Id }),
      response: { 204: Type.Null(), ...problems(401, 403, 404, 422) },
    },
    handler: async (request, reply) => {
      await endOwnSession(db, personOf(request).userId, request.params.id);
      return await reply.code(204).send(null);
    },
  });
}

/** GET and DELETE /users/me/sessions/, DELETE /users/me/sessions/:id/ and GET /users/me/sign-ins/. */
export function ownSessionRoutes(app: ApiServer, services: Services): void {
  sessionRoutes(app, services);
  app.get('/users/me/sign-ins/', {
    config: { permission: 'signed-in' },
    schema: {
      tags: ['users'],
      summary: 'List one’s own sign-ins and the attempts at them, newest first',
      querystring: strictObject(PageQuery),
      response: { 200: pageOf(SignInSchema), ...problems(401, 403, 422) },
    },
    handler: async (request) => {
      const { page = 1, page_size: pageSize = 50 } = request.query;
      const { count, results } = await signInHistory(services.db, personOf(request), page, pageSize);
      const documents = results.map(({ userAgent, ...record }) => ({ ...record, user_agent: userAgent }));
      return { count, ...pageLinks(request, page, pageSize, count), results: documents };
    },
  });
}
