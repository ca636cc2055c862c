// Exchanges the keys that sign access tokens under two web nodes, and sees that nobody is signed out by it and no retired key counts.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { loadConfig } from '#lib/config';
import {
  addMember,
  createCompany,
  openTestApi,
  openTestHouse,
  type TestApi,
  type TestHouse,
} from '#test/company';
import { testKeyRing } from '#test/secret-keys';
import {
  eraseRetiredKeys,
  listSigningKeys,
  type Member,
  retireSigningKey,
  rotateSigningKeys,
  Tokens,
} from '#users';
import { buildApp } from '../../src/app.ts';

let house: TestHouse;
let nodes: [TestApi, TestApi];
let member: Member;

before(async () => {
  house = await openTestHouse();
  member = await addMember(house.db, await createCompany(house.db), 'clerk');
  nodes = [await openTestApi(house.db), await openTestApi(house.db)];
});

after(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  await house.close();
});

const statusAt = async (node: TestApi, access: string) =>
  (await node.call('GET', '/api/v1/users/me/', undefined, { authorization: `Bearer ${access}` })).status;
const everywhere = (access: string) => Promise.all(nodes.map((node) => statusAt(node, access)));
const kidOf = (access: string) => decodeProtectedHeader(access).kid;
const stateOf = async (kid: string) =>
  (await listSigningKeys(house.db)).find((key) => key.kid === kid)?.state;
const keySetOf = async (node: TestApi) =>
  (await node.call('GET', '/.well-known/jwks.json')).body as unknown as JSONWebKeySet;
/** A second, after which every node has read the keys anew. */
const nextReading = () => new Promise((resolve) => setTimeout(resolve, 1010));
const pass = (seconds: number) =>
  house.superuser.query(
    'update signing_keys set signs_from = signs_from - $1::interval, retired_at = retired_at - $1::interval',
    [`${seconds} s`],
  );

