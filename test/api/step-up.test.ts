// Does over the API what asks for a fresh proof, with and without one.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import {
  type Call,
  createCompany,
  openTestApi,
  openTestHouse,
  type TestApi,
  type TestCompany,
  type TestHouse,
  testPassword,
} from '#test/company';
import { addPerson, ageSignIns, codeOf, setUpApp } from '#test/factors';
import type { Role } from '#users';
import { faultsOf, refused } from './problem.ts';

let house: TestHouse;
let api: TestApi;
let company: TestCompany;

before(async () => {
  house = await openTestHouse(4);
  company = await createCompany(house.db);
  api = await openTestApi(house.db);
});

after(async () => {
  await api.close();
  await house.close();
});

const newMember = (role: Role) => addPerson(house.db, company, role);

describe('step-up', () => {
  const reopen = (call: Call) => call('POST', '/fiscal-years/999999/reopening/', { reason: 'x' });

  test('lets who has signed in within ten minutes close and open years, and then asks for a proof', async () => {
    const member = await newMember('owner');
    const call = await api.as(member);
    faultsOf(await reopen(call), 404);
    await ageSignIns(house.db, member.userId, 9);
    faultsOf(await reopen(call), 404);
    await ageSignIns(house.db, member.userId, 11);
    for (const answer of [await reopen(call), await call('POST', '/fiscal-years/1/closing/', {})])
      refused(answer, 'users/step-up-needed', 403);
    refused(await call('POST', '/auth/confirm/', { password: 'a wrong one' }), 'users/confirmation-refused');
    refused(await reopen(call), 'users/step-up-needed', 403);
    assert.equal((await call('POST', '/auth/confirm/', { password: testPassword })).status, 200);
    faultsOf(await reopen(call), 404);
  });

  test('tells nothing of it to who lacks the permission', async () => {
    const member = await newMember('clerk');
    const call = await api.as(member);
    await ageSignIns(house.db, member.userId, 11);
    refused(await reopen(call), 'users/permission-missing', 403);
  });

  test('asks for the second factor too where there is one, and holds for this sign-in alone', async () => {
    const member = await newMember('owner');
    const { secret } = await setUpApp(house.db, member.userId);
    const [call, elsewhere] = [await api.as(member), await api.as(member)];
    await ageSignIns(house.db, member.userId, 11);
    const attempts = [{}, { otp: codeOf(secret, 9) }, { recovery_code: 'x' }];
    for (const more of attempts)
      refused(
        await call('POST', '/auth/confirm/', { password: testPassword, ...more }),
        'users/confirmation-refused',
      );
    const right = { password: testPassword, otp: codeOf(secret) };
    assert.equal((await call('POST', '/auth/confirm/', right)).status, 200);
    refused(await call('POST', '/auth/confirm/', right), 'users/confirmation-refused');
    faultsOf(await reopen(call), 404);
    refused(await reopen(elsewhere), 'users/step-up-needed', 403);
  });

  test('is not refreshed with the tokens, and outlives a refresh', async () => {
    const member = await newMember('owner');
    const credentials = { email: member.email, password: testPassword };
    const { body } = await api.call('POST', '/api/v1/auth/login/', credentials);
    const refreshed = (await api.call('POST', '/api/v1/auth/refresh/', { refresh: body.refresh })).body;
    const as =
      (access: string): Call =>
      (method, path, sent, headers = {}) =>
        api.call(method, `/api/v1${path}`, sent, { authorization: `Bearer ${access}`, ...headers });
    faultsOf(await reopen(as(refreshed.access)), 404);
    await ageSignIns(house.db, member.userId, 11);
    const again = (await api.call('POST', '/api/v1/auth/refresh/', { refresh: refreshed.refresh })).body;
    refused(await reopen(as(again.access)), 'users/step-up-needed', 403);
    assert.equal((await as(again.access)('POST', '/auth/confirm/', { password: testPassword })).status, 200);
    faultsOf(await reopen(as(again.access)), 404);
  });

  test('lets a stolen session guess passwords no faster than signing in does', async () => {
    const member = await newMember('owner');
    const call = await api.as(member);
    for (let times = 0; times < 11; times += 1)
      refused(
        await call('POST', '/auth/confirm/', { password: `wrong ${times}` }),
        'users/confirmation-refused',
      );
    refused(await call('POST', '/auth/confirm/', { password: testPassword }), 'users/too-many-attempts', 429);
  });

  test('is nothing that an API key could give, whatever its scopes', async () => {
    const owner = await api.as(await newMember('owner'));
    const made = await owner('POST', '/api-keys/', {
      name: 'Closes years',
      kind: 'service',
      role: 'owner',
      scopes: ['accounting.fiscal_year.*', 'accounting.fiscal_year.reopen', 'users.member.manage'],
    });
    assert.equal(made.status, 201);
    const authorization = `Bearer ${made.body.secret}`;
    const byKey: Call = (method, path, sent) => api.call(method, `/api/v1${path}`, sent, { authorization });
    assert.equal((await byKey('GET', '/fiscal-years/')).status, 200);
    refused(await reopen(byKey), 'users/person-needed', 403);
    refused(await byKey('POST', '/auth/confirm/', { password: testPassword }), 'users/person-needed', 403);
  });

  test('is asked for wherever access is given away, and wrong proofs are in the history', async () => {
    const boss = await newMember('owner');
    const call = await api.as(boss);
    await ageSignIns(house.db, boss.userId, 11);
    const acts: [string, string, object?][] = [
      ['PATCH', `/members/${boss.userId}/`, { role: 'clerk' }],
      ['DELETE', `/members/${boss.userId}/`],
      ['POST', '/roles/', { key: 'x', title: 'X', permissions: [] }],
      ['PUT', '/duties/', {}],
      ['POST', '/invitations/', { email: 'x@example.com', role: 'owner' }],
      ['POST', '/api-keys/', { name: 'x' }],
      ['PUT', '/sign-in-policy/', {}],
      ['PUT', '/sign-in-policy/second-factor/', {}],
      ['DELETE', '/users/me/sessions/'],
      ['DELETE', `/users/me/sessions/${randomUUID()}/`],
    ];
    for (const [method, path, sent] of acts)
      refused(await call(method, path, sent), 'users/step-up-needed', 403);
    refused(await call('POST', '/auth/confirm/', { password: 'a wrong one' }), 'users/confirmation-refused');
    const { body } = await call('GET', '/users/me/sign-ins/');
    const [last] = body.results as { succeeded: boolean; methods: string[] }[];
    assert.deepEqual([last?.succeeded, last?.methods], [false, ['pwd']]);
  });
});
