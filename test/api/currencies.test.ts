// Keeps exchange rates, revalues and reads balances in currencies over the API.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
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
import { assertBooksHold } from '#test/invariants';
import { faultsOf } from './problem.ts';

let house: TestHouse;
let company: TestCompany;
let api: TestApi;
let owner: Call;

before(async () => {
  house = await openTestHouse(4);
  company = await createCompany(house.db, { currency: 'NPR', chart: 'nepal' });
  api = await openTestApi(house.db);
  owner = await api.as(await addMember(house.db, company, 'owner'));
});

after(async () => {
  await assertBooksHold(house, company);
  await api.close();
  await house.close();
});

const usd = { currency: 'USD', rate_date: '2024-01-31', rate: '134.50', source: 'Nepal Rastra Bank' };

describe('exchange rates', () => {
  test('are added, read, replaced and deleted at their address', async () => {
    const added = await owner('POST', '/exchange-rates/', usd);
    assert.equal(added.status, 201);
    assert.equal(added.headers.location, '/api/v1/exchange-rates/USD/2024-01-31/');
    assert.deepEqual(added.body, { ...usd, rate: '134.5' });
    const again = await owner('POST', '/exchange-rates/', usd);
    assert.deepEqual([again.status, again.body.code], [409, 'accounting/exchange-rate-exists']);
    const address = '/exchange-rates/INR/2024-01-31/';
    assert.equal((await owner('PUT', address, { rate: '160', units: 100 })).status, 201);
    assert.equal((await owner('PUT', address, { rate: '160.15', units: 100 })).status, 200);
    assert.equal((await owner('GET', address)).body.rate, '1.6015');
    assert.equal((await owner('DELETE', address)).status, 204);
    assert.equal((await owner('GET', address)).status, 404);
    assert.equal((await owner('DELETE', address)).status, 404);
  });

  test('are set a thousand at once, all or none', async () => {
    const days = Array.from({ length: 1000 }, (_, index) =>
      new Date(Date.UTC(2020, 0, 1 + index)).toISOString().slice(0, 10),
    );
    const rates = days.map((rate_date) => ({ currency: 'EUR', rate_date, rate: '140' }));
    const set = await owner('POST', '/exchange-rates/bulk/', { rates });
    assert.deepEqual([set.status, set.body], [200, { created: 1000, changed: 0, unchanged: 0 }]);
    const stored = await fingerprint(house, company);
    const more = [...rates, { currency: 'EUR', rate_date: '2024-01-01', rate: '1' }];
    assert.deepEqual(faultsOf(await owner('POST', '/exchange-rates/bulk/', { rates: more }), 422), [
      '/rates request/maxItems',
    ]);
    const bad = [
      { ...usd, rate: '1' },
      { ...usd, currency: 'NPR' },
      { ...usd, rate_date: '2024-02-30', colour: 'red' },
    ];
    assert.deepEqual(faultsOf(await owner('POST', '/exchange-rates/bulk/', { rates: bad }), 422), [
      '/rates/2/colour request/unknown-field',
      '/rates/2/rate_date request/date',
    ]);
    assert.deepEqual(
      faultsOf(await owner('POST', '/exchange-rates/bulk/', { rates: bad.slice(0, 2) }), 422),
      ['/rates/1/currency accounting/rate-of-base-currency'],
    );
    assert.deepEqual(await fingerprint(house, company), stored);
  });

  test('are refused with what the schema and the books find, at once', async () => {
    assert.deepEqual(
      faultsOf(
        await owner('POST', '/exchange-rates/', {
          currency: 'XYZ',
          rate_date: '2024-1-1',
          rate: 5,
          units: 0,
        }),
        422,
      ),
      [
        '/currency accounting/currency-unknown',
        '/rate request/type',
        '/rate_date request/date',
        '/units request/minimum',
      ],
    );
    assert.deepEqual(faultsOf(await owner('PUT', '/exchange-rates/NPR/2024-01-01/', { rate: '1' }), 422), [
      '/currency accounting/rate-of-base-currency',
    ]);
    assert.deepEqual(faultsOf(await owner('PUT', '/exchange-rates/usd/2024-01-01/', { rate: '1' }), 422), [
      '/params/currency request/pattern',
    ]);
  });

  test('are listed in pages, by currency and days, or as they hold on a day', async () => {
    const list = async (query: string) => (await owner('GET', `/exchange-rates/?${query}`)).body;
    const page = await list('currency=EUR&from=2020-01-01&to=2020-01-03&page_size=2');
    assert.deepEqual(
      [page.count, page.results.map(({ rate_date }) => rate_date)],
      [3, ['2020-01-03', '2020-01-02']],
    );
    assert.match(page.next ?? '', /page=2/);
    const valid = await list('valid_on=2024-06-01');
    assert.deepEqual(
      valid.results.map(({ currency, rate_date }) => `${currency} ${rate_date}`),
      ['USD 2024-01-31', 'EUR 2022-09-26'],
    );
  });

  test('are kept by the accountant and seen by the clerk and the auditor', async () => {
    for (const [role, put, get] of [
      ['accountant', 201, 200],
      ['clerk', 403, 200],
      ['auditor', 403, 200],
      ['storekeeper', 403, 403],
    ] as const) {
      const call = await api.as(await addMember(house.db, company, role));
      assert.equal((await call('PUT', '/exchange-rates/CHF/2024-01-02/', { rate: '150' })).status, put, role);
      assert.equal((await call('GET', '/exchange-rates/')).status, get, role);
      if (put === 403) assert.equal((await call('POST', '/revaluations/', { on: '2024-01-31' })).status, 403);
    }
  });
});

