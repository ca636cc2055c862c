// The pages of a sign-in between password and books: second factor, its set-up where demanded, and signing in by passkey alone.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendPage, textParameter } from '#dashboard';
import { statusOf } from '#lib/http/send-problem';
import { Problem } from '#lib/problem';
import { sentText } from '../../pages/form-field.ts';
import type { PageServices } from '../../pages/handed-to-pages.ts';
import { goOn } from '../../pages/open-page-session.ts';
import { safeNext } from '../../pages/safe-next.ts';
import { sendSignInPage } from '../../pages/send-sign-in-page.ts';
import { pageOrigin } from '../../pages/sign-in-cookies.ts';
import { finishSession } from '../../sign-in.ts';
import { noteSignIn } from '../../sign-in-events.ts';
import { memberOf } from '../../user.ts';
import { completeSignIn } from '../complete-sign-in.ts';
import { factorsOf } from '../factors.ts';
import type { PendingSignIn } from '../pending-sign-in.ts';
import type { SentFactor } from '../prove-factor.ts';
import { type RelyingParty, relyingPartyOf } from '../relying-party.ts';
import { secondFactorDue } from '../second-factor-due.ts';
import { passkeyRefused, passkeyRequest, takePasskey } from '../take-passkey.ts';
import { beginAgain, namedCompany, pendingOf } from './pending-of.ts';
import { secondFactorPage } from './second-factor-page.ts';
import { setUpRoutes } from './set-up-routes.ts';

const open = { config: { permission: 'public' } };
const proves = { config: { permission: 'public', rateLimit: 'sign-in' } } as const;

/** Shows the question, with what was wrong with the last answer. */
async function ask(
  services: PageServices,
  request: FastifyRequest,
  reply: FastifyReply,
  { pending, next, refusal }: { pending: PendingSignIn; next: string; refusal?: Problem },
): Promise<FastifyReply> {
  const { id: rpId } = relyingPartyOf(request, services.config.baseDomain);
  const { app, passkeys } = await factorsOf(services.db, pending.member.userId);
  const page = secondFactorPage({
    company: namedCompany(request).name,
    next,
    hasApp: app !== null,
    hasPasskey: passkeys.some((passkey) => passkey.rpId === rpId),
    ...(refusal && { fault: refusal.detail }),
  });
  return await sendPage(reply, page, refusal && statusOf(refusal));
}

/** What is told on the page where it was sent. */
const isTold = (error: unknown): error is Problem =>
  error instanceof Problem && ['unauthenticated', 'too-many', 'malformed'].includes(error.kind);

/** What was sent; of several the passkey counts. */
function sentFactor(body: unknown, party: RelyingParty): SentFactor {
  const [passkey, code, recovery] = ['passkey', 'code', 'recovery_code'].map((name) => sentText(body, name));
  if (passkey) return { passkey: { answer: passkey, party, purpose: 'second-factor' } };
  return recovery ? { recoveryCode: recovery } : { otp: code ?? '' };
}

async function answer(
  services: PageServices,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const next = safeNext(sentText(request.body, 'next'));
  let pending: PendingSignIn | undefined;
  try {
    pending = await pendingOf(services.db, request);
    const party = relyingPartyOf(request, services.config.baseDomain);
    const begun = await completeSignIn(services, 'page', pending, sentFactor(request.body, party));
    return await goOn(services.db, request, reply, { begun, next });
  } catch (error) {
    if (!isTold(error)) throw error;
    if (!pending || error.code === 'users/pending-over') return await beginAgain(request, reply, next);
    return await ask(services, request, reply, { pending, next, refusal: error });
  }
}

function questionRoutes(app: FastifyInstance, services: PageServices): void {
  app.get('/sign-in/second-factor/', open, async (request, reply) => {
    const next = safeNext(textParameter(request, 'next'));
    const pending = await pendingOf(services.db, request).catch(() => null);
    if (!pending) return await beginAgain(request, reply, next);
    if ((await secondFactorDue(services.db, pending)) === 'prove')
      return await ask(services, request, reply, { pending, next });
    return await reply.redirect(`/sign-in/second-factor/set-up/?next=${encodeURIComponent(next)}`, 303);
  });

  app.post('/sign-in/second-factor/', proves, (request, reply) => answer(services, request, reply));

  app.post('/sign-in/second-factor/options/', open, async (request) => {
    const { tenantId, userId } = (await pendingOf(services.db, request)).member;
    const party = relyingPartyOf(request, services.config.baseDomain);
    return await passkeyRequest(services.db, { purpose: 'second-factor', tenantId, userId }, party);
  });
}

/** Whom a passkey signs in: its owner, if they are a member here. Throws an unauthenticated Problem, the same for whatever is wrong. */
async function signInByPasskey({ db, tokens, config }: PageServices, request: FastifyRequest) {
  const purpose = { purpose: 'sign-in', tenantId: namedCompany(request).id, userId: null } as const;
  const party = relyingPartyOf(request, config.baseDomain);
  const userId = await takePasskey(db, purpose, party, sentText(request.body, 'passkey'));
  const member = userId && (await memberOf(db, userId, purpose.tenantId));
  const from = pageOrigin(request);
  if (member) return await finishSession({ db, tokens }, 'page', { member, methods: ['passkey'], from });
  const { tenantId } = purpose;
  await noteSignIn(db, { userId, tenantId, succeeded: false, methods: ['passkey'], door: 'page', from });
  throw passkeyRefused();
}

function passkeyRoutes(app: FastifyInstance, services: PageServices): void {
  app.post('/sign-in/passkey/options/', open, async (request) => {
    const purpose = { purpose: 'sign-in', tenantId: namedCompany(request).id, userId: null } as const;
    return await passkeyRequest(services.db, purpose, relyingPartyOf(request, services.config.baseDomain));
  });

  app.post('/sign-in/passkey/', proves, async (request, reply) => {
    const next = safeNext(sentText(request.body, 'next'));
    try {
      const begun = await signInByPasskey(services, request);
      return await goOn(services.db, request, reply, { begun, next });
    } catch (error) {
      if (!isTold(error) || !request.claimed) throw error;
      const told = { next, fault: error.detail, status: statusOf(error) };
      return await sendSignInPage(services, request, reply, told);
    }
  });
}

/** /sign-in/second-factor/ with its set-up, and /sign-in/passkey/. */
export function secondFactorRoutes(app: FastifyInstance, services: PageServices): void {
  questionRoutes(app, services);
  setUpRoutes(app, services);
  passkeyRoutes(app, services);
}
