// Reverses earlier revaluations whose day has come, without which a later one would count their differences twice.
import { sql } from 'kysely';
import type { Fault } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import type { EntryLink } from '../journal/entry.ts';
import { reverseEntry } from '../journal/reverse-entry.ts';
import { revaluationSource } from './open-balances.ts';

/** An entry of the revaluation; `reversed_by` is null while its reversal waits for its day, or when it stays. */
export type RevaluationEntry = EntryLink & { reverse_on: string | null; reversed_by: EntryLink | null };

/** An earlier revaluation whose reversal is due; `open` tells whether it can be posted on its day. */
export type Due = { id: string; number: string; reverse_on: string; open: boolean };

/** Earlier revaluations whose reversal is due on an ISO date or before and not posted, the oldest first. */
export async function dueReversals(tx: TenantTx, on: string): Promise<Due[]> {
  const { rows } = await sql<Due>`
    select e.id, e.number, s.reverse_on, exists (
        select from periods p join fiscal_years y on y.id = p.fiscal_year_id
        where s.reverse_on between p.starts_on and p.ends_on and p.status = 'open' and y.status = 'open') as open
    from scheduled_reversals s join journal_entries e on e.id = s.entry_id and e.source = ${revaluationSource}
    where s.reverse_on <= ${on}::date and not exists (select from journal_entries r where r.reverses_id = e.id)
    order by s.reverse_on, e.sequence
  `.execute(tx.db);
  return rows;
}

/** Posts the reversals that are due; a dry run only names what they reverse. */
export async function settle(
  tx: TenantTx,
  due: readonly Due[],
  dryRun: boolean,
): Promise<RevaluationEntry[]> {
  const settled: RevaluationEntry[] = [];
  for (const { id, number, reverse_on } of due) {
    const reversal = dryRun ? null : await reverseEntry(tx, id, { entry_date: reverse_on });
    settled.push({
      id,
      number,
      reverse_on,
      reversed_by: reversal && { id: reversal.id, number: reversal.number },
    });
  }
  return settled;
}

/** A fault for each reversal whose day is not open. */
export function dueFaults(due: readonly Due[]): Fault[] {
  return due.flatMap(({ number, reverse_on, open }) => {
    if (open) return [];
    const detail = `${number} was to be reversed on ${reverse_on}, which is not open; reverse it on a day that is`;
    return [{ pointer: '/on', code: 'accounting/revaluation-not-reversed', detail }];
  });
}

/** Whether an ISO date lies in a period, and a year, that is open. */
export async function isOpen(tx: TenantTx, day: string): Promise<boolean> {
  const { rows } = await sql`
    select from periods p join fiscal_years y on y.id = p.fiscal_year_id
    where ${day}::date between p.starts_on and p.ends_on and p.status = 'open' and y.status = 'open'
  `.execute(tx.db);
  return rows.length > 0;
}
