// Holds codes of authenticator apps to RFC 6238 and to the edges of their time steps.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateSync } from 'otplib';
import { newTotpSecret, stepOfCode, totpAddress } from './totp.ts';

/** RFC 6238, appendix B: the ASCII text 12345678901234567890 in base32. */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

test('the test vectors of RFC 6238 are right, with their last six digits', () => {
  const vectors: [number, string][] = [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ];
  for (const [seconds, code] of vectors)
    assert.equal(stepOfCode(secret, code, seconds * 1000), Math.floor(seconds / 30), code);
});

test('a code counts in its own step and the ones beside it, to the second, and no longer', () => {
  const step = 60_000_000;
  const code = generateSync({ secret, epoch: step * 30 });
  const edges: [number, number | null][] = [
    [(step - 1) * 30 - 1, null],
    [(step - 1) * 30, step],
    [step * 30 - 1, step],
    [step * 30, step],
    [step * 30 + 29, step],
    [(step + 2) * 30 - 1, step],
    [(step + 2) * 30, null],
  ];
  for (const [seconds, expected] of edges)
    assert.equal(stepOfCode(secret, code, seconds * 1000), expected, `${seconds - step * 30} s`);
});

test('spaces in a code are none, and what is no code of six digits is of no step', () => {
  const at = 59_000;
  assert.equal(stepOfCode(secret, ' 287 082 ', at), 1);
  for (const code of [
    '',
    '28708',
    '2870820',
    '94287082',
    'abcdef',
    '２８７０８２',
    '287082\u0000',
    '-287082',
  ])
    assert.equal(stepOfCode(secret, code, at), null, JSON.stringify(code));
});

test('secrets are 160 random bits, and apps read them with the person’s address', () => {
  const [one, other] = [newTotpSecret(), newTotpSecret()];
  assert.match(one, /^[A-Z2-7]{32}$/);
  assert.notEqual(one, other);
  const address = new URL(totpAddress(one, 'a+b@acme.test'));
  assert.equal(address.protocol, 'otpauth:');
  assert.equal(decodeURIComponent(address.pathname), '/Himalytix:a+b@acme.test');
  assert.equal(address.searchParams.get('secret'), one);
  assert.equal(address.searchParams.get('issuer'), 'Himalytix');
});
