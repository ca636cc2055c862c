// Looks at the answer of every route there is, and at every refusal that no route gives, for what each has to carry.
import assert from 'node:assert/strict';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { assetUrl } from '#lib/assets';
import { testPassword } from '#test/company';
import { cookieFaults, headerFaults } from './headers.ts';
import {
  type Answer,
  formType,
  type Headers,
  openWeb,
  pathOf,
  type Request,
  type Server,
  type Web,
} from './server.ts';

let web: Web;

before(async () => {
  web = await openWeb((app) => {
    for (const url of ['/boom/', '/api/v1/boom/'])
      app.get(url, { config: { permission: 'public' } }, () => {
        throw new Error('secret of the inside');
      });
  });
});
after(() => web.close());

type Route = { method: string; url: string; permission: string };
/** All routes but ours to fail and the public keys, which any site may read on purpose. */
const routesOf = (server: Server): Route[] =>
  server.api.app.guardedRoutes.filter(({ url }) => !/\/boom\/|^\/\.well-known\/jwks\.json/.test(url));

type Who = { pages: Headers; api: Headers };
const nobody: Who = { pages: {}, api: {} };
const ownerOf = async (server: Server): Promise<Who> => ({
  pages: { cookie: (await server.session()).cookie },
  api: { authorization: await server.bearer() },
});

/** The request of a route by nobody, or by somebody, but without the proof of a form. */
function requestOf({ method, url }: Route, { pages, api }: Who): Request {
  const isApi = url.startsWith('/api/');
  const headers = isApi ? api : pages;
  if (['GET', 'HEAD', 'OPTIONS'].includes(method)) return { method, path: pathOf(url), headers };
  const jsonType = url.endsWith('/stream/') ? 'application/x-ndjson' : 'application/json';
  const type = isApi ? { 'content-type': jsonType } : formType;
  return { method, path: pathOf(url), headers: { ...headers, ...type }, body: isApi ? '{}' : 'a=b' };
}

/** Sends each request and tells which answers lack what. */
async function lacking(
  server: Server,
  requests: Iterable<Request>,
  seen = (_answer: Answer) => {},
): Promise<string[]> {
  const faults: string[] = [];
  for (const request of requests) {
    const answer = await server.send(request);
    seen(answer);
    const fault = headerFaults(answer, server.https);
    if (fault !== '')
      faults.push(`${request.method ?? 'GET'} ${request.path.slice(0, 80)} ${answer.status}: ${fault}`);
  }
  return faults;
}

