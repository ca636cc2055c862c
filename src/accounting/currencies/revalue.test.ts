// Revalues a company's balances in other currencies and compares with figures that were worked out by hand.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { TenantTx } from '#lib/tenant-tx';
import {
  balanceOf,
  companyWith,
  entry,
  openHouse,
  proveAndClose,
  run,
  tradingCompany,
} from '#test/revaluations';
import { updateAccount } from '../accounts/keep-accounts.ts';
import type { LineInput } from '../journal/entry.ts';
import { getPosted } from '../journal/read-entries.ts';
import { currencyBalances } from '../reports/currency-balances.ts';
import { setRates } from './keep-rates.ts';
import type { Revaluation } from './revalue.ts';

before(openHouse);
after(proveAndClose);

async function linesOf(tx: TenantTx, id: string | undefined) {
  const [posted] = await getPosted(tx, [id ?? '']);
  return (posted?.lines ?? []).map((line) => [
    line.account,
    line.currency,
    line.debit ?? line.credit,
    line.base_debit,
    line.base_credit,
  ]);
}

// At 2024-01-31: receivable 1,000 × 134.5 = 134,500, gain 1,500; payable 400 × 134.5 = 53,800, loss 1,000;
// bank 500 × 143.2 = 71,600, loss 400; loan 10,000 × 0.91 = 9,100, loss 100 (IAS 21, paragraphs 23(a) and 28).
const january = [
  ['1025', 'EUR', '500.00', '72000.00', '143.2', '71600.00', '-400.00'],
  ['1110', 'USD', '1000.00', '133000.00', '134.5', '134500.00', '1500.00'],
  ['2010', 'USD', '-400.00', '-52800.00', '134.5', '-53800.00', '-1000.00'],
  ['2510', 'JPY', '-10000', '-9000.00', '0.91', '-9100.00', '-100.00'],
];

const shown = ({ balances }: Revaluation) =>
  balances.map((each) => [
    each.account,
    each.currency,
    each.amount,
    each.base,
    each.rate,
    each.value,
    each.difference,
  ]);

