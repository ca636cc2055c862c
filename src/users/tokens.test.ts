// Holds access tokens to their end, also those whose signature is remembered.
import assert from 'node:assert/strict';
import { after, before, mock, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { MOST_AGE_MS } from '#lib/cache';
import { addMember, createCompany, openTestHouse, type TestHouse } from '#test/company';
import { testKeyRing } from '#test/secret-keys';
import { Tokens } from './tokens.ts';

let house: TestHouse;
before(async () => {
  house = await openTestHouse();
});
after(() => house.close());

const refused = { code: 'users/token-refused' };

async function signIn() {
  const member = await addMember(house.db, await createCompany(house.db), 'clerk');
  const tokens = new Tokens(house.db, testKeyRing);
  const { access } = await tokens.issue(member);
  assert.deepEqual(await tokens.memberOf(access), member);
  return { tokens, access, member };
}

test('an access token that was found good before is refused once its time is over', async () => {
  const { tokens, access } = await signIn();
  mock.timers.enable({ apis: ['Date'], now: Date.now() + 598_000 });
  try {
    await tokens.memberOf(access);
    mock.timers.tick(3000);
    await assert.rejects(tokens.memberOf(access), refused);
  } finally {
    mock.timers.reset();
  }
});

test('an access token that was found good before is refused once its sign-in is ended or its user has left, at the latest when the memory of it is too old', async () => {
  const ended = await signIn();
  await ended.tokens.revoke({ familyId: (await ended.tokens.verify(ended.access)).familyId });
  const left = await signIn();
  await house.superuser.query('delete from memberships where user_id = $1', [left.member.userId]);
  await delay(MOST_AGE_MS);
  await assert.rejects(ended.tokens.memberOf(ended.access), refused);
  await assert.rejects(left.tokens.memberOf(left.access), refused);
});

test('a token that differs from a remembered one in its signature only is refused', async () => {
  const { tokens, access } = await signIn();
  const other = access.at(-10) === 'A' ? 'B' : 'A';
  await assert.rejects(tokens.memberOf(`${access.slice(0, -10)}${other}${access.slice(-9)}`), refused);
});
