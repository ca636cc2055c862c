// Finds the sign-in that a browser has under way, for the pages between its first factor and its end.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Db } from '#lib/db';
import { Problem } from '#lib/problem';
import type { Tenant } from '#lib/tenant-tx';
import { type PendingSignIn, readPending } from '../pending-sign-in.ts';
import { clearPendingCookie, pendingToken } from './pending-cookie.ts';

/** The company at whose address the browser is. Throws malformed at the bare host. */
export function namedCompany(request: FastifyRequest): Tenant {
  if (request.claimed) return request.claimed;
  throw new Problem('malformed', 'users/company-needed', 'sign in at your company’s own address');
}

/** The sign-in that this browser has under way. Throws as readPending() does. */
export async function pendingOf(db: Db, request: FastifyRequest): Promise<PendingSignIn> {
  return await readPending(db, pendingToken(request), { door: 'page', tenantId: namedCompany(request).id });
}

/** Leads to the beginning when a sign-in under way has come to nothing. */
export async function beginAgain(
  request: FastifyRequest,
  reply: FastifyReply,
  next: string,
): Promise<FastifyReply> {
  clearPendingCookie(request, reply);
  return await reply.redirect(`/sign-in/?next=${encodeURIComponent(next)}`, 303);
}
