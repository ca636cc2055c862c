// Tries to reach a company with another's credentials, forged ones, ended ones and none.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { importJWK, type JWK, SignJWT } from 'jose';
import { addTenantDomain, setTenantStatus } from '#tenancy';
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
import { testKeyRing } from '#test/secret-keys';
import { soon } from '#test/soon';
import { type Member, roleAllows, roles } from '#users';
import { faultsOf } from './problem.ts';

let house: TestHouse;
let api: TestApi;
let mine: TestCompany;
let other: TestCompany;
let member: Member;
let access: string;

before(async () => {
  house = await openTestHouse(4);
  [mine, other] = [await createCompany(house.db), await createCompany(house.db)];
  api = await openTestApi(house.db);
  member = await addMember(house.db, mine, 'accountant');
  await addMember(house.db, other, 'owner');
  await addTenantDomain(house.db, mine.tenant.id, 'books.mine.test');
  await addTenantDomain(house.db, other.tenant.id, 'books.other.test');
  access = (await api.tokens.issue(member)).access;
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

describe('a company', () => {
  test('is named by nothing, by header, by host and by its own domain, as long as it is the token’s', async () => {
    const { slug } = mine.tenant;
    const good: Headers[] = [
      {},
      { 'x-tenant': slug },
      { 'x-tenant': ` ${slug.toUpperCase()} ` },
      { host: `${slug}.localhost:8123` },
      { host: `${slug.toUpperCase()}.LOCALHOST.` },
      { host: 'books.mine.test' },
      { host: '127.0.0.1:8000', 'x-tenant': slug },
      { host: '[::1]:8000', 'x-tenant': slug },
      { host: `${slug}.localhost`, 'x-tenant': slug },
      { host: 'books.mine.test', 'x-tenant': slug },
    ];
    for (const headers of good)
      assert.equal((await me(access, headers)).status, 200, JSON.stringify(headers));
  });

  test('that is another, unknown, misspelt or named twice differently is refused with one answer', async () => {
    const { slug } = mine.tenant;
    const bad: Headers[] = [
      { 'x-tenant': other.tenant.slug },
      { host: `${other.tenant.slug}.localhost` },
      { host: 'books.other.test' },
      { host: `${slug}.localhost`, 'x-tenant': other.tenant.slug },
      { host: `${other.tenant.slug}.localhost`, 'x-tenant': slug },
      { host: 'books.other.test', 'x-tenant': slug },
      { 'x-tenant': `${slug}, ${other.tenant.slug}` },
      { 'x-tenant': '' },
      { 'x-tenant': 'nobody' },
      { 'x-tenant': 'public' },
      { 'x-tenant': mine.tenant.schema.replaceAll('-', '_') },
      { 'x-tenant': "'; select 1; --" },
      { 'x-tenant': 'x'.repeat(5000) },
      { host: 'nobody.localhost' },
      { host: `a.${slug}.localhost` },
      { host: `${slug}.localhost.evil.test` },
      { host: 'evil.test' },
    ];
    for (const headers of bad) {
      const answer = await me(access, headers);
      faultsOf(answer, 403);
      assert.equal(answer.body.code, 'tenancy/refused', JSON.stringify(headers));
      assert.equal(answer.body.detail, 'this company is not open to this request');
    }
  });

  test('is not chosen by a forwarded host while no proxy is trusted', async () => {
    const headers = {
      host: `${mine.tenant.slug}.localhost`,
      'x-forwarded-host': `${other.tenant.slug}.localhost`,
    };
    assert.equal((await me(access, headers)).status, 200);
  });

  test('that is suspended is closed at once to tokens, refreshing and signing in', async () => {
    const shut = await createCompany(house.db);
    const owner = await addMember(house.db, shut, 'owner');
    const pair = await api.tokens.issue(owner);
    assert.equal((await me(pair.access)).status, 200);
    await setTenantStatus(house.db, shut.tenant.slug, 'suspended');
    faultsOf(await me(pair.access), 403);
    faultsOf(await me(pair.access, { 'x-tenant': shut.tenant.slug }), 403);
    faultsOf(await post('refresh', { refresh: pair.refresh }), 401, 403);
    faultsOf(await login(owner.email, testPassword, { 'x-tenant': shut.tenant.slug }), 403);
    faultsOf(await login(owner.email, testPassword), 401, 403);
  });
});

async function signingKey(): Promise<{ kid: string; jwk: JWK }> {
  const { rows } = await house.superuser.query<{ kid: string; private_sealed: string }>(
    'select * from signing_keys',
  );
  const { kid = '', private_sealed: sealed = '' } = rows[0] ?? {};
  const opened = testKeyRing.open(sealed, `signing_keys.private:${kid}`);
  return { kid, jwk: JSON.parse(opened.toString()) };
}

/** A token whose shared secret is our public key, as whoever takes the algorithm from the token would check it. */
async function forgeByPublicKey(secret: (jwk: JWK) => Uint8Array): Promise<string> {
  const { keys } = (await api.call('GET', '/.well-known/jwks.json')).body as unknown as { keys: JWK[] };
  const [jwk = {}] = keys;
  const payload = JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString());
  return await new SignJWT(payload)
    .setProtectedHeader({ alg: 'HS256', kid: String(jwk.kid), typ: 'JWT' })
    .sign(secret(jwk));
}

type Forgery = { claims?: object; header?: object; jwk?: JWK; from?: number; until?: number };

/** A token as the program makes them, but for what is asked for; times are in seconds from now. */
async function forge({ claims = {}, header = {}, jwk, from = 0, until = 600 }: Forgery): Promise<string> {
  const key = await signingKey();
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    tid: mine.tenant.id,
    fid: crypto.randomUUID(),
    sub: member.userId,
    iss: 'himalytix',
    aud: 'himalytix-api',
  };
  return await new SignJWT({ ...payload, iat: now, nbf: now + from, exp: now + until, ...claims })
    .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ: 'JWT', ...header })
    .sign(await importJWK(jwk ?? key.jwk, 'EdDSA'));
}

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

