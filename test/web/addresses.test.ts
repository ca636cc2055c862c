// Sends hosts of others, what no proxy of ours says, and ways back to elsewhere, and follows where answers lead.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { testPassword } from '#test/company';
import { hostileAddresses } from '#test/hostile-addresses';
import { type Answer, formType, type Headers, openWeb, pathOf, type Server, type Web } from './server.ts';

let web: Web;
let plain: Server;

before(async () => {
  web = await openWeb();
  plain = web.plain;
});
after(() => web.close());

const refusals = (answer: Answer) => [answer.status, JSON.parse(answer.body).code];
const json = { 'content-type': 'application/json' };

describe('the host of a request', () => {
  test('that is no host name is refused on every page and route of a company', async () => {
    const slug = web.company.tenant.slug;
    const hosts = [
      'localhost:80@evil.test',
      'localhost:8000/evil.test',
      `${slug}.localhost@evil.test`,
      'a b',
      'localhost:x',
      'localhost:999999',
      '<script>',
      '"',
      "localhost'",
      '[::1',
      '.localhost',
      `${'x'.repeat(300)}.localhost`,
      '::1',
      'evil.test#',
    ];
    for (const host of hosts) {
      for (const path of ['/', '/sign-in/', '/sign-in/?company=acme', '/api/v1/accounts/', '/nowhere/']) {
        const answer = await plain.send({ path, headers: { host } });
        assert.equal(answer.status, 400, `${host} ${path}`);
        assert.doesNotMatch(`${answer.body}${answer.headers.location}${answer.headers.refresh}`, /evil/);
      }
    }
    assert.deepEqual(refusals(await plain.send({ path: '/api/v1/accounts/', headers: { host: 'a b' } })), [
      400,
      'request/host',
    ]);
  });

  test('that no company has is refused, and shows up in no answer', async () => {
    for (const host of [
      'evil.test',
      'localhost.evil.test',
      'nobody.localhost',
      'a.b.localhost',
      'xn--80ak6aa92e.localhost',
    ]) {
      for (const path of ['/', '/sign-in/', '/password-reset/', '/api/v1/auth/login/']) {
        const answer = await plain.send({ path, headers: { host } });
        assert.ok([403, 404].includes(answer.status), `${host} ${path} ${answer.status}`);
        assert.doesNotMatch(answer.body + JSON.stringify(answer.headers), /evil|nobody\.|xn--/);
      }
    }
  });

  test('is named once, and the address does not name another', async () => {
    const twice = await plain.sendRaw('GET /sign-in/ HTTP/1.1\r\nHost: localhost\r\nHost: evil.test\r\n\r\n');
    assert.match(twice, /^HTTP\/1.1 400 /);
    const absolute = await plain.sendRaw('GET http://evil.test/sign-in/ HTTP/1.1\r\nHost: localhost\r\n\r\n');
    assert.match(absolute, /^HTTP\/1.1 400 /);
    assert.match(await plain.sendRaw('GET /sign-in/ HTTP/1.1\r\n\r\n'), /^HTTP\/1.1 400 /);
    assert.match(await plain.sendRaw('GET /health/live HTTP/1.0\r\n\r\n'), /^HTTP\/1.1 200 /);
  });

  test('does not lead from the bare host anywhere but to our own domain', async () => {
    for (const host of ['localhost:8123', '127.0.0.1:8123', '10.0.0.9', '[::1]:8123']) {
      const answer = await plain.send({ path: '/sign-in/?company=acme', headers: { host } });
      const port = host === '10.0.0.9' ? '' : ':8123';
      assert.equal(answer.headers.refresh, `0; url=http://acme.localhost${port}/sign-in/`);
    }
    const public_ = await web.https.send({
      path: '/sign-in/?company=acme',
      headers: { host: 'localhost:8123' },
    });
    assert.equal(public_.headers.refresh, '0; url=https://acme.localhost/sign-in/');
  });
});

