// Tries what a closed year must refuse, opens it again, and closes it anew.
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
import { assertProved, close, closingOf, periodOf, refusalOf, rent, reopen, yearOf } from '#test/years';
import { updateAccount } from '../accounts/keep-accounts.ts';
import { postEntries } from '../journal/post-entries.ts';
import { getEntry } from '../journal/read-entries.ts';
import { reverseEntry } from '../journal/reverse-entry.ts';
import { closeYear, reopenYear } from './close-year.ts';
import { openFiscalYears } from './fiscal-year.ts';
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

describe('a closed year', () => {
  test('takes no posting, no period of it opens, and no year is opened before it', async () => {
    const [sale = ''] = await company.post(cashSale('2024-03-01', '100.00'));
    await close(company, '2024');
    const stored = await fingerprint(house, company);
    assert.equal(
      await refusalOf(company, cashSale('2024-03-02', '1')),
      '/entry_date accounting/period-closed',
    );
    const march = await periodOf(company, 'Mar 2024');
    await assert.rejects(
      company.run((tx) => setPeriodStatus(tx, march.id, 'open', 'please')),
      (error: Error) => /accounting\/fiscal-year-closed/.test(error.message),
    );
    await assert.rejects(
      company.run((tx) => reverseEntry(tx, sale)),
      codes('accounting/period-closed'),
    );
    await assert.rejects(
      company.run((tx) => openFiscalYears(tx, '2023-01-01', 1)),
      codes('accounting/later-year-closed'),
    );
    await assert.rejects(
      company.run((tx) =>
        sql`insert into fiscal_years (name, starts_on, ends_on) values ('x', '2023-01-01', '2023-12-31')`.execute(
          tx.db,
        ),
      ),
      /accounting\/later-year-closed/,
    );
    assert.deepEqual(await fingerprint(house, company), stored);
    await company.run((tx) => reverseEntry(tx, sale, { entry_date: '2025-01-01' }));
  });

  test('opens again, takes what was forgotten, and is closed anew', async () => {
    await company.post(cashSale('2024-03-01', '100.00'));
    const first = await close(company, '2024');
    const again = await reopen(company, '2024');
    assert.deepEqual([again.status, again.closing_entry], ['open', null]);
    assert.equal(await refusalOf(company, rent('2024-03-02', '1')), '/entry_date accounting/period-closed');
    const march = await periodOf(company, 'Mar 2024');
    await company.run((tx) => setPeriodStatus(tx, march.id, 'open', 'a late invoice'));
    await company.post(rent('2024-03-02', '40.00'));
    const second = await close(company, '2024');
    assert.deepEqual(await closingOf(company, second), [
      '4010 debit 100.00',
      '6110 credit 40.00',
      '3100 credit 60.00',
    ]);
    assert.equal(second.closing_entry?.number, 'CL-2024-000003');
    const reversed = await company.run((tx) => getEntry(tx, first.closing_entry?.id ?? ''));
    assert.deepEqual([reversed?.status, reversed?.reversed_by?.number], ['reversed', 'CL-2024-000002']);
  });

  test('is opened with a reason only, and the last one first; an open year stays as it is', async () => {
    await company.post(cashSale('2024-03-01', '1'), cashSale('2025-03-01', '1'));
    await close(company, '2024');
    await close(company, '2025');
    const stored = await fingerprint(house, company);
    await assert.rejects(reopen(company, '2025', ' '), codes('accounting/reason-required'));
    await assert.rejects(reopen(company, '2024'), codes('accounting/later-year-closed'));
    await assert.rejects(
      reopen(company, '2024', ''),
      codes('accounting/reason-required', 'accounting/later-year-closed'),
    );
    for (const [year, reason] of [
      ['2024', 'x'],
      ['2025', ' '],
    ])
      await assert.rejects(
        company.run((tx) => sql`select reopen_year(${year}, gen_random_uuid(), ${reason})`.execute(tx.db)),
        /accounting\/(later-year-closed|reason-required)/,
      );
    assert.deepEqual(await fingerprint(house, company), stored);
    await reopen(company, '2025');
    const opened = await reopen(company, '2024');
    assert.deepEqual(await reopen(company, '2024'), opened);
  });

  test('has an entry that nobody reverses, and the series of closings takes no other', async () => {
    await company.post(cashSale('2024-03-01', '1'));
    const year = await close(company, '2024');
    const id = year.closing_entry?.id ?? '';
    const stored = await fingerprint(house, company);
    for (const date of ['2024-12-31', '2025-01-01'])
      await assert.rejects(
        company.run((tx) => reverseEntry(tx, id, { entry_date: date })),
        (error: Problem) => error.errors.some(({ code }) => code === 'accounting/closing-entry'),
      );
    assert.match(
      await refusalOf(company, cashSale('2025-01-01', '1', { series: 'CL' })),
      /accounting\/series-unknown/,
    );
    await assert.rejects(
      company.run((tx) => postEntries(tx, [cashSale('2025-12-31', '1', { source: 'closing' })])),
      /accounting\/closing-entry/,
    );
    await assert.rejects(
      company.run((tx) => sql`select post_documents('[]', '[]', true, false, true)`.execute(tx.db)),
      /permission denied/,
    );
    assert.deepEqual(await fingerprint(house, company), stored);
    await reopen(company, '2024');
    const { id: reopening } = await company.run((tx) =>
      tx.db
        .selectFrom('journal_entries')
        .select('id')
        .where('reverses_id', '=', id)
        .executeTakeFirstOrThrow(),
    );
    await assert.rejects(
      company.run((tx) => reverseEntry(tx, reopening)),
      (error: Problem) => error.errors.some(({ code }) => code === 'accounting/closing-entry'),
    );
  });

  test('leaves no reason behind for what the transaction does after it', async () => {
    await company.post(cashSale('2024-03-01', '1'));
    const { id } = await yearOf(company, '2024');
    await company.run(async (tx) => {
      await closeYear(tx, id, 'audited');
      await updateAccount(tx, '1010', { name: 'Till' }, null);
      await reopenYear(tx, id, 'not yet');
      await updateAccount(tx, '1015', { name: 'Tin' }, null);
    });
    const { rows } = await house.superuser.query(
      `select content::json ->> 'reason' as reason from ${company.tenant.schema}.audit_rows
        where subject = 'account' and action = 'change'`,
    );
    assert.deepEqual(rows, [{ reason: null }, { reason: null }]);
  });
});
