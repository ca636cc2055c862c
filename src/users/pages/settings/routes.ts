// The pages of a company's settings that concern its people: the sign-in policy and invitations.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pageParameter, sendPage, textParameter } from '#dashboard';
import { pageNumber } from '#lib/lists/part';
import { inDirectory } from '#lib/tenant-tx';
import { invitationsOf, inviteMember, revokeInvitation, rolesToGive } from '../../invitations.ts';
import { setSignInPolicy, signInPolicyOf } from '../../sign-in-policy.ts';
import { faultsOfForm, sentText } from '../form-field.ts';
import type { PageServices } from '../handed-to-pages.ts';
import { INVITATIONS_A_PAGE, type InvitationsView, invitationsPage } from './invitations-page.ts';
import { signInPolicyPage } from './sign-in-policy-page.ts';

const needs = (permission: string) => ({ config: { permission } });

/** A whole number as it was keyed; NaN for anything else, which the policy refuses. */
const wholeNumber = (text: string) => (/^\d{1,6}$/.test(text.trim()) ? Number(text) : Number.NaN);

function policyRoutes(app: FastifyInstance, { db, contextOf }: PageServices): void {
  app.get('/settings/sign-in/', needs('users.sign_in_policy.view'), async (request, reply) => {
    const policy = await signInPolicyOf(db, request.tenant.id);
    const saved = textParameter(request, 'saved') === '1';
    return await sendPage(reply, signInPolicyPage(contextOf(request), { policy, saved }));
  });

  app.post('/settings/sign-in/', needs('users.sign_in_policy.edit'), async (request, reply) => {
    const names = [
      'password_min_length',
      'password_kinds',
      'password_refuse_common',
      'session_idle_minutes',
      'session_hours',
    ];
    const keyed = Object.fromEntries(names.map((name) => [name, sentText(request.body, name)]));
    const figure = (name: string) => wholeNumber(keyed[name] ?? '');
    const policy = {
      minLength: figure('password_min_length'),
      kinds: figure('password_kinds'),
      refuseCommon: keyed.password_refuse_common === 'true',
      idleMinutes: figure('session_idle_minutes'),
      sessionHours: figure('session_hours'),
    };
    try {
      await inDirectory(db, (tx) => setSignInPolicy(tx, request.tenant.id, policy), request.actor);
    } catch (error) {
      const faults = faultsOfForm(error);
      return await sendPage(reply, signInPolicyPage(contextOf(request), { policy, keyed, faults }), 422);
    }
    return await reply.redirect('/settings/sign-in/?saved=1', 303);
  });
}

function invitationRoutes(app: FastifyInstance, services: PageServices): void {
  const { db, contextOf } = services;
  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    more: Pick<InvitationsView, 'keyed' | 'faults' | 'sentTo'> = {},
  ) => {
    const page = pageParameter(request);
    const { tenant, actor } = request;
    const asked = pageNumber(page, INVITATIONS_A_PAGE);
    const { results, count } = await invitationsOf(db, tenant.id, asked);
    const roles = await inDirectory(db, (tx) => rolesToGive(tx, tenant.id, actor, services.permissions));
    const status = more.faults === undefined ? 200 : 422;
    return await sendPage(
      reply,
      invitationsPage(contextOf(request), { page, roles, results, count: count ?? 0, ...more }),
      status,
    );
  };

  app.get('/settings/invitations/', needs('users.invitation.view'), (request, reply) => {
    const sentTo = textParameter(request, 'sent');
    return show(request, reply, sentTo === '' ? {} : { sentTo });
  });

  app.post('/settings/invitations/', needs('users.member.invite'), async (request, reply) => {
    const keyed = { email: sentText(request.body, 'email').trim(), role: sentText(request.body, 'role') };
    const { tenant, actor } = request;
    try {
      await inDirectory(
        db,
        (tx) => inviteMember(tx, services, { tenant, actor, declared: services.permissions }, keyed),
        actor,
      );
    } catch (error) {
      return await show(request, reply, { keyed, faults: faultsOfForm(error) });
    }
    return await reply.redirect(`/settings/invitations/?sent=${encodeURIComponent(keyed.email)}`, 303);
  });

  app.post('/settings/invitations/revoke/', needs('users.member.invite'), async (request, reply) => {
    const id = sentText(request.body, 'id');
    await inDirectory(db, (tx) => revokeInvitation(tx, request.tenant.id, id), request.actor);
    return await reply.redirect('/settings/invitations/', 303);
  });
}

/** GET and POST of /settings/sign-in/ and /settings/invitations/. */
export function settingsRoutes(app: FastifyInstance, services: PageServices): void {
  policyRoutes(app, services);
  invitationRoutes(app, services);
}
