// Proves how passwords are hashed and compared: the same work for everybody, and one form for what looks the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Algorithm, hash, verify } from '@node-rs/argon2';
import { hashPassword, needsRehash, passwordMatches } from './password.ts';

test('without a hash to compare with, as much is computed as with one, and nothing matches', async () => {
  const seen: string[] = [];
  const counting: typeof verify = (hashed, password, ...more) => {
    seen.push(String(hashed).split('$').slice(0, 4).join('$'));
    return verify(hashed, password, ...more);
  };
  const known = await hashPassword('correct horse battery staple');
  assert.equal(await passwordMatches('wrong', known, counting), false);
  assert.equal(await passwordMatches('wrong', undefined, counting), false);
  assert.equal(await passwordMatches('nobody has this password', undefined, counting), false);
  assert.deepEqual(new Set(seen), new Set(['$argon2id$v=19$m=19456,t=2,p=1']));
  assert.equal(seen.length, 3);
});

test('a password matches however its accents were keyed', async () => {
  const composed = await hashPassword('caf\u00e9 am R\u00e4nd');
  assert.equal(await passwordMatches('cafe\u0301 am Ra\u0308nd', composed), true);
  assert.equal(await passwordMatches('cafe am Rand', composed), false);
});

test('a hash of other parameters or another algorithm is to be made anew, a fresh one is not', async () => {
  assert.equal(needsRehash(await hashPassword('x')), false);
  const cheap = { memoryCost: 8192, timeCost: 1, parallelism: 1 };
  assert.equal(needsRehash(await hash('x', cheap)), true);
  const other = { memoryCost: 19_456, timeCost: 2, parallelism: 1, algorithm: 1 satisfies Algorithm.Argon2i };
  assert.equal(needsRehash(await hash('x', other)), true);
});
