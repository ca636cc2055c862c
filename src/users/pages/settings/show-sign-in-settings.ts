// Shows what a company asks of signing in: of passwords and sessions, and of second factors.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendPage, textParameter } from '#dashboard';
import { statusOf } from '#lib/http/send-problem';
import type { Problem } from '#lib/problem';
import { inDirectory } from '#lib/tenant-tx';
import { listRoles } from '../../access/own-roles.ts';
import { secondFactorDemand } from '../../mfa/demands.ts';
import { membersFactors } from '../../mfa/members-factors.ts';
import type { DemandView } from '../../mfa/pages/demand-sections.ts';
import { signInPolicyOf } from '../../sign-in-policy.ts';
import type { PageServices } from '../handed-to-pages.ts';
import { type PolicyView, signInPolicyPage } from './sign-in-policy-page.ts';

/** What has just been done, by the name that the address carries. */
const news: Readonly<Record<string, string>> = {
  policy: 'The policy is saved.',
  'second-factor': 'It is saved, and holds from each member’s next sign-in.',
  reset: 'Their second factor is reset, and their sessions are ended.',
};

async function demandView(
  { db, permissions }: PageServices,
  { tenant }: FastifyRequest,
): Promise<DemandView> {
  return {
    demand: await secondFactorDemand(db, tenant.id),
    roles: await inDirectory(db, (tx) => listRoles(tx, tenant.id, permissions)),
    members: await membersFactors(db, tenant.id),
  };
}

/** The whole page; `refused` is a policy that was sent and is wrong, `refusal` what else was not done. */
export async function showSignInSettings(
  services: PageServices,
  request: FastifyRequest,
  reply: FastifyReply,
  { refused, refusal }: { refused?: Pick<PolicyView, 'policy' | 'keyed' | 'faults'>; refusal?: Problem } = {},
): Promise<FastifyReply> {
  const context = services.contextOf(request);
  const saved = textParameter(request, 'saved');
  const done = Object.hasOwn(news, saved) && !refused && !refusal ? news[saved] : undefined;
  const page = signInPolicyPage(context, {
    policy: await signInPolicyOf(services.db, request.tenant.id),
    ...refused,
    ...(done && { done }),
    ...(refusal && { fault: refusal.detail }),
    ...(context.may('users.second_factor.view') && { demand: await demandView(services, request) }),
  });
  return await sendPage(reply, page, refused ? 422 : refusal && statusOf(refusal));
}
