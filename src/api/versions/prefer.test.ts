// Reads preferences as RFC 7240 writes them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPreferences } from './prefer.ts';

const cases: [string | string[] | undefined, string | null, string | null][] = [
  [undefined, null, null],
  ['', null, null],
  ['return=minimal', 'minimal', null],
  ['Return = "Minimal"', 'minimal', null],
  ['respond-async, wait=100, handling=lenient', null, 'lenient'],
  [['return=representation', 'handling=strict'], 'representation', 'strict'],
  ['return=minimal; foo="some text"', 'minimal', null],
  ['return=minimal, return=representation', 'minimal', null],
  ['return=nothing, handling', null, null],
  ['lenient', null, null],
  [`return=${'x'.repeat(10_000)}`, null, null],
];

test('preferences are read in every way they may be written, and what is none of ours is passed over', () => {
  for (const [header, wanted, handling] of cases)
    assert.deepEqual(readPreferences(header), { return: wanted, handling }, String(header));
});
