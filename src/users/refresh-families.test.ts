// Proves what a second use of a refresh token ends, however the uses fall together, and that no sign-in lasts for ever.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addMember, createCompany, openTestHouse, type TestHouse } from '#test/company';
import { testKeyRing } from '#test/secret-keys';
import { purgeRefreshTokens } from './refresh-families.ts';
import { Tokens } from './tokens.ts';
import type { Member } from './user.ts';

let house: TestHouse;
let nodes: [Tokens, Tokens];
let member: Member;
before(async () => {
  house = await openTestHouse();
  member = await addMember(house.db, await createCompany(house.db), 'clerk');
  nodes = [new Tokens(house.db, testKeyRing), new Tokens(house.db, testKeyRing)];
});
after(() => house.close());

const refused = { code: 'users/token-refused' };
const pass = (interval: string, familyId: string) =>
  house.superuser.query(
    `update refresh_tokens set created_at = created_at - $1::interval, family_since = family_since - $1::interval,
       expires_at = expires_at - $1::interval where family_id = $2`,
    [interval, familyId],
  );

test('of uses at the same moment on two nodes one wins, the others end the family, and the winner’s pair is worth nothing', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { refresh, access } = await nodes[0].issue(member);
    const uses = [0, 1, 2, 3].map((index) => (nodes[index % 2] ?? nodes[0]).refresh(refresh, null));
    const results = await Promise.allSettled(uses);
    const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.pair] : []));
    assert.equal(won.length, 1);
    await assert.rejects(nodes[0].refresh(won[0]?.refresh ?? '', null), refused);
    for (const token of [access, won[0]?.access ?? ''])
      await assert.rejects(nodes[1].memberOf(token), refused);
  }
});

test('a sign-out at the moment of a refresh leaves nothing that can be used', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { refresh } = await nodes[0].issue(member);
    const [result] = await Promise.allSettled([
      nodes[0].refresh(refresh, null),
      nodes[1].revoke({ refresh }),
    ]);
    if (result.status === 'rejected') continue;
    const { pair } = result.value;
    await assert.rejects(nodes[0].memberOf(pair.access), refused);
    await assert.rejects(nodes[0].refresh(pair.refresh, null), refused);
  }
});

test('a family ends after ninety days, however often it is refreshed, and no access token outlives it', async () => {
  let pair = await nodes[0].issue(member);
  const { familyId } = await nodes[0].verify(pair.access);
  for (let day = 10; day < 90; day += 10) {
    await pass('10 days', familyId);
    pair = (await nodes[0].refresh(pair.refresh, null)).pair;
    assert.equal(pair.expires_in, 600);
  }
  await pass('9 days 23:55:00', familyId);
  pair = (await nodes[0].refresh(pair.refresh, null)).pair;
  assert.ok(pair.expires_in > 290 && pair.expires_in <= 300, String(pair.expires_in));
  await pass('5 minutes', familyId);
  await assert.rejects(nodes[0].refresh(pair.refresh, null), refused);
});

test('a sign-in that is not refreshed for a fortnight ends', async () => {
  const { access, refresh } = await nodes[0].issue(member);
  await pass('14 days', (await nodes[0].verify(access)).familyId);
  await assert.rejects(nodes[0].refresh(refresh, null), refused);
});

test('tokens are forgotten a day after their end, and what is good or was just used stays', async () => {
  await house.superuser.query('delete from refresh_tokens');
  const old = await nodes[0].issue(member);
  const next = (await nodes[0].refresh(old.refresh, null)).pair;
  const gone = await nodes[0].issue(member);
  await pass('15 days 00:01:00', (await nodes[0].verify(gone.access)).familyId);
  assert.equal(await purgeRefreshTokens(house.db), 1);
  assert.equal(await purgeRefreshTokens(house.db), 0);
  await assert.rejects(nodes[0].refresh(old.refresh, null), refused);
  await assert.rejects(nodes[0].refresh(next.refresh, null), refused);
});
