// What is sent from the part of the sign-in settings that concerns second factors: who must have one, and whose is reset.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '#lib/problem';
import { inDirectory } from '#lib/tenant-tx';
import { listRoles } from '../../access/own-roles.ts';
import { sentText } from '../../pages/form-field.ts';
import type { PageServices } from '../../pages/handed-to-pages.ts';
import { showSignInSettings } from '../../pages/settings/show-sign-in-settings.ts';
import { type SecondFactorDemand, setSecondFactorDemand } from '../demands.ts';
import { resetFactorsOfMember } from '../reset-factors.ts';

const home = '/settings/sign-in/';

function sentDemand(body: unknown, roles: readonly string[]): SecondFactorDemand {
  const of = sentText(body, 'of');
  const chosen = roles.filter((role) => sentText(body, `role-${role}`) === 'true');
  return { everybody: of === 'everybody', roles: of === 'nobody' ? [] : chosen };
}

/** POST /settings/sign-in/second-factor/ and …/reset/; the page itself is /settings/sign-in/. */
export function demandRoutes(app: FastifyInstance, services: PageServices): void {
  const { db, permissions } = services;
  const edit = { config: { permission: 'users.second_factor.edit', stepUp: true } } as const;
  app.post(`${home}second-factor/`, edit, async (request: FastifyRequest, reply) => {
    const { tenant, actor, body } = request;
    await inDirectory(
      db,
      async (tx) => {
        const roles = (await listRoles(tx, tenant.id, permissions)).map(({ key }) => key);
        await setSecondFactorDemand(tx, tenant.id, sentDemand(body, roles), roles);
      },
      actor,
    );
    return await reply.redirect(`${home}?saved=second-factor`, 303);
  });

  const reset = { config: { permission: 'users.second_factor.reset', stepUp: true } } as const;
  app.post(`${home}second-factor/reset/`, reset, async (request, reply) => {
    const userId = sentText(request.body, 'user_id');
    try {
      await inDirectory(db, (tx) => resetFactorsOfMember(tx, request.tenant.id, userId), request.actor);
      return await reply.redirect(`${home}?saved=reset`, 303);
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== 'conflict') throw error;
      return await showSignInSettings(services, request, reply, { refusal: error });
    }
  });
}
