// Signing in and out by page: the cookie session begins and ends here. The other pages of a person hang beside it.
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendPage, textParameter } from '#dashboard';
import { clearOwnCookie, ownCookie } from '#lib/http/own-cookie';
import { reachedCompanyOrigin } from '#lib/http/own-origin';
import { statusOf } from '#lib/http/send-problem';
import { Problem } from '#lib/problem';
import { checkCredentials } from '../check-credentials.ts';
import { confirmRoutes } from '../mfa/pages/confirm-routes.ts';
import { demandRoutes } from '../mfa/pages/demand-routes.ts';
import { secondFactorRoutes } from '../mfa/pages/second-factor-routes.ts';
import { securityRoutes } from '../mfa/pages/security-routes.ts';
import { linkedRoutes } from '../oidc/pages/linked-routes.ts';
import { providerRoutes } from '../oidc/pages/provider-routes.ts';
import { providerSignInRoutes } from '../oidc/pages/sign-in-routes.ts';
import { closeSession, sessionCookie } from '../sessions.ts';
import { accountRoutes } from './account/routes.ts';
import { apiKeyPageRoutes } from './api-key-routes.ts';
import { companyPage } from './company-page.ts';
import { sentText } from './form-field.ts';
import type { PageServices } from './handed-to-pages.ts';
import { invitationRoutes } from './invitation-routes.ts';
import { openPageSession } from './open-page-session.ts';
import { passwordResetRoutes } from './password-reset-routes.ts';
import { safeNext } from './safe-next.ts';
import { sendToCompany } from './send-away.ts';
import { sendSignInPage } from './send-sign-in-page.ts';
import { settingsRoutes } from './settings/routes.ts';
import { pageOrigin } from './sign-in-cookies.ts';
import { switchRoutes } from './switch-routes.ts';

const open = { config: { permission: 'public' } };
const proving = { config: { permission: 'public', rateLimit: 'sign-in' as const } };

/** /sign-in/, /sign-out/, /password-reset/, /invitation/, /switch/, /account/ and /settings/. Requires @fastify/cookie on the app. */
export async function userPageRoutes(app: FastifyInstance, services: PageServices): Promise<void> {
  const { db } = services;
  await app.register(formbody);
  apiKeyPageRoutes(app, { db });

  app.get('/sign-in/', open, async (request, reply) => {
    if (!request.claimed) return await askCompany(services, request, reply);
    const next = safeNext(textParameter(request, 'next'));
    const done = textParameter(request, 'done');
    return await sendSignInPage(services, request, reply, { next, done });
  });

  app.post('/sign-in/', proving, (request, reply) => signIn(services, request, reply));

  app.post('/sign-out/', { config: { permission: 'signed-in' } }, async (request, reply) => {
    const token = ownCookie(request, sessionCookie);
    if (token) await closeSession(db, token);
    clearOwnCookie(request, reply, sessionCookie);
    return await reply.redirect('/sign-in/', 303);
  });

  passwordResetRoutes(app, services);
  invitationRoutes(app, services);
  switchRoutes(app, services);
  accountRoutes(app, services);
  settingsRoutes(app, services);
  secondFactorRoutes(app, services);
  securityRoutes(app, services);
  confirmRoutes(app, services);
  demandRoutes(app, services);
  providerSignInRoutes(app, services);
  linkedRoutes(app, services);
  providerRoutes(app, services);
}

async function signIn(
  services: PageServices,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (!request.claimed) return await askCompany(services, request, reply);
  const { body, claimed } = request;
  const email = sentText(body, 'email').trim();
  const next = safeNext(sentText(body, 'next'));
  const from = pageOrigin(request);
  try {
    const credentials = { email, password: sentText(body, 'password') };
    const member = await checkCredentials(services.db, credentials, claimed.id, { door: 'page', from });
    return await openPageSession(services, request, reply, { proof: { member, methods: ['pwd'] }, next });
  } catch (error) {
    if (!(error instanceof Problem) || !['unauthenticated', 'too-many'].includes(error.kind)) throw error;
    if (error.retryAfter !== null) reply.header('Retry-After', String(error.retryAfter));
    const told = { next, email, fault: error.detail, status: statusOf(error) };
    return await sendSignInPage(services, request, reply, told);
  }
}

async function askCompany(
  { config }: PageServices,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const slug = textParameter(request, 'company').toLowerCase();
  const host = new URL(reachedCompanyOrigin(request, config, 'x')).host.slice(2);
  if (slug === '') return await sendPage(reply, companyPage({ host, slug }));
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(slug)) {
    const fault = 'A company’s name in addresses has only letters a to z, digits and hyphens.';
    return await sendPage(reply, companyPage({ host, slug, fault }), 422);
  }
  const address = `${reachedCompanyOrigin(request, config, slug)}/sign-in/`;
  return await sendToCompany(reply, slug, address);
}
