// Corrects a posted entry the only way there is: by its mirror image, linked to it.
import { notFound, Problem } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import type { Entry, EntryInput, EntryLine, EntryResult, LineInput } from './entry.ts';
import { postEntries } from './post-entries.ts';
import { getPosted } from './read-entries.ts';
import { refusedPosting } from './refused-posting.ts';

/** Cut by characters, not by UTF-16 units, of which half a pair cannot be stored. */
const memoOf = (entry: { number: string | null; memo: string }) =>
  [...`Reversal of ${entry.number}: ${entry.memo}`].slice(0, 1000).join('');

/** The same line on the other side, with the same value in the company's currency. */
function mirrored(line: EntryLine, base: string): LineInput {
  const { account, debit, credit, memo, dimensions } = line;
  const swapped = { account, debit: credit, credit: debit, memo, dimensions };
  if (line.currency === base) return swapped;
  const { currency, rate, base_debit, base_credit } = line;
  return {
    ...swapped,
    currency,
    ...(rate === null ? {} : { rate }),
    ...(base_credit === null ? {} : { base_debit: base_credit }),
    ...(base_debit === null ? {} : { base_credit: base_debit }),
  };
}

/** The entry that reverses a posted one: sides swapped, all else alike. `base` is the company's currency. */
export function reversalOf(
  entry: Entry,
  base: string,
  options: { entry_date?: string | undefined; memo?: string | undefined } = {},
): EntryInput {
  return {
    entry_date: options.entry_date ?? entry.entry_date,
    memo: options.memo ?? memoOf(entry),
    reference: entry.reference,
    reverses_id: entry.id,
    source: 'reversal',
    lines: entry.lines.map((line) => mirrored(line, base)),
  };
}

/**
 * Posts the reversal of an entry: the same lines with sides swapped, on its own date (default: the entry's). An entry is
 * reversed at most once. Throws not-found, a conflict for a draft or a second reversal, or an invalid Problem.
 */
export async function reverseEntry(
  tx: TenantTx,
  id: string,
  options: { entry_date?: string; memo?: string } = {},
): Promise<Extract<EntryResult, { posted: true }>> {
  const [entry] = await getPosted(tx, [id]);
  if (!entry) {
    const draft = await tx.db
      .selectFrom('journal_drafts')
      .select('id')
      .where('id', '=', id)
      .executeTakeFirst();
    if (!draft) throw notFound('entry');
    throw new Problem('conflict', 'accounting/is-a-draft', 'a draft is edited or deleted, not reversed');
  }
  const [result] = await postEntries(tx, [reversalOf(entry, tx.tenant.currency, options)]);
  if (result?.posted) return result;
  const faults = result?.faults ?? [];
  const again = faults.find((fault) => fault.code === 'accounting/already-reversed');
  if (again) throw new Problem('conflict', again.code, again.detail);
  throw refusedPosting(faults);
}
