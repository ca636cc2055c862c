// The page where somebody who is signed in proves once more who they are.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendPage, textParameter } from '#dashboard';
import { personNeeded } from '#lib/http/guard';
import { setOwnCookie } from '#lib/http/own-cookie';
import { statusOf } from '#lib/http/send-problem';
import { Problem } from '#lib/problem';
import { sentText } from '../../pages/form-field.ts';
import type { PageServices } from '../../pages/handed-to-pages.ts';
import { isConfined, refuseConfined } from '../../pages/refuse-confined.ts';
import { safeNext } from '../../pages/safe-next.ts';
import { pageOrigin } from '../../pages/sign-in-cookies.ts';
import { renewSessionToken, SESSION_SECONDS, sessionCookie } from '../../sessions.ts';
import { factorsOf, hasFactor } from '../factors.ts';
import { relyingPartyOf } from '../relying-party.ts';
import { confirmIdentity, type SentProof } from '../step-up.ts';
import { passkeyRequest } from '../take-passkey.ts';
import { confirmPage } from './confirm-page.ts';
import { formToKeep, type KeptForm, keptForm, sendOnPage } from './kept-form.ts';
import { requestMember, sessionId } from './page-member.ts';

const signedIn = { config: { permission: 'signed-in' } };
const proves = { config: { permission: 'signed-in', rateLimit: 'sign-in' } } as const;

async function show(
  { db, config, contextOf }: PageServices,
  request: FastifyRequest,
  reply: FastifyReply,
  { next, form = null, refusal }: { next: string; form?: KeptForm | null; refusal?: Problem },
): Promise<FastifyReply> {
  const { id: rpId } = relyingPartyOf(request, config.baseDomain);
  const factors = await factorsOf(db, requestMember(request).userId);
  const page = confirmPage(contextOf(request), {
    next,
    form,
    confined: isConfined(request),
    hasApp: factors.app !== null,
    hasPasskey: factors.passkeys.some((passkey) => passkey.rpId === rpId),
    hasFactor: hasFactor(factors),
    ...(refusal && { fault: refusal.detail }),
  });
  return await sendPage(reply, page, refusal && statusOf(refusal));
}

function sentProof(request: FastifyRequest, baseDomain: string): SentProof {
  const sent = (name: string) => sentText(request.body, name) || undefined;
  const answer = sent('passkey');
  const party = relyingPartyOf(request, baseDomain);
  return {
    password: sent('password'),
    otp: sent('code'),
    recoveryCode: sent('recovery_code'),
    passkey: answer === undefined ? undefined : { answer, party, purpose: 'confirm' },
  };
}

/** /account/confirm/ */
export function confirmRoutes(app: FastifyInstance, services: PageServices): void {
  const { db, config } = services;
  app.get('/account/confirm/', signedIn, (request, reply) =>
    show(services, request, reply, { next: safeNext(textParameter(request, 'next')) }),
  );

  app.post('/account/confirm/', proves, async (request, reply) => {
    const next = safeNext(sentText(request.body, 'next'));
    const form = keptForm(request.body);
    const { signedIn: session } = request.identity ?? {};
    try {
      if (!session) throw personNeeded();
      // A password that is told here would be tried for whoever runs the company's provider; a passkey cannot be guessed.
      const proof = sentProof(request, config.baseDomain);
      if (!proof.passkey) refuseConfined(request);
      const who = { member: requestMember(request), signedIn: session, from: pageOrigin(request) };
      await confirmIdentity(services, 'page', who, proof);
      // Whoever has got hold of the cookie before does not share in what the proof opens.
      const renewed = await renewSessionToken(db, sessionId(request));
      setOwnCookie(request, reply, sessionCookie, renewed, SESSION_SECONDS);
      if (form === null) return await reply.redirect(next, 303);
      return await sendPage(reply, sendOnPage(services.contextOf(request), form, next));
    } catch (error) {
      if (!(error instanceof Problem) || !['unauthenticated', 'too-many', 'malformed'].includes(error.kind))
        throw error;
      return await show(services, request, reply, { next, form, refusal: error });
    }
  });

  // A form is led here with its fields; see confirmAddress().
  app.post('/account/confirm/form/', signedIn, (request, reply) => {
    const form = formToKeep(textParameter(request, 'to'), request.body);
    return show(services, request, reply, { next: safeNext(textParameter(request, 'next')), form });
  });

  app.post('/account/confirm/options/', signedIn, async (request) => {
    const { tenantId, userId } = requestMember(request);
    const party = relyingPartyOf(request, config.baseDomain);
    return await passkeyRequest(db, { purpose: 'confirm', tenantId, userId }, party);
  });
}
