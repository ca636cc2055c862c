// Who must have a second factor in a company, and resetting one that was lost, over the API.
import { Type } from 'typebox';
import { inDirectory } from '#lib/tenant-tx';
import { listRoles, resetFactorsOfMember, secondFactorDemand, setSecondFactorDemand } from '#users';
import type { ApiServer, Services } from './context.ts';
import { Id, problems, strictObject } from './schemas.ts';

const DemandFields = {
  everybody: Type.Boolean({ description: 'Every member must have one.' }),
  roles: Type.Array(Type.String({ maxLength: 100 }), {
    maxItems: 100,
    uniqueItems: true,
    description: 'Members with one of these roles, built in or the company’s own, must have one.',
  }),
};

function demandRoutes(app: ApiServer, { db, permissions }: Services): void {
  app.get('/sign-in-policy/second-factor/', {
    config: { permission: 'users.second_factor.view' },
    schema: {
      tags: ['users'],
      summary: 'Who must have a second factor',
      querystring: strictObject({}),
      response: { 200: Type.Object(DemandFields), ...problems(401, 403, 422) },
    },
    handler: ({ tenant }) => secondFactorDemand(db, tenant.id),
  });

  app.put('/sign-in-policy/second-factor/', {
    config: { permission: 'users.second_factor.edit', stepUp: true },
    schema: {
      tags: ['users'],
      summary: 'Say who must have a second factor',
      description:
        'It holds from each member’s next sign-in: who has none sets one up before anything else opens.',
      body: strictObject(DemandFields),
      response: { 200: Type.Object(DemandFields), ...problems(401, 403, 415, 422) },
    },
    handler: ({ tenant, actor, body }) =>
      inDirectory(
        db,
        async (tx) => {
          const roles = await listRoles(tx, tenant.id, permissions);
          const known = roles.map(({ key }) => key);
          return await setSecondFactorDemand(tx, tenant.id, body, known);
        },
        actor,
      ),
  });
}

function resetRoute(app: ApiServer, { db }: Services): void {
  app.delete('/members/:id/second-factors/', {
    config: { permission: 'users.second_factor.reset', stepUp: true },
    schema: {
      tags: ['users'],
      summary: 'Reset a member’s second factors',
      description:
        'For who has lost app, passkeys and recovery codes: their sign-ins end, and the password lets them in until they set up another factor. Who belongs to other companies, too, is for the operator.',
      params: strictObject({ id: Id }),
      response: { 204: Type.Null(), ...problems(401, 403, 404, 409, 422) },
    },
    handler: async ({ tenant, actor, params }, reply) => {
      await inDirectory(db, (tx) => resetFactorsOfMember(tx, tenant.id, params.id), actor);
      return await reply.code(204).send(null);
    },
  });
}

/** /sign-in-policy/second-factor/ and DELETE /members/{id}/second-factors/. */
export function secondFactorRoutes(app: ApiServer, services: Services): void {
  demandRoutes(app, services);
  resetRoute(app, services);
}
