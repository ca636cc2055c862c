// Opens a page session for whoever has proved who they are, and gives the browser its cookies: every page that signs in ends here.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Db } from '#lib/db';
import { ownCookie } from '#lib/http/own-cookie';
import { askSecondFactor, clearPendingCookie } from '../mfa/pages/pending-cookie.ts';
import { closeSession, sessionCookie } from '../sessions.ts';
import { type BegunSession, beginSession, type OpenSession, type SignInServices } from '../sign-in.ts';
import type { Proof } from '../sign-in-proof.ts';
import { safeNext } from './safe-next.ts';
import { pageOrigin, setSignInCookies } from './sign-in-cookies.ts';

/** Begins the session of a proof, and goes on to `next`, which stays on our site, over the second factor where that is due. */
export async function openPageSession(
  services: SignInServices,
  request: FastifyRequest,
  reply: FastifyReply,
  { proof, next = '/' }: { proof: Omit<Proof, 'from'>; next?: string },
): Promise<FastifyReply> {
  const begun = await beginSession(services, 'page', { ...proof, from: pageOrigin(request) });
  return await goOn(services.db, request, reply, { begun, next });
}

/** Gives the browser a session that was opened; the one that it had before is nobody's any more. */
export async function takeSession(
  db: Db,
  request: FastifyRequest,
  reply: FastifyReply,
  { credential }: Pick<OpenSession<'page'>, 'credential'>,
): Promise<void> {
  const before = ownCookie(request, sessionCookie);
  if (before) await closeSession(db, before);
  clearPendingCookie(request, reply);
  setSignInCookies(request, reply, credential);
}

/** Goes on to `next` with a sign-in that is open, or to where its second factor is asked for. */
export async function goOn(
  db: Db,
  request: FastifyRequest,
  reply: FastifyReply,
  { begun, next }: { begun: BegunSession<'page'>; next: string },
): Promise<FastifyReply> {
  const to = safeNext(next);
  if (begun.state === 'second-factor') return await askSecondFactor(request, reply, begun.pending, to);
  await takeSession(db, request, reply, begun);
  return await reply.redirect(to, 303);
}
