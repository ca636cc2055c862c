// Duties that are kept apart, over the API: the rules, and who could do both of two things.
import { type CouldDoBoth, type Duties, readDuties, setDuties, whoCouldDoBoth } from '#accounting';
import { type Fault, invalid } from '#lib/problem';
import type { CompanyMember } from '#users';
import { BothQuery, BothSchema, DutiesBody, DutiesSchema } from './access-schemas.ts';
import type { ApiServer, Services } from './context.ts';
import { administrationOf } from './members.ts';
import { problems, strictObject } from './schemas.ts';

const tags = ['members and roles'];

const personOf = ({ userId: id, email, name, role }: CompanyMember) => ({ id, email, name, role });

const documentOf = ({
  could_do_both,
  permissions_apart,
  ...rules
}: Duties & { could_do_both: CouldDoBoth[] }) => ({
  ...rules,
  permissions_apart: permissions_apart.map((pair) => [...pair]),
  could_do_both: could_do_both.map(({ rule, permissions, people }) => ({
    rule,
    permissions: [...permissions],
    people: people.map(personOf),
  })),
});

function bothRoute(app: ApiServer, { db, permissions }: Services): void {
  app.get('/duties/both/', {
    config: { permission: 'users.duty.view' },
    schema: {
      tags,
      summary: 'Who holds both of two permissions',
      querystring: BothQuery,
      response: { 200: BothSchema, ...problems(401, 403, 422) },
    },
    handler: async ({ tenant, query: { one, other } }) => {
      const faults = Object.entries({ one, other }).flatMap(([name, asked]): Fault[] => {
        if (permissions.some((each) => each.name === asked)) return [];
        const detail = `there is no permission ${asked}`;
        return [{ pointer: `/query/${name}`, code: 'users/invalid', detail }];
      });
      if (faults.length > 0) throw invalid(faults);
      return { people: (await whoCouldDoBoth(db, tenant, [one, other])).map(personOf) };
    },
  });
}

/** /duties/ and /duties/both/. */
export function dutyRoutes(app: ApiServer, services: Services): void {
  const { db } = services;
  app.get('/duties/', {
    config: { permission: 'users.duty.view' },
    schema: {
      tags,
      summary: 'What is kept apart, what needs an approval, and who could do both',
      querystring: strictObject({}),
      response: { 200: DutiesSchema, ...problems(401, 403) },
    },
    handler: async ({ tenant, actor }) => documentOf(await readDuties(db, tenant, actor)),
  });
  app.put('/duties/', {
    config: { permission: 'users.duty.manage' },
    schema: {
      tags,
      summary: 'Replace the rules',
      description: `\`approve_above\`: entries of a greater total are approved as drafts before they are posted, and not by whoever keyed
them. \`acts_apart\`: acts on one entry that are two people’s. \`permissions_apart\`: pairs of permissions that are given to nobody
together, but that an owner has.`,
      body: DutiesBody,
      response: { 200: DutiesSchema, ...problems(401, 403, 415, 422) },
    },
    handler: async (request) => {
      const { tenant, actor, body } = request;
      const pairs = body.permissions_apart.map(([one = '', other = '']) => [one, other] as const);
      const administration = await administrationOf(services, request);
      await setDuties(db, { tenant, actor }, { ...body, permissions_apart: pairs }, administration);
      return documentOf(await readDuties(db, tenant, actor));
    },
  });
  bothRoute(app, services);
}
