// What a browser gets once its person has proved themselves: the session, or the question for the second factor.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Db } from '#lib/db';
import { askSecondFactor, clearPendingCookie } from '../mfa/pages/pending-cookie.ts';
import { closeSession, sessionCookie } from '../sessions.ts';
import type { BegunSession } from '../sign-in.ts';
import { setSignInCookies } from './sign-in-cookies.ts';

/** Opens the session of this browser; the one that it had before is nobody's any more. */
export async function takeSession(
  db: Db,
  request: FastifyRequest,
  reply: FastifyReply,
  credential: Extract<BegunSession<'page'>, { state: 'open' }>['credential'],
): Promise<void> {
  const before = request.cookies[sessionCookie];
  if (before) await closeSession(db, before);
  clearPendingCookie(request, reply);
  setSignInCookies(request, reply, credential);
}

/** Goes on to the path `next`, over the second factor where that is due. */
export async function goOn(
  db: Db,
  request: FastifyRequest,
  reply: FastifyReply,
  { begun, next }: { begun: BegunSession<'page'>; next: string },
): Promise<FastifyReply> {
  if (begun.state === 'second-factor') return await askSecondFactor(request, reply, begun.pending, next);
  await takeSession(db, request, reply, begun.credential);
  return await reply.redirect(next, 303);
}
