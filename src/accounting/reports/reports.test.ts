// Compares the reports, which read kept balances, with plain sums over all lines, on random ledgers and random days.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { addDays, daysBetween } from '#lib/dates';
import { formatAmount, unitsOf } from '#lib/money';
import { inTenant, systemActor } from '#lib/tenant-tx';
import { createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { assertBooksHold } from '#test/invariants';
import { openFiscalYears } from '../fiscal-years/fiscal-year.ts';
import type { EntryInput } from '../journal/entry.ts';
import { generalLedger } from './general-ledger.ts';
import { trialBalance } from './trial-balance.ts';

let house: TestHouse;
let company: TestCompany;

before(async () => {
  house = await openTestHouse(2);
  company = await createCompany(house.db, { years: 2 });
  // A year without a fiscal year lies between.
  await company.run((tx) => openFiscalYears(tx, '2027-04-01', 1));
});

after(() => house.close());

const codes = ['1010', '1020', '1110', '1210', '2010', '3010', '4010', '5010', '6010'];
const day = (from: string, to: string) => fc.nat(daysBetween(from, to)).map((days) => addDays(from, days));
const openDay = fc.oneof(day('2024-01-01', '2025-12-31'), day('2027-04-01', '2028-03-31'));
const anyDay = fc.oneof(
  day('2023-06-01', '2028-12-31'),
  openDay,
  fc.constantFrom('2024-01-31', '2024-02-01', '2025-12-31'),
);

const entry = fc
  .record({
    entry_date: openDay,
    sides: fc.array(
      fc.record({
        account: fc.constantFrom(...codes),
        units: fc.integer({ min: 1, max: 10 ** 9 }),
        debit: fc.boolean(),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    last: fc.constantFrom(...codes),
  })
  .map(({ entry_date, sides, last }): EntryInput => {
    const lines = sides.map(({ account, units, debit }) => ({
      account,
      [debit ? 'debit' : 'credit']: formatAmount(BigInt(units), 2),
    }));
    const net = sides.reduce((sum, { units, debit }) => sum + BigInt(debit ? units : -units), 0n);
    const rest = net > 0n ? { credit: formatAmount(net, 2) } : { debit: formatAmount(-net, 2) };
    return { entry_date, memo: 'random', lines: net === 0n ? lines : [...lines, { account: last, ...rest }] };
  })
  .filter(({ lines }) => lines.length > 1);

/** Each account's debits less its credits up to a day, and from another on, by plain sums. */
async function plainSums(from: string, to: string): Promise<Map<string, bigint>> {
  const { schema } = company.tenant;
  const { rows } = await house.superuser.query<{ code: string; net: string }>(
    `select a.code, sum(l.debit - l.credit)::numeric(30, 2)::text as net from ${schema}.journal_lines l
     join ${schema}.accounts a on a.id = l.account_id where l.entry_date between $1 and $2 group by a.code order by a.code`,
    [from, to],
  );
  return new Map(rows.map(({ code, net }) => [code, unitsOf(net, 2)]));
}

const snapshot = <T>(work: Parameters<typeof inTenant<T>>[3]) =>
  inTenant(house.db, company.tenant, systemActor, work, { snapshot: true });

async function checkTrialBalance(asOf: string): Promise<void> {
  const expected = [...(await plainSums('1900-01-01', asOf))].filter(([, net]) => net !== 0n);
  const { rows, totals } = await snapshot((tx) => trialBalance(tx, asOf));
  assert.deepEqual(
    rows.map((row) => [row.account, unitsOf(row.debit, 2) - unitsOf(row.credit, 2)]),
    expected,
  );
  for (const row of rows) assert.ok(row.debit === '0.00' || row.credit === '0.00');
  assert.equal(totals.debit, totals.credit);
}

async function checkLedger(account: string, below: string[], from: string, to: string): Promise<void> {
  const sum = (sums: Map<string, bigint>) =>
    below.reduce((total, code) => total + (sums.get(code) ?? 0n), 0n);
  const ledger = await snapshot((tx) => generalLedger(tx, { account, from, to }));
  const units = (text: string) => unitsOf(text, 2);
  assert.equal(units(ledger.opening), sum(await plainSums('1900-01-01', addDays(from, -1))), 'opening');
  assert.equal(units(ledger.closing), sum(await plainSums('1900-01-01', to)), 'closing');
  let balance = units(ledger.opening);
  let last = from;
  for (const line of ledger.lines) {
    balance += units(line.debit) - units(line.credit);
    assert.equal(units(line.balance), balance);
    assert.ok(below.includes(line.account) && line.entry_date >= last && line.entry_date <= to);
    last = line.entry_date;
  }
  assert.equal(units(ledger.closing), balance);
  assert.equal(units(ledger.totals.debit) - units(ledger.totals.credit), balance - units(ledger.opening));
}

test('on any day of a random ledger, the reports are what plain sums over all lines are', async () => {
  const days = fc.tuple(anyDay, anyDay).map((pair) => pair.sort() as [string, string]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(entry, { minLength: 5, maxLength: 40 }),
      fc.array(days, { minLength: 4, maxLength: 6 }),
      async (entries, ranges) => {
        await company.post(...entries);
        for (const [from, to] of ranges) {
          await checkTrialBalance(to);
          await checkLedger('1010', ['1010'], from, to);
          await checkLedger('1000', ['1010', '1020', '1110', '1210'], from, to);
        }
      },
    ),
    { numRuns: 6 },
  );
  await assertBooksHold(house, company);
});

test('an account without a line has an empty ledger, and an unknown one none', async () => {
  const range = { from: '2024-01-01', to: '2024-12-31' };
  const ledger = await snapshot((tx) => generalLedger(tx, { account: '1545', ...range }));
  assert.deepEqual([ledger.opening, ledger.closing, ledger.lines], ['0.00', '0.00', []]);
  await assert.rejects(
    snapshot((tx) => generalLedger(tx, { account: 'none', ...range })),
    { kind: 'not-found' },
  );
});
