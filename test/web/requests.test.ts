// Sends what no browser of ours would: hosts of others, ways back to elsewhere, too much of everything, and files.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { testPassword } from '#test/company';
import { safeNext } from '../../src/users/pages/safe-next.ts';
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
      const { rows: before } = await web.house.superuser.query('select count(*)::int as n from sign_ins');
      await asked(server, { 'x-forwarded-for': chain });
      const { rows } = await web.house.superuser.query(
        'select host(ip) as ip from sign_ins order by at desc, id desc limit 1',
      );
      ips.push(rows[0]?.ip ?? `none after ${before[0]?.n}`);
    };
    await told('true', '203.0.113.9, 198.51.100.7');
    await told('2', '203.0.113.9, 198.51.100.7, 10.0.0.2');
    await told('false', '203.0.113.9');
    await told('loopback, 10.0.0.0/8', '203.0.113.9, 198.51.100.7, 10.0.0.2, 10.0.0.3');
    assert.deepEqual(ips, ['198.51.100.7', '198.51.100.7', '127.0.0.1', '198.51.100.7']);
  });
});

describe('a way back', () => {
  const hostile = [
    '//evil.test',
    '//evil.test/',
    '/\\evil.test',
    '\\\\evil.test',
    '\\/evil.test',
    '/\t/evil.test',
    '/\n/evil.test',
    '\t//evil.test',
    ' //evil.test',
    '/ /evil.test',
    '/./\\evil.test',
    '/..//evil.test',
    '/.//evil.test',
    '/%2e%2e//evil.test',
    '///evil.test',
    'https://evil.test',
    'https:evil.test',
    'HTTPS://evil.test',
    'javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'evil.test',
    '@evil.test',
    '?next=//evil.test',
    '#x',
    '/\0',
    '/\r\nSet-Cookie: a=b',
    '/\u2028/evil.test',
    '/%0d%0aSet-Cookie:%20a=b',
    '%2F%2Fevil.test',
    '/%2F%2Fevil.test',
    '/%5Cevil.test',
    '／／evil.test',
    '//%65vil.test',
    '/sign-out/',
  ];

  test('leads to a page of our own, whatever is asked for', () => {
    const base = 'http://acme.localhost';
    const own = (next: string) => {
      const back = safeNext(next);
      assert.ok(back.startsWith('/') && new URL(back, base).origin === base, JSON.stringify([next, back]));
      assert.doesNotMatch(back, /[^\x21-\x7e]|\\/, JSON.stringify(next));
      assert.equal(safeNext(back), back, 'reading it once more changes nothing');
    };
    for (const next of hostile) own(next);
    const piece = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      ':',
      '@',
      '?',
      '#',
      '%2f',
      '%5c',
      '\t',
      '\n',
      '\0',
      ' ',
      'evil.test',
      'http',
      'javascript',
      '\u2028',
      '／',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary' })), { maxLength: 8 }), (pieces) =>
        own(pieces.join('')),
      ),
      { numRuns: 3000 },
    );
  });

  test('from the sign-in, given by address or by form, is in no answer but as a path of our own', async () => {
    const { email } = web.owner;
    for (const next of hostile) {
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

describe('too much', () => {
  const login = '/api/v1/auth/login/';

  test('of an address, its parameters, or its headers is told what is too much', async () => {
    assert.deepEqual(refusals(await plain.send({ path: `${login}?${'x'.repeat(8200)}` })), [
      414,
      'request/address-too-long',
    ]);
    assert.deepEqual(refusals(await plain.send({ path: `${login}?${'a=1&'.repeat(300)}` })), [
      414,
      'request/too-many-parameters',
    ]);
    const long = await plain.send({ path: `/sign-in/?${'x'.repeat(8200)}` });
    assert.equal(long.status, 414);
    assert.match(long.body, /at most 8192 characters/);
    assert.deepEqual(refusals(await plain.send({ path: login, headers: { 'x-long': 'x'.repeat(17_000) } })), [
      431,
      'request/headers-too-large',
    ]);
  });

  test('of a body, packed or not, is refused unread', async () => {
    const { cookie, 'x-csrf-token': token } = await plain.session();
    const large = await plain.send({
      method: 'POST',
      path: login,
      headers: json,
      body: `{"email":"${'x'.repeat(20_000)}"}`,
    });
    assert.deepEqual(refusals(large), [413, 'request/too-large']);
    const form = { ...formType, cookie, 'x-csrf-token': token };
    const path = '/journal-entries/new/';
    assert.equal(
      (await plain.send({ method: 'POST', path, headers: form, body: 'x'.repeat(1_100_000) })).status,
      413,
    );
    const packed = { ...json, 'content-encoding': 'gzip' };
    assert.deepEqual(
      refusals(await plain.send({ method: 'POST', path: login, headers: packed, body: '{}' })),
      [415, 'request/content-encoding'],
    );
    assert.equal(
      (
        await plain.send({
          method: 'POST',
          path,
          headers: { ...form, 'content-encoding': 'br' },
          body: 'a=b',
        })
      ).status,
      415,
    );
  });

  test('of the fields of a form is refused, be they many names or one', async () => {
    const headers = { ...formType, ...(await plain.session()) };
    for (const body of [Array.from({ length: 10_002 }, (_, n) => `f${n}`).join('&'), 'f&'.repeat(10_002)]) {
      const answer = await plain.send({ method: 'POST', path: '/journal-entries/new/', headers, body });
      assert.equal(answer.status, 413);
      assert.match(answer.body, /at most 10000 fields/);
    }
    const hostile =
      '__proto__=x&__proto__[a]=1&constructor=x&lines[__proto__][account]=x&lines[0][__proto__]=x&hasOwnProperty=x';
    const answer = await plain.send({
      method: 'POST',
      path: '/journal-entries/new/',
      headers,
      body: hostile,
    });
    assert.equal(answer.status, 422);
  });

  test('cannot be sent in any text or list of a body: each has an end', () => {
    const faults: string[] = [];
    const look = (schema: unknown, place: string, limited = false) => {
      if (typeof schema !== 'object' || schema === null) return;
      const {
        type,
        maxLength,
        maxItems,
        format,
        pattern,
        enum: words,
        const: word,
      } = schema as Record<string, unknown>;
      const fixed =
        words !== undefined ||
        word !== undefined ||
        format !== undefined ||
        /\$$/.test(String(pattern ?? ''));
      if (type === 'string' && maxLength === undefined && !fixed && !limited)
        faults.push(`${place} has no maxLength`);
      if (type === 'array' && maxItems === undefined) faults.push(`${place} has no maxItems`);
      for (const [name, child] of Object.entries(schema))
        if (name !== 'examples') look(child, `${place}/${name}`);
    };
    const document = plain.api.app.swagger() as unknown as {
      paths: Record<string, Record<string, { requestBody?: unknown }>>;
    };
    for (const [path, methods] of Object.entries(document.paths))
      for (const [method, { requestBody }] of Object.entries(methods)) look(requestBody, `${method} ${path}`);
    assert.deepEqual(faults, []);
  });
});

describe('a file', () => {
  const boundary =
    '--x\r\nContent-Disposition: form-data; name="file"; filename="../../x.html"\r\nContent-Type: text/html\r\n\r\n<script>\r\n--x--\r\n';

  test('is taken nowhere: every route that writes refuses it by its type, before anything of it is read', async () => {
    const { cookie, 'x-csrf-token': token } = await plain.session();
    const authorization = await plain.bearer();
    const types = [
      'multipart/form-data; boundary=x',
      'text/csv',
      'text/html',
      'image/svg+xml',
      'application/zip',
      'application/octet-stream',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    ];
    const writing = plain.api.app.guardedRoutes.filter(({ method }) =>
      ['POST', 'PUT', 'PATCH'].includes(method),
    );
    assert.ok(writing.length > 60);
    for (const [index, { url, method }] of writing.entries()) {
      const type = types[index % types.length] ?? '';
      const who: Headers = url.startsWith('/api/') ? { authorization } : { cookie, 'x-csrf-token': token };
      for (const each of new Set([type, 'multipart/form-data; boundary=x'])) {
        const answer = await plain.send({
          method,
          path: pathOf(url),
          headers: { ...who, 'content-type': each },
          body: boundary,
        });
        assert.equal(answer.status, 415, `${method} ${url} ${each}`);
      }
    }
  });
});

describe('a download', () => {
  test('of every report is a file with a harmless name, and no program runs what is in it', async () => {
    const { house, company } = web;
    const name = '=1+1\r\nX: y"/../<b>@';
    await house.superuser.query('update tenants set name = $2 where id = $1', [company.tenant.id, name]);
    const authorization = await plain.bearer();
    const call = (path: string, body: object) =>
      plain.send({
        method: 'POST',
        path: `/api/v1${path}`,
        headers: { ...json, authorization },
        body: JSON.stringify(body),
      });
    const formula = '=HYPERLINK("http://evil.test")';
    assert.equal((await call('/accounts/', { code: '-6', name: formula, type: 'expense' })).status, 201);
    const lines = [
      { account: '-6', debit: '5.00', memo: '+1' },
      { account: '1010', credit: '5.00', memo: '@x' },
    ];
    assert.equal(
      (await call('/journal-entries/', { entry_date: '2024-01-20', memo: '\t=x', reference: '-1+1', lines }))
        .status,
      201,
    );
    const document = plain.api.app.swagger() as unknown as {
      paths: Record<string, { get?: { parameters?: { name: string }[] } }>;
    };
    const reports = Object.entries(document.paths).filter(([, { get }]) =>
      get?.parameters?.some((each) => each.name === 'format'),
    );
    assert.ok(reports.length >= 5);
    for (const [path] of reports) {
      for (const format of ['csv', 'xlsx', 'pdf']) {
        const answer = await downloaded(path, format, authorization);
        const said = String(answer.headers['content-disposition']);
        assert.match(
          said,
          /^attachment; filename="[\x20-\x21\x23-\x7e]+"; filename\*=UTF-8''[\w.%~-]+$/,
          path,
        );
        assert.doesNotMatch(decodeURIComponent(said.split("UTF-8''")[1] ?? '/'), /[/\\<>"\r\n]/);
        assert.equal(answer.headers['x-content-type-options'], 'nosniff');
        if (format === 'csv')
          for (const cell of cellsOf(answer.body))
            assert.doesNotMatch(cell, /^\s*(?!-?\d+(\.\d+)?$)[=+\-@]/, path);
      }
    }
  });
});

/** A report of the whole year; what a report does not know it says, and is asked without. */
async function downloaded(path: string, format: string, authorization: string): Promise<Answer> {
  for (const query of [
    'from=2024-01-01&to=2024-12-31',
    'as_of=2024-12-31',
    'account=-6&from=2024-01-01&to=2024-12-31',
    'account=-6',
    'line=cash',
    '',
  ]) {
    const answer = await plain.send({
      path: `${path}?format=${format}&${query}`,
      headers: { authorization },
    });
    if (answer.status === 200) return answer;
  }
  throw new Error(`${path} is not to be had as ${format}`);
}

/** The cells of a CSV file, without their quotes. */
function cellsOf(csv: string): string[] {
  return [...csv.replace('\uFEFF', '').matchAll(/"((?:[^"]|"")*)"|([^",\r\n]+)/g)].map(([, quoted, bare]) =>
    (quoted ?? bare ?? '').replaceAll('""', '"'),
  );
}
