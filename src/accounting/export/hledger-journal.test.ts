// Proves what an entry looks like in a journal of hledger, whatever its texts hold.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hledgerEntry } from './hledger-journal.ts';
import type { PostedEntry, PostedLine } from './posted-entries.ts';

const names = new Map([
  ['1010', '1010 Cash'],
  ['4010', '4010 Sales'],
]);
const line = (account: string, base: bigint, more: Partial<PostedLine> = {}): PostedLine => ({
  account,
  base,
  foreign: null,
  memo: null,
  ...more,
});
const entry = (more: Partial<PostedEntry> = {}): PostedEntry => ({
  id: '0193',
  number: 'JV-2083/84-000001',
  entry_date: '2026-11-23',
  memo: 'Cash sale',
  reference: null,
  reverses: null,
  reversed_by: null,
  lines: [line('1010', 12345n), line('4010', -12345n)],
  ...more,
});
const written = (more: Partial<PostedEntry> = {}, currency = 'USD', currencyScale = 2) =>
  hledgerEntry(entry(more), names, { currency, currencyScale });

test('number, memo, id and lines stand where hledger looks for them', () => {
  assert.equal(
    written(),
    '2026-11-23 * (JV-2083/84-000001) Cash sale\n    ; id:0193\n' +
      '    1010 Cash  123.45 USD\n    4010 Sales  -123.45 USD\n\n',
  );
});

test('links of reversals are tags, the reference and the memos of lines are comments', () => {
  const lines = [line('1010', 1n, { memo: 'till 2' }), line('4010', -1n)];
  assert.equal(
    written({ reference: 'INV-7', reverses: 'JV-1', reversed_by: 'JV-2', lines }, 'JPY', 0),
    '2026-11-23 * (JV-2083/84-000001) Cash sale\n    ; reference: INV-7\n' +
      '    ; id:0193, reverses:JV-1, reversed-by:JV-2\n' +
      '    1010 Cash  1 JPY  ; till 2\n    4010 Sales  -1 JPY\n\n',
  );
});

test('no text adds a line, a comment, a tag, a date or a payee', () => {
  const hostile = '* (x) a\r\n2024-01-01 b ; c | d date:2024-99-99 [2024-13-01]\u2028';
  const text = written({
    memo: hostile,
    reference: hostile,
    lines: [line('1010', 1n, { memo: hostile }), line('4010', -1n, { memo: ' \n' })],
  });
  assert.deepEqual(text.split('\n').slice(0, 5), [
    '2026-11-23 * (JV-2083/84-000001) * (x) a 2024-01-01 b , c / d date:2024-99-99 [2024-13-01]',
    '    ; reference: * (x) a 2024-01-01 b ; c | d date :2024-99-99 (2024-13-01)',
    '    ; id:0193',
    '    1010 Cash  0.01 USD  ; * (x) a 2024-01-01 b ; c | d date :2024-99-99 (2024-13-01)',
    '    4010 Sales  -0.01 USD',
  ]);
});

test('a line in another currency carries its whole cost in the company’s', () => {
  const lines = [
    line('1010', 13330n, { foreign: { amount: '1.00', currency: 'EUR' } }),
    line('4010', -13330n, { foreign: { amount: '-1.00', currency: 'EUR' } }),
  ];
  const text = written({ lines }, 'NPR');
  assert.match(text, /^ {4}1010 Cash {2}1\.00 EUR @@ 133\.30 NPR$/m);
  assert.match(text, /^ {4}4010 Sales {2}-1\.00 EUR @@ 133\.30 NPR$/m);
});

test('an account that the chart lacks stops the journal rather than its line being left out', () => {
  assert.throws(() => written({ lines: [line('9', 1n)] }), /account 9 is not in the chart/);
});
