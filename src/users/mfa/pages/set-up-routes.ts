// Setting up the second factor that a company demands, before the sign-in is complete: nothing else opens until then.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendPage, textParameter } from '#dashboard';
import { statusOf } from '#lib/http/send-problem';
import { type Fault, Problem } from '#lib/problem';
import { sentText } from '../../pages/form-field.ts';
import type { PageServices } from '../../pages/handed-to-pages.ts';
import { takeSession } from '../../pages/open-page-session.ts';
import { safeNext } from '../../pages/safe-next.ts';
import { pageOrigin } from '../../pages/sign-in-cookies.ts';
import { enrolmentSecret } from '../authenticator-app.ts';
import { openPendingSession } from '../complete-sign-in.ts';
import { passkeyCreation, readNewPasskey } from '../enrol-passkey.ts';
import { addApp, addPasskey } from '../own-factors.ts';
import { countPendingAttempt, type PendingSignIn } from '../pending-sign-in.ts';
import { relyingPartyOf } from '../relying-party.ts';
import { secondFactorDue } from '../second-factor-due.ts';
import { signingInActor } from './page-member.ts';
import { beginAgain, namedCompany, pendingOf } from './pending-of.ts';
import { recoveryCodesView } from './recovery-codes-view.ts';
import { demandedPage, signInStepPage } from './second-factor-page.ts';

const open = { config: { permission: 'public' } };
const proves = { config: { permission: 'public', rateLimit: 'sign-in' } } as const;
const address = '/sign-in/second-factor/set-up/';

/** The sign-in under way, if its member has no factor yet. Throws unauthenticated, or a conflict for who has one to prove. */
async function pendingSetUp({ db }: PageServices, request: FastifyRequest): Promise<PendingSignIn> {
  const pending = await pendingOf(db, request);
  if ((await secondFactorDue(db, pending)) === 'set-up') return pending;
  throw new Problem('conflict', 'users/second-factor-there', 'use the second factor that you have');
}

async function show(
  { db, keyRing }: PageServices,
  request: FastifyRequest,
  reply: FastifyReply,
  { pending, next, refusal }: { pending: PendingSignIn; next: string; refusal?: Problem },
): Promise<FastifyReply> {
  const faults: Fault[] = refusal?.errors.filter(({ pointer }) => pointer === '/code') ?? [];
  const page = await demandedPage({
    company: namedCompany(request).name,
    next,
    secret: await enrolmentSecret(db, keyRing, { userId: pending.member.userId, holder: pending.id }),
    account: pending.member.email,
    faults,
    ...(refusal && faults.length === 0 && { fault: refusal.detail }),
  });
  return await sendPage(reply, page, refusal && statusOf(refusal));
}

/** Adds what was sent as the member's first factor, and completes their sign-in with it. */
async function setUp(services: PageServices, request: FastifyRequest, pending: PendingSignIn) {
  const { db, config } = services;
  await countPendingAttempt(db, pending);
  const { member } = pending;
  const actor = signingInActor(member, request, pageOrigin(request).ip);
  const owner = { userId: member.userId, actor, firstOnly: true };
  const answer = sentText(request.body, 'passkey');
  if (answer === '') {
    const codes = await addApp(services, owner, { holder: pending.id, code: sentText(request.body, 'code') });
    return { codes, ...(await openPendingSession(services, 'page', pending, 'otp')) };
  }
  const passkey = await readNewPasskey(db, member, relyingPartyOf(request, config.baseDomain), answer);
  const codes = await addPasskey(db, owner, passkey, 'My first passkey');
  return { codes, ...(await openPendingSession(services, 'page', pending, 'passkey')) };
}

async function takeSetUp(
  services: PageServices,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const next = safeNext(sentText(request.body, 'next'));
  let pending: PendingSignIn | undefined;
  try {
    pending = await pendingSetUp(services, request);
    const { codes, credential } = await setUp(services, request, pending);
    await takeSession(services.db, request, reply, { credential });
    if (codes === null) return await reply.redirect(next, 303);
    return await sendPage(reply, signInStepPage('Your recovery codes', recoveryCodesView(codes, next)));
  } catch (error) {
    if (!(error instanceof Problem) || error.kind === 'internal') throw error;
    const mendable = pending && ['invalid', 'malformed', 'conflict'].includes(error.kind);
    if (!pending || !mendable || error.code === 'users/second-factor-there')
      return await beginAgain(request, reply, next);
    return await show(services, request, reply, { pending, next, refusal: error });
  }
}

/** /sign-in/second-factor/set-up/ */
export function setUpRoutes(app: FastifyInstance, services: PageServices): void {
  app.get(address, open, async (request, reply) => {
    const next = safeNext(textParameter(request, 'next'));
    const pending = await pendingSetUp(services, request).catch(() => null);
    return pending
      ? await show(services, request, reply, { pending, next })
      : await beginAgain(request, reply, next);
  });

  app.post(address, proves, (request, reply) => takeSetUp(services, request, reply));

  app.post(`${address}options/`, open, async (request) => {
    const { member } = await pendingSetUp(services, request);
    return await passkeyCreation(services.db, member, relyingPartyOf(request, services.config.baseDomain));
  });
}
