// Proves that the grid's fields reach the books as they were keyed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryBodyOf, entryFormOf, plainAmount, readEntryForm } from './read-entry-form.ts';

const keyed = {
  id: '0199aa00-0000-7000-8000-000000000000',
  entry_date: '2026-11-23',
  memo: ' Rent of November ',
  reference: '',
  action: 'post',
  'lines[10][account]': '1010',
  'lines[10][credit]': '1,50,000.50',
  'lines[2][account]': '6010',
  'lines[2][debit]': '150,000.50',
  'lines[2][memo]': 'Shop',
  'lines[3][account]': ' ',
  'lines[3][debit]': '',
};

test('rows keep their order and empty rows are dropped', () => {
  const { form, action } = readEntryForm(keyed);
  assert.equal(action, 'post');
  assert.equal(form.memo, 'Rent of November');
  assert.deepEqual(
    form.lines.map((line) => line.account),
    ['6010', '1010'],
  );
});

test('amounts lose their grouping on the way to the books', () => {
  const body = entryBodyOf(readEntryForm(keyed).form);
  assert.deepEqual(body.lines, [
    { account: '6010', debit: '150000.50', credit: null, memo: 'Shop' },
    { account: '1010', debit: null, credit: '150000.50', memo: null },
  ]);
  assert.equal(body.reference, null);
});

test('grouping is understood in thousands, in lakh and in Devanagari', () => {
  assert.equal(plainAmount('1,234.5'), '1234.5');
  assert.equal(plainAmount('12,34,567.00'), '1234567.00');
  assert.equal(plainAmount('१,२३४.५०'), '1234.50');
  assert.equal(plainAmount('.5'), '0.5');
  assert.equal(plainAmount('1 000.'), '1000');
});

test('a comma that groups nothing is left for the refusal', () => {
  for (const text of ['1,5', '12,34', '1.234,50', 'abc', '1,,000']) assert.equal(plainAmount(text), text);
});

test('fields that are no text, and no body at all, read as blank', () => {
  assert.deepEqual(readEntryForm({ memo: ['a', 'b'], 'lines[0][account]': 7 }).form.lines, []);
  assert.equal(readEntryForm(undefined).form.memo, '');
  assert.equal(readEntryForm({ action: 'erase' }).action, 'post');
});

test('a stored draft comes back as it would be keyed', () => {
  const lines = [{ account: '1010', debit: '123456.00', credit: null, memo: null }];
  const form = entryFormOf(
    { id: 'x', version: 3, entry_date: '2026-11-23', memo: 'm', reference: null, lines },
    'NPR',
  );
  assert.deepEqual(form.lines, [{ account: '1010', debit: '1,23,456.00', credit: '', memo: '' }]);
  assert.equal(form.version, '3');
});
