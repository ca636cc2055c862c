// Closes years of every kind and proves the books after each.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { sql } from 'kysely';
import { Problem } from '#lib/problem';
import {
  cashSale,
  createCompany,
  fingerprint,
  openTestHouse,
  type TestCompany,
  type TestHouse,
} from '#test/company';
import { assertProved, close, closingOf, entryOf, periodOf, rent, reopen } from '#test/years';
import { updateAccount } from '../accounts/keep-accounts.ts';
import { getEntry } from '../journal/read-entries.ts';
import { reverseEntry } from '../journal/reverse-entry.ts';
import { closeYear } from './close-year.ts';
import { listPeriods } from './fiscal-year.ts';
import { setPeriodStatus } from './set-period-status.ts';

let house: TestHouse;
let company: TestCompany;

before(async () => {
  house = await openTestHouse(4);
});
after(() => house.close());
beforeEach(async () => {
  company = await createCompany(house.db);
});
afterEach(() => assertProved(house, company));

const codes =
  (...expected: string[]) =>
  (error: unknown) => {
    assert.ok(error instanceof Problem);
    assert.deepEqual(
      error.errors.map(({ code }) => code),
      expected,
    );
    return true;
  };

describe('closing a year', () => {
  test('takes a profit to retained earnings on the last day, closes the periods and says why in the audit log', async () => {
    await company.post(
      cashSale('2024-03-01', '100.00'),
      rent('2024-04-01', '30.50'),
      cashSale('2025-01-05', '7'),
    );
    const year = await close(company, '2024', 'audited');
    assert.deepEqual(await closingOf(company, year), [
      '4010 debit 100.00',
      '6110 credit 30.50',
      '3100 credit 69.50',
    ]);
    assert.deepEqual([year.status, year.closing_entry?.number], ['closed', 'CL-2024-000001']);
    const periods = await company.run((tx) => listPeriods(tx, { fiscalYear: '2024' }));
    assert.deepEqual([...new Set(periods.map(({ status }) => status))], ['closed']);
    const { rows } = await house.superuser.query(
      `select distinct subject from ${company.tenant.schema}.audit_rows where content::json ->> 'reason' = 'audited' order by 1`,
    );
    assert.deepEqual(
      rows.map(({ subject }) => subject),
      ['fiscal_year', 'journal_entry', 'period'],
    );
  });

  test('takes a loss the other way', async () => {
    await company.post(cashSale('2024-03-01', '10.00'), rent('2024-04-01', '30.50'));
    assert.deepEqual(await closingOf(company, await close(company, '2024')), [
      '4010 debit 10.00',
      '6110 credit 30.50',
      '3100 debit 20.50',
    ]);
  });

  test('with nothing on its accounts posts nothing and burns no number', async () => {
    await company.post(entryOf('2024-02-01', '1010', '3010', '500'));
    const [sale = ''] = await company.post(cashSale('2024-02-02', '9'));
    await company.run((tx) => reverseEntry(tx, sale));
    const year = await close(company, '2024');
    assert.deepEqual([year.status, year.closing_entry], ['closed', null]);
    await company.post(cashSale('2025-02-02', '9'));
    assert.equal((await close(company, '2025')).closing_entry?.number, 'CL-2025-000001');
  });

  test('with income and expenses that cancel needs no retained earnings', async () => {
    await company.post(cashSale('2024-03-01', '25.00'), rent('2024-04-01', '25.00'));
    await company.run((tx) => updateAccount(tx, '3100', { active: false }, null));
    assert.deepEqual(await closingOf(company, await close(company, '2024')), [
      '4010 debit 25.00',
      '6110 credit 25.00',
    ]);
  });

  test('counts lines in other currencies at what they were in the company’s', async () => {
    const line = { currency: 'EUR', rate: '1.2' };
    await company.post({
      entry_date: '2024-03-01',
      memo: 'export',
      lines: [
        { account: '1010', debit: '10', ...line },
        { account: '4010', credit: '10', ...line },
      ],
    });
    await company.post(cashSale('2024-03-02', '3'));
    assert.deepEqual(await closingOf(company, await close(company, '2024')), [
      '4010 debit 15.00',
      '3100 credit 15.00',
    ]);
    await reopen(company, '2024');
    assert.deepEqual(await closingOf(company, await close(company, '2024')), [
      '4010 debit 15.00',
      '3100 credit 15.00',
    ]);
  });

  test('asks for no dimension and no active account of income', async () => {
    await company.run(async (tx) => {
      await sql`insert into dimension_values (dimension_id, code, name) select id, 'KTM', 'Kathmandu' from dimensions where code = 'branch'`.execute(
        tx.db,
      );
    });
    const sale = cashSale('2024-03-01', '5.00');
    const lines = sale.lines.map((line) => ({ ...line, dimensions: { branch: 'KTM' } }));
    await company.post({ ...sale, lines });
    await company.run(async (tx) => {
      await sql`insert into required_dimensions select a.id, d.id from accounts a, dimensions d
        where d.code = 'branch' and a.code in ('4010', '3100')`.execute(tx.db);
      await updateAccount(tx, '4010', { active: false }, null);
    });
    assert.deepEqual(await closingOf(company, await close(company, '2024')), [
      '4010 debit 5.00',
      '3100 credit 5.00',
    ]);
    assert.equal((await reopen(company, '2024')).status, 'open');
  });

  test('goes by the months of Nepal where the company does', async () => {
    company = await createCompany(house.db, {
      currency: 'NPR',
      calendar: 'bikram_sambat',
      firstYear: '2024-07-16',
    });
    await company.post(cashSale('2025-07-16', '113.00'));
    const year = await close(company, '2081/82');
    assert.equal(year.closing_entry?.number, 'CL-2081/82-000001');
    const found = await company.run((tx) => getEntry(tx, year.closing_entry?.id ?? ''));
    assert.deepEqual([found?.entry_date, found?.memo], ['2025-07-16', 'Closing of fiscal year 2081/82']);
  });

  test('twice does nothing the second time, also under another reason', async () => {
    await company.post(cashSale('2024-03-01', '100.00'));
    const first = await close(company, '2024', 'audited');
    const stored = await fingerprint(house, company);
    assert.deepEqual(await close(company, '2024', 'again'), first);
    assert.deepEqual(await fingerprint(house, company), stored);
  });

  test('with locked periods leaves them locked', async () => {
    await company.post(cashSale('2024-12-31', '100.00'));
    const december = await periodOf(company, 'Dec 2024');
    for (const status of ['closed', 'locked'] as const)
      await company.run((tx) => setPeriodStatus(tx, december.id, status));
    await close(company, '2024');
    const periods = await company.run((tx) => listPeriods(tx, { fiscalYear: '2024' }));
    assert.deepEqual(
      periods.map(({ status }) => status),
      [...Array(11).fill('closed'), 'locked'],
    );
  });

  test('is refused with all that stands in its way, and stores nothing', async () => {
    await company.post(cashSale('2024-03-01', '1'), cashSale('2025-03-01', '1'));
    await company.run((tx) => updateAccount(tx, '3100', { category: null }, null));
    // An account of income cannot take what is to leave the income.
    await company.run((tx) => updateAccount(tx, '4510', { category: 'retained_earnings' }, null));
    const stored = await fingerprint(house, company);
    await assert.rejects(
      close(company, '2025'),
      codes('accounting/earlier-year-open', 'accounting/no-retained-earnings'),
    );
    await assert.rejects(close(company, '2024'), codes('accounting/no-retained-earnings'));
    await assert.rejects(
      company.run((tx) => closeYear(tx, 999_999)),
      codes(),
    );
    assert.deepEqual(await fingerprint(house, company), stored);
  });
});
