// The address of the duties: what is kept apart, and who could do both.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { asSentence, notice, sendPage, textParameter } from '#dashboard';
import type { Permission } from '#lib/access';
import { type Html, html } from '#lib/html';
import { statusOf } from '#lib/http/send-problem';
import type { PermissionPair } from '#users';
import { actPairs } from '../duties/duty-rules.ts';
import { type Duties, readDuties, setDuties, whoCouldDoBoth } from '../duties/keep-duties.ts';
import { dutiesPage } from './duties-page.ts';
import { faultsOf, isShown } from './entry-routes.ts';
import type { PageParts } from './page-parts.ts';

const path = '/settings/duties/';

type DutyParts = PageParts & { permissions: readonly Permission[] };

/** GET and POST /settings/duties/; `?one=…&other=…` asks who holds both. */
export function dutyPageRoutes(app: FastifyInstance, parts: DutyParts): void {
  app.get(path, { config: { permission: 'users.duty.view' } }, (request, reply) =>
    showDuties(parts, request, reply),
  );

  app.post(path, { config: { permission: 'users.duty.manage' } }, async (request, reply) => {
    const { tenant, actor, body } = request;
    const duties = dutiesOf(body);
    const by = actor.userId ?? '';
    const place = { tenantId: tenant.id, scale: tenant.currencyScale, by, branches: [] };
    try {
      await setDuties(parts.db, { tenant, actor }, duties, { ...place, declared: parts.permissions });
    } catch (error) {
      if (!isShown(error)) throw error;
      const words = faultsOf(error).map(({ detail }) => html`<li>${asSentence(detail)}</li>`);
      const told = notice('danger', html`<ul>${words}</ul>`);
      return await showDuties(parts, request, reply, { duties, told }, statusOf(error));
    }
    return await reply.redirect(path, 303);
  });
}

const valuesOf = (body: unknown, name: string): string[] => {
  const sent =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  return [sent].flat().filter((value): value is string => typeof value === 'string');
};

/** What the form asks for; a pair that is left blank on both sides is none. */
function dutiesOf(body: unknown): Duties {
  const [ones, others] = [valuesOf(body, 'one'), valuesOf(body, 'other')];
  const pairs = ones.map((one, place): PermissionPair => [one, others[place] ?? '']);
  const acts = valuesOf(body, 'acts_apart');
  return {
    approve_above: (valuesOf(body, 'approve_above')[0] ?? '').trim().replaceAll(',', '') || null,
    acts_apart: actPairs.filter((pair) => acts.includes(pair)),
    permissions_apart: pairs.filter(([one, other]) => one !== '' || other !== ''),
  };
}

async function showDuties(
  { db, contextOf, permissions }: DutyParts,
  request: FastifyRequest,
  reply: FastifyReply,
  refused: { duties?: Duties; told?: Html } = {},
  status = 200,
): Promise<FastifyReply> {
  const { tenant, actor } = request;
  const { could_do_both, ...stored } = await readDuties(db, tenant, actor);
  const pair = [textParameter(request, 'one'), textParameter(request, 'other')] as const;
  const known = pair.every((name) => permissions.some((each) => each.name === name));
  const asked = known ? { pair, people: await whoCouldDoBoth(db, tenant, pair) } : null;
  const view = { duties: stored, conflicts: could_do_both, permissions, asked, ...refused };
  return await sendPage(reply, dutiesPage(contextOf(request), view), status);
}
