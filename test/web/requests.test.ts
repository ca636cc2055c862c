// Sends too much of everything, and files, and looks into the files that come back.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Answer, formType, type Headers, openWeb, pathOf, type Server, type Web } from './server.ts';

let web: Web;
let plain: Server;

before(async () => {
  web = await openWeb();
  plain = web.plain;
});
after(() => web.close());

/** What has no maxLength in the document, as amounts, rates and codes of dimensions are judged by rules of their own. */
const readByItsRule =
  /\/(debit|credit|base_debit|base_credit|rate|post_limit|approve_limit|approve_above|dimensions)$/;

const refusals = (answer: Answer) => [answer.status, JSON.parse(answer.body).code];
const json = { 'content-type': 'application/json' };

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

  test('cannot be sent in any text or list of a body: each has an end', async () => {
    const faults: string[] = [];
    const look = (schema: unknown, place: string) => {
      if (typeof schema !== 'object' || schema === null || readByItsRule.test(place)) return;
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
      if (type === 'string' && maxLength === undefined && !fixed) faults.push(`${place} has no maxLength`);
      if (type === 'array' && maxItems === undefined) faults.push(`${place} has no maxItems`);
      for (const [name, child] of Object.entries(schema))
        if (name !== 'examples') look(child, `${place}/${name}`);
    };
    const document = JSON.parse((await plain.send({ path: '/api/schema/' })).body) as {
      paths: Record<string, Record<string, { requestBody?: unknown }>>;
    };
    for (const [path, methods] of Object.entries(document.paths))
      for (const [method, { requestBody }] of Object.entries(methods)) look(requestBody, `${method} ${path}`);
    assert.deepEqual(faults, []);
  });

  test('of digits in an amount or rate, or of letters in a dimension, is refused by the rule of its own', async () => {
    const headers = { ...json, authorization: await plain.bearer() };
    const much = '9'.repeat(100_000);
    const fields = [
      ...['debit', 'credit', 'base_debit', 'base_credit', 'rate'].map((name) => ({ [name]: much })),
      { dimensions: { branch: much } },
    ];
    for (const field of fields) {
      const lines = [
        { account: '1010', debit: '5.00', currency: 'EUR', rate: '1', ...field },
        { account: '4010', credit: '5.00' },
      ];
      const body = JSON.stringify({ entry_date: '2024-01-20', memo: 'x', lines });
      const answer = await plain.send({ method: 'POST', path: '/api/v1/journal-entries/', headers, body });
      assert.equal(answer.status, 422, Object.keys(field).join());
      assert.ok(answer.body.length < 5000, 'the answer grows with the attack');
    }
    const owner = `/api/v1/members/${web.owner.userId}/`;
    const answer = await plain.send({
      method: 'PATCH',
      path: owner,
      headers,
      body: JSON.stringify({ post_limit: much, approve_limit: much }),
    });
    assert.equal(answer.status, 422);
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
    const document = JSON.parse((await plain.send({ path: '/api/schema/' })).body) as {
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
