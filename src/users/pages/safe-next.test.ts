// Proves that signing in cannot be used to send people to another site.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { safeNext } from './safe-next.ts';

test('a page of this site is where one goes on', () => {
  assert.equal(safeNext('/journal-entries/?q=rent'), '/journal-entries/?q=rent');
});

test('another site, however it is spelled, is not', () => {
  for (const next of [
    '//evil.test/',
    '/\\evil.test/',
    'https://evil.test/',
    'javascript:alert(1)',
    '',
    '/\t/evil.test',
    '/..//evil.test',
  ]) {
    assert.equal(safeNext(next), '/', next);
  }
});

test('signing in does not lead back to signing in', () => {
  assert.equal(safeNext('/sign-out/'), '/');
});
