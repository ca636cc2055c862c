// Proves that guarded texts are no formulas and come back as they were.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { guarded, harmless, unguarded } from './spreadsheet-text.ts';

const formulas = ['=1+1', '+1', '-1', '@A1', '\t=1', '\r=1', ' =1', '＝1', '-', '=cmd|x'];

test('a text that could be a formula gets an apostrophe, and no other does', () => {
  for (const text of formulas) assert.deepEqual([harmless(text), guarded(text)], [`'${text}`, `'${text}`]);
  for (const text of ['', 'rent', '1-1', "'", "it's", "'quoted'", '१२']) assert.equal(guarded(text), text);
});

test('whatever is guarded comes back as it was, also with apostrophes of its own', () => {
  const piece = fc.constantFrom("'", '=', '+', '-', '@', ' ', '\t', 'a', '1', '＝');
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join('');
      assert.equal(unguarded(guarded(text)), text);
      assert.equal(harmless(guarded(text)), guarded(text), 'nothing that could be run is left');
    }),
    { numRuns: 2000 },
  );
});
