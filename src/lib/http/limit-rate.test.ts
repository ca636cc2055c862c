// Holds a small server to its limits: what is counted for whom, what an answer tells, and what a page shows.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { loadConfig } from '#lib/config';
import {
  addMember,
  createCompany,
  openTestHouse,
  type TestCompany,
  type TestHouse,
  testPassword,
} from '#test/company';
import { testKeyRing, testSecretKeys } from '#test/secret-keys';
import { type Member, Tokens } from '#users';
import { buildApp } from '../../app.ts';
import { limitNames } from '../rate-limits.ts';

let house: TestHouse;
let company: TestCompany;
let members: [Member, Member];
let tokens: Tokens;

before(async () => {
  house = await openTestHouse(4);
  company = await createCompany(house.db);
  members = [await addMember(house.db, company, 'owner'), await addMember(house.db, company, 'clerk')];
  tokens = new Tokens(house.db, testKeyRing);
});
after(() => house.close());

type Sent = Pick<InjectOptions, 'headers' | 'payload' | 'remoteAddress'>;
type Send = (method: 'GET' | 'POST', url: string, sent?: Sent) => ReturnType<FastifyInstance['inject']>;

/** Does something with a server of these limits. */
async function withLimits(limits: string, work: (send: Send) => Promise<void>, more = {}): Promise<void> {
  const env = {
    HIMALYTIX_LOG_LEVEL: 'silent',
    HIMALYTIX_SECRET_KEYS: testSecretKeys,
    HIMALYTIX_RATE_LIMITS: limits,
    ...more,
  };
  const app = await buildApp(loadConfig(env), house.db);
  try {
    await work((method, url, sent = {}) => app.inject({ method, url, ...sent }) as never);
  } finally {
    await app.close();
  }
}

const alone = (limit: string) =>
  limitNames.map((name) => (limit.startsWith(`${name}=`) ? limit : `${name}=off`)).join();

const bearer = async (member: Member) => ({
  headers: { authorization: `Bearer ${(await tokens.issue(member)).access}` },
});
const me = '/api/v1/users/me/';

test('an answer tells the nearest of its limits and all policies, a refusal also when to come again', async () => {
  await withLimits('address=100/60,account=3/60,token=50/10,company=100/60', async (send) => {
    const who = await bearer(members[0]);
    const [first, second] = [await send('GET', me, who), await send('GET', me, who)];
    assert.equal(
      first.headers['ratelimit-policy'],
      '"address";q=100;w=60, "account";q=3;w=60, "token";q=50;w=10, "company";q=100;w=60',
    );
    assert.equal(first.headers.ratelimit, '"account";r=2;t=60');
    assert.match(String(second.headers.ratelimit), /^"account";r=1;t=\d+$/);
    await send('GET', me, who);
    const refused = await send('GET', me, who);
    assert.equal(refused.statusCode, 429);
    assert.equal(refused.headers['content-type'], 'application/problem+json');
    const { code, detail } = refused.json();
    assert.equal(code, 'request/rate-limited');
    assert.match(detail, /the limit "account" lets through; come again in \d+ s/);
    assert.match(String(refused.headers.ratelimit), /^"account";r=0;t=\d+$/);
    assert.ok(Number(refused.headers['retry-after']) >= 1);
    const stranger = await send('GET', me);
    assert.equal(stranger.statusCode, 401);
    assert.match(String(stranger.headers.ratelimit), /^"address";/, 'nobody is told of others’ limits');
  });
});

test('a token, an account and a company are each limited over all that come with them', async () => {
  const twice = [await bearer(members[0]), await bearer(members[0])] as const;
  const other = await bearer(members[1]);
  const cases = [
    ['token=1/60', 200, 200],
    ['account=1/60', 429, 200],
    ['company=1/60', 429, 429],
  ] as const;
  for (const [limit, sameAccount, sameCompany] of cases) {
    await withLimits(alone(limit), async (send) => {
      assert.equal((await send('GET', me, twice[0])).statusCode, 200);
      assert.equal((await send('GET', me, twice[0])).statusCode, 429, limit);
      assert.equal((await send('GET', me, twice[1])).statusCode, sameAccount, limit);
      assert.equal((await send('GET', me, other)).statusCode, sameCompany, limit);
    });
  }
});

test('an address is limited before anything is looked up, an IPv6 one by its /64, and health is not', async () => {
  await withLimits(alone('address=2/60'), async (send) => {
    const from = (remoteAddress: string) => send('GET', '/nowhere/', { remoteAddress });
    for (const address of ['2001:db8::1', '2001:db8::2']) assert.equal((await from(address)).statusCode, 404);
    assert.equal((await from('2001:db8::3')).statusCode, 429);
    assert.equal((await from('2001:db8:0:1::3')).statusCode, 404);
    for (let n = 0; n < 5; n += 1) assert.equal((await send('GET', '/health/live')).statusCode, 200);
  });
});

