// Opens a page session for whoever has proved who they are, and gives the browser its cookies: every page that signs in ends here.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ownCookie } from '#lib/http/own-cookie';
import { closeSession, sessionCookie } from '../sessions.ts';
import { beginSession, type Proof, type SignInServices } from '../sign-in.ts';
import { safeNext } from './safe-next.ts';
import { pageOrigin, setSignInCookies } from './sign-in-cookies.ts';

/** Begins the session of a proof, sets its cookies and redirects to `next`, which stays on our site. */
export async function openPageSession(
  services: SignInServices,
  request: FastifyRequest,
  reply: FastifyReply,
  { proof, next = '/' }: { proof: Omit<Proof, 'from'>; next?: string },
): Promise<FastifyReply> {
  const { credential } = await beginSession(services, 'page', { ...proof, from: pageOrigin(request) });
  // The session that this browser had before is nobody's any more.
  const before = ownCookie(request, sessionCookie);
  if (before) await closeSession(services.db, before);
  setSignInCookies(request, reply, credential);
  return await reply.redirect(safeNext(next), 303);
}
