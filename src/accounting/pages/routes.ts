// The pages of the books under their addresses.
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ContextOf } from '#dashboard';
import type { Db } from '#lib/db';
import { inTenant, type TenantTx } from '#lib/tenant-tx';
import { accountRoutes } from './account-routes.ts';
import { entryRoutes } from './entry-routes.ts';
import { gridRoutes } from './grid-routes.ts';
import { reportRoutes } from './report-routes.ts';

/** What the routes share: who reads, and the company's transaction; `read` sees one snapshot of the books. */
export type PageParts = {
  db: Db;
  contextOf: ContextOf;
  read: <T>(request: FastifyRequest, work: (tx: TenantTx) => Promise<T>) => Promise<T>;
  write: <T>(request: FastifyRequest, work: (tx: TenantTx) => Promise<T>) => Promise<T>;
};

/** A plugin of its own, so that only these pages read forms; the API never does. */
export async function accountingPageRoutes(
  app: FastifyInstance,
  { db, contextOf }: { db: Db; contextOf: ContextOf },
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
  gridRoutes(app, parts);
  reportRoutes(app, parts);
}
