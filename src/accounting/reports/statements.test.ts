// Holds the statements to books small enough to be added up by hand.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { inTenant, systemActor, type TenantTx } from '#lib/tenant-tx';
import { createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { openFiscalYears } from '../fiscal-years/fiscal-year.ts';
import { balanceSheet } from './balance-sheet.ts';
import { cashFlow } from './cash-flow.ts';
import type { StatementQuery } from './prepare-statement.ts';
import { profitAndLoss } from './profit-and-loss.ts';
import type { Statement } from './statement.ts';
import { trialBalanceColumns } from './trial-balance-columns.ts';

let house: TestHouse;
let company: TestCompany;

const plain: StatementQuery = {
  dimensions: {},
  by: null,
  knownOn: null,
  compare: null,
  layout: 'flat',
  zero: false,
};
const year = { from: '2024-01-01', to: '2024-12-31' };

const read = <T>(work: (tx: TenantTx) => Promise<T>, of: TestCompany = company) =>
  inTenant(house.db, of.tenant, systemActor, work, { snapshot: true });

const sectionOf = ({ sections }: Statement, key: string) => {
  const found = sections.find((section) => section.key === key);
  assert.ok(found, `there is a section ${key}`);
  return found;
};
const totalOf = (statement: Statement, key: string, column = 0) =>
  sectionOf(statement, key).figures[column]?.amount;
const rowsOf = (statement: Statement, key: string, column = 0) =>
  sectionOf(statement, key).rows.map(({ account, figures }) => [account, figures[column]?.amount]);

const entry = (entry_date: string, debit: string, credit: string, amount: string) => ({
  entry_date,
  memo: `${debit} from ${credit}`,
  lines: [
    { account: debit, debit: amount },
    { account: credit, credit: amount },
  ],
});

before(async () => {
  house = await openTestHouse(2);
  company = await createCompany(house.db, { years: 2 });
  await company.run(async ({ db }) => {
    await db
      .updateTable('accounts')
      .set({ category: 'fixed_asset' })
      .where('code', 'in', ['1540', '1545'])
      .execute();
    await db.updateTable('accounts').set({ category: 'depreciation' }).where('code', '=', '6510').execute();
    await db.updateTable('accounts').set({ category: 'loan' }).where('code', '=', '2510').execute();
    await db.updateTable('accounts').set({ category: 'cost_of_sales' }).where('code', '=', '5000').execute();
  });
  await company.post(
    entry('2024-01-02', '1020', '3010', '1000.00'),
    entry('2024-01-03', '1020', '2510', '500.00'),
    entry('2024-02-01', '1540', '1020', '300.00'),
    entry('2024-02-10', '1210', '2010', '200.00'),
    entry('2024-03-05', '1110', '4010', '450.00'),
    entry('2024-03-05', '5010', '1210', '120.00'),
    entry('2024-04-01', '1020', '1110', '400.00'),
    entry('2024-05-01', '2010', '1020', '150.00'),
    entry('2024-06-01', '1010', '1020', '50.00'),
    entry('2024-12-31', '6510', '1545', '60.00'),
    {
      entry_date: '2024-07-15',
      memo: 'Salaries, with tax kept back',
      lines: [
        { account: '6010', debit: '100.00' },
        { account: '2120', credit: '10.00' },
        { account: '1020', credit: '90.00' },
      ],
    },
    entry('2025-01-20', '1010', '4010', '75.00'),
  );
});
after(() => house.close());

describe('the statements of a year', () => {
  test('the balance sheet holds assets, liabilities, equity and the result not yet closed', async () => {
    const sheet = await read((tx) => balanceSheet(tx, '2024-12-31', plain));
    assert.deepEqual(rowsOf(sheet, 'assets'), [
      ['1010', '50.00'],
      ['1020', '1310.00'],
      ['1110', '50.00'],
      ['1210', '80.00'],
      ['1540', '300.00'],
      ['1545', '-60.00'],
    ]);
    assert.deepEqual(rowsOf(sheet, 'liabilities'), [
      ['2010', '50.00'],
      ['2120', '10.00'],
      ['2510', '500.00'],
    ]);
    assert.deepEqual(
      ['assets', 'liabilities', 'equity', 'result', 'liabilities_and_equity'].map((key) =>
        totalOf(sheet, key),
      ),
      ['1730.00', '560.00', '1000.00', '170.00', '1730.00'],
    );
    assert.equal(sheet.balanced, true);
  });

  test('as a tree, each group stands before its accounts with their sum', async () => {
    const sheet = await read((tx) => balanceSheet(tx, '2024-12-31', { ...plain, layout: 'tree' }));
    const rows = sectionOf(sheet, 'assets').rows.map((row) => [
      row.depth,
      row.account,
      row.figures[0]?.amount,
    ]);
    assert.deepEqual(rows.slice(0, 5), [
      [0, '1000', '1730.00'],
      [1, '1001', '1490.00'],
      [2, '1002', '1360.00'],
      [3, '1010', '50.00'],
      [3, '1020', '1310.00'],
    ]);
    const equity = sectionOf(sheet, 'equity').rows.map((row) => row.kind);
    assert.deepEqual(equity, ['group', 'account']);
  });

  test('profit and loss tells the gross and the net result', async () => {
    const result = await read((tx) => profitAndLoss(tx, year, plain));
    assert.deepEqual(
      result.sections.map(({ key, figures }) => [key, figures[0]?.amount]),
      [
        ['income', '450.00'],
        ['cost_of_sales', '120.00'],
        ['gross_result', '330.00'],
        ['expenses', '160.00'],
        ['net_result', '170.00'],
      ],
    );
  });

  test('the direct cash flow counts the other lines of entries that touch cash, and transfers not at all', async () => {
    const flow = await read((tx) => cashFlow(tx, year, 'direct', plain));
    assert.deepEqual(rowsOf(flow, 'operating'), [
      ['1110', '400.00'],
      ['2010', '-150.00'],
      ['2120', '10.00'],
      ['6010', '-100.00'],
    ]);
    assert.deepEqual(rowsOf(flow, 'investing'), [['1540', '-300.00']]);
    assert.deepEqual(rowsOf(flow, 'financing'), [
      ['2510', '500.00'],
      ['3010', '1000.00'],
    ]);
    assert.deepEqual(
      ['opening_cash', 'operating', 'investing', 'financing', 'change_in_cash', 'closing_cash'].map((key) =>
        totalOf(flow, key),
      ),
      ['0.00', '160.00', '-300.00', '1500.00', '1360.00', '1360.00'],
    );
    assert.equal(flow.balanced, true);
  });

  test('the indirect cash flow comes from the result to the same change in cash', async () => {
    const flow = await read((tx) => cashFlow(tx, year, 'indirect', plain));
    assert.equal(totalOf(flow, 'result'), '170.00');
    assert.deepEqual(rowsOf(flow, 'not_operating'), [['6510', '60.00']]);
    assert.deepEqual(rowsOf(flow, 'working_capital'), [
      ['1110', '-50.00'],
      ['1210', '-80.00'],
      ['2010', '50.00'],
      ['2120', '10.00'],
    ]);
    assert.deepEqual(
      ['operating', 'investing', 'financing', 'change_in_cash', 'closing_cash'].map((key) =>
        totalOf(flow, key),
      ),
      ['160.00', '-300.00', '1500.00', '1360.00', '1360.00'],
    );
    assert.equal(flow.balanced, true);
  });

  test('the trial balance between two days has opening, movement and closing', async () => {
    const query = { ...plain, from: '2024-04-01', asOf: '2024-06-30', closing: true };
    const report = await read((tx) => trialBalanceColumns(tx, query));
    const bank = report.rows.find(({ account }) => account === '1020');
    const sides = (of: { debit: string; credit: string } | undefined) => [of?.debit, of?.credit];
    const [figures] = bank?.figures ?? [];
    assert.deepEqual(sides(figures?.opening), ['1200.00', '0.00']);
    assert.deepEqual(sides(figures?.movement), ['400.00', '200.00']);
    assert.deepEqual(sides(figures?.closing), ['1400.00', '0.00']);
    const [totals] = report.totals.figures;
    assert.deepEqual(sides(totals?.movement), ['600.00', '600.00']);
    assert.equal(totals?.closing.debit, totals?.closing.credit);
  });

  test('zero=true lists accounts without any figure, too', async () => {
    const all = await read((tx) => balanceSheet(tx, '2024-12-31', { ...plain, zero: true }));
    assert.ok(rowsOf(all, 'assets').some(([account, amount]) => account === '1015' && amount === '0.00'));
  });

  test('a comparison adds a column, and a budget an empty one', async () => {
    const span = { from: '2025-01-01', to: '2025-01-31' };
    const before = await read((tx) => profitAndLoss(tx, span, { ...plain, compare: 'previous_year' }));
    assert.deepEqual(
      before.columns.map(({ time, from, to }) => [time, from, to]),
      [
        ['current', '2025-01-01', '2025-01-31'],
        ['previous_year', '2024-01-01', '2024-01-31'],
      ],
    );
    assert.deepEqual(
      [0, 1].map((at) => totalOf(before, 'net_result', at)),
      ['75.00', '0.00'],
    );
    const budget = await read((tx) => profitAndLoss(tx, span, { ...plain, compare: 'budget' }));
    assert.deepEqual(sectionOf(budget, 'net_result').figures[1], null);
  });
});

test('closing a year moves its result into equity; profit and loss goes on without the closing', async () => {
  const closed = await createCompany(house.db, { years: 2 });
  await closed.post(
    entry('2024-03-01', '1010', '4010', '90.00'),
    entry('2024-12-31', '6110', '1010', '30.00'),
  );
  const close = "select close_year('2024', gen_random_uuid(), null)";
  await closed.run(({ db }) =>
    db.executeQuery({ sql: close, parameters: [], query: { kind: 'RawNode' } } as never),
  );
  const sheet = await read((tx) => balanceSheet(tx, '2024-12-31', plain), closed);
  assert.deepEqual(rowsOf(sheet, 'equity'), [['3100', '60.00']]);
  assert.equal(totalOf(sheet, 'result'), '0.00');
  const result = await read((tx) => profitAndLoss(tx, year, plain), closed);
  assert.equal(totalOf(result, 'net_result'), '60.00');
  const last = await read((tx) => profitAndLoss(tx, { from: '2024-12-15', to: '2024-12-31' }, plain), closed);
  assert.equal(totalOf(last, 'net_result'), '-30.00');
  const flow = await read((tx) => cashFlow(tx, year, 'indirect', plain), closed);
  assert.deepEqual(
    [totalOf(flow, 'result'), totalOf(flow, 'change_in_cash'), flow.balanced],
    ['60.00', '60.00', true],
  );
  const books = { ...plain, from: null, asOf: '2024-12-31' };
  const after = await read((tx) => trialBalanceColumns(tx, { ...books, closing: true }), closed);
  const before = await read((tx) => trialBalanceColumns(tx, { ...books, closing: false }), closed);
  const sales = (report: typeof after) => report.rows.find(({ account }) => account === '4010')?.credit;
  assert.deepEqual([sales(after), sales(before)], ['0.00', '90.00']);
});

test('an empty company and days outside of all years have statements of zeros', async () => {
  const empty = await createCompany(house.db, { years: 1, currency: 'JPY' });
  for (const to of ['1999-05-05', '2024-05-05', '2150-01-01']) {
    const sheet = await read((tx) => balanceSheet(tx, to, { ...plain, compare: 'previous_year' }), empty);
    assert.deepEqual([totalOf(sheet, 'assets'), totalOf(sheet, 'liabilities_and_equity', 1)], ['0', '0']);
    for (const method of ['direct', 'indirect'] as const) {
      const compare = 'previous_period' as const;
      const flow = await read((tx) => cashFlow(tx, { from: to, to }, method, { ...plain, compare }), empty);
      assert.deepEqual([totalOf(flow, 'closing_cash'), flow.balanced], ['0', true]);
    }
  }
});

test('a company by Bikram Sambat compares with the same months of its year before', async () => {
  const nepali = await createCompany(house.db, {
    calendar: 'bikram_sambat',
    currency: 'NPR',
    chart: 'nepal',
    firstYear: '2023-07-17',
    years: 2,
  });
  await nepali.run((tx) => openFiscalYears(tx, '2025-07-17', 1));
  const periods = await read(
    async ({ db }) => await db.selectFrom('periods').selectAll().orderBy('starts_on').execute(),
    nepali,
  );
  const [shrawan, sameBefore] = [periods[12], periods[0]];
  const span = { from: String(shrawan?.starts_on), to: String(shrawan?.ends_on) };
  const result = await read((tx) => profitAndLoss(tx, span, { ...plain, compare: 'previous_year' }), nepali);
  assert.deepEqual(
    [result.columns[1]?.from, result.columns[1]?.to],
    [sameBefore?.starts_on, sameBefore?.ends_on],
  );
});