describe('revaluation', () => {
  test('tells beforehand what it would post, and stores nothing', async () => {
    const company = await tradingCompany();
    const dry = await run(company, { on: '2024-01-31', dryRun: true });
    assert.deepEqual(shown(dry), january);
    assert.deepEqual([dry.status, dry.gains, dry.losses, dry.entries], ['dry_run', '1500.00', '1500.00', []]);
    assert.deepEqual(await balanceOf(company, '2024-12-31', '4530', '7020'), [null, null]);
  });

  test('brings assets and liabilities to the closing rate, gains and losses apart, and back on the next day', async () => {
    const company = await tradingCompany();
    const done = await run(company, { on: '2024-01-31' });
    assert.deepEqual(shown(done), january);
    assert.deepEqual([done.status, done.reverse_on, done.entries.length], ['posted', '2024-02-01', 1]);
    const [posted] = done.entries;
    assert.deepEqual(await company.run((tx) => linesOf(tx, posted?.id)), [
      ['1025', 'EUR', '0.00', null, '400.00'],
      ['1110', 'USD', '0.00', '1500.00', null],
      ['2010', 'USD', '0.00', null, '1000.00'],
      ['2510', 'JPY', '0', null, '100.00'],
      ['4530', 'NPR', '1500.00', null, '1500.00'],
      ['7020', 'NPR', '1500.00', '1500.00', null],
    ]);
    const [document] = await company.run((tx) => getPosted(tx, [posted?.id ?? '']));
    assert.equal(document?.memo, 'Revaluation at 2024-01-31: EUR 143.2, JPY 0.91, USD 134.5');
    assert.deepEqual(document?.reversed_by, posted?.reversed_by);
    const accounts = ['1025', '1110', '2010', '2510', '4530', '7020'];
    assert.deepEqual(await balanceOf(company, '2024-01-31', ...accounts), [
      '71600.00',
      '134500.00',
      '-53800.00',
      '-9100.00',
      '-1500.00',
      '1500.00',
    ]);
    assert.deepEqual(await balanceOf(company, '2024-02-01', ...accounts), [
      '72000.00',
      '133000.00',
      '-52800.00',
      '-9000.00',
      '0.00',
      '0.00',
    ]);
  });

  test('finds nothing to do when it comes again, unless something has changed', async () => {
    const company = await tradingCompany();
    await run(company, { on: '2024-01-31' });
    const again = await run(company, { on: '2024-01-31' });
    assert.deepEqual(
      [again.status, again.entries, again.gains, again.losses],
      ['nothing_to_do', [], '0.00', '0.00'],
    );
    await company.run((tx) => setRates(tx, [{ currency: 'USD', rate_date: '2024-01-31', rate: '134.75' }]));
    const corrected = await run(company, { on: '2024-01-31' });
    assert.deepEqual([corrected.status, corrected.gains, corrected.losses], ['posted', '250.00', '100.00']);
    assert.deepEqual(await balanceOf(company, '2024-01-31', '1110', '2010'), ['134750.00', '-53900.00']);
    assert.deepEqual(await balanceOf(company, '2024-02-01', '1110', '2010'), ['133000.00', '-52800.00']);
  });

  test('of two at once one posts and the other finds nothing to do', async () => {
    const company = await tradingCompany();
    const both = await Promise.all([run(company, { on: '2024-01-31' }), run(company, { on: '2024-01-31' })]);
    assert.deepEqual(both.map(({ status }) => status).sort(), ['nothing_to_do', 'posted']);
  });

  test('of one period after the other begins from the books’ value each time', async () => {
    const company = await tradingCompany();
    await run(company, { on: '2024-01-31' });
    // At 2024-02-29: receivable 131,250, loss 1,750; payable 52,500, gain 300; bank 71,600, loss 400; loan 8,950, gain 50.
    const february = await run(company, { on: '2024-02-29' });
    assert.deepEqual([february.gains, february.losses], ['350.00', '2150.00']);
    assert.deepEqual(await balanceOf(company, '2024-02-29', '1110', '2010', '1025', '2510', '4530', '7020'), [
      '131250.00',
      '-52500.00',
      '71600.00',
      '-8950.00',
      '-350.00',
      '2150.00',
    ]);
    const report = await company.run((tx) => currencyBalances(tx, '2024-02-29'));
    assert.equal(report.totals.difference, '0.00');
    for (const on of ['2024-03-31', '2024-04-30', '2024-05-31'])
      assert.equal((await run(company, { on })).status, 'posted');
    assert.deepEqual(await balanceOf(company, '2024-12-31', '1110', '4530', '7020'), [
      '133000.00',
      '0.00',
      '0.00',
    ]);
  });

  test('clears for good what is left of a balance whose amount is settled', async () => {
    const company = await companyWith({ USD: { '2024-01-01': '133' } });
    const usd = (line: Partial<LineInput>) => ({ account: '1110', currency: 'USD', ...line });
    await company.post(
      entry('2024-01-10', usd({ debit: '100', rate: '133' }), { account: '4010', credit: '13300' }),
      entry('2024-02-10', { account: '1020', debit: '13450' }, usd({ credit: '100', rate: '134.5' })),
    );
    assert.equal((await run(company, { on: '2024-01-31' })).status, 'nothing_to_do');
    const done = await run(company, { on: '2024-02-29' });
    assert.deepEqual(shown(done), [['1110', 'USD', '0.00', '-150.00', null, '0.00', '150.00']]);
    assert.deepEqual(
      done.entries.map(({ reverse_on, reversed_by }) => [reverse_on, reversed_by]),
      [[null, null]],
    );
    assert.deepEqual(await balanceOf(company, '2024-12-31', '1110', '4530'), ['0.00', '-150.00']);
    assert.deepEqual((await run(company, { on: '2024-03-31' })).balances, []);
  });

  test('of an invoice that is paid later gives what docs/currencies.md shows', async () => {
    const company = await companyWith({ USD: { '2024-11-30': '134.50', '2024-12-20': '135.20' } });
    const usd = (line: Partial<LineInput>) => ({ account: '1110', currency: 'USD', ...line });
    await company.post(
      entry('2024-11-10', usd({ debit: '1000', rate: '133' }), { account: '4020', credit: '133000' }),
      entry('2024-12-20', { account: '1020', debit: '135200' }, usd({ credit: '1000' })),
    );
    await run(company, { on: '2024-11-30' });
    await run(company, { on: '2024-12-31' });
    const days = ['2024-11-10', '2024-11-30', '2024-12-01', '2024-12-20', '2024-12-31'];
    const seen = await Promise.all(days.map((day) => balanceOf(company, day, '1110', '4530')));
    assert.deepEqual(seen, [
      ['133000.00', null],
      ['134500.00', '-1500.00'],
      ['133000.00', '0.00'],
      ['-2200.00', '0.00'],
      ['0.00', '-2200.00'],
    ]);
  });

  test('of a day within a period leaves later lines alone', async () => {
    const company = await companyWith({ USD: { '2024-01-15': '140' } });
    const sale = (day: string) =>
      entry(
        day,
        { account: '1110', currency: 'USD', debit: '10', rate: '130' },
        { account: '4010', credit: '1300' },
      );
    await company.post(sale('2024-01-10'), sale('2024-01-20'));
    const done = await run(company, { on: '2024-01-15' });
    assert.deepEqual(shown(done), [['1110', 'USD', '10.00', '1300.00', '140', '1400.00', '100.00']]);
    assert.equal((await run(company, { on: '2024-01-15' })).status, 'nothing_to_do');
    assert.deepEqual(shown(await run(company, { on: '2024-01-31' }))[0]?.slice(2), [
      '20.00',
      '2600.00',
      '140',
      '2800.00',
      '200.00',
    ]);
  });

  test('counts money and what is received or paid in it, and what the chart says otherwise', async () => {
    const company = await companyWith({ USD: { '2024-01-01': '150' } });
    const accounts = ['1010', '1110', '1210', '1310', '1340', '1520', '2010', '2120', '2510'];
    await company.post(
      ...accounts.map((account) =>
        entry(
          '2024-01-10',
          { account, currency: 'USD', debit: '1', rate: '100' },
          { account: '4010', currency: 'USD', credit: '1', rate: '100' },
        ),
      ),
    );
    const counted = async () =>
      (await run(company, { on: '2024-01-31', dryRun: true })).balances.map(({ account }) => account);
    assert.deepEqual(await counted(), ['1010', '1110', '2010', '2510']);
    await company.run(async (tx) => {
      await updateAccount(tx, '1340', { is_monetary: true }, null);
      await updateAccount(tx, '1110', { is_monetary: false }, null);
    });
    assert.deepEqual(await counted(), ['1010', '1340', '2010', '2510']);
    const report = await company.run((tx) => currencyBalances(tx, '2024-01-31'));
    assert.deepEqual(
      report.rows.map(({ account, monetary, value }) => `${account} ${monetary} ${value}`),
      accounts.map((code) =>
        ['1010', '1340', '2010', '2510'].includes(code) ? `${code} true 150.00` : `${code} false null`,
      ),
    );
    assert.deepEqual(report.totals, { base: '900.00', value: '600.00', difference: '200.00' });
  });
});

test('a company in yen or dinar is revalued in its own decimals', async () => {
  for (const [currency, gain] of [
    ['JPY', '12'],
    ['KWD', '12.346'],
  ] as const) {
    const company = await companyWith({ USD: { '2024-01-31': '2.123456' } }, { currency, chart: 'general' });
    await company.post(
      entry(
        '2024-01-10',
        { account: '1110', currency: 'USD', debit: '100', rate: '2' },
        { account: '4010', credit: '200' },
      ),
    );
    const done = await run(company, { on: '2024-01-31' });
    assert.equal(done.gains, gain);
    assert.deepEqual(await company.run((tx) => linesOf(tx, done.entries[0]?.id)), [
      ['1110', 'USD', '0.00', gain, null],
      ['4520', currency, gain, null, gain],
    ]);
  }
});
