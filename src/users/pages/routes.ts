// Signing in and out by page: the cookie session begins and ends here.
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendPage, textParameter } from '#dashboard';
import { Problem } from '#lib/problem';
import { checkCredentials } from '../check-credentials.ts';
import { linkedRoutes } from '../oidc/pages/linked-routes.ts';
import { providerRoutes } from '../oidc/pages/provider-routes.ts';
import { providerSignInRoutes } from '../oidc/pages/sign-in-routes.ts';
import type { ProviderServices } from '../oidc/provider-sign-in.ts';
import { closeSession, sessionCookie } from '../sessions.ts';
import { apiKeyPageRoutes } from './api-key-routes.ts';
import { companyPage, leavingPage } from './company-page.ts';
import { cookieOptions, openSignIn } from './open-sign-in.ts';
import { safeNext } from './safe-next.ts';
import { sendSignInPage } from './send-sign-in-page.ts';

const open = { config: { permission: 'public' } };

/** GET and POST /sign-in/, POST /sign-out/, and the pages about providers. Requires @fastify/cookie on the app. */
export async function userPageRoutes(app: FastifyInstance, services: ProviderServices): Promise<void> {
  const { db } = services;
  await app.register(formbody);
  providerSignInRoutes(app, services);
  linkedRoutes(app, services);
  providerRoutes(app, services);
  apiKeyPageRoutes(app, { db });

  app.get('/sign-in/', open, async (request, reply) => {
    if (!request.claimed) return await askCompany(request, reply);
    const next = safeNext(textParameter(request, 'next'));
    return await sendSignInPage(services, request, reply, { next });
  });

  app.post('/sign-in/', open, async (request, reply) => {
    if (!request.claimed) return await askCompany(request, reply);
    const { email, password, next } = credentialsOf(request.body);
    try {
      const member = await checkCredentials(db, { email, password }, request.claimed.id);
      return await openSignIn(services, request, reply, { proof: { member, methods: ['pwd'] }, next });
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== 'unauthenticated') throw error;
      const told = { next: safeNext(next), email, fault: error.detail, status: 401 };
      return await sendSignInPage(services, request, reply, told);
    }
  });

  app.post('/sign-out/', { config: { permission: 'signed-in' } }, async (request, reply) => {
    const token = request.cookies[sessionCookie];
    if (token) await closeSession(db, token);
    reply.clearCookie(sessionCookie, cookieOptions(request));
    return await reply.redirect('/sign-in/', 303);
  });
}

// A redirect of a form to another host would break our own form-action policy; a refresh is no form's redirect.
async function askCompany(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const slug = textParameter(request, 'company').toLowerCase();
  const host = request.host.replace(/^127\.0\.0\.1|^\[::1\]/, 'localhost');
  if (slug === '') return await sendPage(reply, companyPage({ host, slug }));
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(slug)) {
    const fault = 'A company’s name in addresses has only letters a to z, digits and hyphens.';
    return await sendPage(reply, companyPage({ host, slug, fault }), 422);
  }
  const address = `${request.protocol}://${slug}.${host}/sign-in/`;
  reply.header('refresh', `0; url=${address}`);
  return await sendPage(reply, leavingPage(slug, address));
}

function credentialsOf(body: unknown): { email: string; password: string; next: string } {
  const sent = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const text = (name: string) => (typeof sent[name] === 'string' ? sent[name] : '');
  return { email: text('email').trim(), password: text('password'), next: text('next') };
}
