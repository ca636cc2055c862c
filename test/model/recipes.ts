// Draws entries, good ones and ones with every fault, as recipes that are filled in from the books when they are posted.
import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import { addDays, daysBetween } from '#lib/dates';
import type { Books, ModelAccount, SentEntry, SentLine } from './books.ts';

/** The one that a number picks; any number picks one, so that a recipe fits whatever books it meets. */
export const pick = <T>(list: readonly T[], number: number): T | undefined => list[number % list.length];

const nowhere: ModelAccount = {
  code: 'nowhere',
  name: '',
  type: 'asset',
  category: null,
  parent: null,
  group: false,
  active: true,
};

type Flaw = (entry: SentEntry, books: Books, chance: number) => void;

/** What can be wrong with an entry. The model does not know which flaw was chosen; it looks at the entry. */
const flaws = {
  unbalanced: (entry, books) => changeAmount(entry, (amount) => amount + smallest(books)),
  single: (entry) => void entry.lines.splice(1),
  empty: (entry) => void entry.lines.splice(0),
  bothSides: (entry) =>
    changeLine(entry, ({ debit, credit }) => ({ debit: debit ?? credit, credit: credit ?? debit })),
  noAmount: (entry) => changeLine(entry, () => ({ debit: null, credit: 0n })),
  negative: (entry) => changeAmount(entry, (amount) => -amount),
  large: (entry) => changeAmount(entry, (amount) => amount + 10n ** 19n),
  precise: (entry) => changeAmount(entry, (amount) => amount + 1n),
  unknown: (entry) => changeLine(entry, () => ({ account: 'unknown' })),
  group: (entry, books, chance) => changeAccount(entry, books, chance, ({ group }) => group),
  inactive: (entry, books, chance) => changeAccount(entry, books, chance, ({ active }) => !active),
  outside: (entry, books, chance) => {
    const last = books.periods.at(-1)?.to ?? entry.date;
    entry.date = chance % 2 ? addDays(last, 1 + (chance % 900)) : addDays(books.periods[0]?.from ?? last, -1);
  },
  takenId: (entry, books, chance) => {
    entry.id = pick(books.entries, chance)?.id ?? entry.id;
  },
  takenKey: (entry, books, chance) => {
    entry.sourceKey = pick(books.entries, chance)?.sourceKey ?? 'key-0';
  },
  reversesNothing: (entry) => {
    entry.reverses = '01930000-0000-7000-8000-000000000000';
  },
  reversesClosing: (entry, books, chance) => {
    const closings = books.entries.filter(({ series }) => series === 'CL');
    entry.reverses = pick(closings, chance)?.id ?? entry.reverses;
  },
  amongClosings: (entry) => {
    entry.series = 'CL';
  },
} satisfies Record<string, Flaw>;

const smallest = (books: Books) => 10n ** BigInt(4 - books.scale);

function changeLine(entry: SentEntry, change: (line: SentLine) => Partial<SentLine>): void {
  const [line] = entry.lines;
  if (line) entry.lines[0] = { ...line, ...change(line) };
}

function changeAmount(entry: SentEntry, change: (amount: bigint) => bigint): void {
  changeLine(entry, ({ debit, credit }) =>
    debit === null ? { credit: change(credit ?? 0n) } : { debit: change(debit) },
  );
}

function changeAccount(
  entry: SentEntry,
  books: Books,
  chance: number,
  fits: (account: ModelAccount) => boolean,
): void {
  const account = pick(books.accounts.filter(fits), chance);
  if (account) changeLine(entry, () => ({ account: account.code }));
}

const flawNames = Object.keys(flaws) as (keyof typeof flaws)[];

/** Flaws of what is posted only: a draft has no key, reverses nothing, and its reader is stricter about amounts. */
const flawsOfPostings = new Set<keyof typeof flaws>([
  ...(['large', 'precise', 'takenId', 'takenKey'] as const),
  ...(['reversesNothing', 'reversesClosing', 'amongClosings'] as const),
]);
const draftFlawNames = flawNames.filter((name) => !flawsOfPostings.has(name));

const word = fc.constantFrom('Sale', 'Rent', 'नगद', 'a;b|c', '"quoted"');
const chance = fc.nat({ max: 9999 });

/** Why something is opened again: most often it is told. */
export const reason = fc.constantFrom('a late invoice', 'a late invoice', 'ब्याज', ' ');

const recipeWith = (names: readonly (keyof typeof flaws)[]) =>
  fc.record({
    day: chance,
    memo: word,
    reference: fc.option(word),
    key: fc.option(fc.nat({ max: 30 }), { freq: 2 }),
    lines: fc.array(
      fc.record({
        account: chance,
        units: fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }).filter((units) => units !== 0n),
        memo: fc.option(word, { freq: 2 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    flaws: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 2 }) },
    ),
    chance,
  });

export const entryRecipe = recipeWith(flawNames);
export const draftRecipe = recipeWith(draftFlawNames);
export type EntryRecipe = typeof entryRecipe extends fc.Arbitrary<infer T> ? T : never;

/** A day of the books, in whichever period. */
export function dayOf(books: Books, number: number): string {
  const period = pick(books.periods, number);
  if (!period) return '2024-01-01';
  return addDays(period.from, number % (daysBetween(period.from, period.to) + 1));
}

const lineOf = (account: string, parts: bigint, memo: string | null): SentLine => ({
  account,
  debit: parts > 0n ? parts : null,
  credit: parts > 0n ? null : -parts,
  memo,
});

/** Fills a recipe in: an entry that balances on accounts that take lines, and then whatever flaws it is to have. */
export function entryBy(books: Books, recipe: EntryRecipe): SentEntry {
  const accounts = books.accounts.filter(({ group, active }) => active && !group);
  const code = (number: number) => (pick(accounts, number) ?? nowhere).code;
  const lines = recipe.lines.map(({ account, units, memo }) =>
    lineOf(code(account), units * smallest(books), memo),
  );
  const rest = lines.reduce((sum, { debit, credit }) => sum + (debit ?? 0n) - (credit ?? 0n), 0n);
  if (rest !== 0n) lines.push(lineOf(code(recipe.chance), -rest, null));
  const entry: SentEntry = {
    id: uuidv7(),
    date: dayOf(books, recipe.day),
    memo: recipe.memo,
    reference: recipe.reference,
    sourceKey: recipe.key === null ? null : `key-${recipe.key}`,
    reverses: null,
    series: 'JV',
    lines,
  };
  for (const name of recipe.flaws) flaws[name](entry, books, recipe.chance);
  return entry;
}
