// Tries to reach the pages with no session, a foreign one, a program's token, and forms that are not ours.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { LightMyRequestResponse } from 'fastify';
import {
  addMember,
  cashSale,
  createCompany,
  fingerprint,
  openTestApi,
  openTestHouse,
  type TestApi,
  type TestCompany,
  type TestHouse,
  testPassword,
} from '#test/company';
import { soon } from '#test/soon';
import { findSession, type Member, openSession } from '#users';

let house: TestHouse;
let api: TestApi;
let mine: TestCompany;
let other: TestCompany;
let member: Member;
let session: { cookie: string; csrf: string };

before(async () => {
  house = await openTestHouse(4);
  [mine, other] = [await createCompany(house.db), await createCompany(house.db)];
  api = await openTestApi(house.db);
  member = await addMember(house.db, mine, 'accountant');
  await mine.post(cashSale('2024-01-10', '123456.00'));
  session = await open(member);
});

after(async () => {
  await api.close();
  await house.close();
});

async function open(who: Member): Promise<{ cookie: string; csrf: string }> {
  const token = await openSession(house.db, who, { ip: '127.0.0.1', userAgent: undefined });
  return {
    cookie: `himalytix_session=${token}`,
    csrf: (await findSession(house.db, token))?.csrfToken ?? '',
  };
}

type Headers = Partial<Record<string, string>>;

const hostOf = ({ tenant }: TestCompany) => `${tenant.slug}.localhost`;
const get = (url: string, headers: Headers): Promise<LightMyRequestResponse> =>
  api.app.inject({ url, headers: { host: hostOf(mine), ...headers } });

const form = 'entry_date=2024-01-20&memo=x';
const post = (url: string, headers: Headers, payload = form): Promise<LightMyRequestResponse> => {
  const type = 'application/x-www-form-urlencoded';
  return api.app.inject({
    method: 'POST',
    url,
    payload,
    headers: { host: hostOf(mine), 'content-type': type, ...headers },
  });
};

describe('a page', () => {
  test('sends who is not signed in, or no more, to sign in first', async () => {
    const ended = await open(member);
    await house.superuser.query('update sessions set expires_at = now() where csrf_token = $1', [ended.csrf]);
    const { access } = await api.tokens.issue(member);
    for (const headers of [
      {},
      { cookie: 'himalytix_session=x' },
      { cookie: ended.cookie },
      { authorization: `Bearer ${access}` },
    ]) {
      for (const url of [
        '/',
        '/accounts/',
        '/journal-entries/',
        '/journal-entries/new/',
        '/reports/trial-balance/?as_of=2024-01-31',
      ]) {
        const answer = await get(url, headers);
        assert.equal(answer.statusCode, 303, url);
        assert.equal(answer.headers.location, `/sign-in/?next=${encodeURIComponent(url)}`);
        assert.doesNotMatch(answer.body, /123456/);
      }
    }
  });

  test('is shown to a member in the company’s own address only', async () => {
    assert.equal((await get('/accounts/', { cookie: session.cookie })).statusCode, 200);
    for (const headers of [
      { host: hostOf(other) },
      { 'x-tenant': other.tenant.slug },
      { host: 'nobody.localhost' },
    ]) {
      const answer = await get('/accounts/', { cookie: session.cookie, ...headers });
      assert.equal(answer.statusCode, 403);
      assert.doesNotMatch(answer.body, /Cash on hand/);
    }
  });

  test('shows a storekeeper no figure of the books', async () => {
    const { cookie } = await open(await addMember(house.db, mine, 'storekeeper'));
    const dashboard = await get('/', { cookie });
    assert.equal(dashboard.statusCode, 200);
    assert.doesNotMatch(dashboard.body, /Cash sale|Receivables|Income/);
    assert.equal((await get('/accounts/', { cookie })).statusCode, 403);
  });

  test('that does not exist, or has a hostile address, shows nothing of what was asked', async () => {
    for (const url of [
      '/nowhere/<script>alert(1)</script>',
      '/journal-entries/%00/',
      '/accounts/?q=%00',
      '/%E0%A4%A',
      '/journal-entries/x/',
    ]) {
      const answer = await get(url, { cookie: session.cookie });
      assert.ok(answer.statusCode >= 400 && answer.statusCode < 500, `${url} ${answer.statusCode}`);
      assert.doesNotMatch(answer.body, /<script>alert/);
    }
  });
});

