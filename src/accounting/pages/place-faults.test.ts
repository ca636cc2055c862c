// Proves that every fault is shown, and where its cell is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeFaults } from './place-faults.ts';

const line = { account: '1', debit: '', credit: '', memo: '' };
const form = { id: '', version: '', entry_date: '', memo: '', reference: '', lines: [line, line] };
const fault = (pointer: string, detail: string) => ({ pointer, code: 'x', detail });

test('a fault stands at its cell, a fault of a line at its account', () => {
  const { cells, whole } = placeFaults(
    [fault('/lines/1/debit', 'a'), fault('/lines/0', 'b'), fault('/entry_date', 'c')],
    form,
  );
  assert.deepEqual(
    [...cells],
    [
      ['/lines/1/debit', 'a'],
      ['/lines/0/account', 'b'],
      ['/entry_date', 'c'],
    ],
  );
  assert.deepEqual(whole, []);
});

test('a fault without a cell is told above the grid', () => {
  const { whole } = placeFaults(
    [fault('', 'unbalanced'), fault('/lines', 'few'), fault('/lines/9/debit', 'far')],
    form,
  );
  assert.deepEqual(whole, ['unbalanced', 'few', 'far']);
});

test('two faults of one cell are both told', () => {
  const { cells } = placeFaults([fault('/lines/0/debit', 'a'), fault('/lines/0/debit', 'b')], form);
  assert.equal(cells.get('/lines/0/debit'), 'a; b');
});
