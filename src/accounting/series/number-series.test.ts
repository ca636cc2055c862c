// Proves of number series that patterns are judged whole, run apart, begin again where they say, and never change what was given.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Problem } from '#lib/problem';
import { cashSale, createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { assertBooksHold } from '#test/invariants';
import { createDraft, postDraft } from '../journal/drafts.ts';
import { postEntries } from '../journal/post-entries.ts';
import { createSeries, type NewSeries, type SeriesChanges, updateSeries } from './keep-series.ts';
import { listSeries } from './number-series.ts';
import { previewNumber } from './preview-number.ts';

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

const create = (series: Partial<NewSeries>) => company.run((tx) => createSeries(tx, series));
const change = (code: string, changes: SeriesChanges) => company.run((tx) => updateSeries(tx, code, changes));
const preview = (code: string, date: string) => company.run((tx) => previewNumber(tx, code, date));

async function numbersOf(series: string, ...dates: string[]): Promise<string[]> {
  const entries = dates.map((date) => cashSale(date, '5', { series }));
  const results = await company.run((tx) => postEntries(tx, entries));
  return results.map((result) => (result.posted ? result.number : JSON.stringify(result.faults)));
}

async function faultsOf(work: Promise<unknown>): Promise<string[]> {
  const problem = await work.then(
    () => assert.fail('it was done'),
    (error: unknown) => error,
  );
  assert.ok(problem instanceof Problem, String(problem));
  return problem.errors.map(({ pointer, code }) => `${pointer} ${code}`).sort();
}

test('two series of two voucher types run side by side, each from 1 in each fiscal year', async () => {
  await create({ code: 'SI', name: ' Sales invoices ', voucher_type: 'sales_invoice' });
  await create({
    code: 'PI',
    name: 'Purchases',
    voucher_type: 'purchase',
    prefix: 'P{yyyy}{mm}/{fiscal_year}/',
    padding: 2,
  });
  assert.deepEqual(await numbersOf('SI', '2024-03-01', '2025-01-01', '2024-02-01'), [
    'SI-2024-000001',
    'SI-2025-000001',
    'SI-2024-000002',
  ]);
  assert.deepEqual(await numbersOf('PI', '2024-03-01', '2024-12-01'), ['P202403/2024/01', 'P202412/2024/02']);
  assert.deepEqual(await numbersOf('JV', '2024-03-01'), ['JV-2024-000001']);
  const [series] = (await company.run(listSeries)).filter(({ code }) => code === 'SI');
  assert.deepEqual(series, {
    code: 'SI',
    name: 'Sales invoices',
    voucher_type: 'sales_invoice',
    prefix: '{series}-{fiscal_year}-',
    suffix: '',
    padding: 6,
    reset: 'fiscal_year',
    active: true,
  });
});

test('digits begin again with each period, or never, and outgrow their padding', async () => {
  await create({
    code: 'PER',
    name: 'x',
    prefix: '{fiscal_year}.{period}-',
    suffix: '/{yy}',
    padding: 3,
    reset: 'period',
  });
  await create({ code: 'NEV', name: 'x', prefix: 'N', padding: 1, reset: 'never' });
  assert.deepEqual(await numbersOf('PER', '2024-01-31', '2024-02-01', '2024-02-29'), [
    '2024.01-001/24',
    '2024.02-001/24',
    '2024.02-002/24',
  ]);
  const dates = Array.from({ length: 11 }, (_, index) => (index % 2 ? '2024-05-05' : '2025-05-05'));
  const numbers = await numbersOf('NEV', ...dates);
  assert.deepEqual(
    numbers,
    Array.from({ length: 11 }, (_, index) => `N${index + 1}`),
  );
});

test('years of the Bikram Sambat calendar name their numbers', async () => {
  const nepal = await createCompany(house.db, {
    calendar: 'bikram_sambat',
    currency: 'NPR',
    firstYear: '2024-07-16',
  });
  const posted = await nepal.run((tx) =>
    postEntries(
      tx,
      ['2024-07-16', '2025-07-16', '2025-07-17'].map((date) => cashSale(date, '5')),
    ),
  );
  assert.deepEqual(
    posted.map((each) => each.posted && each.number),
    ['JV-2081/82-000001', 'JV-2081/82-000002', 'JV-2082/83-000001'],
  );
  const { number } = await nepal.run((tx) => previewNumber(tx, 'JV', '2025-08-01'));
  assert.equal(number, 'JV-2082/83-000002');
});

test('a forecast says what would come, holds nothing, and drafts and refusals take nothing', async () => {
  await create({ code: 'FC', name: 'x' });
  const forecast = await preview('FC', '2024-06-01');
  const { sequence, number, fiscal_year, period } = forecast;
  assert.deepEqual(
    { sequence, number, fiscal_year },
    { sequence: 1, number: 'FC-2024-000001', fiscal_year: '2024' },
  );
  assert.match(period, /2024/);
  const draft = await company.run((tx) => createDraft(tx, cashSale('2024-06-01', '5', { series: 'FC' })));
  const bad = cashSale('2024-06-01', '5', { series: 'FC', lines: [{ account: '1010', debit: '5' }] });
  const [refused] = await company.run((tx) => postEntries(tx, [bad]));
  assert.equal(refused?.posted, false);
  await assert.rejects(
    company.run(async (tx) => {
      await postEntries(tx, [cashSale('2024-06-01', '5', { series: 'FC' })]);
      throw new Error('the caller gives up');
    }),
  );
  assert.deepEqual(await preview('FC', '2024-06-01'), forecast);
  const posted = await company.run((tx) => postDraft(tx, draft, null));
  assert.equal(posted.number, number);
  assert.deepEqual(await faultsOf(preview('FC', '2030-01-01')), ['/query/date accounting/no-period']);
});

test('all that is wrong with a series is told at once, by its place', async () => {
  const stored = await company.run(listSeries);
  const faults = await faultsOf(
    create({
      code: 'JV',
      name: '  ',
      prefix: '{year}',
      suffix: 'a}b',
      voucher_type: 'closing',
      reset: 'period',
    }),
  );
  assert.deepEqual(faults, [
    '/code accounting/series-exists',
    '/name accounting/series-name-blank',
    '/prefix accounting/series-pattern',
    '/reset accounting/series-pattern',
    '/suffix accounting/series-pattern',
    '/voucher_type accounting/series-of-closings',
  ]);
  assert.deepEqual(await faultsOf(create({})), ['/code request/required', '/name request/required']);
  assert.deepEqual(await faultsOf(create({ code: 'X1', name: 'x', prefix: 'a\nb', reset: 'never' })), [
    '/prefix accounting/series-pattern',
  ]);
  assert.deepEqual(await company.run(listSeries), stored);
});

test('no placeholder is made of prefix and suffix together', async () => {
  const halves = { prefix: '{fiscal_', suffix: 'year}' };
  assert.deepEqual(await faultsOf(create({ code: 'X2', name: 'x', ...halves })), [
    '/prefix accounting/series-pattern',
    '/reset accounting/series-pattern',
    '/suffix accounting/series-pattern',
  ]);
});

test('two series do not have one pattern', async () => {
  await create({ code: 'ONE', name: 'x', prefix: 'same-', reset: 'never' });
  const twin = { name: 'x', prefix: 'same-', reset: 'never' } as const;
  assert.deepEqual(await faultsOf(create({ code: 'TWO', ...twin })), ['/prefix accounting/series-pattern']);
  await create({ code: 'TWO', ...twin, prefix: 'same-{series}-' });
  assert.deepEqual(await faultsOf(change('TWO', { prefix: 'same-' })), ['/prefix accounting/series-pattern']);
});

test('a prefix changed in the middle of a year goes on where the digits were; where they begin again stays', async () => {
  await create({ code: 'MID', name: 'x' });
  assert.deepEqual(await numbersOf('MID', '2024-01-01'), ['MID-2024-000001']);
  await change('MID', { prefix: 'new {fiscal_year} ', suffix: '!', padding: 2, name: 'Renamed' });
  assert.deepEqual(await numbersOf('MID', '2024-01-02', '2025-01-02'), ['new 2024 02!', 'new 2025 01!']);
  assert.deepEqual(await faultsOf(change('MID', { reset: 'never', name: ' ' })), [
    '/name accounting/series-name-blank',
    '/reset accounting/series-in-use',
  ]);
  await create({ code: 'FRESH', name: 'x' });
  assert.equal((await change('FRESH', { reset: 'never' })).reset, 'never');
});

describe('a series that cannot be posted in', () => {
  test('is refused as a fault of the entry, whether unknown, inactive or that of closings', async () => {
    await create({ code: 'OFF', name: 'x' });
    await change('OFF', { active: false });
    for (const series of ['NONE', 'OFF', 'CL']) {
      const [told = ''] = await numbersOf(series, '2024-01-01');
      assert.match(told, /accounting\/series-unknown.*"\/series"/, series);
    }
    await change('OFF', { active: true });
    assert.deepEqual(await numbersOf('OFF', '2024-01-01'), ['OFF-2024-000001']);
  });

  test('is not made of what the house itself posts in', async () => {
    assert.deepEqual(await faultsOf(change('JV', { active: false })), ['/active accounting/series-needed']);
    assert.deepEqual(await faultsOf(change('CL', { active: false, voucher_type: 'journal' })), [
      '/active accounting/series-needed',
      '/voucher_type accounting/series-of-closings',
    ]);
    assert.deepEqual(await faultsOf(change('JV', { voucher_type: 'closing' })), [
      '/voucher_type accounting/series-of-closings',
    ]);
  });
});