describe('the API', () => {
  test('takes no session, however its address is spelt', async () => {
    for (const url of [
      '/api/v1/accounts/',
      '/api/v1/accounts',
      '/%61pi/v1/accounts/',
      '/api/v1/%61ccounts/',
    ]) {
      const answer = await get(url, { cookie: session.cookie });
      assert.ok([401, 404].includes(answer.statusCode), `${url} ${answer.statusCode}`);
    }
    const payload = JSON.stringify(cashSale('2024-01-20', '1.00'));
    const headers = {
      cookie: session.cookie,
      'x-csrf-token': session.csrf,
      'content-type': 'application/json',
    };
    assert.equal((await post('/api/v1/journal-entries/', headers, payload)).statusCode, 401);
    assert.equal((await post('/%61pi/v1/journal-entries/', headers, payload)).statusCode, 401);
  });
});

describe('a form', () => {
  const forgeries = (): Record<string, Headers> => ({
    'no token': {},
    'an empty token': { 'x-csrf-token': '' },
    'a wrong token': { 'x-csrf-token': 'x'.repeat(session.csrf.length) },
    'half a token': { 'x-csrf-token': session.csrf.slice(0, 10) },
    'another site': { 'x-csrf-token': session.csrf, 'sec-fetch-site': 'cross-site' },
    'a neighbour’s site': { 'x-csrf-token': session.csrf, 'sec-fetch-site': 'same-site' },
    'another origin': { 'x-csrf-token': session.csrf, origin: `http://${hostOf(other)}` },
    'the origin of nothing': { 'x-csrf-token': session.csrf, origin: 'null' },
  });

  test('that does not prove to be ours changes nothing', async () => {
    const stored = await fingerprint(house, mine);
    const colleague = await open(member);
    const all = { ...forgeries(), 'the token of another session': { 'x-csrf-token': colleague.csrf } };
    delete stored['public.sessions'];
    for (const [what, headers] of Object.entries(all)) {
      for (const url of ['/journal-entries/new/', '/sign-out/']) {
        const answer = await post(url, { cookie: session.cookie, ...headers });
        assert.equal(answer.statusCode, 403, `${what} ${url}`);
      }
    }
    const { 'public.sessions': _, ...now } = await fingerprint(house, mine);
    assert.deepEqual(now, stored);
  });

  test('to sign in is taken from our own page only', async () => {
    const payload = `email=${encodeURIComponent(member.email)}&password=${encodeURIComponent(testPassword)}`;
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'http://evil.test' }]) {
      assert.equal((await post('/sign-in/', headers, payload)).statusCode, 403);
    }
    const signedIn = await post(
      '/sign-in/',
      { origin: `http://${hostOf(mine)}` },
      `${payload}&next=//evil.test/`,
    );
    assert.equal(signedIn.statusCode, 303);
    assert.equal(signedIn.headers.location, '/');
    assert.match(String(signedIn.headers['set-cookie']), /HttpOnly; SameSite=Lax/);
    assert.equal((await post('/sign-in/', { host: hostOf(other) }, payload)).statusCode, 401);
  });

  test('to sign out ends the session, not the cookie alone', async () => {
    const { cookie, csrf } = await open(member);
    assert.equal((await post('/sign-out/', { cookie }, `_csrf=${csrf}`)).statusCode, 303);
    assert.equal((await get('/', { cookie })).statusCode, 303);
  });
});

test('a member who was removed, or whose company is suspended, is out within a second', async () => {
  const clerk = await addMember(house.db, mine, 'clerk');
  const { cookie } = await open(clerk);
  assert.equal((await get('/accounts/', { cookie })).statusCode, 200);
  await house.superuser.query('delete from memberships where user_id = $1', [clerk.userId]);
  assert.equal((await get('/accounts/', { cookie })).statusCode, 303);
  await house.superuser.query("update tenants set status = 'suspended' where id = $1", [mine.tenant.id]);
  const shut = await soon(
    () => get('/accounts/', { cookie: session.cookie }),
    ({ statusCode }) => statusCode !== 200,
  );
  assert.equal(shut.statusCode, 403);
  await house.superuser.query("update tenants set status = 'active' where id = $1", [mine.tenant.id]);
});
