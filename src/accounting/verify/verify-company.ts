// Proves all that can be proved of one company: its books, what was answered about them, and the wall around it.
import type { TenantTx } from '#lib/tenant-tx';
import { acknowledgedChecks } from './acknowledged-checks.ts';
import { type Verdict, verdictsOf, verifyBooks } from './verify-books.ts';
import { wallChecks } from './wall-checks.ts';

/**
 * The verdicts of all checks, by invariant, in the caller's transaction, which should be a snapshot. Nothing is written; a
 * breach is told, not thrown.
 */
export async function verifyCompany(tx: TenantTx): Promise<Verdict[]> {
  const verdicts = [
    ...(await verifyBooks(tx)),
    ...(await verdictsOf(tx, [...acknowledgedChecks, ...wallChecks])),
  ];
  return verdicts.sort((a, b) => a.invariant.localeCompare(b.invariant, 'en', { numeric: true }));
}
