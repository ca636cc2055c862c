// Corrects a posted entry the only way there is: by its mirror image, linked to it.
import { invalid, notFound, Problem } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import type { EntryResult } from './entry.ts';
import { postEntries } from './post-entries.ts';

/** Cut by characters, not by UTF-16 units, of which half a pair cannot be stored. */
const memoOf = (entry: { number: string; memo: string }) =>
  [...`Reversal of ${entry.number}: ${entry.memo}`].slice(0, 1000).join('');

/**
 * Posts the reversal of an entry: the same lines with sides swapped, on its own date (default: the entry's). An entry is
 * reversed at most once. Throws not-found, a conflict for a draft or a second reversal, or an invalid Problem.
 */
export async function reverseEntry(
  tx: TenantTx,
  id: string,
  options: { entry_date?: string; memo?: string } = {},
): Promise<Extract<EntryResult, { posted: true }>> {
  const entry = await tx.db.selectFrom('journal_entries').selectAll().where('id', '=', id).executeTakeFirst();
  if (!entry) {
    const draft = await tx.db
      .selectFrom('journal_drafts')
      .select('id')
      .where('id', '=', id)
      .executeTakeFirst();
    if (!draft) throw notFound('entry');
    throw new Problem('conflict', 'accounting/is-a-draft', 'a draft is edited or deleted, not reversed');
  }
  const lines = await tx.db
    .selectFrom('journal_lines')
    .innerJoin('accounts', 'accounts.id', 'journal_lines.account_id')
    .select(['accounts.code as account', 'journal_lines.debit', 'journal_lines.credit', 'journal_lines.memo'])
    .where('entry_id', '=', id)
    .orderBy('line_no')
    .execute();
  const [result] = await postEntries(tx, [
    {
      entry_date: options.entry_date ?? entry.entry_date,
      memo: options.memo ?? memoOf(entry),
      reference: entry.reference,
      reverses_id: id,
      source: 'reversal',
      lines: lines.map(({ account, debit, credit, memo }) => ({
        account,
        debit: credit,
        credit: debit,
        memo,
      })),
    },
  ]);
  if (result?.posted) return result;
  const faults = result?.faults ?? [];
  const again = faults.find((fault) => fault.code === 'accounting/already-reversed');
  if (again) throw new Problem('conflict', again.code, again.detail);
  throw invalid(faults, 'accounting/entry-invalid');
}
