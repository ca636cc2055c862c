// Proves that signing in cannot be used to send people to another site.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hostileAddresses } from '#test/hostile-addresses';
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

test('whatever is asked for, the way back is a path of our own', () => {
  const base = 'http://acme.localhost';
  const own = (next: string) => {
    const back = safeNext(next);
    assert.ok(back.startsWith('/') && new URL(back, base).origin === base, JSON.stringify([next, back]));
    assert.doesNotMatch(back, /[^\x21-\x7e]/, JSON.stringify(next));
    assert.doesNotMatch(back.split('?', 1)[0] ?? '', /\\|^\/\//, JSON.stringify(next));
    assert.equal(safeNext(back), back, 'reading it once more changes nothing');
  };
  for (const next of hostileAddresses) own(next);
  const piece = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    ':',
    '@',
    '?',
    '#',
    '%2f',
    '%5c',
    '\t',
    '\n',
    '\0',
    ' ',
    'evil.test',
    'http',
    'javascript',
    '\u2028',
    '／',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary' })), { maxLength: 8 }), (pieces) =>
      own(pieces.join('')),
    ),
    { numRuns: 3000 },
  );
});
