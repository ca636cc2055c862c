// The pages of members and roles under their addresses.
import formbody from '@fastify/formbody';
import type { FastifyInstance } from 'fastify';
import { memberPageRoutes } from './member-routes.ts';
import type { AccessParts } from './page-parts.ts';
import { rolePageRoutes } from './role-routes.ts';

/** A plugin of its own, so that only these pages read forms. */
export async function accessPageRoutes(app: FastifyInstance, parts: AccessParts): Promise<void> {
  await app.register(formbody);
  memberPageRoutes(app, parts);
  rolePageRoutes(app, parts);
}
