// What the guess of a category takes from a name, and what it leaves alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guessCategory } from './guess-category.ts';

test('an account’s own name tells its category', () => {
  assert.equal(guessCategory('Checking', 'asset'), 'bank');
  assert.equal(guessCategory('Cash', 'asset'), 'cash');
  assert.equal(guessCategory('AccountsReceivable', 'asset'), 'receivable');
  assert.equal(guessCategory('accounts-payable', 'liability'), 'payable');
  assert.equal(guessCategory('Retained Earnings', 'equity'), 'retained_earnings');
});

test('a name of another type, or one that only contains the word, tells nothing', () => {
  assert.equal(guessCategory('Cash', 'expense'), null);
  assert.equal(guessCategory('Cashmere', 'asset'), null);
  assert.equal(guessCategory('Riverbank', 'asset'), null);
  assert.equal(guessCategory('VHT', 'asset'), null);
});
