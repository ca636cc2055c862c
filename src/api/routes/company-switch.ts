// Changing to another company of the same person over the API, without telling the password again.
import { Type } from 'typebox';
import { notFound } from '#lib/problem';
import { beginSession, memberOf, methodsOf, ownTenant, switchMethods } from '#users';
import { secondFactorNeeded } from './auth-proofs.ts';
import type { ApiServer, Services } from './context.ts';
import { personOf } from './person-of.ts';
import { problems, strictObject, TokenSchema } from './schemas.ts';
import { signInOrigin, smallBody } from './sign-in-origin.ts';
import { signedIn } from './signed-in.ts';

/** POST /auth/switch/. */
export function companySwitchRoutes(app: ApiServer, services: Services): void {
  const { db } = services;
  app.post('/auth/switch/', {
    config: { permission: 'signed-in' },
    bodyLimit: smallBody,
    schema: {
      tags: ['auth'],
      summary: 'Get tokens for another company of yours',
      description:
        'The tokens that you have stay good for their own company. Where the other one asks for a second factor that this sign-in has not given, it is asked for as in `POST /auth/login/`.',
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
      const before = request.identity?.signedIn;
      const methods = switchMethods(before ? await methodsOf(db, before) : []);
      const begun = await beginSession(services, 'api', { member, methods, from: signInOrigin(request) });
      if (begun.state !== 'open') throw secondFactorNeeded(begun);
      return await signedIn(services, member, begun.credential);
    },
  });
}
