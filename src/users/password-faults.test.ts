// Proves which new passwords are refused and why, and that good ones are not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passwordFaults } from './password-faults.ts';
import { presetPolicy, strictest } from './sign-in-policy.ts';

const known = ['Sita Rai', 'sita.rai@mountain-traders.test', 'Mountain Traders', 'mountain'];
const codesOf = async (password: string, policy = presetPolicy) =>
  (await passwordFaults(password, policy, known)).map(({ code }) => code.replace('users/password-', ''));

test('a long password without any rule of composition is good', async () => {
  for (const password of [
    'correct horse battery staple',
    'यो मेरो लामो पासवर्ड हो',
    'q7Vd-kk2x-mmPw',
    '            spaces are signs',
  ])
    assert.deepEqual(await codesOf(password), [], password);
});

test('length is counted in characters, and a short one is refused', async () => {
  assert.deepEqual(await codesOf('plinth-vexe'), ['short']);
  assert.deepEqual(await codesOf(`${'\u{1f33b}'.repeat(3)}plinthvex`), []);
  assert.deepEqual(await codesOf(''), ['short']);
  assert.deepEqual(await codesOf('plinth vexed quartz', { ...presetPolicy, minLength: 20 }), ['short']);
});

test('a password may have sixty-four characters, and a thousand', async () => {
  const long = 'plinth vexed quartz jumbled fog '.repeat(32);
  for (const length of [64, 1000]) assert.deepEqual(await codesOf(long.slice(0, length)), [], String(length));
});

test('a password that no server should hash is refused unread', async () => {
  assert.deepEqual(await codesOf('ab'.repeat(501)), ['long']);
});

test('what leaks have shown, repeated, in disguise or as a sequence, is refused', async () => {
  for (const password of [
    'Password',
    'passwordpassword',
    'P@ssw0rd!2026',
    '123456789012',
    'abcdefghijklm',
    'aaaaaaaaaaaaaaa',
    'abcabcabcabc',
    'qwertyuiop[]',
    '!!Football1234!!',
  ])
    assert.ok((await codesOf(password)).includes('common'), password);
  assert.deepEqual(await codesOf('passwordpassword', { ...presetPolicy, refuseCommon: false }), []);
});

test('what is known of the owner does not make a password, but may be in one', async () => {
  for (const password of [
    'SitaRai2026!',
    'mountain-traders',
    'sita.rai@mountain-traders.test',
    'himalytix2026',
  ])
    assert.ok((await codesOf(password)).includes('personal'), password);
  assert.deepEqual(await codesOf('the mountain hides a red fox'), []);
});

test('kinds of characters are asked for where a company wants them, and several faults are told at once', async () => {
  const policy = { ...presetPolicy, kinds: 3 };
  assert.deepEqual(await codesOf('plinth vexed quartz', policy), ['kinds']);
  assert.deepEqual(await codesOf('Plinth vexed quartz', policy), []);
  assert.deepEqual(await codesOf('password', policy), ['short', 'kinds', 'common']);
});

test('the strictest of several policies holds in each respect', () => {
  const one = { ...presetPolicy, minLength: 20, idleMinutes: 90 };
  const other = { ...presetPolicy, kinds: 2, refuseCommon: false, sessionHours: 8 };
  assert.deepEqual(strictest([one, other]), { ...presetPolicy, minLength: 20, kinds: 2, sessionHours: 8 });
  assert.deepEqual(strictest([]), presetPolicy);
});
