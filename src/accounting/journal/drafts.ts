// Drafts: unfinished entries that may be edited, deleted and finally posted under the same id.

import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { formatAmount, unitsOf } from '#lib/money';
import { type Fault, notFound, Problem } from '#lib/problem';
import type { TenantTx } from '#lib/tenant-tx';
import type { EntryInput, EntryResult, LineInput } from './entry.ts';
import { postEntries } from './post-entries.ts';
import { isOfThePoster, refusedPosting } from './refused-posting.ts';

/** Faults that only posting minds: a draft may be unbalanced, short of lines, dated outside the open periods, or more than its author may post. */
const postingOnly = new Set([
  'accounting/entry-unbalanced',
  'accounting/too-few-lines',
  'accounting/no-period',
  'accounting/period-closed',
  'accounting/line-without-amount',
  'accounting/dimension-required',
  'accounting/no-exchange-rate',
  'accounting/no-rounding-account',
  'accounting/fiscal-year-closed',
]);

/** The faults that even a draft may not have, such as an account that does not exist. */
export function draftFaults(faults: readonly Fault[]): Fault[] {
  return faults.filter((fault) => !postingOnly.has(fault.code) && !isOfThePoster(fault));
}

/** What is debited in the company's currency, as far as that can be told before posting. */
function totalOf(lines: readonly LineInput[], scale: number): string {
  const debits = lines.map((line) => (line.currency ? line.base_debit : line.debit));
  return formatAmount(
    debits.reduce((total, debit) => total + (debit ? unitsOf(debit, scale) : 0n), 0n),
    scale,
  );
}

function columnsOf(tx: TenantTx, entry: EntryInput) {
  const lines = entry.lines.map(({ malformed: _, ...line }: LineInput & { malformed?: boolean }) => line);
  return {
    entry_date: entry.entry_date,
    memo: entry.memo,
    reference: entry.reference ?? null,
    lines: JSON.stringify(lines),
    total: totalOf(entry.lines, tx.tenant.currencyScale),
    series: entry.series ?? null,
    reverse_on: entry.reverse_on ?? null,
  };
}

/** Stores a draft whose faults have been looked for, under its own id if it has one; returns the id (UUIDv7). */
export async function createDraft(tx: TenantTx, entry: EntryInput): Promise<string> {
  const id = entry.id ?? uuidv7();
  await tx.db
    .insertInto('journal_drafts')
    .values({ id, ...columnsOf(tx, entry) })
    .execute();
  return id;
}

/** Locks a draft at the version that the editor has seen; a newer one is a failed precondition (RFC 9110, 13.1.1). */
export async function lockDraft(tx: TenantTx, id: string, version: number | null) {
  const draft = await tx.db
    .selectFrom('journal_drafts')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!draft) {
    const posted = await tx.db
      .selectFrom('journal_entries')
      .select('number')
      .where('id', '=', id)
      .executeTakeFirst();
    if (!posted) throw notFound('entry');
    throw new Problem(
      'conflict',
      'accounting/not-a-draft',
      `${posted.number} is posted; correct it by reversal`,
    );
  }
  if (version !== null && draft.version !== version) {
    throw new Problem(
      'precondition-failed',
      'accounting/draft-changed',
      'the draft was changed since you read it',
    );
  }
  return draft;
}

/** Replaces a draft's contents; `version` is the one that the editor has seen. */
export async function updateDraft(
  tx: TenantTx,
  id: string,
  entry: EntryInput,
  version: number | null,
): Promise<void> {
  const draft = await lockDraft(tx, id, version);
  await tx.db
    .updateTable('journal_drafts')
    .set({ ...columnsOf(tx, entry), version: draft.version + 1, updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
}

/** Deletes a draft; `version` is the one that the editor has seen, or null for whichever there is. */
export async function deleteDraft(tx: TenantTx, id: string, version: number | null): Promise<void> {
  await lockDraft(tx, id, version);
  await tx.db.deleteFrom('journal_drafts').where('id', '=', id).execute();
}

/** Posts a draft under its own id; throws an invalid Problem with all faults, and the draft stays. */
export async function postDraft(
  tx: TenantTx,
  id: string,
  version: number | null,
): Promise<Extract<EntryResult, { posted: true }>> {
  const draft = await lockDraft(tx, id, version);
  const { entry_date, memo, reference } = draft;
  const lines = draft.lines as unknown as LineInput[];
  const more = {
    ...(draft.series === null ? {} : { series: draft.series }),
    ...(draft.reverse_on === null ? {} : { reverse_on: draft.reverse_on }),
  };
  const [result] = await postEntries(tx, [
    { id, entry_date, memo, reference, lines, source: 'draft', ...more },
  ]);
  if (!result?.posted) throw refusedPosting(result?.faults ?? []);
  return result;
}
