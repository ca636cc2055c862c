// Changing to another company of the same person over the API, without telling the password again.
import { Type } from 'typebox';
import { notFound } from '#lib/problem';
import { beginSession, memberOf, ownTenant } from '#users';
import { signedIn } from './auth.ts';
import type { ApiServer, Services } from './context.ts';
import { personOf } from './person-of.ts';
import { problems, strictObject, TokenSchema } from './schemas.ts';
import { signInOrigin, smallBody } from './sign-in-origin.ts';

/** POST /auth/switch/. */
export function companySwitchRoutes(app: ApiServer, services: Services): void {
  const { db } = services;
  app.post('/auth/switch/', {
    config: { permission: 'signed-in' },
    bodyLimit: smallBody,
    schema: {
      tags: ['auth'],
      summary: 'Get tokens for another company of yours',
      description: 'The tokens that you have stay good for their own company.',
      body: strictObject({
        tenant: Type.String({ maxLength: 63, description: 'The slug of a company that you belong to.' }),
      }),
      response: { 200: TokenSchema, ...problems(401, 403, 404, 415, 422) },
    },
    handler: async (request) => {
      const { userId } = personOf(request);
      const tenant = await ownTenant(db, userId, request.body.tenant);
      const member = tenant && (await memberOf(db, userId, tenant.id));
      if (!member) throw notFound('company of yours');
      const proof = { member, methods: ['switch'] as const, from: signInOrigin(request) };
      const { credential } = await beginSession(services, 'api', proof);
      return await signedIn(services, member, credential);
    },
  });
}
