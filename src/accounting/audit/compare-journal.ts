// Compares the journal with the audit log: every posted entry stands there once, and exactly as it was posted.
import { sql } from 'kysely';
import type { TenantTx } from '#lib/tenant-tx';

type Difference = { place: string | null; name: string; fault: string };

/**
 * The first entry that is not in the log exactly once, or that differs from what was posted, in one sentence; null when
 * journal and log agree. Reads everything once; the memory is the database's.
 */
export async function compareJournal(tx: TenantTx): Promise<string | null> {
  const { rows } = await sql<Difference>`
    with logged as (
      select block_seq, nth, subject_id, content::jsonb -> 'after' as document,
        row_number() over (partition by subject_id order by block_seq, nth) as time
      from audit_rows where subject = 'journal_entry' and action = 'post'
    )
    select 'block ' || l.block_seq || ', row ' || l.nth as place,
      coalesce(d.document ->> 'number', l.document ->> 'number', l.subject_id, d.id::text) as name,
      case when l.subject_id is null then 'is in the journal and not in the audit log'
        when d.id is null then 'is in the audit log and no longer in the journal'
        when l.time > 1 then 'is in the audit log more than once'
        else 'differs in the journal from what was posted' end as fault
    from logged l full join entry_documents d on d.id::text = l.subject_id
    where l.subject_id is null or d.id is null or l.time > 1 or l.document is distinct from d.document
    order by l.block_seq nulls last, l.nth, name limit 1
  `.execute(tx.db);
  const [first] = rows;
  return first ? `${first.place ? `${first.place}: ` : ''}entry ${first.name} ${first.fault}` : null;
}
