// Forgets once a day, in every company, the answers whose Idempotency-Keys have run out.
import type { Db } from '#lib/db';
import { purgeAnswers } from '#lib/idempotency';
import { inTenant, systemActor } from '#lib/tenant-tx';
import { listTenants } from '#tenancy';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Purges the active companies one after the other; `onError` is told of each that failed, and the others go on. */
export async function purgeAll(
  db: Db,
  onError: (error: unknown, company: string) => void,
  stopped = () => false,
): Promise<number> {
  let purged = 0;
  for (const tenant of await listTenants(db)) {
    if (stopped()) break;
    if (tenant.status !== 'active') continue;
    await inTenant(db, tenant, systemActor, purgeAnswers).then(
      (count) => {
        purged += count;
      },
      (error: unknown) => onError(error, tenant.slug),
    );
  }
  return purged;
}

/**
 * Purges a minute from now and then every day, without keeping the process alive. The returned function stops that and
 * waits for the purge that is under way.
 */
export function purgeDaily(db: Db, onError: (error: unknown, company: string) => void): () => Promise<void> {
  let stopped = false;
  let running: Promise<unknown> = Promise.resolve();
  const run = () => {
    running = purgeAll(db, onError, () => stopped).catch((error: unknown) => onError(error, 'all'));
  };
  const timers = [setTimeout(run, MINUTE_MS).unref(), setInterval(run, DAY_MS).unref()];
  return async () => {
    stopped = true;
    for (const timer of timers) clearTimeout(timer);
    await running;
  };
}
