// The steps of changing to another company's address, as src/users/company-switch.ts tells them.
import type { FastifyInstance } from 'fastify';
import { textParameter } from '#dashboard';
import { clearOwnCookie, ownCookie, setOwnCookie } from '#lib/http/own-cookie';
import { ownOrigin, reachedCompanyOrigin } from '#lib/http/own-origin';
import { Problem } from '#lib/problem';
import { askSwitch, grantSwitch, originOfSwitch, redeemSwitch, switchSecret } from '../company-switch.ts';
import { sentText } from './form-field.ts';
import type { PageServices } from './handed-to-pages.ts';
import { openPageSession } from './open-page-session.ts';
import { refuseConfined } from './refuse-confined.ts';
import { sendToCompany } from './send-away.ts';

const secretCookie = 'himalytix_switch';

const open = { config: { permission: 'public' } };
const signedIn = { config: { permission: 'signed-in' } };

/** POST /switch/, and the three redirects that follow it. */
export function switchRoutes(app: FastifyInstance, services: PageServices): void {
  const { db, config } = services;

  app.post('/switch/', signedIn, async (request, reply) => {
    refuseConfined(request);
    const { identity, actor, claimed } = request;
    if (!identity?.session || !claimed || request.headers['x-tenant'] !== undefined)
      throw new Problem('forbidden', 'users/switch-from', 'change the company from the page of one');
    // It is a company's, as the cookie came to no other host.
    const origin = ownOrigin(request);
    const slug = sentText(request.body, 'company');
    const wish = { sessionId: identity.session.id, userId: actor.userId ?? '', slug, origin };
    const wanted = await askSwitch(db, wish);
    const address = `${reachedCompanyOrigin(request, config, wanted.slug)}/switch/begin/?ask=${wanted.id}`;
    return await sendToCompany(reply, wanted.name, address);
  });

  app.get('/switch/begin/', open, async (request, reply) => {
    const ask = textParameter(request, 'ask');
    const origin = await originOfSwitch(db, ask, request.claimed?.id ?? '');
    const { secret, challenge } = switchSecret();
    setOwnCookie(request, reply, secretCookie, secret, 60);
    reply.header('cache-control', 'no-store');
    return await reply.redirect(`${origin}/switch/grant/?ask=${ask}&challenge=${challenge}`, 303);
  });

  app.get('/switch/grant/', signedIn, async (request, reply) => {
    refuseConfined(request);
    const [id, challenge] = [textParameter(request, 'ask'), textParameter(request, 'challenge')];
    const sessionId = request.identity?.session?.id ?? '';
    const { ticket, slug } = await grantSwitch(db, { id, sessionId, challenge });
    const address = `${reachedCompanyOrigin(request, config, slug)}/switch/finish/?ticket=${ticket}`;
    return await reply.header('cache-control', 'no-store').redirect(address, 303);
  });

  app.get('/switch/finish/', open, async (request, reply) => {
    const secret = ownCookie(request, secretCookie) ?? '';
    clearOwnCookie(request, reply, secretCookie);
    reply.header('cache-control', 'no-store');
    const input = { ticket: textParameter(request, 'ticket'), secret, tenantId: request.claimed?.id ?? '' };
    const { member, methods } = await redeemSwitch(db, input);
    return await openPageSession(services, request, reply, { proof: { member, methods } });
  });
}
