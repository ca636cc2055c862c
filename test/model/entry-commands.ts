// The commands that touch the journal: posting, drafts and reversals.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { deleteDraft, postDraft, postEntries, reverseEntry, saveEntry } from '#accounting';
import { enter, mirrored, type SentEntry, type SentLine, sent } from './books.ts';
import { faultsOf, faultsOfDraft } from './faults.ts';
import { dayOf, draftRecipe, entryBy, entryRecipe, pick } from './recipes.ts';
import { agreed, command, told, type World } from './world.ts';

const amount = (parts: bigint | null) => (parts === null ? null : sent(parts));
const lineToSend = ({ account, debit, credit, memo }: SentLine) => ({
  account,
  debit: amount(debit),
  credit: amount(credit),
  memo,
});

const toSend = ({ id, date, memo, reference, sourceKey, reverses, series, lines }: SentEntry) => ({
  id,
  entry_date: date,
  memo,
  reference,
  source_key: sourceKey,
  reverses_id: reverses,
  series,
  lines: lines.map(lineToSend),
});

const bodyOf = ({ date, memo, reference, lines }: SentEntry) => ({
  entry_date: date,
  memo,
  reference,
  lines: lines.map(lineToSend),
});

type Mode = 'each' | 'atomic' | 'dry';

/** The numbers that the entries get, or their faults; the model has those that are posted afterwards. */
function postInModel({ books }: World, entries: readonly SentEntry[], mode: Mode) {
  const faults = entries.map((entry, index) => faultsOf(books, entry, entries.slice(0, index)));
  const stopped = mode === 'dry' || (mode === 'atomic' && faults.some((list) => list.length > 0));
  return entries.map((entry, index) => {
    const refused = faults[index] ?? [];
    return stopped || refused.length > 0 ? { refused } : { number: enter(books, entry) };
  });
}

export const post = command(
  'post',
  fc.record({
    recipes: fc.array(entryRecipe, { minLength: 1, maxLength: 5 }),
    mode: fc.constantFrom<Mode>('each', 'each', 'each', 'atomic', 'dry'),
  }),
  async (world, { recipes, mode }) => {
    const entries = recipes.map((recipe) => entryBy(world.books, recipe));
    const options = { atomic: mode === 'atomic', dryRun: mode === 'dry' };
    const results = await world.company.run((tx) => postEntries(tx, entries.map(toSend), options));
    const verdicts = results.map((result) =>
      result.posted ? { number: result.number } : { refused: told(result.faults) },
    );
    assert.deepEqual(verdicts, postInModel(world, entries, mode));
  },
);

export const draft = command('draft', draftRecipe, async ({ company, books }, recipe) => {
  const entry = entryBy(books, { ...recipe, key: null });
  const { id, date, memo, reference, lines } = entry;
  const saved = await agreed(
    company.run((tx) => saveEntry(tx, bodyOf(entry), { as: 'draft', id })),
    faultsOfDraft(books, entry),
    entry,
  );
  if (saved !== null) books.drafts.push({ id, date, memo, reference, lines });
});

export const editDraft = command(
  'editDraft',
  fc.record({ which: fc.nat(), recipe: draftRecipe }),
  async ({ company, books }, { which, recipe }) => {
    const old = pick(books.drafts, which);
    if (!old) return;
    const entry = { ...entryBy(books, { ...recipe, key: null }), id: old.id };
    const saved = await agreed(
      company.run((tx) =>
        saveEntry(tx, bodyOf(entry), { as: 'draft', draft: { id: old.id, version: null } }),
      ),
      faultsOfDraft(books, entry),
      entry,
    );
    const { date, memo, reference, lines } = entry;
    if (saved !== null) Object.assign(old, { date, memo, reference, lines });
  },
);

export const dropDraft = command('dropDraft', fc.nat(), async ({ company, books }, which) => {
  const old = pick(books.drafts, which);
  if (!old) return;
  await company.run((tx) => deleteDraft(tx, old.id, null));
  books.drafts = books.drafts.filter(({ id }) => id !== old.id);
});

export const finishDraft = command('postDraft', fc.nat(), async ({ company, books }, which) => {
  const old = pick(books.drafts, which);
  if (!old) return;
  const entry: SentEntry = { ...old, sourceKey: null, reverses: null, series: 'JV' };
  const result = await agreed(
    company.run((tx) => postDraft(tx, old.id, null)),
    faultsOf(books, entry),
    entry,
  );
  if (result === null) return;
  assert.equal(result.number, enter(books, entry));
  books.drafts = books.drafts.filter(({ id }) => id !== old.id);
});

export const reverse = command(
  'reverse',
  fc.record({ which: fc.nat(), day: fc.option(fc.nat()) }),
  async ({ company, books }, { which, day }) => {
    const original = pick(books.entries, which);
    if (!original) return;
    const date = day === null ? original.date : dayOf(books, day);
    const { number, memo, reference, lines } = original;
    const entry: SentEntry = {
      id: '',
      date,
      memo: `Reversal of ${number}: ${memo}`,
      reference,
      sourceKey: null,
      reverses: original.id,
      series: 'JV',
      lines: mirrored(lines),
    };
    const faults = faultsOf(books, entry);
    const again = faults.filter((fault) => fault === ' accounting/already-reversed');
    const result = await agreed(
      company.run((tx) => reverseEntry(tx, original.id, day === null ? {} : { entry_date: date })),
      again.length > 0 ? again : faults,
      entry,
    );
    if (result !== null) assert.equal(result.number, enter(books, { ...entry, id: result.id }));
  },
);
