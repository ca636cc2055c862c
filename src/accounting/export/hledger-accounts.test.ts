// Proves that accounts get names which hledger reads as what they are, one each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account } from '../accounts/account.ts';
import { accountDirectives, hledgerNames } from './hledger-accounts.ts';

const accountOf = (code: string, name: string, more: Partial<Account> = {}): Account => ({
  id: 1,
  code,
  name,
  type: 'asset',
  category: null,
  parent: null,
  group: false,
  active: true,
  depth: 0,
  path: [code],
  cash_flow: null,
  is_monetary: null,
  required_dimensions: [],
  version: 1,
  ...more,
});

const namesOf = (...accounts: Account[]) => [...hledgerNames(accounts).values()];

test('a name is the path of codes and names from the root', () => {
  const names = namesOf(
    accountOf('1000', 'Assets'),
    accountOf('1001', 'Current assets', { parent: '1000' }),
    accountOf('1010', 'Cash', { parent: '1001' }),
  );
  assert.equal(names[2], '1000 Assets:1001 Current assets:1010 Cash');
});

test('an imported account keeps the path that is its code', () => {
  const names = namesOf(
    accountOf('Assets', 'Assets'),
    accountOf('Assets:Cash', 'Cash', { parent: 'Assets' }),
    accountOf('Assets:Cash:Till', 'Till', { parent: 'Assets' }),
  );
  assert.deepEqual(names, ['Assets', 'Assets:Cash', 'Assets:Cash:Till']);
});

test('what would divide a name or end it is replaced', () => {
  assert.deepEqual(namesOf(accountOf('a:b;c', 'two  blanks,\n\ttab\u00a0\u2028x : y')), [
    'a.b,c two blanks, tab x . y',
  ]);
});

test('what would make a posting virtual or a status stands behind an underscore', () => {
  for (const mark of ['*', '!', '(', '[', ';x', '#'])
    assert.match(namesOf(accountOf(mark, 'x'))[0] ?? '', /^(_|,)/, mark);
});

test('accounts whose names would be the same are told apart', () => {
  const names = namesOf(
    accountOf('a;b', 'x'),
    accountOf('a,b', 'x'),
    accountOf('a,b x', '2'),
    accountOf('below', 'y', { parent: 'a,b' }),
  );
  assert.deepEqual(names, ['a,b x', 'a,b x 2', 'a,b x 2 2', 'a,b x 2:below y']);
});

test('each account is declared with its type, liquid assets as cash', () => {
  const chart = [
    accountOf('1', 'Machines'),
    accountOf('2', 'Bank', { category: 'bank' }),
    accountOf('3', 'Loan', { type: 'liability', category: 'bank' }),
    accountOf('4', 'Capital', { type: 'equity' }),
    accountOf('5', 'Sales', { type: 'income' }),
    accountOf('6', 'Rent', { type: 'expense' }),
  ];
  const types = accountDirectives(chart, hledgerNames(chart)).map((line) => line.replace(/^account \d /, ''));
  assert.deepEqual(types, [
    'Machines  ; type:A',
    'Bank  ; type:C',
    'Loan  ; type:L',
    'Capital  ; type:E',
    'Sales  ; type:R',
    'Rent  ; type:X',
  ]);
});
