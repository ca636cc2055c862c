// Many entries in one request, over the API: all or none, each by itself, tried only, and repeated.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { verifyBooks } from '#accounting';
import {
  addMember,
  type Call,
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

before(async () => {
  house = await openTestHouse();
  api = await openTestApi(house.db);
  company = await createCompany(house.db);
  call = await api.as(await addMember(house.db, company, 'accountant'));
});

after(async () => {
  await api.close();
  await house.close();
});

const url = '/journal-entries/bulk/';
const sale = (amount: string, more: object = {}) => ({
  entry_date: '2024-03-01',
  memo: 'Bulk sale',
  lines: [
    { account: '1010', debit: amount },
    { account: '4010', credit: amount },
  ],
  ...more,
});
const good = (n: number, more: object = {}) => Array.from({ length: n }, (_, i) => sale(`${i + 1}.00`, more));
const state = () => fingerprint(house, company);
const count = async () => (await call('GET', '/journal-entries/?status=posted')).body.count;

describe('atomic', () => {
  test('posts all in the order of the request, numbered without a gap', async () => {
    const { status, body } = await call('POST', url, { entries: good(5) });
    assert.equal(status, 201);
    assert.deepEqual([body.posted, body.refused, body.duplicates], [5, 0, 0]);
    const numbers = body.results.map((result) => Number(String(result.number).slice(-6)));
    assert.deepEqual(
      numbers,
      numbers.map((_, i) => (numbers[0] ?? 0) + i),
    );
    const { body: first } = await call('GET', `/journal-entries/${body.results[0]?.id}/`);
    assert.equal(first.total, '1.00');
  });

  test('one fault at the last element leaves nothing behind', async () => {
    const before = await state();
    const entries = [...good(999), sale('1.00', { lines: [{ account: '1010', debit: '1.00' }] })];
    const { status, body } = await call('POST', url, { entries }, { 'idempotency-key': 'last' });
    assert.equal(status, 422);
    assert.ok(body.errors.every(({ pointer }) => pointer.startsWith('/entries/999/')));
    assert.deepEqual(await state(), before);
  });

  test('names every fault of every entry, of shape and of the books, with its pointer', async () => {
    const entries = [
      sale('1.00'),
      sale('1.00', { surprise: 1, entry_date: '2031-01-01' }),
      sale('1.00', { memo: 7 }),
      { entry_date: '2024-13-01', lines: 'none' },
      sale('1.00', {
        lines: [
          { account: '9999', debit: 'x' },
          { account: '4010', credit: '2.00' },
        ],
      }),
      'no entry',
    ];
    const before = await state();
    const { status, body } = await call('POST', url, { entries });
    assert.equal(status, 422);
    assert.deepEqual(body.errors.map(({ pointer }) => pointer).sort(), [
      '/entries/1/entry_date',
      '/entries/1/surprise',
      '/entries/2/memo',
      '/entries/3/entry_date',
      '/entries/3/lines',
      '/entries/3/memo',
      '/entries/4/lines/0/account',
      '/entries/4/lines/0/debit',
      '/entries/5',
    ]);
    assert.deepEqual(await state(), before);
  });
});

describe('not atomic', () => {
  test('posts the good ones and tells each of the others its faults', async () => {
    const unbalanced = sale('1.00', {
      lines: [
        { account: '1010', debit: '1.00' },
        { account: '4010', credit: '2.00' },
      ],
    });
    const entries = [sale('1.00'), unbalanced, sale('2.00', { extra: true }), null, sale('3.00')];
    const { status, body } = await call('POST', `${url}?atomic=false`, { entries });
    assert.equal(status, 200);
    assert.deepEqual([body.posted, body.refused], [2, 3]);
    assert.deepEqual(
      body.results.map(({ status: each }) => each),
      ['posted', 'refused', 'refused', 'refused', 'posted'],
    );
    assert.deepEqual(
      body.results.map(({ errors }) => (errors as { pointer: string }[] | undefined)?.[0]?.pointer),
      [undefined, '/lines', '/extra', '', undefined],
    );
  });

  test('rejects mixed into a load leave no gap and the books whole', async () => {
    const loads = Array.from({ length: 8 }, (_, load) =>
      Array.from({ length: 50 }, (__, i) =>
        (i + load) % 10 === 0 ? sale('1.00', { entry_date: '2030-01-01' }) : sale('1.00'),
      ),
    );
    const before = await count();
    const answers = await Promise.all(
      loads.map((entries) => call('POST', `${url}?atomic=false`, { entries })),
    );
    assert.ok(
      answers.every(({ status, body }) => status === 200 && body.posted === 45 && body.refused === 5),
    );
    assert.equal(await count(), before + 8 * 45);
    assert.deepEqual(
      (await company.run((tx) => verifyBooks(tx))).filter(({ breaches }) => breaches > 0),
      [],
    );
  });
});

describe('source_key', () => {
  const keyed = (key: string, more: object = {}) => sale('5.00', { source_key: key, ...more });

  test('what was posted before is a duplicate with the first one’s id and number, atomic or not', async () => {
    const first = await call('POST', url, { entries: [keyed('a'), keyed('b')] });
    assert.equal(first.status, 201);
    const again = await call('POST', url, { entries: [keyed('b'), keyed('c'), keyed('a')] });
    assert.equal(again.status, 201);
    assert.deepEqual([again.body.posted, again.body.duplicates], [1, 2]);
    const { id, number } = first.body.results[0] ?? {};
    assert.deepEqual(again.body.results[2], { status: 'duplicate', id, number });
    const all = await call('POST', `${url}?atomic=false`, { entries: [keyed('a'), keyed('b')] });
    assert.deepEqual([all.status, all.body.duplicates], [200, 2]);
  });

  test('a repeat within the request is a duplicate of the first, or refused with it', async () => {
    const twice = await call('POST', url, { entries: [keyed('d'), keyed('d')] });
    assert.deepEqual(twice.body.results[1], { ...twice.body.results[0], status: 'duplicate' });
    const bad = keyed('e', { entry_date: '2030-01-01' });
    const { body } = await call('POST', `${url}?atomic=false`, { entries: [bad, keyed('e')] });
    assert.equal(body.refused, 2);
    assert.match(JSON.stringify(body.results[1]), /accounting\/source-key-repeated/);
  });

  test('the same keys from many requests at once are posted once', async () => {
    const entries = Array.from({ length: 40 }, (_, i) => keyed(`race-${i}`));
    const before = await count();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => call('POST', `${url}?atomic=${i % 2 === 0}`, { entries })),
    );
    assert.ok(answers.every(({ status }) => status === 200 || status === 201));
    assert.equal(await count(), before + 40);
    const ids = answers.map(({ body }) => JSON.stringify(body.results.map(({ id }) => id)));
    assert.equal(new Set(ids).size, 1);
  });
});

