// One's own sessions and sign-ins over the API.
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { cutList, type RowOrders } from '#lib/lists/cut-list';
import { inDirectory } from '#lib/tenant-tx';
import { endOwnSession, endSignIns, type OwnSession, ownSessions, signInHistory } from '#users';
import type { ApiServer, Services } from './context.ts';
import { personOf } from './person-of.ts';
import { Id, nullable, oneOf, problems, strictObject } from './schemas.ts';
import { bearerOf } from './sign-in-origin.ts';

const Instant = Type.String({ description: 'An instant, ISO 8601 in UTC.' });
const Door = oneOf(['page', 'api'], { description: 'Whether a browser or a program signed in.' });

const SessionSchema = Type.Object(
  {
    id: Id,
    door: Door,
    company: Type.String({ description: 'The name of the company that it is for.' }),
    created_at: Instant,
    used_at: Type.String({ description: 'Of a program: when its tokens were last renewed.' }),
    expires_at: Instant,
    ip: nullable(Type.String()),
    user_agent: nullable(Type.String()),
    current: Type.Boolean({ description: 'Whether the request itself is made with it.' }),
  },
  { title: 'Session' },
);

const SignInSchema = Type.Object(
  {
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
  },
  { title: 'SignIn' },
);

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

const sessionOrders = {
  used_at: ({ usedAt, id }) => [usedAt, id],
  created_at: ({ createdAt, id }) => [createdAt, id],
} satisfies RowOrders<OwnSession, string>;

const sessionList = { orders: ['used_at', 'created_at'], preset: '-used_at' } as const;
const signInList = { orders: ['at'], preset: '-at' } as const;

/** The sign-in that a request itself is made with; null for none. */
const currentOf = async ({ tokens }: Services, request: FastifyRequest) =>
  (await tokens.verify(bearerOf(request) ?? '').catch(() => null))?.familyId ?? null;

const config = { permission: 'signed-in' };
/** Whoever has got hold of a sign-in shall not end its owner's others. */
const ending = { permission: 'signed-in', stepUp: true } as const;

function sessionsRoute(app: ApiServer, services: Services): void {
  const { pages } = app.api;
  app.get('/users/me/sessions/', {
    config,
    schema: {
      tags: ['users'],
      summary: 'List one’s open sessions in all companies, the last used first unless ordered otherwise',
      querystring: pages.query({}, sessionList),
      response: { 200: pages.of(SessionSchema), ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const asked = pages.asked(request, sessionList);
      const [sessions, current] = [
        await ownSessions(services.db, personOf(request).userId),
        await currentOf(services, request),
      ];
      const { results, ...listed } = cutList(sessions, sessionOrders, asked);
      const documents = results.map((session) => sessionDocument(session, current));
      return pages.answer(request, reply, asked.part, { ...listed, results: documents });
    },
  });
}

function endRoutes(app: ApiServer, services: Services): void {
  app.delete('/users/me/sessions/', {
    config: ending,
    schema: {
      tags: ['users'],
      summary: 'End all other sessions of one’s own',
      response: { 204: Type.Null(), ...problems(401, 403) },
    },
    handler: async (request, reply) => {
      const except = await currentOf(services, request);
      await inDirectory(services.db, (tx) => endSignIns(tx, personOf(request).userId, { except }));
      return await reply.code(204).send(null);
    },
  });

  app.delete('/users/me/sessions/:id/', {
    config: ending,
    schema: {
      tags: ['users'],
      summary: 'End one session of one’s own',
      params: strictObject({ id: Id }),
      response: { 204: Type.Null(), ...problems(401, 403, 404, 422) },
    },
    handler: async (request, reply) => {
      await endOwnSession(services.db, personOf(request).userId, request.params.id);
      return await reply.code(204).send(null);
    },
  });
}

/** GET and DELETE /users/me/sessions/, DELETE /users/me/sessions/:id/ and GET /users/me/sign-ins/. */
export function ownSessionRoutes(app: ApiServer, services: Services): void {
  sessionsRoute(app, services);
  endRoutes(app, services);
  const { pages } = app.api;
  app.get('/users/me/sign-ins/', {
    config: { permission: 'signed-in' },
    schema: {
      tags: ['users'],
      summary: 'List one’s own sign-ins and the attempts at them, newest first unless ordered otherwise',
      querystring: pages.query({}, signInList),
      response: { 200: pages.of(SignInSchema), ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const { part, ordering } = pages.asked(request, signInList);
      const person = personOf(request);
      const { results, ...listed } = await signInHistory(services.db, person, part, ordering);
      const documents = results.map(({ userAgent, ...record }) => ({ ...record, user_agent: userAgent }));
      return pages.answer(request, reply, part, { ...listed, results: documents });
    },
  });
}
