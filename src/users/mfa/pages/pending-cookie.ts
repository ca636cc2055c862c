// The cookie that holds a browser's sign-in between its first factor and its second.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clearOwnCookie, ownCookie, setOwnCookie } from '#lib/http/own-cookie';
import { PENDING_SECONDS } from '../pending-sign-in.ts';

const pendingCookie = 'himalytix_pending';

/** Keeps the token, and leads to where the second factor is asked for. */
export async function askSecondFactor(
  request: FastifyRequest,
  reply: FastifyReply,
  pending: string,
  next: string,
): Promise<FastifyReply> {
  setOwnCookie(request, reply, pendingCookie, pending, PENDING_SECONDS);
  return await reply.redirect(`/sign-in/second-factor/?next=${encodeURIComponent(next)}`, 303);
}

/** The token that the browser holds; '' for none. */
export const pendingToken = (request: FastifyRequest): string => ownCookie(request, pendingCookie) ?? '';

/** Forgets the token. */
export function clearPendingCookie(request: FastifyRequest, reply: FastifyReply): void {
  clearOwnCookie(request, reply, pendingCookie);
}
