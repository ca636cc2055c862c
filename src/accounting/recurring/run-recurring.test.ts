// Runs templates and automatic reversals against real books: what is due, once, in order, and past whatever is refused.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { fromBikramSambat, toBikramSambat } from '#lib/bikram-sambat';
import { cashSale, createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { assertBooksHold } from '#test/invariants';
import { setPeriodStatus } from '../fiscal-years/set-period-status.ts';
import { getEntry } from '../journal/read-entries.ts';
import { reverseEntry } from '../journal/reverse-entry.ts';
import { createTemplate, updateTemplate } from './keep-templates.ts';
import { getTemplate, listOccurrences } from './read-templates.ts';
import { type RunReport, runRecurring } from './run-recurring.ts';

let house: TestHouse;
before(async () => {
  house = await openTestHouse();
});
after(() => house.close());

const lines = [
  { account: '1010', debit: '100.00' },
  { account: '4010', credit: '100.00' },
];
const rent = (more: object = {}) => ({
  name: 'Rent',
  memo: 'Rent received',
  unit: 'month',
  starts_on: '2024-01-31',
  lines,
  ...more,
});

const create = (company: TestCompany, more: object = {}) =>
  company.run((tx) => createTemplate(tx, rent(more)));
const run = (company: TestCompany, date: string, dryRun = false) =>
  company.run((tx) => runRecurring(tx, date, { dryRun }));
const nextOn = async (company: TestCompany, id: string) =>
  (await company.run((tx) => getTemplate(tx, id))).next_on;
const told = ({ results }: RunReport) =>
  results.map(({ kind, date, status, entry, errors }) =>
    [kind, date, status, entry?.number ?? errors.map(({ code }) => code).join()].join(' '),
  );
const posted = async (company: TestCompany) =>
  (await company.run((tx) => sql<{ n: number }>`select count(*) as n from journal_entries`.execute(tx.db)))
    .rows[0]?.n;

test('what is due is posted in order of date, once, and the template goes on', async () => {
  const company = await createCompany(house.db);
  const id = await create(company);
  await create(company, { name: 'Other', unit: 'week', starts_on: '2024-02-20', ends_on: '2024-02-27' });
  assert.deepEqual(told(await run(company, '2024-01-30')), []);
  assert.deepEqual(told(await run(company, '2024-03-01')), [
    'recurring 2024-01-31 posted JV-2024-000001',
    'recurring 2024-02-20 posted JV-2024-000002',
    'recurring 2024-02-27 posted JV-2024-000003',
    'recurring 2024-02-29 posted JV-2024-000004',
  ]);
  assert.equal(await nextOn(company, id), '2024-03-31');
  assert.deepEqual(told(await run(company, '2024-03-01')), []);
  await assertBooksHold(house, company);
});

test('two runs at once post once', async () => {
  const company = await createCompany(house.db);
  for (let nth = 0; nth < 5; nth += 1) await create(company, { name: `Rent ${nth}` });
  const reports = await Promise.all([1, 2, 3, 4].map(() => run(company, '2024-06-30')));
  assert.deepEqual(reports.map((each) => each.posted).sort(), [0, 0, 0, 30]);
  assert.equal(await posted(company), 30);
  const sealed = await company.run((tx) =>
    sql<{ n: number }>`select count(distinct block_seq) as n from audit_rows where action = 'post'`.execute(
      tx.db,
    ),
  );
  assert.equal(sealed.rows[0]?.n, 1, 'one call posts them all');
});

test('a refused occurrence stops no other, stays due, and is posted once it can be', async () => {
  const company = await createCompany(house.db);
  const id = await create(company);
  await create(company, { name: 'Another', starts_on: '2024-02-10', ends_on: '2024-02-10' });
  const periods = await company.run((tx) =>
    sql<{ id: number }>`select id from periods order by starts_on limit 2`.execute(tx.db),
  );
  const [january, february] = periods.rows.map((row) => row.id) as [number, number];
  await company.run((tx) => setPeriodStatus(tx, january, 'closed'));
  await company.run((tx) => sql`update accounts set is_active = false where code = '4010'`.execute(tx.db));
  assert.deepEqual(told(await run(company, '2024-02-15')), [
    'recurring 2024-01-31 refused accounting/period-closed,accounting/account-inactive',
    'recurring 2024-02-10 refused accounting/account-inactive',
  ]);
  await company.run((tx) => sql`update accounts set is_active = true where code = '4010'`.execute(tx.db));
  const second = await run(company, '2024-03-31');
  assert.deepEqual(told(second), [
    'recurring 2024-01-31 refused accounting/period-closed',
    'recurring 2024-02-10 posted JV-2024-000001',
    'recurring 2024-02-29 posted JV-2024-000002',
    'recurring 2024-03-31 posted JV-2024-000003',
  ]);
  assert.deepEqual([second.posted, second.refused], [3, 1]);
  assert.equal(await nextOn(company, id), '2024-01-31');
  assert.deepEqual(told(await run(company, '2024-03-31')), [
    'recurring 2024-01-31 refused accounting/period-closed',
  ]);
  await company.run((tx) => setPeriodStatus(tx, january, 'open', 'rent was missing'));
  await company.run((tx) => setPeriodStatus(tx, february, 'closed'));
  assert.deepEqual(told(await run(company, '2024-03-31')), ['recurring 2024-01-31 posted JV-2024-000004']);
  assert.equal(await nextOn(company, id), '2024-04-30');
  await assertBooksHold(house, company);
});

test('an accrual is reversed on its day, in the same run when that has come, and not again when somebody was first', async () => {
  const company = await createCompany(house.db);
  await create(company, {
    name: 'Accrual',
    reverses: 'next_period',
    starts_on: '2024-01-15',
    ends_on: '2024-01-15',
  });
  await create(company, {
    name: 'Overnight',
    reverses: 'next_day',
    starts_on: '2024-02-29',
    ends_on: '2024-02-29',
  });
  const [byHand = '', later = ''] = await company.post(
    cashSale('2024-01-05', '7', { reverse_on: '2024-01-10' }),
    cashSale('2024-01-05', '8', { reverse_on: '2024-03-01' }),
  );
  await company.run((tx) => reverseEntry(tx, byHand));
  const planned = await run(company, '2024-02-29', true);
  const done = await run(company, '2024-02-29');
  assert.deepEqual(told(done), [
    'recurring 2024-01-15 posted JV-2024-000004',
    'recurring 2024-02-29 posted JV-2024-000005',
    'reversal 2024-02-01 posted JV-2024-000006',
  ]);
  assert.equal(done.results[2]?.template?.name, 'Accrual');
  assert.deepEqual(
    planned.results.map(({ kind, date, status, entry }) => [kind, date, status, entry]),
    done.results.map(({ kind, date, status }) => [kind, date, status, null]),
  );
  assert.deepEqual(told(await run(company, '2024-03-01')), [
    'reversal 2024-03-01 posted JV-2024-000007',
    'reversal 2024-03-01 posted JV-2024-000008',
  ]);
  const entry = await company.run((tx) => getEntry(tx, later));
  assert.match(entry?.reversed_by?.number ?? '', /JV-2024-00000[78]/);
  assert.deepEqual(told(await run(company, '2025-12-31')), []);
  await assertBooksHold(house, company);
});

test('a reversal into a closed period is refused, told, and stays due', async () => {
  const company = await createCompany(house.db);
  await company.post(cashSale('2024-01-05', '7', { reverse_on: '2024-02-01' }));
  const { rows } = await company.run((tx) =>
    sql<{ id: number }>`select id from periods where starts_on = '2024-02-01'`.execute(tx.db),
  );
  await company.run((tx) => setPeriodStatus(tx, rows[0]?.id ?? 0, 'closed'));
  for (const _ of [1, 2])
    assert.deepEqual(told(await run(company, '2024-03-01')), [
      'reversal 2024-02-01 refused accounting/period-closed',
    ]);
  await company.run((tx) => setPeriodStatus(tx, rows[0]?.id ?? 0, 'open', 'an accrual is left'));
  assert.deepEqual(told(await run(company, '2024-03-01')), ['reversal 2024-02-01 posted JV-2024-000002']);
});

test('a dry run leaves nothing, no number is used up, and a resting template stays as it is', async () => {
  const company = await createCompany(house.db);
  const id = await create(company);
  await create(company, { name: 'Resting', active: false });
  const before = await house.superuser.query(
    `select * from ${company.tenant.schema}.recurring_entries order by id`,
  );
  assert.deepEqual((await run(company, '2024-02-29', true)).posted, 2);
  const after = await house.superuser.query(
    `select * from ${company.tenant.schema}.recurring_entries order by id`,
  );
  assert.deepEqual(after.rows, before.rows);
  assert.equal(await posted(company), 0);
  assert.deepEqual(told(await run(company, '2024-01-31')), ['recurring 2024-01-31 posted JV-2024-000001']);
  await company.run((tx) => updateTemplate(tx, id, rent({ next_on: '2024-04-30' }), { version: null }));
  assert.deepEqual(told(await run(company, '2024-04-30')), ['recurring 2024-04-30 posted JV-2024-000002']);
});

test('another day of the month leaves no month out and posts none twice', async () => {
  const company = await createCompany(house.db);
  const id = await create(company, { starts_on: '2024-01-01' });
  await run(company, '2024-02-01');
  const change = async (more: object) => {
    await company.run((tx) =>
      updateTemplate(tx, id, rent({ starts_on: '2024-01-01', ...more }), { version: null }),
    );
    return await nextOn(company, id);
  };
  assert.equal(await change({ day: 15 }), '2024-03-15');
  assert.equal(await change({ day: 5 }), '2024-03-05');
  assert.equal(await change({ day: 5, unit: 'quarter' }), '2024-04-05');
  assert.equal(await change({ unit: 'week' }), '2024-04-08');
  assert.equal(await change({ unit: 'week', ends_on: '2024-04-07' }), null);
  assert.equal(await change({ unit: 'week', ends_on: '2024-05-01' }), '2024-04-08');
});

test('more than a run takes on is refused whole, and an earlier date works it off', async () => {
  const company = await createCompany(house.db);
  await create(company, { unit: 'day', starts_on: '1995-01-01' });
  await assert.rejects(run(company, '2024-01-02'), { code: 'accounting/too-many-due' });
  const report = await run(company, '1995-01-02');
  assert.deepEqual(
    [...new Set(report.results.flatMap(({ errors }) => errors.map(({ code }) => code)))],
    ['accounting/no-period'],
  );
});

test('a company of Bikram Sambat posts on the last day of each of its months, and reverses on the first of the next', async () => {
  const firstYear = fromBikramSambat(2081, 4, 1);
  const company = await createCompany(house.db, {
    calendar: 'bikram_sambat',
    currency: 'NPR',
    chart: 'nepal',
    firstYear,
    years: 1,
  });
  const { rows } = await company.run((tx) =>
    sql<{ code: string }>`select code from accounts where not is_group order by code limit 2`.execute(tx.db),
  );
  const own = [
    { account: rows[0]?.code, debit: '5' },
    { account: rows[1]?.code, credit: '5' },
  ];
  const id = await create(company, { day: 32, starts_on: firstYear, reverses: 'next_period', lines: own });
  const coming = await company.run((tx) => listOccurrences(tx, id, fromBikramSambat(2081, 7, 1)));
  const months = coming.map(({ date, reverse_on }) => [
    toBikramSambat(date).month,
    ...Object.values(toBikramSambat(reverse_on ?? '')),
  ]);
  assert.deepEqual(months, [
    [4, 2081, 5, 1],
    [5, 2081, 6, 1],
    [6, 2081, 7, 1],
  ]);
  const report = await run(company, fromBikramSambat(2081, 6, 1));
  assert.deepEqual(
    report.results.map(({ kind, date }) => [kind, date]),
    [
      ['recurring', coming[0]?.date],
      ['recurring', coming[1]?.date],
      ['reversal', coming[0]?.reverse_on],
      ['reversal', coming[1]?.reverse_on],
    ],
  );
  await assertBooksHold(house, company);
});
