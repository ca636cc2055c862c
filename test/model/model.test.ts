// Holds the product against a model of books for random sequences of commands.

// FC_RUNS=300 runs it longer. FC_SEED and FC_PATH, which a failure prints as "seed" and "path", run that case again:
//   FC_SEED=1829594655 FC_PATH=54 npm run test:file -- test/model/model.test.ts
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { createCompany, openTestHouse, type TestHouse } from '#test/company';
import { propertyRuns } from '#test/property-runs';
import { periodsOfYear } from './books.ts';
import { openYear, setStatus } from './calendar-commands.ts';
import {
  type AccountRecipe,
  accountRecipe,
  addAccount,
  changeAccount,
  dropAccount,
  makeAccount,
  moveAccount,
} from './chart-commands.ts';
import { compareBooks, probe, proveBooks } from './compare.ts';
import { draft, dropDraft, editDraft, finishDraft, post, reverse } from './entry-commands.ts';
import { type Command, command, type World } from './world.ts';
import { closing, reopening } from './year-commands.ts';

let house: TestHouse;
before(async () => {
  house = await openTestHouse();
});
after(() => house.close());

/** Every command there is; a new one is added here and nowhere else. */
const commands: fc.WeightedArbitrary<Command>[] = [
  { weight: 12, arbitrary: post },
  { weight: 4, arbitrary: reverse },
  { weight: 3, arbitrary: draft },
  { weight: 1, arbitrary: editDraft },
  { weight: 1, arbitrary: dropDraft },
  { weight: 2, arbitrary: finishDraft },
  { weight: 4, arbitrary: setStatus },
  { weight: 1, arbitrary: openYear },
  { weight: 2, arbitrary: closing },
  { weight: 1, arbitrary: reopening },
  { weight: 2, arbitrary: addAccount },
  { weight: 1, arbitrary: moveAccount },
  { weight: 1, arbitrary: changeAccount },
  { weight: 1, arbitrary: dropAccount },
  { weight: 1, arbitrary: command('look', probe, compareBooks) },
];

const company = fc.record({
  currency: fc.constantFrom({ code: 'USD', scale: 2 }, { code: 'JPY', scale: 0 }, { code: 'KWD', scale: 3 }),
  firstYear: fc.constantFrom('2024-01-01', '2023-07-16', '2024-02-28', '2022-12-01'),
  years: fc.integer({ min: 1, max: 3 }),
  chart: fc.array(accountRecipe, { minLength: 4, maxLength: 15 }),
  retained: fc.constantFrom(true, true, true, false),
});

/** Takes the results of closed years where the chart has no other account for them. */
const retainedEarnings: AccountRecipe = {
  code: 61,
  name: 'Retained earnings',
  type: 'equity',
  category: 'retained_earnings',
  group: false,
  parent: null,
  careless: false,
};

async function openWorld(facts: typeof company extends fc.Arbitrary<infer T> ? T : never): Promise<World> {
  const { currency, firstYear, years, chart, retained } = facts;
  const made = await createCompany(house.db, { chart: 'none', currency: currency.code, firstYear, years });
  const starts = Array.from(
    { length: years },
    (_, index) => `${Number(firstYear.slice(0, 4)) + index}${firstYear.slice(4)}`,
  );
  const periods = starts.flatMap(periodsOfYear);
  const empty = { accounts: [], closed: new Map(), entries: [], drafts: [] };
  const world: World = { house, company: made, books: { ...empty, scale: currency.scale, periods } };
  for (const recipe of retained ? [...chart, retainedEarnings] : chart) await makeAccount(world, recipe);
  return world;
}

const steps = fc.array(fc.oneof(...commands), { minLength: 5, maxLength: 40, size: 'max' });
const looks = fc.array(probe, { minLength: 3, maxLength: 3 });

test('whatever is done to the books, every verdict, number and report is the model’s', async () => {
  const property = fc.asyncProperty(company, steps, looks, async (facts, sequence, probes) => {
    const world = await openWorld(facts);
    for (const step of sequence) await step.run(world);
    for (const each of probes) await compareBooks(world, each);
    await proveBooks(world);
  });
  await fc.assert(property, propertyRuns(25));
});
