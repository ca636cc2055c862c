// Opens a page session for whoever has proved who they are, and sends the browser on.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { closeSession, SESSION_SECONDS, sessionCookie } from '../sessions.ts';
import { beginSession, type Proof, type SignInServices } from '../sign-in.ts';
import { safeNext } from './safe-next.ts';

/** What all our cookies have in common; Lax, because a provider sends the browser back from another site. */
export function cookieOptions(request: FastifyRequest) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: request.protocol === 'https' } as const;
}

/** Begins the session of a proof, sets its cookie and redirects to `next`, which stays on our site. */
export async function openSignIn(
  services: SignInServices,
  request: FastifyRequest,
  reply: FastifyReply,
  { proof, next }: { proof: Omit<Proof, 'from'>; next: string },
): Promise<FastifyReply> {
  const from = { ip: request.ip, userAgent: request.headers['user-agent'] };
  const { credential } = await beginSession(services, 'page', { ...proof, from });
  // The session that this browser had before is nobody's any more.
  const before = request.cookies[sessionCookie];
  if (before) await closeSession(services.db, before);
  reply.setCookie(sessionCookie, credential.session, { ...cookieOptions(request), maxAge: SESSION_SECONDS });
  return await reply.redirect(safeNext(next), 303);
}
