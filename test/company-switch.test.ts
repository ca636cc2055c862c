// Changes from one company to another by page and by program, and tries every way to misuse that.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { LightMyRequestResponse } from 'fastify';
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
import { findSession, type Member } from '#users';

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

describe('changing to another company', () => {
  const go = (answer: LightMyRequestResponse) =>
    new URL(String(answer.headers.location ?? /url=(.*)$/.exec(String(answer.headers.refresh))?.[1]));
  const follow = (url: URL, jar: Jar) => browse(url.pathname + url.search, { host: url.host, jar });

  /** The first two steps: the wish, and the secret at the other address. */
  async function begin(here: Jar, there: Jar) {
    const form = { _csrf: await csrfOf(here), company: other.tenant.slug };
    const wish = await browse('/switch/', { jar: here, form });
    assert.equal(wish.statusCode, 200);
    const begun = await follow(go(wish), there);
    assert.equal(begun.statusCode, 303);
    return { ask: go(wish), grant: go(begun) };
  }

  test('opens a session of its own there, while the first one stays', async () => {
    const [here, there]: [Jar, Jar] = [new Map(), new Map()];
    await signIn(here);
    const { ask, grant } = await begin(here, there);
    assert.deepEqual([ask.host, grant.host], [hostOf(other), hostOf(mine)]);
    const granted = await follow(grant, here);
    assert.equal(go(granted).host, hostOf(other));
    const finished = await follow(go(granted), there);
    assert.equal(finished.headers.location, '/');
    assert.deepEqual([await isIn(here), await isIn(there, other)], [true, true]);
    assert.equal(there.has('himalytix_switch'), false);
    assert.equal((await follow(go(granted), new Map(there))).statusCode, 403, 'a ticket works once');
    assert.match((await browse('/account/', { jar: there, host: hostOf(other) })).body, /auditor/);
  });

  test('gives a stolen ticket, a second browser or another company nothing', async () => {
    const [here, there]: [Jar, Jar] = [new Map(), new Map()];
    await signIn(here);
    const { ask, grant } = await begin(here, there);
    assert.equal((await follow(grant, new Map())).statusCode, 303, 'a stranger is sent to sign in');
    const granted = go(await follow(grant, here));
    assert.equal((await follow(granted, new Map())).statusCode, 403, 'without the secret');
    assert.equal((await follow(granted, new Map([['himalytix_switch', 'x'.repeat(43)]]))).statusCode, 403);
    const elsewhere = new URL(granted.href.replace(hostOf(other), hostOf(mine)));
    assert.equal((await follow(elsewhere, new Map(there))).statusCode, 403, 'at another address');
    assert.equal((await follow(grant, here)).statusCode, 403, 'a wish is granted once');
    assert.equal((await follow(ask, new Map())).statusCode, 403, 'and begun once');
  });

  test('is refused to who did not wish it, who is no member there, and when the first session has ended', async () => {
    const [here, there]: [Jar, Jar] = [new Map(), new Map()];
    await signIn(here);
    const _csrf = await csrfOf(here);
    const strange = await createCompany(house.db);
    for (const company of [strange.tenant.slug, 'nowhere', '', 'evil.test/'])
      assert.equal(
        (await browse('/switch/', { jar: here, form: { _csrf, company } })).statusCode,
        404,
        company,
      );
    assert.equal(
      (await browse('/switch/', { jar: here, form: { company: other.tenant.slug } })).statusCode,
      403,
    );
    const { grant } = await begin(here, there);
    const rival: Jar = new Map();
    await signIn(rival);
    assert.equal((await follow(grant, rival)).statusCode, 403, 'another session of the same person');
    const granted = go(await follow(grant, here));
    await browse('/sign-out/', { jar: here, form: { _csrf } });
    assert.equal((await follow(granted, there)).statusCode, 403);
    assert.equal((await browse('/switch/begin/?ask=%27', { host: hostOf(other) })).statusCode, 403);
  });

  test('runs out within a minute', async () => {
    const [here, there]: [Jar, Jar] = [new Map(), new Map()];
    await signIn(here);
    const { grant } = await begin(here, there);
    await house.superuser.query("update company_switches set expires_at = now() - interval '1 s'");
    assert.equal((await follow(grant, here)).statusCode, 403);
  });

  test('gives a program tokens for the other company, and for no other', async () => {
    const { access } = await api.tokens.issue(member);
    const bearer = { authorization: `Bearer ${access}` };
    const { status, body } = await api.call(
      'POST',
      '/api/v1/auth/switch/',
      { tenant: other.tenant.slug },
      bearer,
    );
    assert.equal(status, 200);
    assert.deepEqual((body.user as { role: string }).role, 'auditor');
    const there = await api.call('GET', '/api/v1/accounts/', undefined, {
      authorization: `Bearer ${body.access}`,
    });
    assert.equal(there.status, 200);
    const strange = await createCompany(house.db);
    for (const tenant of [strange.tenant.slug, 'nowhere', ''])
      faultsOf(await api.call('POST', '/api/v1/auth/switch/', { tenant }, bearer), 404);
  });

  test('and whatever else is a person’s is refused to an API key, also to one of their own', async () => {
    const call = await api.as(member);
    const made = await call('POST', '/api-keys/', { name: 'Script' });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const bearer = { authorization: `Bearer ${made.body.secret}` };
    const asked: [string, string, unknown?][] = [
      ['POST', '/auth/switch/', { tenant: other.tenant.slug }],
      ['GET', '/users/me/sessions/'],
      ['DELETE', '/users/me/sessions/'],
      ['GET', '/users/me/sign-ins/'],
      ['POST', '/users/me/password/', { current_password: testPassword, password: 'plinth vexed quartz' }],
    ];
    for (const [method, path, body] of asked) {
      const answer = await api.call(method, `/api/v1${path}`, body, bearer);
      faultsOf(answer, 403);
      assert.equal(answer.body.code, 'users/person-needed', path);
    }
  });
});