describe('the security headers', () => {
  test('are on the answer of every route, to nobody and to an owner, and HSTS only where the address is https', async () => {
    for (const server of web.both) {
      const statuses = new Set<number>();
      const owner = await ownerOf(server);
      const routes = routesOf(server);
      const requests = [nobody, owner].flatMap((who) => routes.map((route) => requestOf(route, who)));
      assert.ok(requests.length > 250);
      assert.deepEqual(await lacking(server, requests, ({ status }) => statuses.add(status)), []);
      for (const status of [200, 303, 401, 403, 404, 422]) assert.ok(statuses.has(status), String(status));
    }
  });

  test('are on every static file, whole, unchanged and missing', async () => {
    const names = ['css', 'js', 'icons'].flatMap((folder) =>
      readdirSync(new URL(`../../public/${folder}`, import.meta.url)),
    );
    for (const server of web.both) {
      const paths = [...names, 'tabler.css', 'htmx.js', 'redoc.js'].map(assetUrl);
      const { headers } = await server.send({ path: paths[0] ?? '' });
      const cached = { 'if-none-match': String(headers.etag) };
      const more = [
        '/favicon.ico',
        '/assets/x.js',
        '/assets/..%2f..%2fpackage.json',
        '/api/docs/static/nothing.js',
      ];
      const requests = [...paths, ...more].map((path) => ({ path }));
      requests.push({ path: paths[0] ?? '', headers: cached } as Request);
      for (const file of ['index.html', 'swagger-ui.css', 'swagger-ui-bundle.js', 'logo.svg'])
        requests.push({ path: `/api/docs/static/${file}` });
      assert.deepEqual(await lacking(server, requests), []);
    }
  });

  test('are on refusals that come before any route, and on failures of our own', async () => {
    for (const server of web.both) {
      const statuses: number[] = [];
      const json = { 'content-type': 'application/json' };
      const requests: Request[] = [
        { path: '/nowhere/' },
        { path: '/api/nowhere/' },
        { path: '/%E0%A4%A' },
        { path: '/api/v1/accounts/%E0%A4%A' },
        { path: `/api/v1/accounts/${'x'.repeat(3000)}/` },
        { path: `/?${'x'.repeat(9000)}` },
        { path: '/', headers: { host: 'a b' } },
        { path: '/', headers: { host: 'nobody.test' } },
        { path: '/boom/' },
        { path: '/api/v1/boom/' },
        { method: 'POST', path: '/sign-in/', headers: json, body: '{}' },
        { method: 'POST', path: '/api/v1/auth/login/', headers: json, body: '{' },
        { method: 'POST', path: '/api/v1/auth/login/', headers: json, body: `"${'x'.repeat(20_000)}"` },
        { method: 'OPTIONS', path: '*' },
        { method: 'TRACE', path: '/' },
        { method: 'PROPFIND', path: '/api/v1/accounts/' },
      ];
      assert.deepEqual(await lacking(server, requests, ({ status }) => statuses.push(status)), []);
      for (const status of [400, 403, 404, 413, 414, 415, 500])
        assert.ok(statuses.includes(status), String(status));
    }
  });

  test('are on what the parser of HTTP itself refuses, which is a problem document', async () => {
    const tooLarge = `GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`;
    const smuggled =
      'POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
    const refused: [string, number][] = [
      [tooLarge, 431],
      [smuggled, 400],
      ['GET /api/v1/accounts/ HTTP/1.1\r\n\r\n', 400],
      ['GET / HTTP/1.1\r\nHost: localhost\r\nX: a\nb\0\r\n\r\n', 400],
      ['nonsense\r\n\r\n', 400],
    ];
    for (const server of web.both) {
      for (const [bytes, status] of refused) {
        const answer = await server.sendRaw(bytes);
        const [head = '', body = ''] = answer.split('\r\n\r\n');
        assert.match(head, new RegExp(`^HTTP/1.1 ${status} `), bytes.slice(0, 60));
        const lines = head.split('\r\n').slice(1);
        const headers = Object.fromEntries(
          lines.map((line) => [
            line.slice(0, line.indexOf(':')).toLowerCase(),
            line.slice(line.indexOf(':') + 2),
          ]),
        );
        assert.equal(headerFaults({ headers }, server.https), '', bytes.slice(0, 60));
        assert.match(String(headers['content-type']), /^application\/problem\+json/);
        assert.equal(JSON.parse(body).status, status);
      }
    }
  });

  test('are missed where one is missing, or a policy is weak', () => {
    const policy = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";
    const strict = "script-src 'self'; form-action 'self'";
    const faultsOf = (csp: string) => headerFaults({ headers: { 'content-security-policy': csp } }, false);
    assert.match(faultsOf(policy), /x-content-type-options: ; .*permissions-policy: $/);
    assert.doesNotMatch(faultsOf(`${policy}; ${strict}`), /-src|form-action/);
    for (const weak of [
      "script-src 'self' 'unsafe-inline'",
      "script-src 'self' 'unsafe-eval'",
      'script-src *',
    ])
      assert.match(faultsOf(`${policy}; ${weak}; form-action 'self'`), /script-src/);
    assert.match(faultsOf(`${policy}; ${strict}; style-src 'unsafe-inline'`), /style-src 'unsafe-inline'/);
    assert.match(faultsOf("script-src 'self'"), /default-src; base-uri; frame-ancestors; form-action/);
    assert.match(cookieFaults('a=b', true).join(), /Path.*HttpOnly.*SameSite.*Secure.*__Host-/);
    assert.match(
      cookieFaults('__Host-a=b; Path=/; Domain=x; HttpOnly; SameSite=None', true).join(),
      /SameSite.*Domain/,
    );
  });
});

describe('other sites', () => {
  test('are let into no route, be it asked before or not', async () => {
    const { plain } = web;
    const authorization = await plain.bearer();
    const foreign = { origin: 'https://evil.test', 'access-control-request-method': 'POST' };
    for (const { url, method } of routesOf(plain)) {
      const answer = await plain.send({ method: 'OPTIONS', path: pathOf(url), headers: foreign });
      assert.ok([401, 403, 404].includes(answer.status), `${url} ${answer.status}`);
      if (method !== 'GET') continue;
      const headers = { ...foreign, authorization };
      const { headers: told } = await plain.send({ path: pathOf(url), headers });
      assert.deepEqual(
        Object.keys(told).filter((name) => name.startsWith('access-control')),
        [],
        url,
      );
    }
  });
});

