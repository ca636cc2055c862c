// Forgotten and changed passwords over the API.
import { Type } from 'typebox';
import { changeOwnPassword, requestPasswordReset, resetPassword } from '#users';
import type { ApiServer, Services } from './context.ts';
import { personOf } from './person-of.ts';
import { problems, strictObject } from './schemas.ts';
import { bearerOf, signInOrigin, smallBody } from './sign-in-origin.ts';

const Password = Type.String({ maxLength: 1000 });

function requestRoute(app: ApiServer, services: Services): void {
  app.post('/auth/password-reset/', {
    config: { permission: 'public', rateLimit: 'reset' },
    bodyLimit: smallBody,
    schema: {
      tags: ['auth'],
      security: [],
      summary: 'Mail a link with which a password can be chosen anew',
      description: 'The answer is the same whether somebody has the address or not.',
      body: strictObject({ email: Type.String({ maxLength: 320 }) }),
      response: { 202: Type.Object({}), ...problems(403, 415, 422, 429) },
    },
    handler: async (request, reply) => {
      const tenantId = request.claimed?.id ?? null;
      await requestPasswordReset(services, { email: request.body.email, tenantId });
      return await reply.code(202).send({});
    },
  });
}

function confirmRoute(app: ApiServer, services: Services): void {
  app.post('/auth/password-reset/confirm/', {
    config: { permission: 'public', rateLimit: 'sign-in' },
    bodyLimit: smallBody,
    schema: {
      tags: ['auth'],
      security: [],
      summary: 'Choose a password by the token of a mailed link',
      description: 'The token works once. Every session and sign-in of the person ends; sign in again.',
      body: strictObject({ token: Type.String({ maxLength: 200 }), password: Password }),
      response: { 204: Type.Null(), ...problems(403, 415, 422) },
    },
    handler: async (request, reply) => {
      const { token, password } = request.body;
      const tenantId = request.claimed?.id ?? null;
      const input = { token, password, tenantId, requestId: request.id, from: signInOrigin(request) };
      await resetPassword(services, input);
      return await reply.code(204).send(null);
    },
  });
}

function changeRoute(app: ApiServer, services: Services): void {
  app.post('/users/me/password/', {
    config: { permission: 'signed-in' },
    bodyLimit: smallBody,
    schema: {
      tags: ['users'],
      summary: 'Change one’s own password',
      description: 'All other sessions and sign-ins end; the one whose token is used stays.',
      body: strictObject({ current_password: Password, password: Password }),
      response: { 204: Type.Null(), ...problems(401, 403, 415, 422, 429) },
    },
    handler: async (request, reply) => {
      const person = personOf(request);
      const claims = await services.tokens.verify(bearerOf(request) ?? '').catch(() => null);
      await changeOwnPassword(services, person, {
        current: request.body.current_password,
        password: request.body.password,
        slug: request.tenant.slug,
        session: claims?.familyId ?? null,
      });
      return await reply.code(204).send(null);
    },
  });
}

/** POST /auth/password-reset/, /auth/password-reset/confirm/ and /users/me/password/. */
export function passwordRoutes(app: ApiServer, services: Services): void {
  requestRoute(app, services);
  confirmRoute(app, services);
  changeRoute(app, services);
}
