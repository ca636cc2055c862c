// What the company asks of its members' passwords and sessions, over the API.
import { Type } from 'typebox';
import { inDirectory } from '#lib/tenant-tx';
import { policyDocument, policyOfDocument, policyRanges, setSignInPolicy, signInPolicyOf } from '#users';
import type { ApiServer, Services } from './context.ts';
import { problems, strictObject } from './schemas.ts';

const figure = ([minimum, maximum]: readonly [number, number], description: string) =>
  Type.Integer({ minimum, maximum, description });

const fields = {
  password_min_length: figure(policyRanges.minLength, 'Characters of a new password, at least.'),
  password_kinds: figure(policyRanges.kinds, 'Kinds of characters that it mixes; 1 asks for nothing.'),
  password_refuse_common: Type.Boolean({ description: 'Whether passwords known from leaks are refused.' }),
  session_idle_minutes: figure(policyRanges.idleMinutes, 'Without activity, until a page session ends.'),
  session_hours: figure(policyRanges.sessionHours, 'Until a page session ends in any case.'),
};

/** GET and PUT /sign-in-policy/. */
export function signInPolicyRoutes(app: ApiServer, { db }: Services): void {
  app.get('/sign-in-policy/', {
    config: { permission: 'users.sign_in_policy.view' },
    schema: {
      tags: ['users'],
      summary: 'Read the company’s sign-in policy',
      querystring: strictObject({}),
      response: { 200: Type.Object(fields), ...problems(401, 403, 422) },
    },
    handler: async (request) => policyDocument(await signInPolicyOf(db, request.tenant.id)),
  });

  app.put('/sign-in-policy/', {
    config: { permission: 'users.sign_in_policy.edit' },
    schema: {
      tags: ['users'],
      summary: 'Set the company’s sign-in policy',
      description: 'A member of several companies meets the strictest rule of each for their password.',
      body: strictObject(fields),
      response: { 200: Type.Object(fields), ...problems(401, 403, 415, 422) },
    },
    handler: async (request) => {
      const policy = policyOfDocument(request.body);
      await inDirectory(db, (tx) => setSignInPolicy(tx, request.tenant.id, policy), request.actor);
      return policyDocument(policy);
    },
  });
}
