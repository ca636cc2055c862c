// Signing in and out over the API, and who one is.
import { Type } from 'typebox';
import type { Identity } from '#lib/http/guard';
import { Problem } from '#lib/problem';
import { tenantRefused } from '#tenancy';
import { beginSession, checkCredentials } from '#users';
import { loginRefusal, secondFactorNeeded } from './auth-proofs.ts';
import type { ApiServer, Services } from './context.ts';
import { nullable, problems, strictObject, TokenSchema, UserSchema } from './schemas.ts';
import { bearerOf, signInOrigin, smallBody } from './sign-in-origin.ts';
import { signedIn } from './signed-in.ts';
import { ownDocument } from './user-document.ts';

function loginRoute(app: ApiServer, services: Services): void {
  const { db } = services;
  app.post('/auth/login/', {
    config: { permission: 'public', rateLimit: 'sign-in' },
    bodyLimit: smallBody,
    schema: {
      tags: ['auth'],
      security: [],
      summary: 'Sign in with e-mail address and password',
      description:
        'Name the company by its host or by X-Tenant; one who belongs to a single company need not.',
      body: strictObject({
        email: Type.String({ maxLength: 320 }),
        password: Type.String({ maxLength: 1000 }),
      }),
      response: { 200: TokenSchema, ...problems(400, 403, 415, 422, 429), 401: loginRefusal },
    },
    handler: async (request) => {
      const from = signInOrigin(request);
      const tenantId = request.claimed?.id ?? null;
      const member = await checkCredentials(db, request.body, tenantId, { door: 'api', from });
      const begun = await beginSession(services, 'api', { member, methods: ['pwd'], from });
      if (begun.state !== 'open') throw secondFactorNeeded(begun);
      return await signedIn(services, member, begun.credential);
    },
  });
}

function refreshRoute(app: ApiServer, services: Services): void {
  const { tokens } = services;
  app.post('/auth/refresh/', {
    config: { permission: 'public', rateLimit: 'sign-in' },
    bodyLimit: smallBody,
    schema: {
      tags: ['auth'],
      security: [],
      summary: 'Exchange a refresh token for a new pair',
      description: 'A refresh token works once; using it again ends the sign-in that it belongs to.',
      body: strictObject({ refresh: Type.String({ maxLength: 200 }) }),
      response: { 200: TokenSchema, ...problems(401, 403, 415, 422) },
    },
    handler: async (request) => {
      const { member, pair } = await tokens.refresh(request.body.refresh, request.claimed?.id ?? null);
      return await signedIn(services, member, pair);
    },
  });
}

const unless = (forgiven: boolean) => (problem: unknown) => {
  if (forgiven) return null;
  throw problem;
};

function logoutRoute(app: ApiServer, { tokens }: Services): void {
  app.post('/auth/logout/', {
    config: { permission: 'public' },
    bodyLimit: smallBody,
    schema: {
      tags: ['auth'],
      summary: 'End this sign-in: its access and refresh tokens stop working',
      body: nullable(strictObject({ refresh: Type.Optional(Type.String({ maxLength: 200 })) })),
      response: { 204: Type.Null(), ...problems(401, 415, 422) },
    },
    handler: async (request, reply) => {
      const access = bearerOf(request);
      const refresh = request.body?.refresh;
      if (!access && !refresh)
        throw new Problem('unauthenticated', 'users/sign-in-needed', 'send a token to end its sign-in');
      // The refresh token first: its sign-in ends even when the access token has run out meanwhile.
      if (refresh) await tokens.revoke({ refresh });
      const claims = access ? await tokens.verify(access).catch(unless(refresh !== undefined)) : null;
      if (claims && request.claimed && claims.tenantId !== request.claimed.id) throw tenantRefused();
      if (claims) await tokens.revoke({ familyId: claims.familyId });
      return await reply.code(204).send(null);
    },
  });
}

function meRoute(app: ApiServer, { permissions }: Services): void {
  app.get('/users/me/', {
    config: { permission: 'signed-in' },
    schema: {
      tags: ['users'],
      summary: 'Who I am, in which company, and what I may do there',
      response: { 200: UserSchema, ...problems(401, 403) },
    },
    handler: async ({ identity, tenant }, reply) => {
      const { document, json } = ownDocument(identity as Identity, tenant, permissions);
      reply.type('application/json; charset=utf-8').serializer(() => json);
      return document;
    },
  });
}

/** POST /auth/login/, /auth/refresh/, /auth/logout/ and GET /users/me/. */
export function authRoutes(app: ApiServer, services: Services): void {
  loginRoute(app, services);
  refreshRoute(app, services);
  logoutRoute(app, services);
  meRoute(app, services);
}
