// Proves for random ledgers that an import reproduces the sum of every account, however the rows are mixed.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { formatAmount } from '#lib/money';
import { createCompany, openTestHouse, type TestHouse } from '#test/company';
import { trialBalance } from '../reports/trial-balance.ts';
import { importJournal } from './import-journal.ts';
import { readJournalFile } from './read-journal-file.ts';

let house: TestHouse;
before(async () => {
  house = await openTestHouse();
});
after(() => house.close());

type Line = { account: string; units: bigint };

const account = fc.constantFrom(
  'Assets:Cash',
  'Assets:Cash:Till',
  'Liabilities:Owed, "perhaps"',
  'Equity',
  'Income:Küche & Söhne',
  'Expenses:Food',
  'Expenses:Food:नगद:X',
);

// Lines of random sides and sizes, and one more that balances them.
const entry = fc
  .array(
    fc.record({
      account,
      units: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }).filter((units) => units !== 0n),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((lines): Line[] => {
    const rest = -lines.reduce((sum, line) => sum + line.units, 0n);
    return rest === 0n ? lines : [...lines, { account: 'Equity:Balancing', units: rest }];
  })
  .filter((lines) => lines.length > 1);

const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;

function rowsOf(lines: readonly Line[], key: number): string[] {
  const date = `202${4 + (key % 2)}-0${1 + (key % 9)}-15`;
  return lines.map((line) => {
    const amount = formatAmount(line.units < 0n ? -line.units : line.units, 2);
    const sides = line.units > 0n ? `${amount},` : `0.00,${amount}`;
    return [key, date, cell(`Memo, "${key}"`), cell(line.account), sides].join(',');
  });
}

test('whatever balanced ledger is imported, its trial balance has the sum of each account', async () => {
  const ledger = fc.tuple(fc.array(entry, { minLength: 1, maxLength: 12 }), fc.infiniteStream(fc.double()));
  await fc.assert(
    fc.asyncProperty(ledger, async ([entries, order]) => {
      const rows = entries.flatMap(rowsOf).map((row) => ({ row, at: order.next().value ?? 0 }));
      const mixed = rows.toSorted((one, other) => one.at - other.at).map(({ row }) => row);
      const text = ['entry,date,memo,account,debit,credit', ...mixed].join('\r\n');
      const { run } = await createCompany(house.db, { chart: 'none' });
      const report = await run(async (tx) => {
        const file = await readJournalFile(Readable.from([Buffer.from(text)]), 2);
        await importJournal(tx, file, { createAccounts: true });
        return await trialBalance(tx, '2025-12-31', { settled: true });
      });
      const sums = new Map<string, bigint>();
      for (const line of entries.flat()) sums.set(line.account, (sums.get(line.account) ?? 0n) + line.units);
      const expected = [...sums].map(([code, units]) => [code, formatAmount(units, 2)]);
      const actual = report.rows.map(({ account: code, debit, credit }) => [
        code,
        credit === '0.00' ? debit : `-${credit}`,
      ]);
      assert.deepEqual(actual.toSorted(), expected.toSorted());
      assert.equal(report.totals.debit, report.totals.credit);
    }),
    { numRuns: 15 },
  );
});
