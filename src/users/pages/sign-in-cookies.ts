// The cookies of a signed-in browser, and where a request for a page comes from.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ownCookie, setOwnCookie } from '#lib/http/own-cookie';
import { deviceCookie, KNOWN_DAYS } from '../known-origins.ts';
import { SESSION_SECONDS, sessionCookie } from '../sessions.ts';
import type { Credentials } from '../sign-in.ts';
import type { SignInOrigin } from '../sign-in-facts.ts';

const DAY_SECONDS = 24 * 60 * 60;

/** Where a sign-in by page comes from. */
export function pageOrigin(request: FastifyRequest): SignInOrigin {
  const device = ownCookie(request, deviceCookie);
  const known = device !== undefined && /^[\w-]{43}$/.test(device) ? device : undefined;
  return { ip: plainAddress(request.ip), userAgent: request.headers['user-agent'], device: known };
}

/** An address as the database takes it, or null for what is none. */
export function plainAddress(ip: string): string | null {
  const address = ip.split('%', 1)[0] ?? '';
  return /^[0-9a-fA-F.:]{2,45}$/.test(address) ? address : null;
}

/** Gives the browser its session, and the token by which it is known at the next sign-in. */
export function setSignInCookies(
  request: FastifyRequest,
  reply: FastifyReply,
  { session, device }: Credentials['page'],
): void {
  setOwnCookie(request, reply, sessionCookie, session, SESSION_SECONDS);
  setDeviceCookie(request, reply, device);
}

/** Gives the browser the token by which it is known at the next sign-in. */
export function setDeviceCookie(request: FastifyRequest, reply: FastifyReply, device: string): void {
  setOwnCookie(request, reply, deviceCookie, device, KNOWN_DAYS * DAY_SECONDS);
}
