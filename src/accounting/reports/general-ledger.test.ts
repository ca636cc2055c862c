// Proves that a ledger read page by page tells the same as the ledger read whole.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pageNumber } from '#lib/lists/part';
import { cashSale, createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { generalLedger, pageOfLedger } from './general-ledger.ts';

let house: TestHouse;
let company: TestCompany;
const query = { account: '1010', from: '2024-01-10', to: '2024-12-31' };

before(async () => {
  house = await openTestHouse(2);
  company = await createCompany(house.db, { years: 1 });
  const days = ['05', '10', '10', '11', '20', '25'];
  await company.post(...days.map((day, index) => cashSale(`2024-01-${day}`, `${index + 1}.10`)));
});
after(() => house.close());

test('the pages of a ledger, one after the other, are the ledger', async () => {
  const [whole, ...pages] = await company.run(async (tx) => [
    { ledger: await generalLedger(tx, query), broughtForward: '', count: 0 },
    await pageOfLedger(tx, query, pageNumber(1, 2)),
    await pageOfLedger(tx, query, pageNumber(2, 2)),
    await pageOfLedger(tx, query, pageNumber(3, 2)),
  ]);
  assert.deepEqual(
    pages.flatMap(({ ledger }) => ledger.lines),
    whole?.ledger.lines,
  );
  for (const { ledger, count } of pages) {
    assert.deepEqual({ ...ledger, lines: [] }, { ...whole?.ledger, lines: [] });
    assert.equal(count, 5);
  }
  assert.deepEqual(
    pages.map(({ broughtForward }) => broughtForward),
    ['1.10', '6.30', '15.50'],
  );
});

test('a page past the last one is the last one, and an account without lines has one page', async () => {
  const [beyond, blank] = await company.run(async (tx) => [
    await pageOfLedger(tx, query, pageNumber(99, 2)),
    await pageOfLedger(tx, { ...query, account: '1020' }, pageNumber(3, 2)),
  ]);
  assert.deepEqual([beyond?.page, beyond?.ledger.lines.length], [3, 1]);
  assert.deepEqual([blank?.page, blank?.count, blank?.broughtForward], [1, 0, '0.00']);
});
