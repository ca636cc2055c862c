// Reads lists in parts from a real table whose rows tie, come and go meanwhile, in orders of all directions.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { Problem } from '#lib/problem';
import { createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { type Key, type Listed, type Ordering, type Part, pageNumber } from './part.ts';
import { type Orders, selectPart } from './select-part.ts';

type Row = { currency: string; day: string };

let house: TestHouse;
let company: TestCompany;

const currencies = ['EUR', 'GBP', 'INR', 'JPY', 'NPR'];
const days = ['2024-01-01', '2024-01-02', '2024-01-03'];
const all = currencies.flatMap((currency) => days.map((day): Row => ({ currency, day })));

const orders = {
  day: [
    { of: sql`rate_date`, type: 'date' },
    { of: sql`currency`, type: 'text', falling: true },
  ],
  currency: [
    { of: sql`currency`, type: 'text' },
    { of: sql`rate_date`, type: 'date' },
  ],
  moment: [
    { of: sql`rate_date::timestamptz + interval '1 microsecond'`, type: 'instant' },
    { of: sql`currency`, type: 'text' },
  ],
} as const satisfies Orders<string>;

const insert = (rows: Row[]) =>
  company.run((tx) =>
    sql`insert into exchange_rates (currency, rate_date, rate, source)
      select *, 1, 'test' from unnest(${rows.map(({ currency }) => currency)}::text[], ${rows.map(({ day }) => day)}::date[])`.execute(
      tx.db,
    ),
  );

before(async () => {
  house = await openTestHouse(2);
  company = await createCompany(house.db);
  await insert(all);
});
after(() => house.close());

const read = (ordering: Ordering<keyof typeof orders>, part: Part): Promise<Listed<Row>> =>
  company.run((tx) =>
    selectPart(
      tx,
      { columns: sql`currency, rate_date as day`, from: sql`from exchange_rates where source = 'test'` },
      orders,
      { ordering, part },
    ),
  );

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const sorted = {
  day: [...all].sort((a, b) => compare(a.day, b.day) || compare(b.currency, a.currency)),
  currency: [...all].sort((a, b) => compare(a.currency, b.currency) || compare(a.day, b.day)),
  moment: [...all].sort((a, b) => compare(a.day, b.day) || compare(a.currency, b.currency)),
};

for (const name of ['day', 'currency', 'moment'] as const)
  for (const ordering of [name, `-${name}`] as const)
    test(`parts by ${ordering} are the whole list, by key and by number, whatever their length`, async () => {
      const whole = ordering === name ? sorted[name] : sorted[name].toReversed();
      for (const size of [1, 2, 7, 15, 16]) {
        const found: Row[] = [];
        for (let after: Key | null | undefined; after !== null; ) {
          const part = await read(ordering, { by: 'key', after: after ?? null, size });
          assert.equal(part.count, null);
          found.push(...part.results);
          after = part.next;
        }
        assert.deepEqual(found, whole, `by key, ${size}`);
        const pages = Array.from({ length: Math.ceil(15 / size) }, (_, index) => index + 1);
        const numbered = [];
        for (const page of pages) numbered.push(await read(ordering, pageNumber(page, size)));
        assert.deepEqual(
          numbered.flatMap(({ results }) => results),
          whole,
          `by number, ${size}`,
        );
        assert.ok(numbered.every(({ count }) => count === 15));
      }
    });

test('rows that come before a key, and the loss of its own row, change nothing that follows it', async () => {
  const first = await read('currency', { by: 'key', after: null, size: 4 });
  await insert([{ currency: 'AUD', day: '2024-01-01' }]);
  await company.run((tx) =>
    sql`delete from exchange_rates where currency = 'GBP' and rate_date = '2024-01-01'`.execute(tx.db),
  );
  const rest = await read('currency', { by: 'key', after: first.next, size: 100 });
  assert.deepEqual(rest.results, sorted.currency.slice(4));
  assert.equal(rest.next, null);
});

test('a key that no row can have is refused as a fault of the cursor', async () => {
  for (const after of [
    [],
    ['2024-01-01'],
    ['x', 'EUR'],
    ['2024-02-30', 'EUR'],
    ['2024-01-01', '\0'],
    [1, 'EUR'],
  ])
    await assert.rejects(
      read('day', { by: 'key', after, size: 5 }),
      (problem) => problem instanceof Problem && problem.errors[0]?.pointer === '/query/cursor',
      JSON.stringify(after),
    );
  for (const moment of [
    'now',
    '2024-01-01',
    '2024-02-30 00:00:00+00',
    '2024-01-01 24:00:00+00',
    '2024-01-01 00:00:00',
  ])
    await assert.rejects(
      read('moment', { by: 'key', after: [moment, 'EUR'], size: 5 }),
      (problem) => problem instanceof Problem && problem.errors[0]?.pointer === '/query/cursor',
      moment,
    );
});
