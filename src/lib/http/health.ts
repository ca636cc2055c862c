// Tells an operator's probe whether the process lives and whether it can do its work.
import type { FastifyInstance } from 'fastify';
import type { Db } from '#lib/db';

const open = { config: { permission: 'public', tenant: 'none' as const, rateLimit: 'none' as const } };

/** GET /health/live: the process answers. GET /health/ready: the database answers too, else 503. */
export function registerHealth(app: FastifyInstance, db: Db): void {
  app.get('/health/live', open, () => ({ status: 'live' }));
  app.get('/health/ready', open, async () => {
    await db.pool.query('select 1');
    return { status: 'ready' };
  });
}
