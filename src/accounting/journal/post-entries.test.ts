// Posts sets of entries as the rooms do: by one call and by several, whole and in part.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cashSale, createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { assertBooksHold } from '#test/invariants';
import { holdPostings, postEntries } from './post-entries.ts';

let house: TestHouse;
let company: TestCompany;

before(async () => {
  house = await openTestHouse(4);
  company = await createCompany(house.db);
});

after(async () => {
  await assertBooksHold(house, company);
  await house.close();
});

const bankSale = (date: string) => ({
  entry_date: date,
  memo: 'Bank sale',
  lines: [
    { account: '1020', debit: '1.00' },
    { account: '4010', credit: '1.00' },
  ],
});

const unbalanced = { ...cashSale('2024-01-03', '1.00'), lines: [{ account: '1010', debit: '1.00' }] };

test('entries are numbered in the order given, by year, and a faulty one burns no number', async () => {
  const days = ['2024-03-01', '2025-01-01', '2024-01-01', '2025-06-01'];
  const set = days.map((day) => cashSale(day, '1.00'));
  const results = await company.run((tx) =>
    postEntries(tx, [...set.slice(0, 2), unbalanced, ...set.slice(2)]),
  );
  assert.deepEqual(
    results.map((result) => (result.posted ? result.number : result.faults.length)),
    ['JV-2024-000001', 'JV-2025-000001', 2, 'JV-2024-000002', 'JV-2025-000002'],
  );
});

test('an atomic set with one faulty entry posts none, and no entry is an empty answer', async () => {
  const results = await company.run((tx) =>
    postEntries(tx, [cashSale('2024-01-01', '1.00'), unbalanced], { atomic: true }),
  );
  assert.deepEqual(
    results.map((result) => result.posted),
    [false, false],
  );
  assert.deepEqual(await company.run((tx) => postEntries(tx, [])), []);
});

test('an entry of ten thousand lines is posted, and one line more is a fault', async () => {
  const lines = Array.from({ length: 10_000 }, (_, index) =>
    index % 2 ? { account: '4010', credit: '0.01' } : { account: '1010', debit: '0.01' },
  );
  const sized = (more: typeof lines) => ({
    entry_date: '2024-01-01',
    memo: 'long',
    lines: [...lines, ...more],
  });
  const [long, longer] = await company.run((tx) => postEntries(tx, [sized([]), sized(lines.slice(0, 2))]));
  assert.equal(long?.posted, true);
  assert.deepEqual(longer?.posted === false && longer.faults.map(({ code }) => code), [
    'accounting/too-many-lines',
  ]);
});

test('several postings in one transaction and somebody else’s do not block each other', async () => {
  let elsewhere: Promise<unknown> = Promise.resolve();
  const waits = async () => {
    const waiting =
      "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    return (await house.superuser.query(waiting)).rowCount !== 0;
  };
  await company.run(async (tx) => {
    await holdPostings(tx);
    await postEntries(tx, [cashSale('2024-02-01', '1.00')]);
    elsewhere = company.post(bankSale('2024-02-01'));
    while (!(await waits())) await new Promise(setImmediate);
    await postEntries(tx, [bankSale('2024-02-01')]);
  });
  await elsewhere;
});
