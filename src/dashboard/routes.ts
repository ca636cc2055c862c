// The dashboard's own page: it renders the panels that app.ts has collected from the rooms.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { today } from '#lib/dates';
import type { Db } from '#lib/db';
import { inTenant } from '#lib/tenant-tx';
import { dashboardPage, type RenderedPanel } from './dashboard-page.ts';
import { type ContextOf, sendPage } from './page-answer.ts';
import type { PageContext } from './page-context.ts';
import type { Panel } from './panel.ts';

type DashboardParts = { db: Db; contextOf: ContextOf; panels: readonly Panel[] };

/** GET /: the panels that the reader may see, all from one snapshot of the books. */
export function dashboardRoutes(app: FastifyInstance, { db, contextOf, panels }: DashboardParts): void {
  const render = async (
    request: FastifyRequest,
    context: PageContext,
    day: string,
  ): Promise<RenderedPanel[]> => {
    const visible = panels.filter((panel) => panel.permission === undefined || context.may(panel.permission));
    const work = async (tx: Parameters<Panel['render']>[0]['tx']) => {
      const rendered: RenderedPanel[] = [];
      for (const panel of visible)
        rendered.push({ ...panel, content: await panel.render({ tx, today: day }) });
      return rendered;
    };
    return await inTenant(db, request.tenant, request.actor, work, { snapshot: true });
  };

  app.get('/', { config: { permission: 'dashboard.view' } }, async (request, reply) => {
    const context = contextOf(request);
    const day = today(request.tenant.timeZone);
    return await sendPage(reply, dashboardPage(context, await render(request, context, day), day));
  });
}
