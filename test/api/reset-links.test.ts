// Uses, misuses and reuses the links of forgotten passwords over the API, as they come by mail.
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
import { statementsOf } from '#test/statements-of';
import { type Member, openSession } from '#users';
import { faultsOf } from './problem.ts';

let house: TestHouse;
let api: TestApi;
let mine: TestCompany;
let other: TestCompany;
let clerk: Member;

before(async () => {
  house = await openTestHouse(6);
  [mine, other] = [await createCompany(house.db), await createCompany(house.db)];
  api = await openTestApi(house.db);
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

describe('a reset link', () => {
  test('works once, ends every session and sign-in, tells the person and each company, and signs nobody in', async () => {
    const token = await tokenFor(clerk.email.toUpperCase());
    const { refresh, access } = await api.tokens.issue(clerk);
    const cookie = `himalytix_session=${await openSession(house.db, clerk, { ip: null, userAgent: undefined })}`;
    const answer = await confirm(token);
    assert.equal(answer.status, 204);
    assert.equal(answer.headers['set-cookie'], undefined);
    faultsOf(await post('/auth/refresh/', { refresh }), 401);
    faultsOf(
      await api.call('GET', '/api/v1/users/me/', undefined, { authorization: `Bearer ${access}` }),
      401,
    );
    const page = await api.app.inject({
      url: '/accounts/',
      headers: { cookie, host: `${mine.tenant.slug}.localhost` },
    });
    assert.equal(page.statusCode, 303);
    assert.equal((await login(clerk.email, testPassword)).status, 401);
    assert.equal((await login(clerk.email, newPassword)).status, 200);
    const [told] = await deliveredMails(house.db);
    assert.equal(told?.subject, 'Your password was changed');
    const changed = [clerk.userId, 'user change', { email: clerk.email, password: 'changed' }];
    assert.deepEqual(await audited(mine, 1), [changed]);
    assert.deepEqual(faultsOf(await confirm(token, 'another plinth vexed'), 422), [
      '/token users/link-refused',
    ]);
    assert.equal((await login(clerk.email, newPassword)).status, 200);
  });

  test('leads to the company’s configured address, whatever host was named', async () => {
    await ask(clerk.email, { host: 'evil.test', 'x-forwarded-host': 'evil.test' });
    await ask(clerk.email, { 'x-forwarded-host': 'evil.test', 'x-tenant': mine.tenant.slug });
    const hosts = (await deliveredMails(house.db)).map((mail) => linkOf(mail).url.host);
    assert.deepEqual(hosts, [`${mine.tenant.slug}.localhost:8000`]);
  });

  test('that ran out, was used by a later one, or was made up is refused alike', async () => {
    const [first, second] = [await tokenFor(clerk.email), await tokenFor(clerk.email)];
    assert.equal((await confirm(first)).status, 204);
    const late = await tokenFor(clerk.email);
    await house.superuser.query(
      "update password_resets set expires_at = now() - interval '1 s' where used_at is null",
    );
    const answers = [second, late, '', 'x', `${late}x`].map((token) => confirm(token));
    for (const answer of await Promise.all(answers))
      assert.deepEqual(faultsOf(answer, 422), ['/token users/link-refused']);
  });

  test('used many times at once sets one password', async () => {
    const token = await tokenFor(clerk.email);
    const answers = await Promise.all([1, 2, 3, 4, 5].map((nth) => confirm(token, `${newPassword} ${nth}`)));
    assert.equal(answers.filter(({ status }) => status === 204).length, 1);
  });

  test('is not used up by a password that is refused, of which every fault is told', async () => {
    const token = await tokenFor(clerk.email);
    const faults = faultsOf(await confirm(token, 'password'), 422);
    assert.deepEqual(faults, ['/password users/password-common', '/password users/password-short']);
    assert.equal((await confirm(token)).status, 204);
  });

  test('is kept as a hash only, in no table and in no mail that was sent', async () => {
    const token = await tokenFor(clerk.email);
    const tables = ['password_resets', 'outbox', 'sign_in_events', 'sign_in_throttles'];
    for (const table of tables) {
      const { rows } = await house.superuser.query(
        `select t::text from ${table} t where t::text like '%' || $1 || '%'`,
        [token],
      );
      assert.deepEqual(rows, [], table);
    }
  });

  test('is not sent to who is unknown or inactive, to whom the answer is the same', async () => {
    const idle = await addMember(house.db, other, 'auditor');
    await house.superuser.query('update users set is_active = false where id = $1', [idle.userId]);
    const answers = [
      await ask('nobody@example.com'),
      await ask(idle.email),
      await ask('%'),
      await ask(clerk.email),
    ];
    for (const { status, body } of answers) assert.deepEqual([status, body], [202, {}]);
    const mails = await deliveredMails(house.db);
    assert.deepEqual(
      mails.map(({ to }) => [to].flat()[0]?.text),
      [clerk.email],
    );
    await house.superuser.query('update users set is_active = true where id = $1', [idle.userId]);
  });

  test('is asked for by the same statements, whether somebody has the address or not', async () => {
    // What the first request sets up, such as a connection, is nobody's.
    await ask(clerk.email);
    const texts = async (email: string) => {
      const sent = await statementsOf(() => ask(email));
      return sent.map((text) => text.replace(/app\.request_id = '[^']*'/, ''));
    };
    const known = await texts(clerk.email);
    assert.deepEqual(await texts('nobody@example.com'), known);
    assert.ok(known.some((text) => text.includes('password_resets')));
  });

  test('is mailed a few times only, and asking on neither voids it nor tells anything', async () => {
    for (let nth = 0; nth < 10; nth += 1) assert.equal((await ask(clerk.email)).status, 202);
    const mails = await deliveredMails(house.db);
    assert.equal(mails.length, 4);
    assert.equal((await confirm(linkOf(mails[0]).token)).status, 204);
  });
});
