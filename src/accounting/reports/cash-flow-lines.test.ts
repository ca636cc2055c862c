// Proves that the lines behind a figure of the direct cash flow are those, page by page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { pageNumber } from '#lib/lists/part';
import { cashSale, createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { cashFlowLines } from './cash-flow-lines.ts';

let house: TestHouse;
let company: TestCompany;
const asked = { account: '4010', from: '2024-01-01', to: '2024-12-31', dimensions: {}, knownOn: null };

before(async () => {
  house = await openTestHouse(2);
  company = await createCompany(house.db, { years: 1 });
  await company.run(async ({ db }) => {
    await sql`insert into dimension_values (dimension_id, code, name)
      select id, 'KTM', 'Kathmandu' from dimensions where code = 'branch'`.execute(db);
  });
  const inBranch = cashSale('2024-03-04', '4.00');
  await company.post(
    cashSale('2024-03-05', '5.00'),
    { ...inBranch, lines: inBranch.lines.map((line) => ({ ...line, dimensions: { branch: 'KTM' } })) },
    cashSale('2024-03-06', '6.00'),
    {
      entry_date: '2024-03-07',
      memo: 'On credit, so no cash',
      lines: [
        { account: '1110', debit: '9.00' },
        { account: '4010', credit: '9.00' },
      ],
    },
  );
});
after(() => house.close());

const read = (more: Partial<typeof asked>, number = 1, size = 50) =>
  company.run((tx) => cashFlowLines(tx, { ...asked, ...more }, pageNumber(number, size)));

test('pages hold the lines of entries that touch cash in order, and tell the sum of all of them', async () => {
  const [first, second, beyond] = [await read({}, 1, 2), await read({}, 2, 2), await read({}, 9, 2)];
  assert.deepEqual(
    [first, second].flatMap(({ results }) => results.map(({ credit }) => credit)),
    ['4.00', '5.00', '6.00'],
  );
  assert.deepEqual(
    [first, second, beyond].map(({ count, totals }) => [count, totals.credit]),
    [
      [3, '15.00'],
      [3, '15.00'],
      [3, '15.00'],
    ],
  );
  assert.deepEqual(beyond.results, []);
});

test('a dimension narrows them to a value, or to lines without one', async () => {
  assert.equal((await read({ dimensions: { branch: 'KTM' } })).totals.credit, '4.00');
  assert.equal((await read({ dimensions: { branch: '' } })).totals.credit, '11.00');
  await assert.rejects(read({ dimensions: { colour: '' } }), { kind: 'invalid' });
});

test('there are none of a cash account, and none of an account that is not there', async () => {
  assert.equal((await read({ account: '1010' })).count, 0);
  await assert.rejects(read({ account: '1000' }), { kind: 'not-found' });
});