describe('revaluation', () => {
  test('is tried, posted once for its key, and then finds nothing to do', async () => {
    await company.post({
      entry_date: '2024-01-10',
      memo: 'Export',
      lines: [
        { account: '1110', currency: 'USD', debit: '1000', rate: '133' },
        { account: '4020', credit: '133000' },
      ],
    });
    const on = { on: '2024-01-31' };
    const dry = await owner('POST', '/revaluations/?dry_run=true', on);
    assert.deepEqual([dry.status, dry.body.status, dry.body.gains], [200, 'dry_run', '1500.00']);
    assert.deepEqual(dry.body.balances, [
      {
        account: '1110',
        account_name: 'Trade debtors',
        currency: 'USD',
        amount: '1000.00',
        base: '133000.00',
        rate: '134.5',
        rate_date: '2024-01-31',
        value: '134500.00',
        difference: '1500.00',
      },
    ]);
    const key = { 'idempotency-key': 'january' };
    const done = await owner('POST', '/revaluations/', on, key);
    assert.deepEqual([done.status, done.body.status], [201, 'posted']);
    const replayed = await owner('POST', '/revaluations/', on, key);
    assert.deepEqual([replayed.status, replayed.body], [201, done.body]);
    assert.equal(replayed.headers['idempotency-replayed'], 'true');
    const again = await owner('POST', '/revaluations/', on);
    assert.deepEqual([again.status, again.body.status], [200, 'nothing_to_do']);
    const [entry] = done.body.entries as { id: string; number: string; reversed_by: { id: string } }[];
    const reversal = await owner('GET', `/journal-entries/${entry?.reversed_by.id}/`);
    assert.deepEqual(
      [reversal.body.entry_date, reversal.body.reverses],
      ['2024-02-01', { id: entry?.id, number: entry?.number }],
    );
  });

  test('is refused with all faults at once, and nothing is stored', async () => {
    const stored = await fingerprint(house, company);
    const faults = async (body: object) => faultsOf(await owner('POST', '/revaluations/', body), 422);
    assert.deepEqual(await faults({}), ['/on request/required']);
    assert.deepEqual(await faults({ on: 'today', reverse_on: '2024-13-01', why: 1 }), [
      '/on request/date',
      '/reverse_on request/date',
      '/why request/unknown-field',
    ]);
    assert.deepEqual(await faults({ on: '2026-01-31' }), ['/on accounting/no-period']);
    assert.deepEqual(await faults({ on: '2024-03-31', reverse_on: '2024-03-31' }), [
      '/reverse_on accounting/reverse-on-not-after',
    ]);
    assert.deepEqual(await fingerprint(house, company), stored);
  });

  test('shows in the balances by currency', async () => {
    const report = (await owner('GET', '/reports/currency-balances/?as_of=2024-01-31')).body;
    assert.deepEqual(
      [report.currency, report.rows.length, report.totals],
      ['NPR', 1, { base: '134500.00', value: '134500.00', difference: '0.00' }],
    );
    const later = (await owner('GET', '/reports/currency-balances/?as_of=2024-02-01')).body;
    assert.deepEqual(later.totals, { base: '133000.00', value: '134500.00', difference: '1500.00' });
    const earlier = (await owner('GET', '/reports/currency-balances/?as_of=2024-01-09')).body;
    assert.deepEqual(earlier.rows, []);
  });
});

test('an account says where the cash flow has it and whether it is monetary', async () => {
  const account = { code: '1390', name: 'Loan to a partner', type: 'asset', parent: '1100' };
  const made = await owner('POST', '/accounts/', { ...account, cash_flow: 'investing', is_monetary: true });
  assert.deepEqual([made.status, made.body.cash_flow, made.body.is_monetary], [201, 'investing', true]);
  const changed = await owner('PATCH', '/accounts/1390/', { cash_flow: null, is_monetary: null });
  assert.deepEqual([changed.body.cash_flow, changed.body.is_monetary], [null, null]);
  const refused = await owner('POST', '/accounts/', {
    code: '4590',
    name: 'Dollars earned',
    type: 'income',
    is_monetary: true,
    cash_flow: 'else',
  });
  assert.deepEqual(faultsOf(refused, 422), [
    '/cash_flow request/enum',
    '/is_monetary accounting/account-not-monetary',
  ]);
  assert.deepEqual(faultsOf(await owner('PATCH', '/accounts/4010/', { is_monetary: true }), 422), [
    '/is_monetary accounting/account-not-monetary',
  ]);
  for (const category of ['fixed_asset', 'depreciation', 'loan', 'exchange_difference', 'rounding'])
    assert.equal((await owner('PATCH', '/accounts/1390/', { category })).body.category, category);
});
