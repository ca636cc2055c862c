// Changes a user as an operator does, and tries to get in afterwards.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import {
  addMember,
  createCompany,
  openTestApi,
  openTestHouse,
  type TestApi,
  type TestHouse,
  testPassword,
} from '#test/company';
import { setUpApp } from '#test/factors';
import { deliveredMails, linkOf } from '#test/mails';
import { testSecretKeys } from '#test/secret-keys';
import { soon } from '#test/soon';
import { findSession, openSession } from '#users';
import { userCommand } from './user.ts';

let house: TestHouse;
let api: TestApi;

before(async () => {
  house = await openTestHouse();
  api = await openTestApi(house.db);
  process.env.DATABASE_URL = house.url;
  process.env.HIMALYTIX_SECRET_KEYS = testSecretKeys;
});
after(async () => {
  await api.close();
  await house.close();
});

test('a deactivated user is let in nowhere within a second, and the company’s log says that the system did it', async () => {
  const company = await createCompany(house.db);
  const member = await addMember(house.db, company, 'clerk');
  const call = await api.as(member);
  const run = (...words: string[]) =>
    userCommand()
      .exitOverride()
      .parseAsync(['node', 'user', 'change', '--email', member.email, ...words]);
  assert.equal((await call('GET', '/users/me/')).status, 200);
  await run('--deactivate', '--name', 'Gone');
  const shut = await soon(
    () => call('GET', '/users/me/'),
    ({ status }) => status !== 200,
  );
  assert.equal(shut.status, 401);
  const credentials = { email: member.email, password: testPassword };
  const host = { 'x-tenant': company.tenant.slug };
  assert.equal((await api.call('POST', '/api/v1/auth/login/', credentials, host)).status, 401);
  const { rows } = await company.run((tx) =>
    sql<{ actor_id: null; what: string; active: string }>`select actor_id, subject || ' ' || action as what,
      content::jsonb #>> '{after,active}' as active from audit_rows order by block_seq desc limit 1`.execute(
      tx.db,
    ),
  );
  assert.deepEqual(rows, [{ actor_id: null, what: 'user change', active: 'false' }]);
  await run('--activate');
  assert.equal((await call('GET', '/users/me/')).status, 200);
  process.env.NEW_PASSWORD = 'another one entirely';
  await run('--password-env', 'NEW_PASSWORD');
  const changed = { ...credentials, password: 'another one entirely' };
  assert.equal((await api.call('POST', '/api/v1/auth/login/', changed, host)).status, 200);
  await assert.rejects(run('--activate', '--deactivate'), /choose one/);
});

test('an operator invites somebody, and the mail leads to the company', async () => {
  const company = await createCompany(house.db);
  const words = ['--email', 'gita@example.com', '--tenant', company.tenant.slug, '--role', 'accountant'];
  await userCommand()
    .exitOverride()
    .parseAsync(['node', 'user', 'invite', ...words]);
  const [mail] = await deliveredMails(house.db);
  assert.equal(mail?.subject, `Invitation to ${company.tenant.name}`);
  const { token, url } = linkOf(mail);
  assert.equal(url.host, `${company.tenant.slug}.localhost:8000`);
  const account = { token, name: 'Gita', password: 'plinth vexed quartz' };
  const accepted = await api.call('POST', '/api/v1/invitations/accept/', account);
  assert.deepEqual(accepted.body, {
    tenant: company.tenant.slug,
    email: 'gita@example.com',
    role: 'accountant',
  });
});

test('who has lost every factor gets in by the password again once the operator has reset them', async () => {
  const company = await createCompany(house.db);
  const member = await addMember(house.db, company, 'clerk');
  await setUpApp(house.db, member.userId);
  const login = () =>
    api.call('POST', '/api/v1/auth/login/', { email: member.email, password: testPassword });
  assert.equal((await login()).body.code, 'users/second-factor-needed');
  const run = (email: string) =>
    userCommand().exitOverride().parseAsync(['node', 'user', 'reset-factors', '--email', email]);
  await run(member.email.toUpperCase());
  assert.equal((await login()).status, 200);
  await assert.rejects(run('nobody@example.test'), /no such user/);
});

test('an operator ends all that somebody has open, page and program, and the company’s log says so', async () => {
  const company = await createCompany(house.db);
  const [member, colleague] = [
    await addMember(house.db, company, 'clerk'),
    await addMember(house.db, company, 'accountant'),
  ];
  const [call, other] = [await api.as(member), await api.as(colleague)];
  const session = await openSession(house.db, member, { ip: '127.0.0.1', userAgent: undefined });
  assert.equal((await call('GET', '/users/me/')).status, 200);
  const run = (email: string) =>
    userCommand().exitOverride().parseAsync(['node', 'user', 'sign-out', '--email', email]);
  await run(member.email);
  const shut = await soon(
    () => call('GET', '/users/me/'),
    ({ status }) => status !== 200,
  );
  assert.equal(shut.status, 401);
  assert.equal(await findSession(house.db, session), null);
  assert.equal((await other('GET', '/users/me/')).status, 200);
  const { rows } = await company.run((tx) =>
    sql<{
      was: string;
      is: string;
    }>`select content::jsonb #>> '{before,sign_ins}' as was, content::jsonb #>> '{after,sign_ins}' as is
      from audit_rows where subject = 'user' order by block_seq desc limit 1`.execute(tx.db),
  );
  assert.deepEqual(rows, [{ was: '2', is: '0' }]);
  const credentials = { email: member.email, password: testPassword };
  assert.equal((await api.call('POST', '/api/v1/auth/login/', credentials)).status, 200);
  await assert.rejects(run('nobody@example.test'), /no such user/);
});
