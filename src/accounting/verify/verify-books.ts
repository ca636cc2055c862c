// Proves a company's books anew from its rows, for whoever does not take the database's word for it.
import type { TenantTx } from '#lib/tenant-tx';
import { answerChecks } from './answer-checks.ts';
import { auditChecks } from './audit-checks.ts';
import type { Check, Finding } from './check.ts';
import { journalChecks } from './journal-checks.ts';

/** All checks, in the order in which they are told. */
const bookChecks: readonly Check[] = [...journalChecks, ...answerChecks, ...auditChecks];

/** What became of one check. */
export type Verdict = Pick<Check, 'invariant' | 'claim' | 'of'> & Finding;

/** What becomes of each check, one after the other in the caller's transaction. */
export async function verdictsOf(tx: TenantTx, checks: readonly Check[]): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const { run, ...what } of checks) verdicts.push({ ...what, ...(await run(tx)) });
  return verdicts;
}

/**
 * Checks every invariant that can be seen in a company at rest, in the transaction of the caller, which should be a
 * snapshot. Nothing is written. A breach is told, not thrown.
 */
export async function verifyBooks(tx: TenantTx): Promise<Verdict[]> {
  const verdicts = await verdictsOf(tx, bookChecks);
  return verdicts.sort((a, b) => a.invariant.localeCompare(b.invariant, 'en', { numeric: true }));
}
