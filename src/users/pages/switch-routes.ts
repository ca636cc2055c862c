// The steps of changing to another company's address, as src/users/company-switch.ts tells them.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sendPage, textParameter } from '#dashboard';
import { Problem } from '#lib/problem';
import { askSwitch, grantSwitch, originOfSwitch, redeemSwitch, switchSecret } from '../company-switch.ts';
import { leavingPage } from './company-page.ts';
import { sentText } from './form-field.ts';
import type { PageServices } from './handed-to-pages.ts';
import { openPageSession } from './open-page-session.ts';
import { refuseConfined } from './refuse-confined.ts';
import { cookieOptions } from './sign-in-cookies.ts';

const secretCookie = 'himalytix_switch';

const open = { config: { permission: 'public' } };
const signedIn = { config: { permission: 'signed-in' } };

/** The origin of a company's pages as this browser reaches them: by its slug, at the port and protocol that it uses already. */
function originOf(request: FastifyRequest, baseDomain: string, slug: string): string {
  const port = /:\d+$/.exec(request.host)?.[0] ?? '';
  return `${request.protocol}://${slug}.${baseDomain}${port}`;
}

/** Where a session is that the guard let through: its host is a company's, as the cookie came to no other. */
const originHere = (request: FastifyRequest) => `${request.protocol}://${request.host}`;

/** POST /switch/, and the three redirects that follow it. */
export function switchRoutes(app: FastifyInstance, services: PageServices): void {
  const { db, config } = services;
  const cookieOf = (request: FastifyRequest) => ({ ...cookieOptions(request), path: '/switch/' });

  app.post('/switch/', signedIn, async (request, reply) => {
    refuseConfined(request);
    const { identity, actor, claimed } = request;
    if (!identity?.session || !claimed || request.headers['x-tenant'] !== undefined)
      throw new Problem('forbidden', 'users/switch-from', 'change the company from the page of one');
    const origin = originHere(request);
    const slug = sentText(request.body, 'company');
    const wish = { sessionId: identity.session.id, userId: actor.userId ?? '', slug, origin };
    const wanted = await askSwitch(db, wish);
    const address = `${originOf(request, config.baseDomain, wanted.slug)}/switch/begin/?ask=${wanted.id}`;
    // A refresh, as our own form-action policy lets no form lead to another host.
    reply.header('refresh', `0; url=${address}`);
    return await sendPage(reply, leavingPage(wanted.name, address));
  });

  app.get('/switch/begin/', open, async (request, reply) => {
    const ask = textParameter(request, 'ask');
    const origin = await originOfSwitch(db, ask, request.claimed?.id ?? '');
    const { secret, challenge } = switchSecret();
    reply
      .setCookie(secretCookie, secret, { ...cookieOf(request), maxAge: 60 })
      .header('cache-control', 'no-store');
    return await reply.redirect(`${origin}/switch/grant/?ask=${ask}&challenge=${challenge}`, 303);
  });

  app.get('/switch/grant/', signedIn, async (request, reply) => {
    refuseConfined(request);
    const [id, challenge] = [textParameter(request, 'ask'), textParameter(request, 'challenge')];
    const sessionId = request.identity?.session?.id ?? '';
    const { ticket, slug } = await grantSwitch(db, { id, sessionId, challenge });
    const address = `${originOf(request, config.baseDomain, slug)}/switch/finish/?ticket=${ticket}`;
    return await reply.header('cache-control', 'no-store').redirect(address, 303);
  });

  app.get('/switch/finish/', open, async (request, reply) => {
    const secret = request.cookies[secretCookie] ?? '';
    reply.clearCookie(secretCookie, cookieOf(request)).header('cache-control', 'no-store');
    const input = { ticket: textParameter(request, 'ticket'), secret, tenantId: request.claimed?.id ?? '' };
    const member = await redeemSwitch(db, input);
    return await openPageSession(services, request, reply, { proof: { member, methods: ['switch'] } });
  });
}
