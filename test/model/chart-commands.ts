// The commands that touch the chart: accounts made, moved, renamed, retired and deleted.
import fc from 'fast-check';
import { createAccount, deleteAccount, updateAccount } from '#accounting';
import { type Books, below, type ModelAccount, modelCategories, modelTypes } from './books.ts';
import { pick } from './recipes.ts';
import { agreed, command, type World } from './world.ts';

export const accountRecipe = fc.record({
  code: fc.nat({ max: 60 }),
  name: fc.constantFrom<string>('Cash', 'Sales', 'नगद', 'a:b;c', 'Cash'),
  type: fc.constantFrom(...modelTypes),
  category: fc.constantFrom(...modelCategories),
  group: fc.boolean(),
  parent: fc.oneof(fc.constant(null), fc.nat(), fc.nat()),
  // Mostly what is possible: below a group, of its type.
  careless: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
});
export type AccountRecipe = typeof accountRecipe extends fc.Arbitrary<infer T> ? T : never;

function parentFaults(books: Books, code: string | null, type: ModelAccount['type']): string[] {
  if (code === null) return [];
  const parent = books.accounts.find((account) => account.code === code);
  if (!parent) return ['/parent accounting/account-unknown'];
  return [
    ...(parent.group ? [] : ['/parent accounting/account-parent-is-posting']),
    ...(parent.type === type ? [] : ['/parent accounting/account-type-differs-from-parent']),
  ];
}

function accountBy(books: Books, { code, careless, ...recipe }: AccountRecipe): ModelAccount {
  const parents = books.accounts.filter(({ group }) => careless || group);
  const parent = recipe.parent === null ? undefined : pick(parents, recipe.parent);
  return {
    ...recipe,
    code: `${code}`,
    type: careless ? recipe.type : (parent?.type ?? recipe.type),
    parent: parent?.code ?? (careless ? 'unknown' : null),
    active: true,
  };
}

/** Creates an account by a recipe, or is refused as the model says. */
export async function makeAccount({ company, books }: World, recipe: AccountRecipe): Promise<void> {
  const account = accountBy(books, recipe);
  const { active: _, ...input } = account;
  const taken = books.accounts.some(({ code }) => code === account.code);
  const faults = [
    ...(taken ? ['/code accounting/account-exists'] : []),
    ...parentFaults(books, account.parent, account.type),
  ];
  if (
    (await agreed(
      company.run((tx) => createAccount(tx, input)),
      faults,
      input,
    )) !== null
  )
    books.accounts.push(account);
}

export const addAccount = command('addAccount', accountRecipe, makeAccount);

export const moveAccount = command(
  'moveAccount',
  fc.record({ which: fc.nat(), parent: fc.option(fc.nat(), { freq: 6 }) }),
  async ({ company, books }, { which, parent: number }) => {
    const account = pick(books.accounts, which);
    if (!account) return;
    const alike = books.accounts.filter(({ type, group }) => group && type === account.type);
    const groupOrAny = number === null || number % 5 === 0 ? books.accounts : alike;
    const parent = number === null ? null : (pick(groupOrAny, number)?.code ?? null);
    const wrong = parentFaults(books, parent, account.type);
    const circle = wrong.length === 0 && parent !== null && below(books, account.code).has(parent);
    const faults = circle ? ['/parent accounting/account-cycle'] : wrong;
    const change = company.run((tx) => updateAccount(tx, account.code, { parent }, null));
    if ((await agreed(change, faults, { account, parent })) !== null) account.parent = parent;
  },
);

export const changeAccount = command(
  'changeAccount',
  fc.record({
    which: fc.nat(),
    name: fc.option(fc.constantFrom('Bank', 'x y')),
    category: fc.constantFrom(undefined, ...modelCategories),
    active: fc.boolean(),
  }),
  async ({ company, books }, { which, name, category, active }) => {
    const account = pick(books.accounts, which);
    if (!account) return;
    const changes = { ...(name !== null && { name }), ...(category !== undefined && { category }), active };
    await company.run((tx) => updateAccount(tx, account.code, changes, null));
    Object.assign(account, changes);
  },
);

export const dropAccount = command('dropAccount', fc.nat(), async ({ company, books }, which) => {
  const account = pick(books.accounts, which);
  if (!account) return;
  const { code } = account;
  const used =
    books.accounts.some(({ parent }) => parent === code) ||
    books.entries.some(({ lines }) => lines.some((line) => line.account === code));
  const faults = used ? [' accounting/account-in-use'] : [];
  const gone = company.run(async (tx) => {
    await deleteAccount(tx, code);
    return true;
  });
  if ((await agreed(gone, faults, code)) !== null)
    books.accounts = books.accounts.filter((each) => each !== account);
});
