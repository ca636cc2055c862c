// Signs in, refreshes and signs out, rightly and wrongly, and looks at what is open afterwards.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  type Answer,
  addMember,
  createCompany,
  openTestApi,
  openTestHouse,
  type TestApi,
  type TestCompany,
  type TestHouse,
  testPassword,
} from '#test/company';
import type { Member } from '#users';
import { faultsOf } from './problem.ts';

let house: TestHouse;
let api: TestApi;
let mine: TestCompany;
let other: TestCompany;
let member: Member;

before(async () => {
  house = await openTestHouse(4);
  [mine, other] = [await createCompany(house.db), await createCompany(house.db)];
  api = await openTestApi(house.db);
  member = await addMember(house.db, mine, 'accountant');
});

after(async () => {
  await api.close();
  await house.close();
});

type Headers = Record<string, string>;

const me = (token: string, headers: Headers = {}): Promise<Answer> =>
  api.call('GET', '/api/v1/users/me/', undefined, { authorization: `Bearer ${token}`, ...headers });
const post = (path: string, body: unknown, headers: Headers = {}) =>
  api.call('POST', `/api/v1/auth/${path}/`, body, headers);
const login = (email: string, password: string, headers: Headers = {}) =>
  post('login', { email, password }, headers);

describe('signing in', () => {
  test('gives a pair of tokens and says who one is', async () => {
    const { status, body, headers } = await login(` ${member.email.toUpperCase()} `, testPassword);
    assert.equal(status, 200);
    assert.deepEqual([body.token_type, body.expires_in], ['Bearer', 600]);
    assert.equal((body.user as { role: string }).role, 'accountant');
    assert.equal((await me(body.access)).status, 200);
    assert.match(String(headers['cache-control']), /no-store/);
  });

  test('answers the same whether the address, the password or the company is wrong', async () => {
    const slug = { 'x-tenant': mine.tenant.slug };
    const answers = [
      await login(member.email, 'wrong', slug),
      await login('nobody@example.test', testPassword, slug),
      await login(member.email, testPassword, { 'x-tenant': other.tenant.slug }),
      await login(member.email, 'wrong'),
      await login('nobody@example.test', testPassword),
      await login("' or 1=1 --", "' or 1=1 --", slug),
      await login('%', testPassword, slug),
      await login('', '', slug),
    ];
    const said = answers.map(({ status, body: { instance: _, ...body } }) => ({ status, body }));
    for (const each of said) assert.deepEqual(each, said[0]);
    assert.equal(said[0]?.status, 401);
  });

  test('without naming one of several companies asks for it, to who knows the password only', async () => {
    const both = await addMember(house.db, mine, 'auditor');
    const place = [both.userId, other.tenant.id];
    await house.superuser.query(
      "insert into memberships (user_id, tenant_id, role) values ($1, $2, 'auditor')",
      place,
    );
    const asked = await login(both.email, testPassword);
    assert.equal(asked.body.code, 'users/company-needed');
    assert.equal((await login(both.email, 'wrong')).status, 401);
    const there = await login(both.email, testPassword, { 'x-tenant': other.tenant.slug });
    assert.equal(there.status, 200);
    faultsOf(await me(there.body.access, { 'x-tenant': mine.tenant.slug }), 403);
  });
});

describe('a refresh token', () => {
  test('works once; used again it ends its whole sign-in, and no other', async () => {
    const [first, bystander] = [await api.tokens.issue(member), await api.tokens.issue(member)];
    const second = await post('refresh', { refresh: first.refresh });
    assert.equal(second.status, 200);
    assert.equal((await me(second.body.access)).status, 200);
    faultsOf(await post('refresh', { refresh: first.refresh }), 401);
    for (const token of [first.access, second.body.access]) faultsOf(await me(token), 401);
    faultsOf(await post('refresh', { refresh: second.body.refresh }), 401);
    assert.equal((await me(bystander.access)).status, 200);
  });

  test('used twice at once gives one pair at most', async () => {
    const { refresh } = await api.tokens.issue(member);
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => post('refresh', { refresh })));
    assert.ok(answers.filter(({ status }) => status === 200).length <= 1);
  });

  test('that is shown to another company is refused there and good here', async () => {
    const { refresh } = await api.tokens.issue(member);
    faultsOf(await post('refresh', { refresh }, { 'x-tenant': other.tenant.slug }), 401);
    assert.equal((await post('refresh', { refresh }, { 'x-tenant': mine.tenant.slug })).status, 200);
  });

  test('that is unknown, an access token, or out of time is refused', async () => {
    const { refresh, access: notRefresh } = await api.tokens.issue(member);
    await house.superuser.query(
      "update refresh_tokens set expires_at = now() - interval '1 s' where used_at is null",
    );
    for (const token of ['', 'x', notRefresh.slice(0, 200), refresh])
      faultsOf(await post('refresh', { refresh: token }), 401);
  });
});

describe('signing out', () => {
  test('ends the access token, its refresh token and what came of it, at once', async () => {
    const first = await api.tokens.issue(member);
    const second = (await post('refresh', { refresh: first.refresh })).body;
    assert.equal((await post('logout', undefined, { authorization: `Bearer ${first.access}` })).status, 204);
    for (const token of [first.access, second.access]) faultsOf(await me(token), 401);
    faultsOf(await post('refresh', { refresh: second.refresh }), 401);
  });

  test('works with a refresh token alone, also beside an access token that is good no more', async () => {
    const useless: Headers = { authorization: 'Bearer x' };
    for (const headers of [{}, useless]) {
      const pair = await api.tokens.issue(member);
      assert.equal((await post('logout', { refresh: pair.refresh }, headers)).status, 204);
      faultsOf(await me(pair.access), 401);
    }
  });

  test('asks for a token, and not in another company’s name', async () => {
    faultsOf(await post('logout', {}), 401);
    faultsOf(await post('logout', undefined, { authorization: 'Bearer x' }), 401);
    const pair = await api.tokens.issue(member);
    const headers = { authorization: `Bearer ${pair.access}`, 'x-tenant': other.tenant.slug };
    faultsOf(await post('logout', undefined, headers), 403);
    assert.equal((await me(pair.access)).status, 200);
  });
});
