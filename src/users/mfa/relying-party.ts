// Tells for which domain a passkey is made, which the browser binds it to.
import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** `id` is the RP ID of WebAuthn, a domain; `origin` is where the browser is, and what it signs. */
export type RelyingParty = { id: string; origin: string };

/**
 * The RP ID of a host. A company below the program's own domain shares that domain's passkeys, so that one key serves a person in all
 * of their companies. A company's own domain has passkeys of its own. So has each company below a name of a single label such as
 * localhost: that counts as a public suffix, for which browsers make no passkey (WebAuthn Level 3, 5.1.3 step 8).
 */
export function relyingPartyId(hostname: string, baseDomain: string): string {
  const host = hostname.toLowerCase().replace(/\.$/, '');
  const isShared = host.endsWith(`.${baseDomain}`) && baseDomain.includes('.') && isIP(baseDomain) === 0;
  return isShared ? baseDomain : host;
}

/** Where a request's browser is, and the RP ID of that place. */
export function relyingPartyOf(request: FastifyRequest, baseDomain: string): RelyingParty {
  const origin = `${request.protocol}://${request.host.toLowerCase()}`;
  return { id: relyingPartyId(request.hostname, baseDomain), origin };
}