describe('a form', () => {
  test('of any page changes nothing without the token of its session, from elsewhere, or as another type', async () => {
    const { plain } = web;
    const { cookie, 'x-csrf-token': token } = await plain.session();
    const another = (await plain.session())['x-csrf-token'];
    const pages = routesOf(plain).filter(({ url, method }) => method === 'POST' && !url.startsWith('/api/'));
    assert.ok(pages.length > 20);
    for (const { url, permission } of pages) {
      const path = pathOf(url);
      const post = (headers: Headers, body = 'a=b') =>
        plain.send({ method: 'POST', path, headers: { ...formType, cookie, ...headers }, body });
      const forged: Headers[] = [
        { 'x-csrf-token': token, origin: 'https://evil.test' },
        { 'x-csrf-token': token, origin: 'null' },
        { 'x-csrf-token': token, 'sec-fetch-site': 'cross-site' },
        { 'x-csrf-token': token, 'sec-fetch-site': 'same-site' },
      ];
      for (const headers of forged)
        assert.equal((await post(headers)).status, 403, `${url} ${JSON.stringify(headers)}`);
      for (const type of ['text/plain', 'application/json', 'multipart/form-data; boundary=x'])
        assert.equal(
          (await post({ 'x-csrf-token': token, 'content-type': type }, `{"_csrf":"${token}"}`)).status,
          415,
        );
      if (permission === 'public') continue;
      for (const wrong of ['', 'x', another, token.slice(1)])
        assert.equal((await post(wrong ? { 'x-csrf-token': wrong } : {}, `_csrf=${wrong}`)).status, 403, url);
    }
    assert.equal(
      (await plain.send({ path: '/account/', headers: { cookie } })).status,
      200,
      'still signed in',
    );
  });
});

describe('a cookie', () => {
  const signIn = (server: Server) => {
    const credentials = { email: web.owner.email, password: testPassword, next: '/' };
    const body = new URLSearchParams(credentials).toString();
    return server.send({ method: 'POST', path: '/sign-in/', headers: formType, body });
  };

  test('is for this host, http and no script alone; over https it is secure and bound to the host by its name', async () => {
    for (const server of web.both) {
      const answer = await signIn(server);
      assert.equal(answer.status, 303);
      const cookies = answer.headers['set-cookie'] as string[];
      assert.ok(cookies.length >= 2);
      assert.equal(headerFaults(answer, server.https), '');
      const cookie = cookies.map((each) => each.split(';', 1)[0]).join('; ');
      assert.equal((await server.send({ path: '/account/', headers: { cookie } })).status, 200);
    }
  });

  test('is taken away under the name and attributes under which it was given', async () => {
    for (const server of web.both) {
      const headers = { ...(await server.session()), ...formType };
      const answer = await server.send({ method: 'POST', path: '/sign-out/', headers, body: 'a=b' });
      assert.equal(answer.status, 303);
      const [cookie = ''] = answer.headers['set-cookie'] as string[];
      assert.match(cookie, /=; .*(Max-Age=0|Expires=Thu, 01 Jan 1970)/);
      assert.deepEqual(cookieFaults(cookie, server.https), []);
    }
  });

  test('that a neighbouring host or somebody on the line has planted is not taken for ours', async () => {
    const { https } = web;
    const { cookie } = await https.session();
    const planted = { cookie: cookie.replace('__Host-', '') };
    assert.equal((await https.send({ path: '/account/', headers: planted })).status, 303);
    assert.equal((await https.send({ path: '/account/', headers: { cookie } })).status, 200);
  });

  test('is secure, too, where only the trusted proxy says that the browser came by https', async () => {
    const server = await web.serve({ HIMALYTIX_TRUST_PROXY: 'true' });
    const credentials = `email=${encodeURIComponent(web.owner.email)}&password=${encodeURIComponent(testPassword)}`;
    for (const [proto, https] of [
      ['https', true],
      ['http', false],
    ] as const) {
      const headers = { ...formType, 'x-forwarded-proto': proto };
      const answer = await server.send({ method: 'POST', path: '/sign-in/', headers, body: credentials });
      assert.equal(answer.status, 303);
      assert.equal(headerFaults(answer, https), '');
    }
  });

  test('is set, read and taken away in one place only', () => {
    const files = globSync('src/**/*.ts', { exclude: ['src/**/*.test.ts', 'src/lib/http/own-cookie.ts'] });
    const direct = files.filter((file) =>
      /\.(setCookie|clearCookie)\(|\brequest\.cookies\b|set-cookie/i.test(readFileSync(file, 'utf8')),
    );
    assert.deepEqual(direct, []);
  });
});
