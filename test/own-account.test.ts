// Walks through one's own account by page and by program: sessions that end, and a history that tells.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { faultsOf } from '#test/api/problem';
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
import { type Jar, browse as sendAsBrowser } from '#test/cookie-jar';
import { findSession, type Member, openSession } from '#users';

let house: TestHouse;
let api: TestApi;
let mine: TestCompany;
let other: TestCompany;
let member: Member;

before(async () => {
  house = await openTestHouse(6);
  [mine, other] = [await createCompany(house.db), await createCompany(house.db)];
  api = await openTestApi(house.db);
  member = await addMember(house.db, mine, 'owner');
  await house.superuser.query(
    "insert into memberships (user_id, tenant_id, role) values ($1, $2, 'auditor')",
    [member.userId, other.tenant.id],
  );
});
after(async () => {
  await api.close();
  await house.close();
});
beforeEach(() =>
  house.superuser.query(
    'truncate sign_in_throttles, sign_in_events; delete from sessions; delete from refresh_tokens',
  ),
);

const hostOf = ({ tenant }: TestCompany) => `${tenant.slug}.localhost`;
const browse = (url: string, sent: { host?: string; form?: Record<string, string>; jar?: Jar } = {}) =>
  sendAsBrowser(api.app, url, { host: hostOf(mine), ...sent });

const signIn = async (jar: Jar, company = mine, password = testPassword) =>
  await browse('/sign-in/', {
    host: hostOf(company),
    jar,
    form: { email: member.email, password, next: '/' },
  });
const csrfOf = async (jar: Jar) =>
  (await findSession(house.db, jar.get('himalytix_session') ?? ''))?.csrfToken ?? '';
const isIn = async (jar: Jar, company = mine) =>
  (await browse('/account/', { jar, host: hostOf(company) })).statusCode === 200;

describe('a page session', () => {
  test('gets a new identifier at each sign-in, and the one before opens nothing', async () => {
    const jar: Jar = new Map([['himalytix_session', 'x'.repeat(43)]]);
    await signIn(jar);
    const first = new Map(jar);
    assert.notEqual(first.get('himalytix_session'), 'x'.repeat(43));
    await signIn(jar);
    assert.notEqual(jar.get('himalytix_session'), first.get('himalytix_session'));
    assert.equal(jar.get('himalytix_device'), first.get('himalytix_device'));
    assert.deepEqual([await isIn(first), await isIn(jar)], [false, true]);
  });

  test('ends after an hour without a request, and a request keeps it', async () => {
    const jar: Jar = new Map();
    await signIn(jar);
    const idle = (time: string) =>
      house.superuser.query(`update sessions set last_seen_at = now() - interval '${time}'`);
    await idle('59 min');
    assert.equal(await isIn(jar), true);
    await idle('59 min');
    assert.equal(await isIn(jar), true);
    await idle('61 min');
    assert.equal(await isIn(jar), false);
  });

  test('ends by the times of its company’s policy', async () => {
    const jar: Jar = new Map();
    await signIn(jar);
    const form = {
      _csrf: await csrfOf(jar),
      password_min_length: '12',
      password_kinds: '1',
      password_refuse_common: 'true',
      session_idle_minutes: '5',
      session_hours: '1',
    };
    assert.equal((await browse('/settings/sign-in/', { jar, form })).statusCode, 303);
    await house.superuser.query("update sessions set last_seen_at = now() - interval '6 min'");
    assert.equal(await isIn(jar), false);
    await signIn(jar);
    const { rows } = await house.superuser.query<{ hours: number }>(
      'select round(extract(epoch from expires_at - now()) / 3600)::integer as hours from sessions order by created_at desc limit 1',
    );
    assert.equal(rows[0]?.hours, 1);
    const refused = await browse('/settings/sign-in/', {
      jar,
      form: { ...form, _csrf: await csrfOf(jar), session_hours: '0', session_idle_minutes: 'x' },
    });
    assert.equal(refused.statusCode, 422);
    assert.match(refused.body, /A whole number from 1 to 168[\s\S]*/);
    await house.superuser.query('delete from sign_in_policies');
  });
});

