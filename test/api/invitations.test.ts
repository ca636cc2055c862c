// Invites people over the API, uses, misuses and reuses the links that they get, and sets the policy for their passwords.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import {
  addMember,
  createCompany,
  openTestApi,
  openTestHouse,
  type TestApi,
  type TestCompany,
  type TestHouse,
  testPassword,
} from '#test/company';
import { deliveredMails, linkOf } from '#test/mails';
import type { Member } from '#users';
import { faultsOf } from './problem.ts';

let house: TestHouse;
let api: TestApi;
let mine: TestCompany;
let other: TestCompany;
let owner: Member;
let clerk: Member;

before(async () => {
  house = await openTestHouse(6);
  [mine, other] = [await createCompany(house.db), await createCompany(house.db)];
  api = await openTestApi(house.db);
  owner = await addMember(house.db, mine, 'owner');
  clerk = await addMember(house.db, mine, 'clerk');
});
after(async () => {
  await api.close();
  await house.close();
});
beforeEach(async () => {
  await house.superuser.query('truncate sign_in_throttles');
  await deliveredMails(house.db);
});

const newPassword = 'plinth vexed quartz';
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  api.call('POST', `/api/v1${path}`, body, headers);
const ask = (email: string, headers = {}) => post('/auth/password-reset/', { email }, headers);
const confirm = (token: string, password = newPassword) =>
  post('/auth/password-reset/confirm/', { token, password });
const login = (email: string, password: string) =>
  post('/auth/login/', { email, password }, { 'x-tenant': mine.tenant.slug });
const tokenFor = async (email: string) => {
  assert.equal((await ask(email)).status, 202);
  return linkOf((await deliveredMails(house.db)).at(-1)).token;
};

/** The last rows of a company's audit log: who, what, and what is there now. */
async function audited(company: TestCompany, count: number): Promise<unknown[]> {
  const { rows } = await house.superuser.query<{ row: unknown[] }>(
    `select json_build_array(actor_id, subject || ' ' || action, content::json -> 'after') as row
     from ${company.tenant.schema}.audit_rows order by block_seq desc, nth desc limit ${count}`,
  );
  return rows.map(({ row }) => row);
}