async function refuseAll(tokens: Record<string, string>): Promise<void> {
  for (const [what, token] of Object.entries(tokens)) {
    const answer = await me(token);
    assert.equal(answer.status, 401, what);
    faultsOf(answer, 401);
    assert.equal(answer.headers['www-authenticate'], 'Bearer');
  }
}

describe('an access token', () => {
  test('made like ours by who has the key is one', async () => {
    assert.equal((await me(await forge({}))).status, 200);
  });

  test('that is forged, altered, out of time or meant for others opens nothing', async () => {
    const [head, body, signature] = access.split('.');
    const payload = JSON.parse(Buffer.from(body ?? '', 'base64url').toString());
    const { kid } = await signingKey();
    const foreign = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) as JWK;
    const tokens: Record<string, string> = {
      'no token': 'x',
      'a token of nothing': '..',
      'the algorithm none': `${base64({ alg: 'none', kid })}.${body}.`,
      'the algorithm none, with a signature': `${base64({ alg: 'none', kid })}.${body}.${signature}`,
      'a shared secret': `${base64({ alg: 'HS256', kid })}.${body}.${signature}`,
      'another company': `${head}.${base64({ ...payload, tid: other.tenant.id })}.${signature}`,
      'no signature': `${head}.${body}.`,
      'another key': await forge({ jwk: foreign }),
      'an unknown key': await forge({ header: { kid: 'nobody' } }),
      'no key id': await forge({ header: { kid: undefined } }),
      'another type of token': await forge({ header: { typ: 'dpop+jwt' } }),
      'the past': await forge({ until: -1 }),
      'the future': await forge({ from: 300 }),
      'another audience': await forge({ claims: { aud: 'others' } }),
      'another issuer': await forge({ claims: { iss: 'others' } }),
      'no company': await forge({ claims: { tid: undefined } }),
      'no family': await forge({ claims: { fid: undefined } }),
      'no person': await forge({ claims: { sub: undefined } }),
      'no end': await forge({ claims: { exp: undefined } }),
      'somebody unknown': await forge({ claims: { sub: crypto.randomUUID() } }),
      'a company that the member is not in': await forge({ claims: { tid: other.tenant.id } }),
    };
    await refuseAll(tokens);
    for (const header of [
      '',
      'Basic eDp5',
      access,
      'Bearer',
      `Token ${access}`,
      `Bearer ${access} ${access}`,
    ]) {
      faultsOf(await api.call('GET', '/api/v1/users/me/', undefined, { authorization: header }), 401);
    }
  });

  test('that brings its key along, or makes a secret of our public one, opens nothing', async () => {
    const foreign = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) as JWK;
    const { kid } = await signingKey();
    await refuseAll({
      'a key in its own header, named as ours': await forge({ jwk: foreign, header: { jwk: foreign, kid } }),
      'a key in its own header': await forge({ jwk: foreign, header: { jwk: foreign, kid: 'mine' } }),
      'a key elsewhere': await forge({ jwk: foreign, header: { jku: 'http://evil.test/keys', kid: 'mine' } }),
      'a good signature beside a key in its header': await forge({ header: { jwk: foreign } }),
      'a good signature beside a certificate': await forge({ header: { x5u: 'http://evil.test/', x5c: [] } }),
      'our public key as a shared secret': await forgeByPublicKey((jwk) =>
        Buffer.from(jwk.x ?? '', 'base64url'),
      ),
      'our public key as text as a shared secret': await forgeByPublicKey((jwk) =>
        Buffer.from(JSON.stringify(jwk)),
      ),
    });
  });

  test('counts in the header only', async () => {
    faultsOf(await api.call('GET', `/api/v1/users/me/?access_token=${access}`), 401);
    faultsOf(
      await api.call('GET', '/api/v1/users/me/', undefined, { cookie: `himalytix_session=${access}` }),
      401,
    );
  });

  test('ends within a second with the membership, the role with its change, and with the user’s account, whoever changes them', async () => {
    const clerk = await addMember(house.db, mine, 'clerk');
    const call = await api.as(clerk);
    const becomes = (path: string, status: number) =>
      soon(
        () => call('GET', path),
        (answer) => answer.status === status,
      );
    const where = [clerk.userId, clerk.tenantId];
    assert.equal((await call('GET', '/accounts/')).status, 200);
    await house.superuser.query(
      "update memberships set role = 'storekeeper' where user_id = $1 and tenant_id = $2",
      where,
    );
    faultsOf(await becomes('/accounts/', 403), 403);
    await house.superuser.query('update users set is_active = false where id = $1', [clerk.userId]);
    faultsOf(await becomes('/users/me/', 401), 401);
    await house.superuser.query('update users set is_active = true where id = $1', [clerk.userId]);
    assert.equal((await call('GET', '/users/me/')).body.role, 'storekeeper');
    await house.superuser.query('delete from memberships where user_id = $1 and tenant_id = $2', where);
    faultsOf(await becomes('/users/me/', 401), 401);
  });
});

test('each role reaches exactly the routes that its permissions open', async () => {
  const company = await createCompany(house.db);
  const nowhere = '01930000-0000-7000-8000-000000000000';
  const routes = api.app.guardedRoutes.filter(({ url }) => /^\/api\/v\d+\//.test(url));
  for (const role of roles) {
    const { access } = await api.tokens.issue(await addMember(house.db, company, role));
    const headers = { authorization: `Bearer ${access}` };
    for (const { method, url, permission } of routes) {
      if (permission === 'public' || method === 'HEAD') continue;
      const path = url
        .replace('periods/:id', 'periods/999')
        .replace(':id', nowhere)
        .replace(':code', 'none')
        .replace(':key', 'none');
      const sent = method === 'GET' || method === 'DELETE' ? undefined : {};
      const { status, body } = await api.call(method, path, sent, headers);
      const opens = permission === 'signed-in' || roleAllows(role, permission);
      const what = `${role}: ${method} ${url}: ${status} ${body.code ?? ''}`;
      if (opens) assert.ok(status < 500 && status !== 401 && status !== 403, what);
      else assert.deepEqual([status, body.code], [403, 'users/permission-missing'], what);
    }
  }
});
