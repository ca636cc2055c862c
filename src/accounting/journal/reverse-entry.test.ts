// Reverses entries of every kind and looks for the exact mirror, once, on the day that was asked for.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { cashSale, createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { assertBooksHold } from '#test/invariants';
import { setPeriodStatus } from '../fiscal-years/set-period-status.ts';
import type { EntryInput } from './entry.ts';
import { getEntry } from './read-entries.ts';
import { reverseEntry } from './reverse-entry.ts';

let house: TestHouse;
let company: TestCompany;

before(async () => {
  house = await openTestHouse();
  company = await createCompany(house.db);
  await company.run((tx) =>
    sql`insert into dimension_values (dimension_id, code, name) select id, 'KTM', 'Kathmandu' from dimensions where code = 'branch'`.execute(
      tx.db,
    ),
  );
});
after(async () => {
  await assertBooksHold(house, company);
  await house.close();
});

async function linesOf(id: string) {
  const entry = await company.run((tx) => getEntry(tx, id));
  return (entry?.lines ?? []).map(({ line: _, account_name: __, ...line }) => line);
}

/** Posts an entry, reverses it, and expects each line on its other side with all else alike. */
async function mirrors(entry: EntryInput): Promise<string> {
  const [id = ''] = await company.post(entry);
  const reversal = await company.run((tx) => reverseEntry(tx, id));
  const expected = (await linesOf(id)).map(({ debit, credit, base_debit, base_credit, ...line }) => ({
    ...line,
    debit: credit,
    credit: debit,
    base_debit: base_credit,
    base_credit: base_debit,
  }));
  assert.deepEqual(
    (await linesOf(reversal.id)).map((line) => ({ ...line })),
    expected.map((line) => ({ ...line })),
  );
  return reversal.id;
}

const entryOf = (lines: EntryInput['lines'], entry_date = '2024-03-03'): EntryInput => ({
  entry_date,
  memo: 'An entry',
  lines,
});

test('a line in another currency is reversed at its own rate and value, whatever the rate is by then', async () => {
  await mirrors(
    entryOf([
      { account: '1010', debit: '33.33', currency: 'EUR', rate: '1.0837' },
      { account: '4010', credit: '36.12' },
    ]),
  );
  await mirrors(
    entryOf([
      { account: '1010', debit: '3', currency: 'JPY', base_debit: '0.02' },
      { account: '4010', credit: '0.02' },
    ]),
  );
  await company.run((tx) =>
    sql`insert into exchange_rates (currency, rate_date, rate) values ('GBP', '2024-01-01', 1.3)`.execute(
      tx.db,
    ),
  );
  await mirrors(
    entryOf([
      { account: '1010', debit: '10', currency: 'GBP' },
      { account: '4010', credit: '10', currency: 'GBP' },
    ]),
  );
});

test('a line that only adjusts the value of another currency is reversed without an amount', async () => {
  const id = await mirrors(
    entryOf([
      { account: '1010', currency: 'EUR', base_debit: '5' },
      { account: '4010', credit: '5' },
    ]),
  );
  const [adjusted] = await linesOf(id);
  assert.deepEqual(
    [adjusted?.currency, adjusted?.credit, adjusted?.rate, adjusted?.base_credit],
    ['EUR', '0.00', null, '5.00'],
  );
});

test('dimensions go with the lines, also a value that is no longer active or was not yet required', async () => {
  const sale = entryOf([
    { account: '1010', debit: '5', dimensions: { branch: 'KTM' } },
    { account: '4010', credit: '5' },
  ]);
  await mirrors(sale);
  const [id = ''] = await company.post(sale);
  await company.run(async (tx) => {
    await sql`update dimension_values set is_active = false`.execute(tx.db);
    await sql`insert into required_dimensions (account_id, dimension_id)
      select a.id, d.id from accounts a, dimensions d where a.code = '4010' and d.code = 'branch'`.execute(
      tx.db,
    );
  });
  const reversal = await company.run((tx) => reverseEntry(tx, id));
  assert.deepEqual(
    (await linesOf(reversal.id)).map(({ dimensions }) => dimensions),
    [{ branch: 'KTM' }, {}],
  );
  await company.run((tx) => sql`delete from required_dimensions`.execute(tx.db));
});

test('an entry of a closed period is reversed on a day of an open one, and not on its own', async () => {
  const [id = ''] = await company.post(cashSale('2024-06-15', '9'));
  const { rows } = await company.run((tx) =>
    sql<{ id: number }>`select id from periods where starts_on = '2024-06-01'`.execute(tx.db),
  );
  await company.run((tx) => setPeriodStatus(tx, rows[0]?.id ?? 0, 'closed'));
  await assert.rejects(
    company.run((tx) => reverseEntry(tx, id)),
    { code: 'accounting/period-closed' },
  );
  const reversal = await company.run((tx) =>
    reverseEntry(tx, id, { entry_date: '2024-07-01', memo: 'A mistake of June' }),
  );
  const entry = await company.run((tx) => getEntry(tx, reversal.id));
  assert.deepEqual(
    [entry?.entry_date, entry?.memo, entry?.reverses?.id],
    ['2024-07-01', 'A mistake of June', id],
  );
});

test('an entry is reversed once, however many ask at the same time; the reversal may be reversed in its turn', async () => {
  const [id = ''] = await company.post(cashSale('2024-08-01', '4'));
  const asked = await Promise.allSettled(
    [1, 2, 3, 4, 5].map(() => company.run((tx) => reverseEntry(tx, id))),
  );
  const refused = asked.flatMap((each) => (each.status === 'rejected' ? [each.reason.code] : []));
  assert.deepEqual(refused, Array(4).fill('accounting/already-reversed'));
  const first = await company.run((tx) => getEntry(tx, id));
  const again = await company.run((tx) => reverseEntry(tx, first?.reversed_by?.id ?? ''));
  assert.deepEqual(await linesOf(again.id), await linesOf(id));
});