describe('the list of sessions', () => {
  test('shows pages and programs of all companies, and ends one or all others at once', async () => {
    const [here, there]: [Jar, Jar] = [new Map(), new Map()];
    await signIn(here);
    await signIn(there, other);
    const login = { email: member.email, password: testPassword };
    const { body } = await api.call('POST', '/api/v1/auth/login/', login, {
      'x-tenant': mine.tenant.slug,
      'user-agent': 'shop/2.1',
    });
    const bearer = { authorization: `Bearer ${body.access}` };
    const list = await api.call('GET', '/api/v1/users/me/sessions/', undefined, bearer);
    const facts = list.body.results.map(({ door, company, user_agent, current }) => [
      door,
      company,
      user_agent,
      current,
    ]);
    assert.equal(facts.length, 3);
    assert.deepEqual(
      facts.filter(([, , , current]) => current),
      [['api', mine.tenant.name, 'shop/2.1', true]],
    );
    const page = await browse('/account/sessions/', { jar: here });
    assert.match(page.body, /This session/);
    assert.match(page.body, />shop</);
    const ofProgram = list.body.results.find(({ door }) => door === 'api');
    const end = { _csrf: await csrfOf(here), id: String(ofProgram?.id) };
    assert.equal((await browse('/account/sessions/end/', { jar: here, form: end })).statusCode, 303);
    faultsOf(await api.call('GET', '/api/v1/users/me/', undefined, bearer), 401);
    assert.equal((await browse('/account/sessions/end/', { jar: here, form: end })).statusCode, 404);
    assert.equal(await isIn(there, other), true);
    await browse('/account/sessions/others/', { jar: here, form: { _csrf: end._csrf } });
    assert.deepEqual([await isIn(here), await isIn(there, other)], [true, false]);
  });

  test('ends nobody else’s, whatever id is sent', async () => {
    const stranger = await addMember(house.db, other, 'clerk');
    const token = await openSession(house.db, stranger, { ip: null, userAgent: undefined });
    const { id = '' } = (await findSession(house.db, token)) ?? {};
    const { access, refresh } = await api.tokens.issue(member);
    const bearer = { authorization: `Bearer ${access}` };
    faultsOf(await api.call('DELETE', `/api/v1/users/me/sessions/${id}/`, undefined, bearer), 404);
    assert.ok(await findSession(house.db, token));
    const family = await api.tokens.verify(access);
    assert.equal((await api.call('DELETE', '/api/v1/users/me/sessions/', undefined, bearer)).status, 204);
    assert.ok(await findSession(house.db, token));
    assert.equal(
      (await api.call('DELETE', `/api/v1/users/me/sessions/${family.familyId}/`, undefined, bearer)).status,
      204,
    );
    faultsOf(await api.call('POST', '/api/v1/auth/refresh/', { refresh }), 401);
  });
});

test('the history tells of sign-ins and of attempts, and of nobody else’s', async () => {
  const jar: Jar = new Map();
  await signIn(jar, mine, 'a wrong one');
  await signIn(jar);
  await browse('/sign-in/', { form: { email: 'nobody@example.com', password: 'x' } });
  const { access } = await api.tokens.issue(member);
  const bearer = { authorization: `Bearer ${access}` };
  const { body } = await api.call('GET', '/api/v1/users/me/sign-ins/', undefined, bearer);
  const facts = body.results.map(({ succeeded, methods, door, ip, company }) => [
    succeeded,
    methods,
    door,
    ip,
    company,
  ]);
  assert.deepEqual(facts, [
    [true, ['pwd'], 'page', '127.0.0.1', mine.tenant.name],
    [false, ['pwd'], 'page', '127.0.0.1', mine.tenant.name],
  ]);
  const page = await browse('/account/sign-ins/', { jar });
  assert.match(page.body, /signed in[\s\S]*refused/);
});

describe('one’s own password', () => {
  const change = (jar: Jar, csrf: string, current: string, password: string) =>
    browse('/account/password/', { jar, form: { _csrf: csrf, current_password: current, password } });

  test('is changed by who knows the present one, which ends the other sessions and not this one', async () => {
    const [here, there]: [Jar, Jar] = [new Map(), new Map()];
    await signIn(here);
    await signIn(there, other);
    const csrf = await csrfOf(here);
    const wrong = await change(here, csrf, 'not it', 'short');
    assert.equal(wrong.statusCode, 422);
    assert.match(wrong.body, /This is not your password[\s\S]*at least 12 characters/);
    assert.equal((await change(here, csrf, testPassword, 'plinth vexed quartz')).statusCode, 303);
    assert.deepEqual([await isIn(here), await isIn(there, other)], [true, false]);
    const { access } = await api.tokens.issue(member);
    const back = { current_password: 'plinth vexed quartz', password: testPassword };
    const bearer = { authorization: `Bearer ${access}` };
    assert.equal((await api.call('POST', '/api/v1/users/me/password/', back, bearer)).status, 204);
    assert.equal((await api.call('GET', '/api/v1/users/me/', undefined, bearer)).status, 200);
    assert.equal(await isIn(here), false);
  });

  test('is not guessed by who has found an open session', async () => {
    const jar: Jar = new Map();
    await signIn(jar);
    const csrf = await csrfOf(jar);
    const statuses: number[] = [];
    for (let nth = 0; nth < 8; nth += 1)
      statuses.push((await change(jar, csrf, `guess ${nth}`, 'plinth vexed quartz')).statusCode);
    assert.deepEqual([statuses[0], statuses.at(-1)], [422, 429]);
  });
});
