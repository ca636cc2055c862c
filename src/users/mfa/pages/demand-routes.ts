// The pages on which a company demands second factors, and resets one that was lost.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendPage, textParameter } from '#dashboard';
import { statusOf } from '#lib/http/send-problem';
import { Problem } from '#lib/problem';
import { inDirectory } from '#lib/tenant-tx';
import { sentText } from '../../pages/form-field.ts';
import type { PageServices } from '../../pages/page-parts.ts';
import { roles } from '../../roles.ts';
import { type SecondFactorDemand, secondFactorDemand, setSecondFactorDemand } from '../demands.ts';
import { membersFactors } from '../members-factors.ts';
import { resetFactorsOfMember } from '../reset-factors.ts';
import { demandPage } from './demand-page.ts';

const home = '/settings/sign-in/second-factor/';

/** What has just been done, by the name that the address carries. */
const news: Readonly<Record<string, string>> = {
  saved: 'It is saved, and holds from each member’s next sign-in.',
  reset: 'Their second factor is reset, and their sessions are ended.',
};

async function show(
  { db, contextOf }: PageServices,
  request: FastifyRequest,
  reply: FastifyReply,
  refusal?: Problem,
): Promise<FastifyReply> {
  const name = textParameter(request, 'done');
  const done = Object.hasOwn(news, name) && !refusal ? news[name] : undefined;
  const page = demandPage(contextOf(request), {
    demand: await secondFactorDemand(db, request.tenant.id),
    roles,
    members: await membersFactors(db, request.tenant.id),
    ...(refusal && { fault: refusal.detail }),
    ...(done && { done }),
  });
  return await sendPage(reply, page, refusal && statusOf(refusal));
}

function sentDemand(body: unknown): SecondFactorDemand {
  const of = sentText(body, 'of');
  const chosen = roles.filter((role) => sentText(body, `role-${role}`) === 'true');
  return { everybody: of === 'everybody', roles: of === 'nobody' ? [] : chosen };
}

/** /settings/sign-in/second-factor/ */
export function demandRoutes(app: FastifyInstance, services: PageServices): void {
  const { db } = services;
  app.get(home, { config: { permission: 'users.second_factor.view' } }, (request, reply) =>
    show(services, request, reply),
  );

  app.post(
    home,
    { config: { permission: 'users.second_factor.edit', stepUp: true } },
    async (request, reply) => {
      const demand = sentDemand(request.body);
      await inDirectory(
        db,
        (tx) => setSecondFactorDemand(tx, request.tenant.id, demand, roles),
        request.actor,
      );
      return await reply.redirect(`${home}?done=saved`, 303);
    },
  );

  const reset = { config: { permission: 'users.second_factor.reset', stepUp: true } } as const;
  app.post(`${home}reset/`, reset, async (request, reply) => {
    const userId = sentText(request.body, 'user_id');
    try {
      await inDirectory(db, (tx) => resetFactorsOfMember(tx, request.tenant.id, userId), request.actor);
      return await reply.redirect(`${home}?done=reset`, 303);
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== 'conflict') throw error;
      return await show(services, request, reply, error);
    }
  });
}