describe('the key set', () => {
  test('verifies our tokens, holds nothing private, and may be kept for less long than a key is published before it signs', async () => {
    const { body, headers } = await nodes[0].call('GET', '/.well-known/jwks.json', undefined, {
      host: 'anything.test',
    });
    const { keys } = body as unknown as JSONWebKeySet;
    assert.deepEqual(Object.keys(keys[0] ?? {}).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x']);
    assert.equal(headers['cache-control'], 'public, max-age=300');
    const { access } = await nodes[0].tokens.issue(member);
    const { payload } = await jwtVerify(access, createLocalJWKSet({ keys }), { audience: 'himalytix-api' });
    assert.equal(payload.sub, member.userId);
  });

  test('lies sealed in the database, where no private part can be read', async () => {
    const { rows } = await house.superuser.query('select * from signing_keys');
    assert.ok(rows.length > 0);
    for (const { private_jwk, private_sealed, public_jwk } of rows) {
      assert.equal(private_jwk, null);
      assert.match(private_sealed, /^v1\.test\./);
      assert.ok(!('d' in public_jwk));
    }
  });
});

describe('a rotation', () => {
  test('publishes a key before it signs, and signs nobody out', async () => {
    const before = await nodes[0].tokens.issue(member);
    const kid = await rotateSigningKeys(house.db, testKeyRing, 60);
    assert.deepEqual([await stateOf(kid), await stateOf(kidOf(before.access) ?? '')], ['coming', 'signing']);
    await nextReading();
    for (const node of nodes) {
      assert.ok((await keySetOf(node)).keys.some((key) => key.kid === kid));
      assert.notEqual(kidOf((await node.tokens.issue(member)).access), kid);
    }
    await pass(60);
    await nextReading();
    const after = await nodes[0].tokens.refresh(before.refresh, null);
    assert.equal(kidOf(after.pair.access), kid);
    assert.deepEqual(await everywhere(before.access), [200, 200]);
    assert.deepEqual(await everywhere(after.pair.access), [200, 200]);
    assert.deepEqual(
      [await stateOf(kid), await stateOf(kidOf(before.access) ?? '')],
      ['signing', 'verifying'],
    );
  });

  test('at once is followed at once: a node that has just read the keys accepts what another signs with a newer one', async () => {
    await Promise.all(nodes.map(keySetOf));
    const kid = await rotateSigningKeys(house.db, testKeyRing, 0);
    const elsewhere = new Tokens(house.db, testKeyRing);
    const { access } = await elsewhere.issue(member);
    assert.equal(kidOf(access), kid);
    assert.deepEqual(await everywhere(access), [200, 200]);
  });

  test('lets the old key verify until its last token has run out, and then forgets it', async () => {
    const old = (await new Tokens(house.db, testKeyRing).issue(member)).access;
    const kid = kidOf(old) ?? '';
    await rotateSigningKeys(house.db, testKeyRing, 0);
    await pass(650);
    await nextReading();
    assert.equal(await stateOf(kid), 'verifying');
    await pass(60);
    await nextReading();
    assert.equal(await stateOf(kid), 'retired');
    assert.deepEqual(await everywhere(old), [401, 401]);
    assert.ok(!(await keySetOf(nodes[0])).keys.some((key) => key.kid === kid));
    assert.ok((await eraseRetiredKeys(house.db)) > 0);
    const { rows } = await house.superuser.query('select private_sealed from signing_keys where kid = $1', [
      kid,
    ]);
    assert.deepEqual(rows, [{ private_sealed: null }]);
  });

  test('is made by one of several who find no key', async () => {
    await house.superuser.query('delete from signing_keys');
    const several = Array.from({ length: 5 }, () => new Tokens(house.db, testKeyRing));
    const pairs = await Promise.all(several.map((tokens) => tokens.issue(member)));
    assert.equal(new Set(pairs.map(({ access }) => kidOf(access))).size, 1);
  });
});

describe('a retirement', () => {
  test('is refused of the key that signs, and of one whose tokens are out, unless it is forced', async () => {
    await nextReading();
    const { access } = await nodes[0].tokens.issue(member);
    const kid = kidOf(access) ?? '';
    const inUse = { code: 'users/signing-key-in-use' };
    await assert.rejects(retireSigningKey(house.db, kid, true), inUse);
    await rotateSigningKeys(house.db, testKeyRing, 0);
    await assert.rejects(retireSigningKey(house.db, kid, false), inUse);
    await assert.rejects(retireSigningKey(house.db, 'nobody', true), { kind: 'not-found' });
    assert.deepEqual(await everywhere(access), [200, 200]);
    await retireSigningKey(house.db, kid, true);
    await nextReading();
    assert.deepEqual(await everywhere(access), [401, 401]);
  });
});

describe('a key from before keys were sealed', () => {
  test('is sealed by the first program that reads it, and goes on signing', async () => {
    const { rows } = await house.superuser.query(
      'select * from signing_keys order by created_at desc limit 1',
    );
    const { kid, private_sealed: sealed } = rows[0];
    const plain = testKeyRing.open(sealed, `signing_keys.private:${kid}`).toString();
    await house.superuser.query(
      'update signing_keys set private_sealed = null, private_jwk = $2 where kid = $1',
      [kid, plain],
    );
    const { access } = await new Tokens(house.db, testKeyRing).issue(member);
    assert.equal(kidOf(access), kid);
    assert.deepEqual(await everywhere(access), [200, 200]);
    const after = await house.superuser.query('select * from signing_keys where kid = $1', [kid]);
    assert.deepEqual([after.rows[0].private_jwk, /^v1\./.test(after.rows[0].private_sealed)], [null, true]);
  });
});

test('a node with other secret keys than the database’s does not begin to serve, and says which it lacks', async () => {
  const other = `other:${Buffer.alloc(32, 'other').toString('base64')}`;
  const app = await buildApp(
    loadConfig({ HIMALYTIX_LOG_LEVEL: 'silent', HIMALYTIX_SECRET_KEYS: other }),
    house.db,
  );
  await assert.rejects(
    async () => await app.ready(),
    /sealed with the key test, but the secret keys here are other/,
  );
  await app.close();
});