describe('limits', () => {
  test('more than a thousand entries, or fifty thousand lines in all, are refused at once', async () => {
    const many = await call('POST', url, { entries: Array.from({ length: 1001 }, () => ({})) });
    assert.deepEqual([many.status, many.body.code], [422, 'request/too-many-entries']);
    const lines = Array.from({ length: 9_000 }, () => ({}));
    const long = await call('POST', url, { entries: Array.from({ length: 6 }, () => ({ lines })) });
    assert.deepEqual([long.status, long.body.code], [422, 'request/too-many-lines']);
    const wide = Object.fromEntries(Array.from({ length: 300_001 }, (_, i) => [`f${i}`, 1]));
    const fields = await call('POST', url, { entries: [wide] });
    assert.deepEqual([fields.status, fields.body.code], [422, 'request/too-many-fields']);
    const deep = await call('POST', url, { entries: [{ lines: [{ dimensions: wide }] }] });
    assert.deepEqual([deep.status, deep.body.code], [422, 'request/too-many-fields']);
  });

  test('a body without a list of entries, or with none in it, is refused', async () => {
    for (const body of [{}, { entries: 1 }, { entries: [] }, { entries: good(1), more: 1 }, []])
      assert.equal((await call('POST', url, body)).status, 422);
    assert.equal((await call('POST', `${url}?atomic=maybe`, { entries: good(1) })).status, 422);
  });

  test('asks the database as often for one entry of two lines as for 600 of 40', async () => {
    // From the transaction on: before it who asks is looked up, unless that was done within half a second.
    const statements = async (entries: object[]) => {
      const seen: string[] = [];
      const { pool } = house.db;
      const watch = (client: { query: (...given: never[]) => unknown }) => {
        const query = client.query.bind(client);
        client.query = (...given) => {
          const [statement] = given as (string | { text?: string })[];
          seen.push((typeof statement === 'string' ? statement : statement?.text) ?? '');
          return query(...given);
        };
        pool.once('release', () => {
          client.query = query;
        });
      };
      pool.on('acquire', watch as never);
      const { status } = await call('POST', url, { entries }, { 'idempotency-key': `n${entries.length}` });
      pool.off('acquire', watch as never);
      assert.equal(status, 201);
      const begun = seen.findIndex((statement) => statement.startsWith('BEGIN'));
      assert.ok(begun >= 0 && seen.at(-1) === 'COMMIT');
      return seen.length - begun;
    };
    const lines = Array.from({ length: 20 }, () => sale('1.00').lines).flat();
    const many = Array.from({ length: 600 }, (_, i) => sale('1.00', { lines, source_key: `s${i}` }));
    const few = await statements([sale('1.00', { source_key: 's' })]);
    assert.ok(few > 3 && few < 10);
    assert.equal(await statements(many), few);
  });
});
