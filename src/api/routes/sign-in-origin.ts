// Where a program's sign-in comes from; a program has no cookie by which it would be known again.
import type { FastifyRequest } from 'fastify';
import { plainAddress, type SignInOrigin } from '#users';

/** Address and program of a request. */
export function signInOrigin(request: FastifyRequest): SignInOrigin {
  return { ip: plainAddress(request.ip), userAgent: request.headers['user-agent'] };
}

/** The access token of a request, if it has one. */
export const bearerOf = (request: FastifyRequest) =>
  /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];

/** Anybody may send the bodies of signing in, so they are kept small. */
export const smallBody = 16_384;
