// The one way to give a browser a cookie and to take it back: for this host alone, out of scripts' and other sites' reach.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isHttps } from './own-origin.ts';

/**
 * Over https a cookie's name has the prefix by which browsers take it only from this very host, over https and for all of its
 * paths (RFC 6265bis, 4.1.3.2): a neighbouring company's host, or somebody on the line, cannot plant one.
 */
const nameOf = (request: FastifyRequest, name: string) => (isHttps(request) ? `__Host-${name}` : name);

const optionsOf = (request: FastifyRequest) =>
  ({ path: '/', httpOnly: true, sameSite: 'lax', secure: isHttps(request) }) as const;

/** The value of a cookie of ours; undefined without one, and for one that somebody else may have set. */
export function ownCookie(request: FastifyRequest, name: string): string | undefined {
  return request.cookies[nameOf(request, name)];
}

/** Sets a cookie of ours for so many seconds. */
export function setOwnCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  value: string,
  seconds: number,
): void {
  reply.setCookie(nameOf(request, name), value, { ...optionsOf(request), maxAge: seconds });
}

/** Takes a cookie of ours away again. */
export function clearOwnCookie(request: FastifyRequest, reply: FastifyReply, name: string): void {
  reply.clearCookie(nameOf(request, name), optionsOf(request));
}
