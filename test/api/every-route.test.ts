// Sends to every route of the API what no route may take, and looks for a clear refusal with nothing stored.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { type Answer, type Call, fingerprint, openTestHouse, type TestHouse } from '#test/company';
import { openRoutesApi, type RoutesApi } from '#test/routes/api';
import { type Books, openBooksOf, plainMarks } from '#test/routes/books';
import type { Route, Texts } from '#test/routes/example';
import { exampleOf } from '#test/routes/table';
import { faultsOf } from './problem.ts';

let house: TestHouse;
let books: Books;
let api: RoutesApi;
let owner: Call;
let stored: unknown;
/** What the routes' parameters are filled with, by method and address. */
const params = new Map<string, Texts>();

before(async () => {
  house = await openTestHouse(4);
  api = await openRoutesApi(house);
  books = await openBooksOf(house, api, plainMarks);
  const caller = { name: 'owner', member: books.owner, may: () => true };
  for (const route of routes())
    params.set(`${route.method} ${route.url}`, (await exampleOf(route)?.make(books, caller))?.params ?? {});
  const { access } = await api.tokens.issue(books.owner);
  owner = (method, path, body, headers = {}) =>
    api.call(method, path, body, { authorization: `Bearer ${access}`, ...headers });
  stored = await fingerprint(house, books.company);
});

after(async () => {
  await api.close();
  await house.close();
});

afterEach(async () => assert.deepEqual(await fingerprint(house, books.company), stored));

/** All routes of all versions, as the program itself registered them. */
const routes = (): Route[] =>
  api.app.guardedRoutes.filter(
    ({ url, method }) => /^\/api\/v\d\/(?!schema\/)/.test(url) && method !== 'HEAD',
  );
/** The routes that take a JSON body; the one that takes a stream of lines is held to its own rules beside it. */
const writing = () =>
  routes().filter(({ method, url }) => /POST|PUT|PATCH/.test(method) && !url.endsWith('/stream/'));

/** A path whose parameters are those of the route's example, or all the same value. */
const pathOf = ({ method, url }: Route, value?: string): string =>
  url.replaceAll(
    /:(\w+)/g,
    (_, name: string) => value ?? encodeURIComponent(params.get(`${method} ${url}`)?.[name] ?? ''),
  );

async function forEach(list: Route[], check: (route: Route) => Promise<unknown>): Promise<void> {
  assert.ok(list.length > 5);
  for (const route of list) {
    try {
      await check(route);
    } catch (error) {
      throw new Error(`${route.method} ${route.url}: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    }
  }
}

const send = (route: Route, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  owner(route.method, pathOf(route), body, { 'if-match': '"1"', ...headers });

const bodies: [string, string, number, RegExp][] = [
  ['half a JSON document', '{"memo": ', 400, /malformed/],
  ['a bare NaN', '{"amount": NaN}', 400, /malformed/],
  ['a single quote', "{'memo': 'x'}", 400, /malformed/],
  ['a prototype', '{"__proto__": {"role": "owner"}}', 400, /malformed/],
  ['a constructor’s prototype', '{"constructor": {"prototype": {"role": "owner"}}}', 400, /malformed/],
  ['two documents', '{}{}', 400, /malformed/],
  ['an array', '[]', 422, /invalid|request/],
  ['an array of everything', '[{"email": "x"}, 1, null]', 422, /invalid|request/],
  ['a text', '"x"', 422, /invalid|request/],
  ['a number beyond numbers', '1e999', 422, /invalid|request/],
  ['true', 'true', 422, /invalid|request/],
  ['nesting without end', '['.repeat(7000) + ']'.repeat(7000), 422, /invalid|request/],
  ['nesting below a field', `{"lines":${'['.repeat(7000)}${']'.repeat(7000)}}`, 422, /./],
  ['a million small things', `{"lines":[${'0,'.repeat(7000)}0]}`, 422, /./],
];

for (const [what, body, status, code] of bodies) {
  test(`every writing route refuses ${what}`, () =>
    forEach(writing(), async (route) => {
      const answer = await send(route, body);
      faultsOf(answer, status);
      assert.match(answer.body.code, code);
      assert.ok(JSON.stringify(answer.body).length < 500_000, 'the answer grows with the attack');
    }));
}

for (const type of [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/xml',
  'x',
  '',
]) {
  test(`every writing route refuses the content type "${type}"`, () =>
    forEach(writing(), async (route) => {
      faultsOf(await send(route, '{"memo": "x"}', { 'content-type': type }), 415);
    }));
}

test('every writing route refuses a body over its limit', () =>
  forEach(writing(), async (route) => {
    faultsOf(await send(route, JSON.stringify({ memo: 'x'.repeat(10_500_000) })), 413);
  }));

test('every writing route names each unknown field, also one that every object has', () =>
  forEach(writing(), async (route) => {
    const faults = faultsOf(
      await send(route, { nonsense: 1, 'a/b~c': 2, toString: 'x', is_admin: true }),
      422,
    );
    for (const name of ['nonsense', 'a~1b~0c', 'toString', 'is_admin']) {
      assert.ok(faults.includes(`/${name} request/unknown-field`), faults.join());
    }
  }));

test('a route that needs a body refuses none, and null, alike', () =>
  forEach(writing(), async (route) => {
    if (/posting|reversal|approve|logout|verification/.test(route.url)) return;
    for (const body of ['', 'null'])
      assert.deepEqual(faultsOf(await send(route, body), 422), [' request/type']);
    faultsOf(await owner(route.method, pathOf(route), undefined, { 'if-match': '"1"' }), 422);
  }));

test('every route that takes a query names what is wrong in it', () =>
  forEach(
    routes().filter(({ method }) => method === 'GET'),
    async (route) => {
      const answer = await owner(
        'GET',
        `${pathOf(route)}?nonsense=1&page=x&cursor=x&as_of=0000-01-01&from=2024-02-30&search=%00`,
      );
      if (answer.status === 404 || /:|me/.test(route.url)) return;
      const faults = faultsOf(answer, 422);
      assert.ok(faults.includes('/query/nonsense request/unknown-field'), faults.join());
    },
  ));

test('a path that names nothing is a plain refusal, whatever it is made of', () =>
  forEach(
    routes().filter(({ url }) => url.includes(':')),
    async (route) => {
      const body = route.method === 'GET' || route.method === 'DELETE' ? undefined : {};
      for (const value of [
        '%00',
        '%F0%9F%98%80',
        'x'.repeat(250),
        'x'.repeat(3000),
        "'; drop table accounts; --",
        '..%2f..%2f',
        '-1',
        '1e400',
        '0',
        '99999999999999999999',
        'urn:uuid:01930000-0000-7000-8000-000000000000',
        '01930000-0000-7000-8000-000000000000',
        '%ED%A0%80',
        '%E0%A4%A',
        '%',
        '<script>',
        'NaN',
        'null',
      ]) {
        const path = pathOf(route, value.includes('%') ? value : encodeURIComponent(value));
        const answer = await owner(route.method, path, body, { 'if-match': '"1"' });
        faultsOf(answer, 400, 404, 414, 422);
      }
    },
  ));
