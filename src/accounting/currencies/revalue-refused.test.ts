// Revaluations that cannot be posted, and reversals that have to wait for their day.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { TestCompany, TestHouse } from '#test/company';
import {
  balanceOf,
  companyWith,
  entry,
  openHouse,
  proveAndClose,
  refusalOf,
  run,
  tradingCompany,
} from '#test/revaluations';
import { updateAccount } from '../accounts/keep-accounts.ts';
import { listPeriods, openFiscalYears } from '../fiscal-years/fiscal-year.ts';
import { setPeriodStatus } from '../fiscal-years/set-period-status.ts';
import { reverseEntry } from '../journal/reverse-entry.ts';
import type { RevaluationWish } from './revalue.ts';

let house: TestHouse;

before(async () => {
  house = await openHouse();
});

after(proveAndClose);

describe('a reversal of a revaluation', () => {
  test('waits for the next fiscal year, and comes first when that is revalued', async () => {
    const company = await tradingCompany();
    const done = await run(company, { on: '2024-12-31' });
    assert.deepEqual(
      done.entries.map(({ reverse_on, reversed_by }) => [reverse_on, reversed_by]),
      [['2025-01-01', null]],
    );
    await company.run((tx) => openFiscalYears(tx, '2025-01-01', 1));
    const dry = await run(company, { on: '2025-01-31', dryRun: true });
    assert.deepEqual([dry.gains, dry.losses], [done.gains, done.losses]);
    assert.deepEqual(await balanceOf(company, '2025-01-31', '1110'), ['131250.00']);
    assert.deepEqual(
      dry.earlier.map(({ number, reversed_by }) => [number, reversed_by]),
      [[done.entries[0]?.number, null]],
    );
    const next = await run(company, { on: '2025-01-31' });
    assert.deepEqual(
      next.earlier.map(({ id, reversed_by }) => [id, reversed_by?.number]),
      [[done.entries[0]?.id, 'JV-2025-000001']],
    );
    assert.deepEqual(await balanceOf(company, '2025-01-01', '1110'), ['133000.00']);
    assert.deepEqual(await balanceOf(company, '2025-01-31', '1110'), ['131250.00']);
    assert.equal((await run(company, { on: '2025-01-31' })).status, 'nothing_to_do');
  });

  test('whose day is closed has to be made by hand before the next revaluation', async () => {
    const company = await tradingCompany();
    const periods = await company.run((tx) => listPeriods(tx));
    const february = periods.find(({ starts_on }) => starts_on === '2024-02-01')?.id ?? 0;
    await company.run((tx) => setPeriodStatus(tx, february, 'closed'));
    const done = await run(company, { on: '2024-01-31' });
    assert.equal(done.entries[0]?.reversed_by, null);
    const wish = { on: '2024-03-31' };
    for (const dryRun of [true, false])
      assert.deepEqual(
        (await refusalOf(run(company, { ...wish, dryRun }))).map(({ pointer, code }) => `${pointer} ${code}`),
        ['/on accounting/revaluation-not-reversed'],
      );
    await company.run((tx) => reverseEntry(tx, done.entries[0]?.id ?? '', { entry_date: '2024-03-01' }));
    assert.equal((await run(company, wish)).status, 'posted');
  });

  test('falls on another day when one is named', async () => {
    const company = await tradingCompany();
    const done = await run(company, { on: '2024-01-31', reverse_on: '2024-03-05' });
    assert.deepEqual(
      [done.entries[0]?.reverse_on, done.entries[0]?.reversed_by !== null],
      ['2024-03-05', true],
    );
    assert.deepEqual(await balanceOf(company, '2024-03-04', '1110'), ['134500.00']);
    assert.deepEqual(await balanceOf(company, '2024-03-05', '1110'), ['133000.00']);
  });
});

describe('a revaluation is refused', () => {
  const codes = async (company: TestCompany, wish: RevaluationWish) => {
    const dry = await refusalOf(run(company, { ...wish, dryRun: true }));
    assert.deepEqual(await refusalOf(run(company, wish)), dry);
    return dry.map(({ pointer, code }) => `${pointer} ${code}`);
  };

  test('without rates, naming each currency', async () => {
    const company = await companyWith({ EUR: { '2024-02-01': '1' }, USD: { '2024-01-31': '1' } });
    const of = (currency: string) =>
      entry(
        '2024-01-10',
        { account: '1110', currency, debit: '1', rate: '2' },
        { account: '2010', currency, credit: '1', rate: '2' },
      );
    await company.post(of('EUR'), of('USD'), of('KWD'));
    const faults = await refusalOf(run(company, { on: '2024-01-31' }));
    assert.deepEqual(
      faults.map(({ code, detail }) => `${code} ${detail}`),
      ['EUR', 'KWD'].map(
        (currency) =>
          `accounting/no-exchange-rate no rate of ${currency} is known on 2024-01-31, in which something is open`,
      ),
    );
    assert.deepEqual(await codes(company, { on: '2024-01-31', reverse_on: '2024-01-31' }), [
      '/on accounting/no-exchange-rate',
      '/on accounting/no-exchange-rate',
      '/reverse_on accounting/reverse-on-not-after',
    ]);
  });

  test('on a day in a closed period or in none, and without an account for differences', async () => {
    const company = await tradingCompany();
    const [first] = await company.run((tx) => listPeriods(tx));
    await company.run((tx) => setPeriodStatus(tx, first?.id ?? 0, 'closed'));
    assert.deepEqual(await codes(company, { on: '2024-01-31' }), ['/on accounting/period-closed']);
    assert.deepEqual(await codes(company, { on: '2025-01-31' }), ['/on accounting/no-period']);
    await company.run(async (tx) => {
      for (const code of ['4530', '7020']) await updateAccount(tx, code, { category: null }, null);
    });
    assert.deepEqual(await codes(company, { on: '2024-02-29' }), [' accounting/no-exchange-difference']);
  });

  test('where an account asks for a dimension, unless the request gives one for all lines', async () => {
    const company = await tradingCompany();
    await house.superuser.query(`
      set search_path = ${company.tenant.schema};
      insert into dimension_values (dimension_id, code, name) select id, 'KTM', 'Kathmandu' from dimensions where code = 'branch';
      insert into required_dimensions select a.id, d.id from accounts a, dimensions d where a.code in ('1110', '7020') and d.code = 'branch';
      reset search_path`);
    const faults = await refusalOf(run(company, { on: '2024-01-31' }));
    assert.deepEqual(
      faults.map(({ pointer, detail }) => `${pointer} ${detail}`),
      ['1110', '7020'].map((code) => `/dimensions/branch account ${code} asks for a value of branch`),
    );
    assert.deepEqual(await codes(company, { on: '2024-01-31', dimensions: { branch: 'PKR' } }), [
      '/dimensions/branch accounting/dimension-value-unknown',
    ]);
    const done = await run(company, { on: '2024-01-31', dimensions: { branch: 'KTM' } });
    assert.equal(done.status, 'posted');
    assert.notEqual(done.entries[0]?.reversed_by, null);
  });
});
