// The pages of the books under their addresses.
import formbody from '@fastify/formbody';
import type { FastifyInstance } from 'fastify';
import type { ContextOf } from '#dashboard';
import type { Permission } from '#lib/access';
import type { Db } from '#lib/db';
import { inTenant } from '#lib/tenant-tx';
import { accountRoutes } from './account-routes.ts';
import { approvalRoutes } from './approval-routes.ts';
import { dutyPageRoutes } from './duties-routes.ts';
import { entryRoutes } from './entry-routes.ts';
import { gridRoutes } from './grid-routes.ts';
import type { PageParts } from './page-parts.ts';
import { reportRoutes } from './report-routes.ts';

/** A plugin of its own, so that only these pages read forms; the API never does. */
export async function accountingPageRoutes(
  app: FastifyInstance,
  { db, contextOf, permissions }: { db: Db; contextOf: ContextOf; permissions: readonly Permission[] },
): Promise<void> {
  await app.register(formbody);
  const parts: PageParts = {
    db,
    contextOf,
    read: (request, work) => inTenant(db, request.tenant, request.actor, work, { snapshot: true }),
    write: (request, work) => inTenant(db, request.tenant, request.actor, work),
  };
  accountRoutes(app, parts);
  entryRoutes(app, parts);
  approvalRoutes(app, parts);
  gridRoutes(app, parts);
  reportRoutes(app, parts);
  dutyPageRoutes(app, { ...parts, permissions });
}
