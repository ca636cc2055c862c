// The Idempotency-Key over HTTP, on every route that writes journal entries: done once, answered alike, refused when reused.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { purgeAnswers } from '#lib/idempotency';
import {
  type Answer,
  addMember,
  type Call,
  cashSale,
  createCompany,
  fingerprint,
  openTestApi,
  openTestHouse,
  type TestApi,
  type TestCompany,
  type TestHouse,
} from '#test/company';

let house: TestHouse;
let api: TestApi;
let company: TestCompany;
let call: Call;
let other: Call;

before(async () => {
  house = await openTestHouse();
  api = await openTestApi(house.db);
  company = await createCompany(house.db);
  call = await api.as(await addMember(house.db, company, 'accountant'));
  other = await api.as(await addMember(house.db, company, 'owner'));
});

after(async () => {
  await api.close();
  await house.close();
});

type Request = { path: string; body: object };
/** A route, how a good request to it is made, and one whose books refuse it until `mend` makes it good. */
type Route = {
  name: string;
  request(): Promise<Request>;
  /** The same address with another payload. */
  another(request: Request): Request;
  faulty(): Promise<{ bad: Request; mended: Request }>;
};

const entry = (amount = '1.00') => cashSale('2024-05-01', amount);
const late = { ...entry(), entry_date: '2031-01-01' };
const draft = async (body: object) =>
  (await call('POST', '/journal-entries/', { ...body, status: 'draft' })).body.id;
const unbalanced = { ...entry(), lines: [{ account: '1010', debit: '1.00' }] };

const withBody = (name: string, path: string, wrap: (body: object) => object, bad: object): Route => ({
  name,
  request: async () => ({ path, body: wrap(entry()) }),
  another: ({ path: same }) => ({ path: same, body: wrap(entry('2.00')) }),
  faulty: async () => ({ bad: { path, body: wrap(bad) }, mended: { path, body: wrap(entry('3.00')) } }),
});

const routes: Route[] = [
  withBody('a single entry', '/journal-entries/', (body) => body, late),
  withBody('a draft', '/journal-entries/', (body) => ({ ...body, status: 'draft' }), {
    ...entry(),
    lines: [{ account: '9999', debit: '1.00' }],
  }),
  withBody('a bulk', '/journal-entries/bulk/', (body) => ({ entries: [entry('7.00'), body] }), late),
  {
    name: 'a posting',
    request: async () => ({ path: `/journal-entries/${await draft(entry())}/posting/`, body: {} }),
    another: () => ({ path: `/journal-entries/${randomUUID()}/posting/`, body: {} }),
    faulty: async () => ({
      bad: { path: `/journal-entries/${await draft(unbalanced)}/posting/`, body: {} },
      mended: { path: `/journal-entries/${await draft(entry())}/posting/`, body: {} },
    }),
  },
  {
    name: 'a reversal',
    request: async () => ({
      path: `/journal-entries/${(await company.post(entry()))[0]}/reversal/`,
      body: { memo: 'wrong' },
    }),
    another: ({ path }) => ({ path, body: { memo: 'quite wrong' } }),
    faulty: async () => {
      const path = `/journal-entries/${(await company.post(entry()))[0]}/reversal/`;
      return { bad: { path, body: { entry_date: '2031-01-01' } }, mended: { path, body: {} } };
    },
  },
];

const send = (by: Call, { path, body }: Request, key: string) =>
  by('POST', path, body, { 'idempotency-key': key });

const told = ({ status, body, headers }: Answer) => ({
  status,
  body,
  location: headers.location,
  etag: headers.etag,
});

/** How many entries and drafts there are. */
const count = async () => {
  const { body } = await call('GET', '/journal-entries/?page_size=1');
  return body.count;
};

for (const route of routes) {
  describe(`the key of ${route.name}`, () => {
    test('replays status, body and headers, and says so', async () => {
      const [request, key] = [await route.request(), randomUUID()];
      const first = await send(call, request, key);
      assert.equal(first.status, 201);
      assert.equal(first.headers['idempotency-replayed'], undefined);
      const stored = await fingerprint(house, company);
      const again = await send(call, request, key);
      assert.equal(again.headers['idempotency-replayed'], 'true');
      assert.deepEqual(told(again), told(first));
      assert.deepEqual(await fingerprint(house, company), stored);
    });

    test('50 times at once is one; who is not answered is told to ask again', async () => {
      const [request, key] = [await route.request(), randomUUID()];
      const before = await count();
      const answers = await Promise.all(Array.from({ length: 50 }, () => send(call, request, key)));
      const made = answers.filter(({ status }) => status === 201);
      assert.equal(made.filter(({ headers }) => headers['idempotency-replayed'] === undefined).length, 1);
      for (const { status, body } of answers)
        if (status !== 201) assert.deepEqual([status, body.code], [409, 'request/key-in-flight']);
      const last = await send(call, request, key);
      for (const each of made) assert.deepEqual(told(each), told(last));
      // A posting turns a draft into an entry, a bulk makes two, the others one.
      const expected = route.name === 'a posting' ? 0 : route.name === 'a bulk' ? 2 : 1;
      assert.equal((await count()) - before, expected);
    });

    test('with another payload is refused and changes nothing', async () => {
      const [request, key] = [await route.request(), randomUUID()];
      assert.equal((await send(call, request, key)).status, 201);
      const stored = await fingerprint(house, company);
      const { status, body } = await send(call, route.another(request), key);
      assert.deepEqual([status, body.code], [422, 'request/key-reused']);
      assert.deepEqual(await fingerprint(house, company), stored);
    });

    test('of another member is another key', async () => {
      const [mine, theirs, key] = [await route.request(), await route.request(), randomUUID()];
      const first = await send(call, mine, key);
      const second = await send(other, theirs, key);
      assert.deepEqual([first.status, second.status], [201, 201]);
      assert.equal(second.headers['idempotency-replayed'], undefined);
      assert.notDeepEqual(second.body, first.body);
    });

    test('of a refused request is free: the mended one goes through', async () => {
      const [{ bad, mended }, key] = [await route.faulty(), randomUUID()];
      const stored = await fingerprint(house, company);
      assert.equal((await send(call, bad, key)).status, 422);
      assert.deepEqual(await fingerprint(house, company), stored);
      assert.equal((await send(call, mended, key)).status, 201);
    });
  });
}

test('the query belongs to what a key stands for', async () => {
  const request = await (routes[2] as Route).request();
  const key = randomUUID();
  assert.equal((await send(call, request, key)).status, 201);
  const other = await send(call, { ...request, path: `${request.path}?atomic=false` }, key);
  assert.deepEqual([other.status, other.body.code], [422, 'request/key-reused']);
});

test('a key that was purged after its time is new', async () => {
  const [request, key] = [{ path: '/journal-entries/', body: entry() }, randomUUID()];
  const first = await send(call, request, key);
  await house.superuser.query(
    `update ${company.tenant.schema}.idempotency_keys set created_at = now() - interval '31 days' where key = $1`,
    [key],
  );
  assert.equal(await company.run(purgeAnswers), 1);
  const again = await send(call, request, key);
  assert.equal(again.headers['idempotency-replayed'], undefined);
  assert.notEqual(again.body.id, first.body.id);
});

test('a key that is no printable ASCII, or too long, is refused', async () => {
  for (const key of ['', 'a b', 'क', 'x'.repeat(256)])
    assert.equal((await send(call, { path: '/journal-entries/', body: entry() }, key)).status, 400);
});
