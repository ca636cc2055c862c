// Forgets, in every company, the answers whose Idempotency-Keys have run out.
import type { Db } from '#lib/db';
import { purgeAnswers } from '#lib/idempotency';
import { inTenant, systemActor } from '#lib/tenant-tx';
import { listTenants } from '#tenancy';

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