describe('an invitation', () => {
  const accept = (token: string, more = {}) => post('/invitations/accept/', { token, ...more });
  const invite = async (email: string, role = 'accountant') => {
    const call = await api.as(owner);
    const answer = await call('POST', '/invitations/', { email, role });
    const link = linkOf((await deliveredMails(house.db)).at(-1));
    return { call, answer, ...link };
  };

  test('makes a newcomer a member with a password of their own, once', async () => {
    const { call, answer, token, url } = await invite('Gita@Example.com');
    assert.equal(answer.status, 201);
    assert.equal(url.host, `${mine.tenant.slug}.localhost:8000`);
    const faults = faultsOf(await accept(token, { name: ' ', password: 'plinth' }), 422);
    assert.deepEqual(faults, ['/name users/invalid', '/password users/password-short']);
    const accepted = await accept(token, { name: 'Gita Rai', password: newPassword });
    assert.deepEqual(accepted.body, {
      tenant: mine.tenant.slug,
      email: 'gita@example.com',
      role: 'accountant',
    });
    assert.equal(
      ((await login('gita@example.com', newPassword)).body.user as { name: string }).name,
      'Gita Rai',
    );
    assert.deepEqual(faultsOf(await accept(token, { name: 'x', password: newPassword }), 422), [
      '/token users/link-refused',
    ]);
    const [created, invited] = await audited(mine, 2);
    const after = { email: 'gita@example.com', role: 'accountant' };
    assert.deepEqual(
      [(created as unknown[])[1], invited],
      ['membership create', [owner.userId, 'invitation create', after]],
    );
    const { body } = await call('GET', '/invitations/');
    assert.deepEqual([body.results[0]?.status, body.results[0]?.invited_by], ['accepted', owner.name]);
  });

  test('makes somebody with an account a member, and leaves name and password as they are', async () => {
    const elsewhere = await addMember(house.db, other, 'storekeeper');
    const { token } = await invite(elsewhere.email, 'clerk');
    assert.equal((await accept(token, { name: 'Thief', password: 'another plinth vexed' })).status, 200);
    assert.equal((await login(elsewhere.email, testPassword)).status, 200);
    assert.equal((await login(elsewhere.email, 'another plinth vexed')).status, 401);
  });

  test('that was taken back, replaced, ran out, or is another company’s is refused', async () => {
    const first = await invite('hari@example.com');
    const second = await invite('hari@example.com', 'clerk');
    const account = { name: 'Hari', password: newPassword };
    const refused = async (token: string, headers = {}) =>
      assert.deepEqual(faultsOf(await post('/invitations/accept/', { token, ...account }, headers), 422), [
        '/token users/link-refused',
      ]);
    await refused(first.token);
    await refused(second.token, { 'x-tenant': other.tenant.slug });
    const stranger = await api.as(await addMember(house.db, other, 'owner'));
    faultsOf(await stranger('DELETE', `/invitations/${second.answer.body.id}/`), 404);
    assert.equal((await second.call('DELETE', `/invitations/${second.answer.body.id}/`)).status, 204);
    faultsOf(await second.call('DELETE', `/invitations/${second.answer.body.id}/`), 404);
    await refused(second.token);
    const late = await invite('hari@example.com');
    await house.superuser.query("update invitations set expires_at = now() where email = 'hari@example.com'");
    await refused(late.token);
    assert.equal(
      (await api.call('POST', '/api/v1/auth/login/', { email: 'hari@example.com', password: newPassword }))
        .status,
      401,
    );
  });

  test('of a bad address, an unknown role, a member or by who may not is refused, and nothing is mailed', async () => {
    const { answer } = await invite('nobody', 'king');
    assert.deepEqual(faultsOf(answer, 422), ['/email users/invalid', '/role users/invalid']);
    assert.deepEqual(faultsOf((await invite(clerk.email)).answer, 422), ['/email users/already-member']);
    const call = await api.as(clerk);
    for (const [method, path, body] of [
      ['POST', '/invitations/', { email: 'x@example.com', role: 'owner' }],
      ['GET', '/invitations/', undefined],
    ] as const)
      faultsOf(await call(method, path, body), 403);
    assert.deepEqual(await deliveredMails(house.db), []);
  });
});

describe('the sign-in policy', () => {
  test('of the strictest company holds for somebody’s new password, and its change is audited', async () => {
    const both = await addMember(house.db, mine, 'auditor');
    await house.superuser.query(
      "insert into memberships (user_id, tenant_id, role) values ($1, $2, 'auditor')",
      [both.userId, other.tenant.id],
    );
    const admin = await api.as(await addMember(house.db, other, 'owner'));
    const { body } = await admin('GET', '/sign-in-policy/');
    const strict = { ...body, password_min_length: 30 };
    assert.deepEqual((await admin('PUT', '/sign-in-policy/', strict)).body, strict);
    assert.deepEqual((await audited(other, 1))[0], [
      owner && (await adminId()),
      'sign_in_policy change',
      strict,
    ]);
    const token = await tokenFor(both.email);
    assert.deepEqual(faultsOf(await confirm(token), 422), ['/password users/password-short']);
    assert.equal((await confirm(token, `${newPassword} and more of them`)).status, 204);
    assert.deepEqual(
      faultsOf(
        await admin('PUT', '/sign-in-policy/', { ...strict, password_min_length: 7, session_hours: 1.5 }),
        422,
      ),
      ['/password_min_length request/minimum', '/session_hours request/type'],
    );
  });

  const adminId = async () =>
    (
      await house.superuser.query('select id from users where email = $1', [
        `owner@${other.tenant.slug}.test`,
      ])
    ).rows[0].id;
});