test('a forwarded address counts where the proxy is trusted, and nowhere else', async () => {
  const forwarded = (send: Send, ip: string) =>
    send('GET', '/nowhere/', { headers: { 'x-forwarded-for': ip } });
  for (const [trusted, status] of [
    ['true', 404],
    ['false', 429],
  ] as const) {
    await withLimits(
      alone('address=1/60'),
      async (send) => {
        await forwarded(send, '192.0.2.1');
        assert.equal((await forwarded(send, '192.0.2.2')).statusCode, status);
      },
      { HIMALYTIX_TRUST_PROXY: trusted },
    );
  }
});

const login = (send: Send, email: string, password: string, remoteAddress = '192.0.2.1') =>
  send('POST', '/api/v1/auth/login/', {
    remoteAddress,
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify({ email, password }),
  });

test('an address comes to a door so often and no more, whatever it brings, and another address still does', async () => {
  await withLimits(alone('sign-in=4/60'), async (send) => {
    const { email } = members[0];
    const post = (path: string, payload: string) =>
      send('POST', `/api/v1${path}`, {
        remoteAddress: '192.0.2.1',
        headers: { 'content-type': 'application/json' },
        payload,
      });
    assert.equal((await login(send, email, testPassword)).statusCode, 200);
    assert.equal((await login(send, 'nobody@example.com', 'wrong')).statusCode, 401);
    assert.equal((await post('/auth/refresh/', '{"refresh":"guessed"}')).statusCode, 401);
    const guess = '{"token":"guessed","password":"plinth vexed quartz"}';
    assert.equal((await post('/auth/password-reset/confirm/', guess)).statusCode, 422);
    const refused = [
      await login(send, email, testPassword),
      await post('/auth/refresh/', '{}'),
      await post('/auth/password-reset/confirm/', guess),
      await post('/invitations/accept/', '{"token":"guessed"}'),
    ];
    for (const { statusCode, headers } of refused) {
      assert.equal(statusCode, 429);
      assert.match(String(headers.ratelimit), /^"sign-in";r=0;t=\d+$/);
    }
    assert.equal((await login(send, email, testPassword, '192.0.2.2')).statusCode, 200);
    const who = await bearer(members[0]);
    const elsewhere = await send('GET', me, { ...who, remoteAddress: '192.0.2.1' });
    assert.equal(elsewhere.statusCode, 200, 'who is in works on');
  });
});

test('letters are asked for so often from an address and no more, by page and API together', async () => {
  await withLimits(alone('reset=2/60'), async (send) => {
    const byApi = (email: string, remoteAddress = '192.0.2.1') =>
      send('POST', '/api/v1/auth/password-reset/', {
        remoteAddress,
        headers: { 'content-type': 'application/json' },
        payload: JSON.stringify({ email }),
      });
    const byPage = () =>
      send('POST', '/password-reset/', {
        remoteAddress: '192.0.2.1',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'email=b%40example.com',
      });
    assert.deepEqual([(await byApi('a@example.com')).statusCode, (await byPage()).statusCode], [202, 200]);
    const refused = [await byApi(members[0].email), await byPage()];
    assert.deepEqual(
      refused.map(({ statusCode }) => statusCode),
      [429, 429],
    );
    for (const { headers } of refused) assert.ok(Number(headers['retry-after']) >= 1);
    assert.equal((await byApi('a@example.com', '192.0.2.2')).statusCode, 202);
  });
});

test('a person is told in a page, and signing in by page is limited like by the API', async () => {
  await withLimits(alone('sign-in=1/60'), async (send) => {
    const form = () =>
      send('POST', '/sign-in/', {
        headers: {
          host: `${company.tenant.slug}.localhost`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        payload: `email=${encodeURIComponent(members[0].email)}&password=wrong`,
      });
    assert.equal((await form()).statusCode, 401);
    const page = await form();
    assert.equal(page.statusCode, 429);
    assert.match(String(page.headers['content-type']), /^text\/html/);
    assert.match(page.body, /Too many requests/);
    assert.match(page.body, /come again in \d+ s/);
    assert.ok(Number(page.headers['retry-after']) >= 1);
  });
});

test('without limits nothing is told of any', async () => {
  await withLimits('off', async (send) => {
    const { headers, statusCode } = await send('GET', me, await bearer(members[0]));
    assert.deepEqual(
      [statusCode, headers.ratelimit, headers['ratelimit-policy']],
      [200, undefined, undefined],
    );
  });
});
