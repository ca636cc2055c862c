// Compares what a closing is said to do with what it does.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { sql } from 'kysely';
import {
  cashSale,
  createCompany,
  fingerprint,
  openTestHouse,
  type TestCompany,
  type TestHouse,
} from '#test/company';
import { assertProved, close, closingOf, inWords, rent, yearOf } from '#test/years';
import { updateAccount } from '../accounts/keep-accounts.ts';
import { createDraft } from '../journal/drafts.ts';
import { listFiscalYears } from './fiscal-year.ts';
import { planClosing } from './plan-closing.ts';

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

describe('planning a closing', () => {
  test('tells what closing then does', async () => {
    await company.post(cashSale('2024-03-01', '10.00'), rent('2024-04-01', '30.50'));
    const { id } = await yearOf(company, '2024');
    const plan = await company.run((tx) => planClosing(tx, id));
    assert.equal(plan.result, '-20.50');
    assert.deepEqual([plan.obstacles, plan.warnings], [[], []]);
    assert.deepEqual(await closingOf(company, await close(company, '2024')), inWords(plan.lines));
    const after = await company.run((tx) => planClosing(tx, id));
    assert.deepEqual([after.lines, after.result, after.obstacles], [[], '0.00', []]);
  });

  test('names every obstacle, and what would be late', async () => {
    await company.post(
      cashSale('2025-03-01', '10.00'),
      cashSale('2025-03-02', '1', { reverse_on: '2025-03-03' }),
    );
    await company.run(async (tx) => {
      await createDraft(tx, cashSale('2025-03-01', '1'));
      await createDraft(tx, cashSale('2024-01-01', '1'));
      await updateAccount(tx, '3100', { active: false }, null);
      await sql`insert into recurring_entries (id, name, memo, lines, unit, starts_on, next_on)
        values (gen_random_uuid(), 'Rent', '', '[]', 'month', '2025-01-01', '2025-02-01')`.execute(tx.db);
    });
    const { id } = await yearOf(company, '2025');
    const stored = await fingerprint(house, company);
    const plan = await company.run((tx) => planClosing(tx, id));
    assert.deepEqual(
      plan.obstacles.map(({ code }) => code),
      ['accounting/earlier-year-open', 'accounting/no-retained-earnings'],
    );
    assert.deepEqual(
      plan.warnings.map(({ detail }) => detail),
      [
        '2 drafts are dated by 2025-12-31',
        '1 scheduled reversal is due by 2025-12-31',
        '1 recurring entry is due by 2025-12-31',
      ],
    );
    assert.deepEqual(plan.lines.at(-1), { account: '', account_name: null, debit: null, credit: '11.00' });
    assert.deepEqual(await fingerprint(house, company), stored);
  });

  test('warns of a year that is not over', async () => {
    company = await createCompany(house.db, { firstYear: `${new Date().getUTCFullYear()}-01-01`, years: 1 });
    const [year] = await company.run(listFiscalYears);
    const plan = await company.run((tx) => planClosing(tx, year?.id ?? 0));
    assert.deepEqual(
      plan.warnings.map(({ code }) => code),
      ['accounting/year-not-over'],
    );
  });
});
