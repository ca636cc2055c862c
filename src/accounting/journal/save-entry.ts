// Takes an entry as a client sent it and posts it or keeps it as a draft, telling every fault at once.
import { type Fault, mergeFaults } from '#lib/problem';
import type { Tenant, TenantTx } from '#lib/tenant-tx';
import { createDraft, draftFaults, updateDraft } from './drafts.ts';
import type { EntryInput } from './entry.ts';
import { entryFaults, postEntries, type UncheckedEntry } from './post-entries.ts';
import { readEntryBody } from './read-entry-body.ts';
import { refusedPosting } from './refused-posting.ts';

/**
 * `shapeFaults` are those that a schema found before; `draft` names the draft to replace and the version seen; `id` (UUIDv7)
 * is the id of a new draft whose sender has chosen one.
 */
export type SaveOptions = {
  as: 'posted' | 'draft';
  shapeFaults?: readonly Fault[];
  draft?: { id: string; version: number | null };
  id?: string;
};

/** Whether a read entry has what posting cannot do without. */
export function isReadable(entry: UncheckedEntry): entry is EntryInput {
  return entry.entry_date !== null && entry.lines.every((line) => line.account !== null);
}

/** The entry that a body holds when nothing about it has to be read twice or told to the client; else null. */
export function readableEntry(body: unknown, tenant: Tenant): EntryInput | null {
  const { entry, faults } = readEntryBody(body, tenant);
  return faults.length === 0 && isReadable(entry) ? entry : null;
}

/**
 * Posts an entry, or stores or replaces a draft; returns its id. Throws an invalid Problem with all faults of shape,
 * amounts, accounts, period and balance, and then nothing is stored.
 */
export async function saveEntry(tx: TenantTx, body: unknown, options: SaveOptions): Promise<string> {
  const { entry, faults } = readEntryBody(body, tx.tenant);
  const before = mergeFaults(options.shapeFaults ?? [], faults);
  if (options.as === 'posted' && before.length === 0 && isReadable(entry) && !options.draft) {
    const [result] = await postEntries(tx, [entry]);
    if (result?.posted) return result.id;
    throw refusedPosting(result?.faults ?? []);
  }
  const found = await entryFaults(tx, entry);
  const all = mergeFaults(before, options.as === 'draft' ? draftFaults(found) : found);
  if (all.length > 0 || !isReadable(entry)) throw refusedPosting(all);
  if (!options.draft)
    return await createDraft(tx, options.id === undefined ? entry : { ...entry, id: options.id });
  await updateDraft(tx, options.draft.id, entry, options.draft.version);
  return options.draft.id;
}
