// The way of a browser to a provider and back: the buttons of the sign-in page lead here.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { textParameter } from '#dashboard';
import { clearOwnCookie, ownCookie, setOwnCookie } from '#lib/http/own-cookie';
import { ownOrigin } from '#lib/http/own-origin';
import { logProblem, statusOf } from '#lib/http/send-problem';
import { Problem } from '#lib/problem';
import { type Actor, systemActor, type Tenant } from '#lib/tenant-tx';
import { openPageSession } from '../../pages/open-page-session.ts';
import { safeNext } from '../../pages/safe-next.ts';
import { sendAway } from '../../pages/send-away.ts';
import { sendSignInPage } from '../../pages/send-sign-in-page.ts';
import { pageOrigin, plainAddress } from '../../pages/sign-in-cookies.ts';
import { findSession, sessionCookie } from '../../sessions.ts';
import { enabledProvider } from '../identity-provider.ts';
import { PENDING_SECONDS } from '../pending-sign-in.ts';
import { beginAtProvider, finishAtProvider, type ProviderServices } from '../provider-sign-in.ts';

const proving = { config: { permission: 'public', rateLimit: 'sign-in' as const } };

/** Holds the secret of the sign-in under way; it is sent to no other company's host. */
const pendingCookie = 'himalytix_provider';

type ProviderParams = { provider: string };

const slugOf = (request: FastifyRequest) => (request.params as ProviderParams).provider;

/**
 * The company whose own host a request was sent to. A header that names the company is not enough here, as the provider sends
 * the browser back to the host. Throws a forbidden Problem.
 */
function companyOfHost(request: FastifyRequest): Tenant {
  if (request.claimed && request.headers['x-tenant'] === undefined) return request.claimed;
  throw new Problem('forbidden', 'tenancy/refused', 'this company is not open to this request');
}

/** Where the provider sends the browser back to: the company's own host, exactly as it is registered there. */
export function callbackOf(request: FastifyRequest, slug: string): string {
  return `${ownOrigin(request)}/sign-in/oidc/${slug}/callback/`;
}

/** Sends the browser to a provider with the cookie by which it is known when it comes back. */
export async function sendToProvider(
  services: ProviderServices,
  request: FastifyRequest,
  reply: FastifyReply,
  { slug, nextPath, session }: { slug: string; nextPath: string; session: string | null },
): Promise<FastifyReply> {
  const tenant = companyOfHost(request);
  const provider = await enabledProvider(services.db, tenant.id, slug);
  const link = session === null ? null : { userId: request.actor.userId ?? '', session };
  const redirectUri = callbackOf(request, provider.slug);
  const { address, secret } = await beginAtProvider(services, provider, { redirectUri, nextPath, link });
  setOwnCookie(request, reply, pendingCookie, secret, PENDING_SECONDS);
  reply.header('cache-control', 'no-store');
  if (session === null) return await reply.redirect(address, 303);
  return await sendAway(reply, {
    title: `To ${provider.name}`,
    name: provider.name,
    about: 'Prove there who you are; then you are back here.',
    address,
    label: `Go to ${provider.name}`,
  });
}

/** The system, at the request of somebody who is not known yet. */
const actorOf = ({ id, ip }: FastifyRequest): Actor => ({
  ...systemActor,
  requestId: id,
  ip: plainAddress(ip),
});

/**
 * Shows what went wrong: on the sign-in page, or to who is signed in on the page of their linked accounts. What is nobody's
 * fault but ours or the provider's is logged.
 */
async function tell(
  services: ProviderServices,
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): Promise<FastifyReply> {
  if (!(error instanceof Problem) || error.kind === 'not-found' || !request.claimed) throw error;
  logProblem(request, error);
  // Of what could not be believed only the library's sentence, as the rest may hold what the provider said.
  if (error.kind === 'unauthenticated' && error.cause instanceof Error)
    request.log.warn({ provider: slugOf(request), reason: error.cause.message }, error.code);
  const session = await findSession(services.db, ownCookie(request, sessionCookie) ?? '');
  if (session?.member.tenantId === request.claimed.id)
    return await reply.redirect(`/account/linked/?refused=${encodeURIComponent(error.code)}`, 303);
  return await sendSignInPage(services, request, reply, { fault: error.detail, status: statusOf(error) });
}

/**
 * Whether another site leads here (Fetch Metadata). A provider that still knows the person would sign them in without asking, so that
 * a link elsewhere could begin a session that nobody meant; ASVS 5.0, 7.6.2, wants an act of the person first.
 */
const isLedHere = ({ headers }: FastifyRequest) =>
  ['cross-site', 'same-site'].includes(String(headers['sec-fetch-site']));

/** GET /sign-in/oidc/:provider/ and its callback. */
export function providerSignInRoutes(app: FastifyInstance, services: ProviderServices): void {
  app.get('/sign-in/oidc/:provider/', proving, async (request, reply) => {
    const nextPath = safeNext(textParameter(request, 'next'));
    if (isLedHere(request))
      return await reply.redirect(`/sign-in/?next=${encodeURIComponent(nextPath)}`, 303);
    try {
      return await sendToProvider(services, request, reply, {
        slug: slugOf(request),
        nextPath,
        session: null,
      });
    } catch (error) {
      return await tell(services, request, reply, error);
    }
  });

  app.get('/sign-in/oidc/:provider/callback/', proving, async (request, reply) => {
    const tenant = companyOfHost(request);
    const provider = await enabledProvider(services.db, tenant.id, slugOf(request));
    const secret = ownCookie(request, pendingCookie);
    try {
      const { member, nextPath, linked } = await finishAtProvider(services, {
        tenant,
        provider,
        redirectUri: callbackOf(request, provider.slug),
        answer: request.url.split('?', 2)[1] ?? '',
        secret,
        session: ownCookie(request, sessionCookie),
        actor: actorOf(request),
        from: pageOrigin(request),
      });
      clearOwnCookie(request, reply, pendingCookie);
      if (linked) return await reply.redirect(nextPath, 303);
      const proof = { member, methods: ['oidc'] as const, providerId: provider.id };
      return await openPageSession(services, request, reply, { proof, next: nextPath });
    } catch (error) {
      return await tell(services, request, reply, error);
    }
  });
}
