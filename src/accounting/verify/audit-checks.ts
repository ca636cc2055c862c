// The claims of I6 and I7: the journal stands in the audit log entry by entry, and the log's chain holds.
import { sql } from 'kysely';
import { readChain } from '#lib/audit/read-chain';
import { verifyChain } from '#lib/audit/verify-chain';
import type { TenantTx } from '#lib/tenant-tx';
import { compareJournal } from '../audit/compare-journal.ts';
import { type Check, checkBy, type Finding } from './check.ts';

/** A fault told in a sentence is one breach, at the place that the sentence names; what comes after it is not looked at. */
const findingOf = (checked: number, fault: string | null): Finding => ({
  checked,
  breaches: fault === null ? 0 : 1,
  ids: fault === null ? [] : [fault],
});

async function journalInLog(tx: TenantTx): Promise<Finding> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from journal_entries`.execute(tx.db);
  return findingOf(rows[0]?.n ?? 0, await compareJournal(tx));
}

async function chainHolds(tx: TenantTx): Promise<Finding> {
  const { blocks, fault } = await verifyChain(readChain(tx), { noted: null });
  return findingOf(blocks, fault);
}

export const auditChecks: readonly Check[] = [
  {
    invariant: 'I6',
    claim: 'every entry stands in the audit log once, as it was posted',
    of: 'entries',
    run: journalInLog,
  },
  checkBy({
    invariant: 'I6',
    claim: 'every entry stands in the outbox once',
    of: 'entries',
    all: 'select from journal_entries',
    wrong: `select coalesce(e.id, o.id) as id from journal_entries e
      full join (select id from outbox_of_company() where topic = 'journal_entry.posted') o on o.id = e.id
      where e.id is null or o.id is null`,
  }),
  { invariant: 'I7', claim: 'the audit log’s chain holds', of: 'blocks', run: chainHolds },
];
