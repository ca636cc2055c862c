// Companies that demand a second factor of their members, and people who come over to one.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { inDirectory } from '#lib/tenant-tx';
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
import { addPerson, codeOf, setUpApp } from '#test/factors';
import { type Role, setMembership } from '#users';
import { faultsOf, refused } from './problem.ts';
import { type Headers, twoSteps } from './two-steps.ts';

let house: TestHouse;
let api: TestApi;
let mine: TestCompany;
let other: TestCompany;

before(async () => {
  house = await openTestHouse(4);
  [mine, other] = [await createCompany(house.db), await createCompany(house.db)];
  api = await openTestApi(house.db);
});

after(async () => {
  await api.close();
  await house.close();
});

const newMember = (role: Role = 'accountant', of = mine) => addPerson(house.db, of, role);

const { post, login, second, pendingOf } = twoSteps(() => api);

describe('a company that demands a second factor', () => {
  test('of a role lets its members in with one only, and others as before', async () => {
    const owner = await api.as(await addMember(house.db, mine, 'owner'));
    const clerk = await newMember('clerk');
    const accountant = await newMember('accountant');
    const set = await owner('PUT', '/sign-in-policy/second-factor/', { everybody: false, roles: ['clerk'] });
    assert.deepEqual([set.status, set.body], [200, { everybody: false, roles: ['clerk'] }]);
    refused(await login(clerk), 'users/second-factor-set-up-needed', 403);
    assert.equal((await login(accountant)).status, 200);
    await owner('PUT', '/sign-in-policy/second-factor/', { everybody: true, roles: ['clerk'] });
    refused(await login(accountant), 'users/second-factor-set-up-needed', 403);
    const { secret } = await setUpApp(house.db, accountant.userId);
    assert.equal((await second(await pendingOf(accountant), { otp: codeOf(secret) })).status, 200);
    assert.equal((await login(await newMember('clerk', other))).status, 200);
    await owner('PUT', '/sign-in-policy/second-factor/', { everybody: false, roles: [] });
    assert.equal((await login(clerk)).status, 200);
    assert.deepEqual((await owner('GET', '/sign-in-policy/second-factor/')).body, {
      everybody: false,
      roles: [],
    });
  });

  test('is told of every role that there is not, and only its owner may say so', async () => {
    const owner = await api.as(await newMember('owner'));
    const body = { everybody: false, roles: ['clerk', 'king', 'queen'] };
    const answer = await owner('PUT', '/sign-in-policy/second-factor/', body);
    assert.deepEqual(faultsOf(answer, 422), ['/roles/1 users/role-unknown', '/roles/2 users/role-unknown']);
    const accountant = await api.as(await newMember('accountant'));
    for (const method of ['GET', 'PUT'])
      refused(
        await accountant(method, '/sign-in-policy/second-factor/', method === 'PUT' ? body : undefined),
        'users/permission-missing',
        403,
      );
  });
});

describe('a person of several companies', () => {
  const bearer = ({ body }: Answer) => ({ authorization: `Bearer ${body.access}` });
  const me = async (headers: Headers) =>
    (await api.call('GET', '/api/v1/users/me/', undefined, headers)).body;

  test('is asked for a second factor by the company that they change to, unless they have given it', async () => {
    const person = await newMember('clerk');
    await inDirectory(house.db, (tx) => setMembership(tx, person.userId, other.tenant.id, 'clerk'));
    const here = { 'x-tenant': mine.tenant.slug };
    const there = { tenant: other.tenant.slug };
    const credentials = { email: person.email, password: testPassword };
    const first = await post('login', credentials, here);
    assert.equal((await post('switch', there, bearer(first))).status, 200);
    const owner = await api.as(await newMember('owner', other));
    await owner('PUT', '/sign-in-policy/second-factor/', { everybody: false, roles: ['clerk'] });
    refused(await post('switch', there, bearer(first)), 'users/second-factor-set-up-needed', 403);
    const { secret } = await setUpApp(house.db, person.userId);
    const asked = await post('switch', there, bearer(first));
    refused(asked, 'users/second-factor-needed');
    const over = await second(asked.body.pending, { otp: codeOf(secret) });
    assert.equal(((await me(bearer(over))).tenant as { slug: string }).slug, other.tenant.slug);
    const back = await post('switch', { tenant: mine.tenant.slug }, bearer(over));
    assert.equal(back.status, 200, 'the second factor was given in this sign-in');
    const stale = { authorization: `Bearer ${back.body.access}` };
    const confirmed = { password: testPassword, otp: codeOf(secret, 1) };
    assert.equal((await api.call('POST', '/api/v1/auth/confirm/', confirmed, stale)).status, 200);
    await owner('PUT', '/sign-in-policy/second-factor/', { everybody: false, roles: [] });
  });

  test('who comes over has proved nothing just now', async () => {
    const person = await newMember('owner');
    await inDirectory(house.db, (tx) => setMembership(tx, person.userId, other.tenant.id, 'owner'));
    const headers = { 'x-tenant': mine.tenant.slug };
    const first = await post('login', { email: person.email, password: testPassword }, headers);
    const over = bearer(await post('switch', { tenant: other.tenant.slug }, bearer(first)));
    const reopening = await api.call('POST', '/api/v1/fiscal-years/1/reopening/', { reason: 'x' }, over);
    refused(reopening, 'users/step-up-needed', 403);
  });
});

test('a role of the company’s own can be demanded one of, and takes the demand along when it is removed', async () => {
  const owner = await api.as(await newMember('owner'));
  const role = { key: 'cashier', title: 'Cashier', permissions: ['dashboard.view'] };
  assert.equal((await owner('POST', '/roles/', role)).status, 201);
  const demand = { everybody: false, roles: ['cashier'] };
  assert.equal((await owner('PUT', '/sign-in-policy/second-factor/', demand)).status, 200);
  const cashier = await newMember('clerk');
  assert.equal((await login(cashier)).status, 200);
  await inDirectory(house.db, (tx) => setMembership(tx, cashier.userId, mine.tenant.id, 'cashier'));
  refused(await login(cashier), 'users/second-factor-set-up-needed', 403);
  await inDirectory(house.db, (tx) => setMembership(tx, cashier.userId, mine.tenant.id, 'clerk'));
  assert.equal((await owner('DELETE', '/roles/cashier/')).status, 204);
  const { body } = await owner('GET', '/sign-in-policy/second-factor/');
  assert.deepEqual(body, { everybody: false, roles: [] });
});
