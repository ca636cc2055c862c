// Companies with balances in other currencies and known rates, to be revalued by tests.
import assert from 'node:assert/strict';
import {
  type EntryInput,
  type Revaluation,
  type RevaluationWish,
  revalue,
  setRates,
  trialBalance,
  verifyBooks,
} from '#accounting';
import { type Fault, Problem } from '#lib/problem';
import { createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { assertBooksHold } from '#test/invariants';

let house: TestHouse;
const companies: TestCompany[] = [];

/** Opens the house of all these companies; for a `before` hook. */
export async function openHouse(): Promise<TestHouse> {
  house = await openTestHouse(4);
  return house;
}

/** Proves the books of all companies and closes their house; for an `after` hook. */
export async function proveAndClose(): Promise<void> {
  for (const company of companies) {
    const verdicts = await company.run(verifyBooks);
    assert.deepEqual(
      verdicts.filter(({ breaches }) => breaches > 0),
      [],
    );
    await assertBooksHold(house, company);
  }
  await house.close();
}

type Rates = Record<string, Record<string, string>>;

/** A company in NPR for the year 2024 with rates by currency and day. */
export async function companyWith(rates: Rates, facts: object = {}): Promise<TestCompany> {
  const company = await createCompany(house.db, { currency: 'NPR', chart: 'nepal', years: 1, ...facts });
  companies.push(company);
  const list = Object.entries(rates).flatMap(([currency, days]) =>
    Object.entries(days).map(([rate_date, rate]) => ({ currency, rate_date, rate })),
  );
  await company.run((tx) => setRates(tx, list));
  return company;
}

/** An entry of these lines. */
export const entry = (entry_date: string, ...lines: EntryInput['lines']): EntryInput => ({
  entry_date,
  memo: 'Trade',
  lines,
});
/** Revalues a company in a transaction of its own. */
export const run = (company: TestCompany, wish: RevaluationWish): Promise<Revaluation> =>
  company.run((tx) => revalue(tx, wish));

/** The balances of accounts on a day, credit negative; null for one that was never used. */
export async function balanceOf({ run: within }: TestCompany, day: string, ...accounts: string[]) {
  const { rows } = await within((tx) => trialBalance(tx, day, { settled: true }));
  return accounts.map((code) => {
    const row = rows.find(({ account }) => account === code);
    return row ? (/[1-9]/.test(row.credit) ? `-${row.credit}` : row.debit) : null;
  });
}

/** The faults with which something is refused. */
export async function refusalOf(work: Promise<unknown>): Promise<Fault[]> {
  const error = await work.then(
    () => assert.fail('it was not refused'),
    (caught: unknown) => caught,
  );
  assert.ok(error instanceof Problem, String(error));
  return error.errors;
}

/** USD 1,000 receivable at 133, USD 400 payable at 132, EUR 500 in the bank at 144, JPY 10,000 borrowed at 0.9. */
export async function tradingCompany(): Promise<TestCompany> {
  const company = await companyWith({
    USD: { '2024-01-31': '134.5', '2024-02-29': '131.25' },
    EUR: { '2024-01-31': '143.2', '2024-02-29': '143.2' },
    JPY: { '2024-01-31': '0.91', '2024-02-29': '0.895' },
  });
  await company.post(
    entry(
      '2024-01-10',
      { account: '1110', currency: 'USD', debit: '1000', rate: '133' },
      { account: '4010', credit: '133000' },
    ),
    entry(
      '2024-01-12',
      { account: '5010', debit: '52800' },
      { account: '2010', currency: 'USD', credit: '400', rate: '132' },
    ),
    entry(
      '2024-01-15',
      { account: '1025', currency: 'EUR', debit: '500', rate: '144' },
      { account: '3010', credit: '72000' },
    ),
    entry(
      '2024-01-20',
      { account: '1020', debit: '9000' },
      { account: '2510', currency: 'JPY', credit: '10000', rate: '0.9' },
    ),
  );
  return company;
}
