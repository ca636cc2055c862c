// What tests of closing years share: entries to close, years by name, a closing in words, and the proof of the books.
import assert from 'node:assert/strict';
import {
  closeYear,
  type EntryInput,
  type FiscalYear,
  getEntry,
  listFiscalYears,
  listPeriods,
  type Period,
  postEntries,
  reopenYear,
  verifyBooks,
} from '#accounting';
import type { TestCompany, TestHouse } from '#test/company';
import { assertBooksHold } from '#test/invariants';

/** An entry of two lines. */
export function entryOf(date: string, debit: string, credit: string, amount: string): EntryInput {
  const lines = [
    { account: debit, debit: amount },
    { account: credit, credit: amount },
  ];
  return { entry_date: date, memo: 'x', lines };
}

/** Rent that was paid by the bank. */
export const rent = (date: string, amount: string) => entryOf(date, '6110', '1020', amount);

/** The fiscal year of that name. */
export async function yearOf(company: TestCompany, name: string): Promise<FiscalYear> {
  const year = (await company.run(listFiscalYears)).find((each) => each.name === name);
  assert.ok(year, `there is no year ${name}`);
  return year;
}

/** The period of that name. */
export async function periodOf(company: TestCompany, name: string): Promise<Period> {
  const period = (await company.run((tx) => listPeriods(tx))).find((each) => each.name === name);
  assert.ok(period, `there is no period ${name}`);
  return period;
}

/** Closes the year of that name. */
export async function close(company: TestCompany, name: string, reason?: string): Promise<FiscalYear> {
  const { id } = await yearOf(company, name);
  return await company.run((tx) => closeYear(tx, id, reason));
}

/** Opens the year of that name again. */
export async function reopen(
  company: TestCompany,
  name: string,
  reason = 'a late invoice',
): Promise<FiscalYear> {
  const { id } = await yearOf(company, name);
  return await company.run((tx) => reopenYear(tx, id, reason));
}

type Sides = { account: string; debit: string | null; credit: string | null };

/** Lines as 'account debit amount'. */
export const inWords = (lines: readonly Sides[]) =>
  lines.map(({ account, debit, credit }) => `${account} ${debit ? `debit ${debit}` : `credit ${credit}`}`);

/** The lines of the entry that closed a year, in words. */
export async function closingOf(company: TestCompany, year: FiscalYear): Promise<string[]> {
  const id = year.closing_entry?.id;
  return id ? inWords((await company.run((tx) => getEntry(tx, id)))?.lines ?? []) : [];
}

/** What an entry is refused for, each fault as 'pointer code'. */
export async function refusalOf(company: TestCompany, input: EntryInput): Promise<string> {
  const [result] = await company.run((tx) => postEntries(tx, [input]));
  assert.ok(result && !result.posted, 'it was posted');
  return result.faults.map(({ pointer, code }) => `${pointer} ${code}`).join();
}

/** Fails unless every claim about the books holds, by both ways of asking. */
export async function assertProved(house: TestHouse, company: TestCompany): Promise<void> {
  await assertBooksHold(house, company);
  const verdicts = await company.run(verifyBooks);
  assert.deepEqual(
    verdicts.filter(({ breaches }) => breaches > 0),
    [],
  );
}
