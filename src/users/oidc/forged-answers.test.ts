// Lets a provider that lies, or whose answers somebody has forged, try to sign somebody in.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { addMember, type Call, testApiOf } from '#test/company';
import { type ForgingProvider, openForgingProvider } from '#test/oidc/forging-provider';
import { HttpBrowser, type Page } from '#test/oidc/http-browser';
import { openSignInHouse, ownDomain, type SignInHouse, signedInAs } from '#test/oidc/sign-in-house';

const secret = 'the secret of the client, which signs nothing';

let at: SignInHouse;
let forger: ForgingProvider;
let owner: Call;
let providerId: string;
let browser: HttpBrowser;

before(async () => {
  forger = await openForgingProvider('the-client');
  at = await openSignInHouse([forger.host]);
  await ownDomain(at, at.mine, 'forged.test');
  owner = await (await testApiOf(at.house.db, at.app)).as(await addMember(at.house.db, at.mine, 'owner'));
  const rules = [{ domain: 'forged.test', role: 'clerk' }];
  const body = {
    kind: 'oidc',
    issuer: forger.issuer,
    client_id: forger.clientId,
    client_secret: secret,
    rules,
  };
  const answer = await owner('POST', '/identity-providers/', body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  providerId = answer.body.id;
});

after(async () => {
  await at.close();
  await forger.close();
});

beforeEach(() => {
  browser = new HttpBrowser();
  forger.lies = {};
});

/** What is known of the provider is forgotten with each change. */
const forget = () => owner('PATCH', `/identity-providers/${providerId}/`, { enabled: true });
const signIn = (): Promise<Page> => browser.go(`${at.originOf(at.mine)}/sign-in/oidc/sso/`);
const who = () => signedInAs(at, browser, at.mine);

async function refused(what: string, status = 401): Promise<void> {
  const page = await signIn();
  assert.equal(page.status, status, what);
  assert.equal(await who(), null, what);
  browser = new HttpBrowser();
}

test('an honest answer signs in, with our secret and proof key shown to the token endpoint', async () => {
  assert.equal((await signIn()).status, 200);
  assert.equal(await who(), 'ann@forged.test');
  const asked = forger.asked.at(-1);
  assert.match(asked?.get('code_verifier') ?? '', /^[\w-]{43}$/);
  assert.equal(asked?.get('redirect_uri'), at.callbackOf(at.mine, 'sso'));
});

describe('an ID token is refused', () => {
  const now = Math.floor(Date.now() / 1000);
  const lies: Record<string, Record<string, unknown>> = {
    'of another issuer': { iss: 'https://accounts.google.com' },
    'for another audience': { aud: 'another-client' },
    'for several audiences, of which another asked': { aud: ['the-client', 'x'], azp: 'x' },
    'with another nonce': { nonce: 'another' },
    'without a nonce': { nonce: undefined },
    'that is over': { iat: now - 7200, exp: now - 3600 },
    'that is not yet': { nbf: now + 3600 },
    'without an end': { exp: undefined },
    'of nobody': { sub: undefined },
    'of an empty name': { sub: '' },
    'of a name beyond measure': { sub: 'x'.repeat(300) },
    'of a name that no database takes': { sub: 'a\u0000b' },
  };
  for (const [what, claims] of Object.entries(lies)) {
    test(what, async () => {
      forger.lies = { claims };
      await refused(what);
    });
  }

  test('that is not signed, or not with the published key', async () => {
    const other = (await generateKeyPair('RS256')).privateKey;
    const forgeries: Record<string, (claims: Record<string, unknown>) => Promise<string> | string> = {
      'alg none': (claims) => new UnsecuredJWT(claims).encode(),
      'another key': (claims) =>
        new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'published' }).sign(other),
      'an unknown key': (claims) =>
        new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'x' }).sign(other),
      'our own secret': (claims) =>
        new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret)),
      nonsense: () => 'x.y.z',
    };
    for (const [what, sign] of Object.entries(forgeries)) {
      forger.lies = { sign };
      await refused(what);
    }
  });
});

describe('a provider is not believed', () => {
  test('that answers in the name of another (mix-up)', async () => {
    forger.lies = { callback: { iss: 'https://honest.test' } };
    await refused('iss of another');
    forger.lies = { metadata: { authorization_response_iss_parameter_supported: true } };
    await forget();
    await refused('iss promised and missing');
    forger.lies = {};
    await forget();
  });

  test('whose userinfo speaks of somebody else', async () => {
    forger.lies = {
      claims: { email: undefined, email_verified: undefined },
      userinfo: { sub: 'somebody-else', email: 'boss@forged.test', email_verified: true },
    };
    await refused('another subject');
  });

  test('whose metadata names another issuer, or sends people to a script', async () => {
    for (const metadata of [
      { issuer: 'https://accounts.google.com' },
      { authorization_endpoint: 'javascript:alert(1)' },
      { authorization_endpoint: undefined },
    ]) {
      forger.lies = { metadata };
      await forget();
      await refused(JSON.stringify(metadata), 503);
    }
    forger.lies = {};
    await forget();
  });

  test('whose token endpoint answers with an error, nonsense, too much, or a redirect inside', async () => {
    const answers: [string, number, NonNullable<ForgingProvider['lies']['token']>][] = [
      [
        'an error',
        401,
        (response) =>
          response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_grant"}'),
      ],
      [
        'nonsense',
        401,
        (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{'),
      ],
      ['a page', 401, (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>')],
      ['too much', 503, (response) => response.writeHead(200).end(Buffer.alloc(2_000_000))],
      ['an outage', 503, (response) => response.writeHead(500).end()],
      ['a redirect', 401, (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    ];
    for (const [what, status, token] of answers) {
      forger.lies = { token };
      await refused(what, status);
    }
  });

  test('whose endpoints lie inside our own network, which is never asked', async () => {
    let asked = 0;
    const inner: Server = createServer((_request, response) => {
      asked += 1;
      response.end('{}');
    });
    await new Promise<void>((ready) => inner.listen(0, '127.0.0.1', ready));
    const address = `http://127.0.0.1:${(inner.address() as AddressInfo).port}/`;
    for (const endpoint of ['token_endpoint', 'jwks_uri', 'userinfo_endpoint']) {
      forger.lies = { metadata: { [endpoint]: address }, claims: { email: undefined } };
      await forget();
      await refused(endpoint, 503);
    }
    forger.lies = {};
    await forget();
    await new Promise((closed) => inner.close(closed));
    assert.equal(asked, 0);
  });
});

test('nobody was let in by all of this', async () => {
  const { rows } = await at.house.superuser.query<{ email: string }>('select email from identities');
  assert.deepEqual(rows, [{ email: 'ann@forged.test' }]);
});
