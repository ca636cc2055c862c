// Holds the secrets of sessions, links and keys to their length, and to no two being alike.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashSecretToken, newSecretToken } from './secret-token.ts';

test('a token is 256 random bits, and no two are alike', () => {
  const tokens = Array.from({ length: 1000 }, newSecretToken);
  assert.equal(new Set(tokens).size, tokens.length);
  for (const token of tokens) assert.equal(Buffer.from(token, 'base64url').length * 8, 256);
  // Each bit is set in about half of them: further off than 110 of 1,000 happens once in a billion runs.
  for (let bit = 0; bit < 256; bit += 1) {
    const set = tokens.filter((token) => {
      const byte = Buffer.from(token, 'base64url')[bit >> 3] ?? 0;
      return ((byte >> (bit & 7)) & 1) === 1;
    });
    assert.ok(Math.abs(set.length - 500) < 110, `bit ${bit} is set in ${set.length} of 1,000`);
  }
});

test('what is stored of a token is its SHA-256 and tells nothing of it', () => {
  const token = newSecretToken();
  assert.equal(hashSecretToken(token).length, 32);
  assert.notDeepEqual(hashSecretToken(token), hashSecretToken(newSecretToken()));
  assert.equal(hashSecretToken(token).includes(Buffer.from(token, 'base64url')), false);
});
