// Brings a keyed form into the books: a new entry, a new draft, or a draft edited and perhaps posted.
import type { TenantTx } from '#lib/tenant-tx';
import { postDraft } from '../journal/drafts.ts';
import type { EntryInput } from '../journal/entry.ts';
import { postEntries } from '../journal/post-entries.ts';
import { getEntry } from '../journal/read-entries.ts';
import { readEntryBody } from '../journal/read-entry-body.ts';
import { refusedPosting } from '../journal/refused-posting.ts';
import { saveEntry } from '../journal/save-entry.ts';
import { beyondGrid, isForGrid } from './is-for-grid.ts';
import { type EntryForm, entryBodyOf } from './read-entry-form.ts';

export type SavedForm = { id: string; number: string | null };

/**
 * Saves the form and returns the entry's id, with its number when it was posted. A new form is kept
 * under the id that it was shown with, so that sending it again after a lost answer finds it instead of making a second one.
 * Throws an invalid Problem with pointers into entryBodyOf(form), or a conflict about a draft.
 */
export async function saveEntryForm(
  tx: TenantTx,
  form: EntryForm,
  action: 'post' | 'draft',
): Promise<SavedForm> {
  if (form.version !== '') return await saveDraftForm(tx, form, action);
  const known = await getEntry(tx, form.id);
  if (known?.status === 'draft')
    return await saveDraftForm(tx, { ...form, version: String(known.version) }, action);
  if (known) return known;
  if (action === 'draft')
    return { id: await saveEntry(tx, entryBodyOf(form), { as: 'draft', id: form.id }), number: null };
  const { entry, faults } = readEntryBody(entryBodyOf(form), tx.tenant);
  if (faults.length > 0)
    return { id: await saveEntry(tx, entryBodyOf(form), { as: 'posted' }), number: null };
  const [result] = await postEntries(tx, [{ ...(entry as EntryInput), id: form.id, source: 'page' }]);
  if (!result?.posted) throw refusedPosting(result?.faults ?? []);
  return result;
}

// The draft is stored first and posted in the same transaction: a refused posting leaves the draft as it was. What the form has
// no field for stays as it is stored; a draft that was changed since is refused by its version.
async function saveDraftForm(tx: TenantTx, form: EntryForm, action: 'post' | 'draft'): Promise<SavedForm> {
  const draft = { id: form.id, version: Number(form.version) };
  const stored = await getEntry(tx, form.id);
  if (stored?.status === 'draft' && !isForGrid(stored, tx.tenant.currency)) throw beyondGrid();
  const kept =
    stored?.status === 'draft'
      ? {
          ...(stored.series === 'JV' ? {} : { series: stored.series }),
          ...(stored.reverse_on === null ? {} : { reverse_on: stored.reverse_on }),
        }
      : {};
  await saveEntry(tx, { ...entryBodyOf(form), ...kept }, { as: 'draft', draft });
  return action === 'post' ? await postDraft(tx, form.id, null) : { id: form.id, number: null };
}
