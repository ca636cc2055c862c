// Posts one batch of a stream of entries in a transaction of its own, whatever single entries do to it.
import type { Db } from '#lib/db';
import { problemOfDatabaseError } from '#lib/http/database-problem';
import { type Actor, inTenant, type Tenant } from '#lib/tenant-tx';
import { type BulkResult, bulkEntries, settleBulk } from './bulk-entries.ts';
import type { Received } from './bulk-received.ts';
import { isOfOneEntry } from './posting-queue.ts';

/** Where and for whom a stream posts. */
export type StreamTarget = { db: Db; tenant: Tenant; actor: Actor };

/**
 * Posts what can be posted; the results, in order, are told only after the commit. What fails the whole batch is found by
 * trying each of its entries alone. Throws what is no entry's fault, such as a database out of reach.
 */
export async function streamBatch(target: StreamTarget, batch: readonly Received[]): Promise<BulkResult[]> {
  const { db, tenant, actor } = target;
  try {
    return await settleBulk(tenant.id, () =>
      inTenant(db, tenant, actor, (tx) => bulkEntries(tx, batch, { atomic: false })),
    );
  } catch (error) {
    if (!(error instanceof Error && isOfOneEntry(error))) throw error;
    if (batch.length === 1) return [refusedBy(error)];
    const results: BulkResult[] = [];
    for (const each of batch) results.push(...(await streamBatch(target, [each])));
    return results;
  }
}

function refusedBy(error: Error): BulkResult {
  const problem = problemOfDatabaseError(error);
  if (problem && problem.kind !== 'invalid' && problem.kind !== 'conflict') throw error;
  const { code, detail } = problem ?? { code: 'internal/error', detail: 'the entry cannot be stored' };
  return {
    status: 'refused',
    errors: problem?.errors.length ? problem.errors : [{ pointer: '', code, detail }],
  };
}
