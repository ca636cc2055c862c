// Signing in and out by page: the cookie session begins and ends here.
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendPage, textParameter } from '#dashboard';
import type { Db } from '#lib/db';
import { Problem } from '#lib/problem';
import { closeSession, openSession, SESSION_SECONDS, sessionCookie } from '../sessions.ts';
import { checkCredentials } from '../sign-in.ts';
import { companyPage, leavingPage } from './company-page.ts';
import { safeNext } from './safe-next.ts';
import { signInPage } from './sign-in-page.ts';

const open = { config: { permission: 'public' } };

/** GET and POST /sign-in/, POST /sign-out/. Requires @fastify/cookie on the app. */
export async function userPageRoutes(app: FastifyInstance, { db }: { db: Db }): Promise<void> {
  await app.register(formbody);

  app.get('/sign-in/', open, async (request, reply) => {
    if (!request.claimed) return await askCompany(request, reply);
    const next = safeNext(textParameter(request, 'next'));
    return await sendPage(reply, signInPage({ company: request.claimed.name, next, email: '' }));
  });

  const proving = { config: { permission: 'public', rateLimit: 'sign-in' as const } };
  app.post('/sign-in/', proving, async (request, reply) => {
    if (!request.claimed) return await askCompany(request, reply);
    const { email, password, next } = credentialsOf(request.body);
    const company = request.claimed.name;
    try {
      const member = await checkCredentials(db, { email, password }, request.claimed.id);
      const token = await openSession(db, member, {
        ip: request.ip,
        userAgent: request.headers['user-agent'],
      });
      reply.setCookie(sessionCookie, token, { ...cookieOptions(request), maxAge: SESSION_SECONDS });
      return await reply.redirect(safeNext(next), 303);
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== 'unauthenticated') throw error;
      return await sendPage(
        reply,
        signInPage({ company, next: safeNext(next), email, fault: error.detail }),
        401,
      );
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

function cookieOptions(request: FastifyRequest) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: request.protocol === 'https' } as const;
}

function credentialsOf(body: unknown): { email: string; password: string; next: string } {
  const sent = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const text = (name: string) => (typeof sent[name] === 'string' ? sent[name] : '');
  return { email: text('email').trim(), password: text('password'), next: text('next') };
}
