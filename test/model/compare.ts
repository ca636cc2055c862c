// Asks the product everything that its books can be asked, and the model the same.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  generalLedger,
  getEntry,
  listAccounts,
  listEntries,
  listFiscalYears,
  listPeriods,
  trialBalance,
  verifyBooks,
} from '#accounting';
import { addDays } from '#lib/dates';
import { pageNumber } from '#lib/lists/part';
import { inTenant, systemActor, type TenantTx } from '#lib/tenant-tx';
import { type Books, balancesOn, below, linesInOrder, type SentLine, written, yearsOf } from './books.ts';
import { compareStatements } from './compare-statements.ts';
import { dayOf, pick } from './recipes.ts';
import type { World } from './world.ts';

/** Where to look: two days, an account and an entry. `off` moves a day out of its period, even out of all. */
export const probe = fc.record({
  from: fc.nat(),
  to: fc.nat(),
  off: fc.integer({ min: -20, max: 400 }),
  account: fc.nat(),
  entry: fc.nat(),
  size: fc.integer({ min: 1, max: 9 }),
});
export type Probe = typeof probe extends fc.Arbitrary<infer T> ? T : never;

const byCode = <T extends { code?: string; account?: string }>(rows: readonly T[]) =>
  rows.toSorted((one, other) =>
    (one.code ?? one.account ?? '') < (other.code ?? other.account ?? '') ? -1 : 1,
  );

async function compareTrialBalance(tx: TenantTx, books: Books, day: string, settled: boolean): Promise<void> {
  const report = await trialBalance(tx, day, { settled });
  const zero = written(0n, books.scale);
  const rows = [...balancesOn(books, day)].map(([account, net]) => {
    const { name, type } = books.accounts.find(({ code }) => code === account) ?? {};
    const [debit, credit] = net < 0n ? [zero, written(-net, books.scale)] : [written(net, books.scale), zero];
    return { account, name, type, debit, credit };
  });
  const shown = rows.filter(({ debit, credit }) => settled || debit !== zero || credit !== zero);
  const actual = report.rows.map(({ account, name, type, debit, credit }) => ({
    account,
    name,
    type,
    debit,
    credit,
  }));
  assert.deepEqual(byCode(actual), byCode(shown), `trial balance on ${day}`);
  const total = [...balancesOn(books, day).values()].reduce((sum, net) => (net > 0n ? sum + net : sum), 0n);
  const both = written(total, books.scale);
  assert.deepEqual([report.totals.debit, report.totals.credit], [both, both]);
}

function ledgerInModel(books: Books, code: string, from: string, to: string) {
  const amount = (parts: bigint) => written(parts, books.scale);
  const within = below(books, code);
  const moved = linesInOrder(books).filter(({ line }) => within.has(line.account));
  let balance = 0n;
  for (const { entry, line } of moved) if (entry.date < from) balance += line.debit - line.credit;
  const opening = amount(balance);
  const totals = { debit: 0n, credit: 0n };
  const lines = moved
    .filter(({ entry: { date } }) => from <= date && date <= to)
    .map(({ entry, line: { account, debit, credit, memo } }) => {
      balance += debit - credit;
      totals.debit += debit;
      totals.credit += credit;
      const row = [entry.id, entry.number, entry.date, account, memo ?? entry.memo, entry.reference];
      return [...row, amount(debit), amount(credit), amount(balance)];
    });
  const sums = [amount(totals.debit), amount(totals.credit)];
  return { opening, lines, sums, closing: amount(balance) };
}

async function compareLedger(tx: TenantTx, books: Books, code: string, days: string[]): Promise<void> {
  const [from = '', to = ''] = days.toSorted();
  const { opening, lines, totals, closing } = await generalLedger(tx, { account: code, from, to });
  const rows = lines.map((line) => [
    ...[line.entry_id, line.number, line.entry_date, line.account, line.memo, line.reference],
    ...[line.debit, line.credit, line.balance],
  ]);
  const sums = [totals.debit, totals.credit];
  assert.deepEqual(
    { opening, lines: rows, sums, closing },
    ledgerInModel(books, code, from, to),
    `ledger ${code}`,
  );
}

const statusOf = (books: Books, id: string) =>
  books.entries.some(({ reverses }) => reverses === id) ? 'reversed' : 'posted';

