// The second factor of a sign-in over the API, and proving once more who one is before something dangerous.
import { Type } from 'typebox';
import { personNeeded } from '#lib/http/guard';
import { invalid, Problem } from '#lib/problem';
import {
  type BegunSession,
  completeSignIn,
  confirmIdentity,
  FRESH_SECONDS,
  PENDING_SECONDS,
  readPending,
  requestMember,
} from '#users';
import type { ApiServer, Services } from './context.ts';
import { problems, problemWith, strictObject, TokenSchema } from './schemas.ts';
import { signInOrigin, smallBody } from './sign-in-origin.ts';
import { signedIn } from './signed-in.ts';

/** The refusals of a sign-in: with `users/second-factor-needed` comes what it goes on by. */
export const loginRefusal = problemWith({
  pending: Type.Optional(
    Type.String({ description: 'With `users/second-factor-needed`: the token to go on by.' }),
  ),
  expires_in: Type.Optional(Type.Integer({ description: 'How many seconds that token holds.' })),
});

/** The answer to a right password where a second factor is due. */
export function secondFactorNeeded({
  due,
  pending,
}: Extract<BegunSession<'api'>, { state: 'second-factor' }>): Problem {
  if (due === 'set-up') {
    const detail = 'your company asks for a second factor: sign in on its page once to set one up';
    return new Problem('forbidden', 'users/second-factor-set-up-needed', detail);
  }
  const detail =
    'the password is right; send the second factor with this pending token to /auth/login/second-factor/';
  return new Problem('unauthenticated', 'users/second-factor-needed', detail, {
    members: { pending, expires_in: PENDING_SECONDS },
  });
}

const factorFields = {
  otp: Type.Optional(Type.String({ maxLength: 20, description: 'The six digits of the authenticator app.' })),
  recovery_code: Type.Optional(Type.String({ maxLength: 40, description: 'One of the recovery codes.' })),
};

type SentFields = { otp?: string; recovery_code?: string };

const sentFactor = ({ otp, recovery_code: recoveryCode }: SentFields) => ({ otp, recoveryCode });

function secondFactorRoute(app: ApiServer, services: Services): void {
  app.post('/auth/login/second-factor/', {
    config: { permission: 'public', rateLimit: 'sign-in' },
    bodyLimit: smallBody,
    schema: {
      tags: ['auth'],
      security: [],
      summary: 'Complete a sign-in with its second factor',
      description:
        'Send the `pending` token of `POST /auth/login/` with the code of the authenticator app (`otp`) or a `recovery_code`. A token takes five attempts within ten minutes; a code counts once.',
      body: strictObject({ pending: Type.String({ maxLength: 200 }), ...factorFields }),
      response: { 200: TokenSchema, ...problems(401, 403, 415, 422, 429) },
    },
    handler: async (request) => {
      const { body, claimed } = request;
      if ((body.otp === undefined) === (body.recovery_code === undefined)) {
        const detail = 'send either otp or recovery_code';
        throw invalid([{ pointer: '/otp', code: 'users/factor-missing', detail }]);
      }
      const asked = { door: 'api', tenantId: claimed?.id ?? null } as const;
      const pending = await readPending(services.db, body.pending, asked);
      const { member, credential } = await completeSignIn(services, 'api', pending, sentFactor(body));
      return await signedIn(services, member, credential);
    },
  });
}

function confirmRoute(app: ApiServer, services: Services): void {
  app.post('/auth/confirm/', {
    config: { permission: 'signed-in', rateLimit: 'sign-in' },
    bodyLimit: smallBody,
    schema: {
      tags: ['auth'],
      summary: 'Prove once more who you are, before something dangerous',
      description:
        'What asks for it answers 403 `users/step-up-needed`. Send the password and, if you have a second factor, its code. The proof holds for this sign-in and for ten minutes; signing in is one, too.',
      body: strictObject({ password: Type.String({ maxLength: 1000 }), ...factorFields }),
      response: {
        200: Type.Object({ expires_in: Type.Integer({ description: 'How many seconds the proof holds.' }) }),
        ...problems(401, 403, 415, 422, 429),
      },
    },
    handler: async (request) => {
      const session = request.identity?.signedIn;
      if (!session) throw personNeeded();
      const sent = { password: request.body.password, ...sentFactor(request.body) };
      const who = { member: requestMember(request), signedIn: session, from: signInOrigin(request) };
      await confirmIdentity(services, 'api', who, sent);
      return { expires_in: FRESH_SECONDS };
    },
  });
}

/** POST /auth/login/second-factor/ and /auth/confirm/. */
export function authProofRoutes(app: ApiServer, services: Services): void {
  secondFactorRoute(app, services);
  confirmRoute(app, services);
}
