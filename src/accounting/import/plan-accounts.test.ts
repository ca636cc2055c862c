// Holds the planning of accounts to the trees that real ledgers have.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KnownAccount, planAccounts } from './plan-accounts.ts';

type Shown = [code: string, name: string, type: string, parent: string | null, kind: string];

function plan(posted: string[], known: KnownAccount[] = []) {
  const { accounts, refused } = planAccounts(
    new Set(posted),
    new Map(known.map((each) => [each.code, each])),
  );
  const shown = accounts.map(
    ({ code, name, type, parent, group }): Shown => [code, name, type, parent, group ? 'group' : 'posting'],
  );
  return { shown, accounts, refused: [...refused] };
}

test('a path becomes a posting account below groups', () => {
  const { shown, accounts } = plan(['Assets:US:Bank']);
  assert.deepEqual(shown, [
    ['Assets', 'Assets', 'asset', null, 'group'],
    ['Assets:US', 'US', 'asset', 'Assets', 'group'],
    ['Assets:US:Bank', 'Bank', 'asset', 'Assets:US', 'posting'],
  ]);
  assert.deepEqual(
    accounts.map(({ depth }) => depth),
    [0, 1, 2],
  );
});

test('a path that is posted to and has others below it stays a posting account, and they hang further up', () => {
  for (const posted of [
    ['Expenses:Food', 'Expenses:Food:Groceries', 'Expenses:Food:Out:Lunch'],
    ['Expenses:Food:Out:Lunch', 'Expenses:Food:Groceries', 'Expenses:Food'],
  ]) {
    const parents = new Map(
      plan(posted).shown.map(([code, , , parent, kind]) => [code, `${kind} in ${parent}`]),
    );
    assert.deepEqual(Object.fromEntries(parents), {
      Expenses: 'group in null',
      'Expenses:Food': 'posting in Expenses',
      'Expenses:Food:Groceries': 'posting in Expenses',
      'Expenses:Food:Out': 'group in Expenses',
      'Expenses:Food:Out:Lunch': 'posting in Expenses:Food:Out',
    });
  }
});

test('an existing posting account never becomes a parent', () => {
  const known: KnownAccount[] = [
    { code: 'Expenses', type: 'expense', group: true },
    { code: 'Expenses:Food', type: 'expense', group: false },
  ];
  assert.deepEqual(plan(['Expenses:Food:Groceries', 'Expenses:Food'], known).shown, [
    ['Expenses:Food:Groceries', 'Groceries', 'expense', 'Expenses', 'posting'],
  ]);
});

test('a root may be posted to itself, with and without others below it', () => {
  assert.deepEqual(plan(['Equity']).shown, [['Equity', 'Equity', 'equity', null, 'posting']]);
  assert.deepEqual(plan(['Equity', 'Equity:Opening']).shown, [
    ['Equity', 'Equity', 'equity', null, 'posting'],
    ['Equity:Opening', 'Opening', 'equity', null, 'posting'],
  ]);
});

test('the nature is read in singular, plural, any case and the usual synonyms', () => {
  const words = {
    asset: ['Asset', 'ASSETS', 'assets'],
    liability: ['Liability', 'liabilities', 'Debts'],
    equity: ['equity', 'Capital'],
    income: ['Income', 'Revenue', 'revenues'],
    expense: ['Expense', 'EXPENSES', 'Costs', 'cost'],
  };
  for (const [type, roots] of Object.entries(words)) {
    for (const root of roots) assert.equal(plan([`${root}:X`]).shown.at(-1)?.[2], type, root);
  }
});

test('roots that differ only in how they are written are roots of their own', () => {
  const roots = plan(['Expense:X', 'Expenses:Y', 'expenses:z']).shown.filter(
    ([, , , parent]) => parent === null,
  );
  assert.deepEqual(
    roots.map(([code]) => code),
    ['Expense', 'Expenses', 'expenses'],
  );
});

test('what exists is used, and its group gives the nature', () => {
  const known: KnownAccount[] = [
    { code: '1010', type: 'asset', group: false },
    { code: 'Trading', type: 'income', group: true },
  ];
  assert.deepEqual(plan(['1010', 'Trading:Nepal'], known).shown, [
    ['Trading:Nepal', 'Nepal', 'income', 'Trading', 'posting'],
  ]);
});

test('empty parts, roots that tell no nature and very long codes are refused', () => {
  const long = `Assets:${'x'.repeat(200)}`;
  const { shown, refused } = plan(['Assets::X', 'Assets:', ':Assets', 'Foo:Bar', '1010', long, 'Assets: :X']);
  assert.deepEqual(shown, []);
  assert.deepEqual(
    refused.map(([code, reason]) => [code, /empty part|longer than 200|cannot be created/.exec(reason)?.[0]]),
    [
      ['Assets::X', 'empty part'],
      ['Assets:', 'empty part'],
      [':Assets', 'empty part'],
      ['Foo:Bar', 'cannot be created'],
      ['1010', 'cannot be created'],
      [long, 'longer than 200'],
      ['Assets: :X', 'empty part'],
    ],
  );
});

test('codes are kept as written, with spaces, signs and every script', () => {
  const path = "Assets : Müller & Sons' नगद";
  assert.deepEqual(plan([path]).shown, [
    ['Assets', 'Assets', 'asset', null, 'group'],
    [path, "Müller & Sons' नगद", 'asset', 'Assets', 'posting'],
  ]);
  const emoji = `Assets:${'😀'.repeat(193)}`;
  assert.deepEqual(plan([emoji]).refused, [], 'length is counted in characters, as the database counts');
});
