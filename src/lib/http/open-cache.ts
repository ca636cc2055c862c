// Opens what a web process remembers of the shared tables, for as long as it serves.
import type { FastifyInstance } from 'fastify';
import { Cache } from '#lib/cache';
import type { Db } from '#lib/db';
import { hearChanges } from '#lib/hear-changes';

/** What answers the guard's lookups, told of every change by this process and, through the database, by any other. */
export function openCache(app: FastifyInstance, db: Db): Cache {
  const cache = new Cache();
  const forget = () => cache.forget();
  const listening = (does: boolean) => {
    cache.isTold = does;
    cache.forget();
  };
  db.onChange.add(forget);
  let stop = async () => {};
  app.addHook('onReady', async () => {
    stop = hearChanges(db, { heard: forget, listening });
  });
  app.addHook('onClose', async () => {
    db.onChange.delete(forget);
    await stop();
  });
  return cache;
}
