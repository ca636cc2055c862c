// Accepting an invitation by page. Looking at it changes nothing; only the POST uses the link up.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendPage, textParameter } from '#dashboard';
import { html } from '#lib/html';
import type { Fault } from '#lib/problem';
import { acceptInvitation, openInvitation } from '../accept-invitation.ts';
import { policyOfPerson } from '../sign-in-policy.ts';
import { faultsAt, faultsOfForm, sentText } from './form-field.ts';
import type { PageServices } from './handed-to-pages.ts';
import { invitationPage } from './invitation-page.ts';
import { openPageSession } from './open-page-session.ts';
import { passwordHint } from './password-hint.ts';
import { deadLinkPage } from './password-reset-pages.ts';
import { plainAddress } from './sign-in-cookies.ts';

const open = { config: { permission: 'public' } };
const proving = { config: { permission: 'public', rateLimit: 'sign-in' as const } };

/** GET and POST /invitation/. */
export function invitationRoutes(app: FastifyInstance, services: PageServices): void {
  const { db } = services;

  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    sent: { token: string; name: string; faults?: Fault[] },
  ) => {
    const { token, name, faults = [] } = sent;
    const invitation = await openInvitation(db, token, request.claimed?.id ?? null);
    if (!invitation || faultsAt(faults, 'token').length > 0) {
      const remedy = html`Ask for another invitation, or <a href="/sign-in/">sign in</a> if you have accepted it.`;
      return await sendPage(reply, deadLinkPage('This invitation is not open', remedy), 422);
    }
    const hint = passwordHint(
      await policyOfPerson({ db: db.kysely }, invitation.userId, invitation.tenantId),
    );
    const page = invitationPage({ invitation, token, name, hint, faults });
    return await sendPage(reply, page, faults.length > 0 ? 422 : 200);
  };

  app.get('/invitation/', open, (request, reply) =>
    show(request, reply, { token: textParameter(request, 'token'), name: '' }),
  );

  app.post('/invitation/', proving, async (request, reply) => {
    const [token, name, password] = ['token', 'name', 'password'].map((field) =>
      sentText(request.body, field),
    ) as [string, string, string];
    const tenantId = request.claimed?.id ?? null;
    const input = {
      token,
      tenantId,
      account: { name, password },
      requestId: request.id,
      ip: plainAddress(request.ip),
    };
    const accepted = await acceptInvitation(db, input).catch((error: unknown) => faultsOfForm(error));
    if (Array.isArray(accepted)) return await show(request, reply, { token, name, faults: accepted });
    // A mailbox alone opens no account that had a password before; and a session belongs to its company's own host.
    if (!accepted.isNew || request.claimed === null)
      return await reply.redirect('/sign-in/?done=invitation', 303);
    const proof = { member: accepted.member, methods: ['mail', 'pwd'] as const };
    return await openPageSession(services, request, reply, { proof });
  });
}