describe('what a proxy says', () => {
  const asked = async (server: Server, headers: Headers) => {
    const credentials = { email: `nobody-${Math.random()}@evil.test`, password: 'x' };
    return await server.send({
      method: 'POST',
      path: '/api/v1/auth/login/',
      headers: { ...json, ...headers },
      body: JSON.stringify(credentials),
    });
  };

  test('is believed of a trusted one only: the host, the protocol and the address', async () => {
    const forwarded = { 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'https' };
    assert.equal((await plain.send({ path: '/sign-in/', headers: forwarded })).status, 200);
    const { https } = web;
    assert.equal((await https.send({ path: '/sign-in/', headers: forwarded })).status, 403);
    for (const hostile of ['localhost@evil.test', 'evil.test/', 'a b'])
      assert.equal(
        (await https.send({ path: '/sign-in/', headers: { 'x-forwarded-host': hostile } })).status,
        400,
      );
    for (const proto of ['javascript', 'https://evil.test/?', 'http:'])
      assert.equal(
        (await https.send({ path: '/sign-in/', headers: { 'x-forwarded-proto': proto } })).status,
        400,
        proto,
      );
    const elsewhere = await web.serve({ HIMALYTIX_TRUST_PROXY: '10.0.0.0/8' });
    assert.equal((await elsewhere.send({ path: '/sign-in/', headers: forwarded })).status, 200);
  });

  test('about a sender counts as far as the proxies wrote it, and not what the sender claimed', async () => {
    const ips: string[] = [];
    const told = async (trust: string, chain: string) => {
      const server = await web.serve({ HIMALYTIX_TRUST_PROXY: trust });
      await asked(server, { 'x-forwarded-for': chain });
      const { rows } = await web.house.superuser.query<{ ip: string }>(
        'select host(ip) as ip from sign_in_events order by at desc limit 1',
      );
      ips.push(rows[0]?.ip ?? 'none');
    };
    await told('true', '203.0.113.9, 198.51.100.7');
    await told('2', '203.0.113.9, 198.51.100.7, 10.0.0.2');
    await told('false', '203.0.113.9');
    await told('loopback, 10.0.0.0/8', '203.0.113.9, 198.51.100.7, 10.0.0.2, 10.0.0.3');
    assert.deepEqual(ips, ['198.51.100.7', '198.51.100.7', '127.0.0.1', '198.51.100.7']);
  });
});

describe('a way back', () => {
  test('from the sign-in, given by address or by form, is in no answer but as a path of our own', async () => {
    const { email } = web.owner;
    for (const next of hostileAddresses) {
      const page = await plain.send({ path: `/sign-in/?next=${encodeURIComponent(next)}` });
      const value = /name="next" value="([^"]*)"/.exec(page.body)?.[1] ?? '/';
      assert.ok(page.status === 422 || new URL(value, 'http://own.test').origin === 'http://own.test', next);
    }
    for (const next of [
      '//evil.test',
      '/\\evil.test',
      '/\t/evil.test',
      'javascript:alert(1)',
      '/\r\nSet-Cookie: a=b',
    ]) {
      const body = new URLSearchParams({ email, password: testPassword, next }).toString();
      const { status, headers } = await plain.send({
        method: 'POST',
        path: '/sign-in/',
        headers: formType,
        body,
      });
      assert.equal(status, 303);
      assert.match(String(headers.location), /^\/(?![/\\])[\x21-\x7e]*$/, next);
      assert.equal(
        [headers['set-cookie'] ?? []].flat().some((each) => each.startsWith('a=')),
        false,
      );
    }
  });

  test('of every redirect that a page answers is a path of our own', async () => {
    const { cookie } = await plain.session();
    const pages = plain.api.app.guardedRoutes.filter(
      ({ method, url }) => method === 'GET' && !url.startsWith('/api/'),
    );
    let redirects = 0;
    for (const { url } of pages) {
      for (const headers of [{}, { cookie }] as Headers[]) {
        const query = '?next=//evil.test&url=//evil.test&redirect=//evil.test&return_to=https://evil.test';
        const { headers: told } = await plain.send({ path: pathOf(url) + query, headers });
        if (told.location !== undefined) redirects += 1;
        assert.match(String(told.location ?? '/'), /^\/(?![/\\])/, url);
        assert.match(String(told.refresh ?? ''), /^(0; url=http:\/\/[\w-]+\.localhost.*)?$/, url);
      }
    }
    assert.ok(redirects > 10);
  });
});