/** Number, status and what else a list shows of each entry and draft, the latest first. */
function listInModel(books: Books) {
  const total = (lines: readonly SentLine[]) =>
    written(
      lines.reduce((sum, { debit }) => sum + (debit ?? 0n), 0n),
      books.scale,
    );
  const posted = books.entries.map(({ id, number, date, memo, reference, lines }) => ({
    ...{ id, number, status: statusOf(books, id), entry_date: date, memo, reference },
    total: total(lines),
  }));
  const drafts = books.drafts.map(({ id, date, memo, reference, lines }) => ({
    ...{ id, number: null, status: 'draft', entry_date: date, memo, reference },
    total: total(lines),
  }));
  return [...posted, ...drafts].toSorted((one, other) =>
    `${one.entry_date} ${one.id}` < `${other.entry_date} ${other.id}` ? 1 : -1,
  );
}

async function compareList(tx: TenantTx, books: Books, size: number): Promise<void> {
  const expected = listInModel(books);
  const listed: unknown[] = [];
  for (let page = 1; listed.length < expected.length || page === 1; page += 1) {
    const { count, results } = await listEntries(tx, {}, pageNumber(page, size * 5));
    assert.equal(count, expected.length);
    for (const { id, number, status, entry_date, memo, reference, total } of results)
      listed.push({ id, number, status, entry_date, memo, reference, total });
    if (results.length === 0) break;
  }
  assert.deepEqual(listed, expected, 'the list of entries');
}

async function compareEntry(tx: TenantTx, books: Books, number: number): Promise<void> {
  const expected = pick([...books.entries, ...books.drafts], number);
  if (!expected) return;
  const entry = await getEntry(tx, expected.id);
  // A draft keeps a zero that somebody has typed; what is posted has one side.
  const blank = 'number' in expected ? 0n : null;
  const amount = (parts: bigint | null) =>
    parts === null || parts === blank ? null : written(parts, books.scale);
  const lines = entry?.lines.map(({ account, debit, credit, memo }) => [account, debit, credit, memo]);
  const inModel = expected.lines.map(({ account, debit, credit, memo }) => [
    account,
    amount(debit),
    amount(credit),
    memo,
  ]);
  assert.deepEqual(lines, inModel, `lines of ${expected.id}`);
  const posted = books.entries.find((each) => each.id === expected.id);
  if (!posted) return;
  const reversedBy = books.entries.find(({ reverses }) => reverses === posted.id);
  assert.deepEqual(
    [entry?.series, entry?.reverses?.id ?? null, entry?.reversed_by?.id ?? null],
    [posted.series, posted.reverses, reversedBy?.id ?? null],
    `what ${posted.number} is`,
  );
}

async function compareChartAndCalendar(tx: TenantTx, books: Books): Promise<void> {
  const accounts = await listAccounts(tx);
  const chart = accounts.map(({ code, name, type, category, parent, group, active }) => ({
    ...{ code, name, type, category, parent, group, active },
  }));
  assert.deepEqual(byCode(chart), byCode(books.accounts), 'the chart');
  const periods = await listPeriods(tx);
  assert.deepEqual(
    periods.map((period) => [period.fiscal_year, period.starts_on, period.ends_on, period.status]),
    books.periods.map(({ year, from, to, status }) => [year, from, to, status]),
  );
  const years = await listFiscalYears(tx);
  assert.deepEqual(
    years.map(({ name, starts_on, ends_on, status, closing_entry }) => [
      ...[name, starts_on, ends_on, status],
      closing_entry?.id ?? null,
    ]),
    yearsOf(books).map(({ name, from, to }) => [
      ...[name, from, to, books.closed.has(name) ? 'closed' : 'open'],
      books.closed.get(name) ?? null,
    ]),
    'the fiscal years',
  );
}

/** Fails where product and model differ, seen from the probe. */
export async function compareBooks({ company, books }: World, look: Probe): Promise<void> {
  await company.run(async (tx) => {
    const [from, to] = [dayOf(books, look.from), addDays(dayOf(books, look.to), look.off)];
    await compareTrialBalance(tx, books, from, look.size % 2 === 0);
    await compareTrialBalance(tx, books, to, look.size % 2 === 1);
    const account = pick(books.accounts, look.account);
    if (account) await compareLedger(tx, books, account.code, [from, to]);
    await compareStatements(tx, books, [from, to]);
    await compareList(tx, books, look.size);
    await compareEntry(tx, books, look.entry);
    await compareChartAndCalendar(tx, books);
  });
}

/** Fails when `himalytix verify` would find something. */
export async function proveBooks({ house, company }: World): Promise<void> {
  const verdicts = await inTenant(house.db, company.tenant, systemActor, verifyBooks, { snapshot: true });
  assert.deepEqual(
    verdicts.filter(({ breaches }) => breaches > 0),
    [],
  );
}
