// Sets exchange rates one by one, in bulk and from files, and looks that nothing wrong gets in.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { pageNumber } from '#lib/lists/part';
import { Problem } from '#lib/problem';
import { createCompany, fingerprint, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { ImportRefused } from '../import/import-refused.ts';
import { getRate, listRates, rateOn } from './exchange-rate.ts';
import { importRates, readRateFile } from './import-rates.ts';
import { addRate, deleteRate, setRate, setRates } from './keep-rates.ts';
import type { RateInput } from './read-rate.ts';

let house: TestHouse;
let company: TestCompany;

before(async () => {
  house = await openTestHouse(4);
  company = await createCompany(house.db, { currency: 'NPR' });
});

after(() => house.close());

const usd = (rate_date: string, rate: string, more: Partial<RateInput> = {}): RateInput => ({
  currency: 'USD',
  rate_date,
  rate,
  ...more,
});

async function faultsOf(work: Promise<unknown>): Promise<string[]> {
  const error = await work.then(
    () => assert.fail('it was not refused'),
    (caught: unknown) => caught,
  );
  assert.ok(error instanceof Problem, String(error));
  return error.errors.map(({ pointer, code }) => `${pointer} ${code}`).sort();
}

describe('a rate', () => {
  test('holds from its day until the next one', async () => {
    await company.run((tx) =>
      setRates(tx, [usd('2024-03-01', '132.5'), usd('2024-03-10', '133.1234567891')]),
    );
    const on = async (day: string) => (await company.run((tx) => rateOn(tx, 'USD', day)))?.rate ?? null;
    assert.equal(await on('2024-02-29'), null);
    assert.equal(await on('2024-03-01'), '132.5');
    assert.equal(await on('2024-03-09'), '132.5');
    assert.equal(await on('2024-03-10'), '133.1234567891');
    assert.equal(await on('2199-01-01'), '133.1234567891');
    assert.equal(await company.run((tx) => rateOn(tx, 'EUR', '2024-03-10')), null);
    assert.equal(await company.run((tx) => getRate(tx, 'USD', '2024-03-09')), null);
  });

  test('quoted for several units is divided out exactly, or refused', async () => {
    const set = (currency: string, rate: string, units: number) =>
      company.run((tx) => setRate(tx, { currency, rate_date: '2024-04-01', rate, units }));
    assert.equal((await set('INR', '160.00', 100)).rate.rate, '1.6');
    assert.equal((await set('JPY', '8.91', 10)).rate.rate, '0.891');
    assert.equal((await set('KRW', '0.0000001', 1000)).rate.rate, '0.0000000001');
    assert.deepEqual(await faultsOf(set('KRW', '0.0000001', 10_000)), ['/units accounting/rate-not-exact']);
    assert.deepEqual(await faultsOf(set('INR', '160', 3)), ['/units accounting/rate-not-exact']);
    assert.deepEqual(await faultsOf(set('INR', '160', 0)), ['/units accounting/rate-units']);
    assert.deepEqual(await faultsOf(set('INR', '160', 1.5)), ['/units accounting/rate-units']);
  });

  test('is refused with all of its faults at once', async () => {
    const stored = await fingerprint(house, company);
    const refused = (input: Partial<RateInput>) => faultsOf(company.run((tx) => setRate(tx, input)));
    assert.deepEqual(
      await refused({ currency: 'NPR', rate_date: '2024-02-30', rate: '0', units: -1, source: ' ' }),
      [
        '/currency accounting/rate-of-base-currency',
        '/rate accounting/rate-not-positive',
        '/rate_date request/date',
        '/source accounting/rate-source',
        '/units accounting/rate-units',
      ],
    );
    assert.deepEqual(await refused({}), [
      '/currency request/required',
      '/rate request/required',
      '/rate_date request/required',
    ]);
    for (const currency of ['XYZ', 'usd', 'US', '', 'USDD', 'U\0D', '€€€'])
      assert.deepEqual(await refused({ ...usd('2024-01-01', '1'), currency }), [
        '/currency accounting/currency-unknown',
      ]);
    for (const [rate, code] of [
      ['-1', 'not-positive'],
      ['0.00000000001', 'invalid'],
      ['1.12345678901', 'invalid'],
      ['1e3', 'invalid'],
      ['1,5', 'invalid'],
      ['', 'invalid'],
      ['1000000000000', 'too-large'],
      ['9'.repeat(70), 'invalid'],
    ] as const)
      assert.deepEqual(await refused(usd('2024-01-01', rate)), [`/rate accounting/rate-${code}`], rate);
    assert.deepEqual(await fingerprint(house, company), stored);
  });

  test('is added once, replaced, and deleted once', async () => {
    const rate = usd('2024-05-01', '130');
    assert.equal((await company.run((tx) => addRate(tx, rate))).source, 'manual');
    const again = company.run((tx) => addRate(tx, { ...rate, rate: '131' }));
    await assert.rejects(again, (error) => error instanceof Problem && error.kind === 'conflict');
    assert.equal((await company.run((tx) => getRate(tx, 'USD', '2024-05-01')))?.rate, '130');
    const replaced = await company.run((tx) => setRate(tx, { ...rate, rate: '131.0', source: 'NRB' }));
    assert.deepEqual([replaced.created, replaced.rate.rate, replaced.rate.source], [false, '131', 'NRB']);
    await company.run((tx) => deleteRate(tx, 'USD', '2024-05-01'));
    await assert.rejects(
      company.run((tx) => deleteRate(tx, 'USD', '2024-05-01')),
      (error) => error instanceof Problem && error.kind === 'not-found',
    );
  });

  test('is in the audit log with what it was before, once a change', async () => {
    await company.run(async (tx) => {
      await setRate(tx, usd('2024-06-01', '140'));
      await setRate(tx, usd('2024-06-01', '141', { source: 'NRB' }));
      await setRate(tx, usd('2024-06-01', '141.000', { source: 'NRB' }));
      await deleteRate(tx, 'USD', '2024-06-01');
    });
    const { rows } = await company.run((tx) =>
      sql<{ told: string }>`
        select action || ' ' || coalesce(content::jsonb #>> '{before,rate}', '') || ' > '
          || coalesce(content::jsonb #>> '{after,rate}', '') as told
        from audit_rows where subject = 'exchange_rate' and subject_id = 'USD' and content like '%2024-06-01%'
        order by block_seq, nth`.execute(tx.db),
    );
    assert.deepEqual(
      rows.map(({ told }) => told),
      ['create  > 140.0000000000', 'change 140.0000000000 > 141.0000000000', 'delete 141.0000000000 > '],
    );
  });
});

describe('many rates', () => {
  test('are set all or none, and each fault is named with its place', async () => {
    const stored = await fingerprint(house, company);
    const inputs = [
      usd('2024-07-01', '1'),
      usd('2024-07-02', 'x'),
      usd('2024-07-01', '2'),
      { ...usd('2024-07-03', '1'), currency: 'NPR' },
    ];
    assert.deepEqual(await faultsOf(company.run((tx) => setRates(tx, inputs))), [
      '/rates/1/rate accounting/rate-invalid',
      '/rates/2 accounting/exchange-rate-repeated',
      '/rates/3/currency accounting/rate-of-base-currency',
    ]);
    assert.deepEqual(await fingerprint(house, company), stored);
  });

  test('tell what was new, what changed and what was there', async () => {
    const days = Array.from({ length: 28 }, (_, index) => `2024-08-${String(index + 1).padStart(2, '0')}`);
    const first = days.slice(0, 20).map((day) => usd(day, '135.5'));
    assert.deepEqual(await company.run((tx) => setRates(tx, first)), {
      created: 20,
      changed: 0,
      unchanged: 0,
    });
    const second = days.map((day, index) => usd(day, index < 5 ? '136' : '135.50'));
    assert.deepEqual(await company.run((tx) => setRates(tx, second)), {
      created: 8,
      changed: 5,
      unchanged: 15,
    });
  });

  test('are listed by currency, from day to day, in pages', async () => {
    await company.run((tx) =>
      setRates(tx, [
        usd('2025-01-01', '1'),
        usd('2025-01-02', '2'),
        { ...usd('2025-01-02', '3'), currency: 'EUR' },
      ]),
    );
    const list = (filter: Parameters<typeof listRates>[1], page = 1, size = 50) =>
      company.run((tx) => listRates(tx, filter, pageNumber(page, size)));
    const days = async (filter: Parameters<typeof listRates>[1], page?: number, size?: number) =>
      (await list(filter, page, size)).results.map(
        (each) => `${each.rate_date} ${each.currency} ${each.rate}`,
      );
    assert.deepEqual(await days({ from: '2025-01-01' }), [
      '2025-01-02 EUR 3',
      '2025-01-02 USD 2',
      '2025-01-01 USD 1',
    ]);
    assert.deepEqual(await days({ from: '2025-01-01', currency: 'USD' }, 2, 1), ['2025-01-01 USD 1']);
    assert.equal((await list({ from: '2025-01-01', currency: 'USD' }, 2, 1)).count, 2);
    assert.deepEqual(await days({ validOn: '2025-01-01' }), [
      '2025-01-01 USD 1',
      '2024-04-01 INR 1.6',
      '2024-04-01 JPY 0.891',
      '2024-04-01 KRW 0.0000000001',
    ]);
  });
});

describe('a file of rates', () => {
  const fileOf = (...lines: string[]) => readRateFile(Readable.from([Buffer.from(lines.join('\n'))]), 'file');
  const read = async (...lines: string[]) => {
    const file = await fileOf(...lines);
    return await company.run((tx) => importRates(tx, file));
  };

  test('comes in whole, with units and sources where it has them', async () => {
    const sum = await read(
      'Date,currency,units,rate,source',
      '2025-02-01,inr,100,160.15,NRB',
      '2025-02-01,USD,,133.5,',
      ',,,,',
    );
    assert.deepEqual(sum, { created: 2, changed: 0, unchanged: 0 });
    assert.deepEqual(await company.run((tx) => getRate(tx, 'INR', '2025-02-01')), {
      currency: 'INR',
      rate_date: '2025-02-01',
      rate: '1.6015',
      source: 'NRB',
    });
    assert.equal((await company.run((tx) => getRate(tx, 'USD', '2025-02-01')))?.source, 'file');
  });

  test('may have more rates than one statement takes', async () => {
    const codes = Intl.supportedValuesOf('currency').filter((code) => code !== 'NPR');
    const rows = codes.flatMap((code) =>
      Array.from({ length: 15 }, (_, day) => `${code},2025-03-${day + 10},1.${day + 1}`),
    );
    assert.equal((await read('currency,date,rate', ...rows)).created, rows.length);
    assert.equal((await read('currency,date,rate', ...rows)).unchanged, rows.length);
  });

  test('with faults is refused whole, each with its line', async () => {
    const stored = await fingerprint(house, company);
    const refused = async (...lines: string[]) => {
      const error = await read(...lines).then(
        () => assert.fail('it was not refused'),
        (caught: unknown) => caught,
      );
      assert.ok(error instanceof ImportRefused, String(error));
      return error.faults.map(({ line, code }) => `${line} ${code}`);
    };
    assert.deepEqual(
      await refused(
        'currency,date,rate,units',
        'USD,2025-04-01,1,1',
        'NPR,2025-04-31,x,1',
        'USD,2025-04-02',
        '"USD,2025-04-01,1',
        '',
      ),
      [
        '3 accounting/rate-of-base-currency',
        '3 request/date',
        '3 accounting/rate-invalid',
        '4 import/row-unreadable',
        '5 import/row-unreadable',
      ],
    );
    assert.deepEqual(await refused('currency,date,rate', 'USD,2025-04-01,1', 'USD,2025-04-01,1'), [
      '3 accounting/exchange-rate-repeated',
    ]);
    assert.deepEqual(await refused('currency,rate', 'USD,1'), ['1 import/columns']);
    assert.deepEqual(await refused('currency,date,rate,colour', 'USD,2025-04-01,1,red'), [
      '1 import/columns',
    ]);
    assert.deepEqual(await refused('currency,date,rate'), ['1 import/empty']);
    assert.deepEqual(await refused(''), ['1 import/empty']);
    assert.deepEqual(await fingerprint(house, company), stored);
  });
});
