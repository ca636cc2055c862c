// Follows every figure of every statement on random books to its lines, now and as it was known at moments before.
// The books have dimensions, foreign currency, closed and reopened years, and a chart that changes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import { addDays, daysBetween } from '#lib/dates';
import { formatAmount, unitsOf } from '#lib/money';
import { inTenant, systemActor, type TenantTx } from '#lib/tenant-tx';
import { createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { assertBooksHold } from '#test/invariants';
import { linesBehind } from '#test/lines-behind';
import { type Account, listAccounts } from '../accounts/account.ts';
import { createAccount, deleteAccount, updateAccount } from '../accounts/keep-accounts.ts';
import type { EntryInput } from '../journal/entry.ts';
import { balanceSheet } from './balance-sheet.ts';
import { cashFlow } from './cash-flow.ts';
import type { StatementQuery } from './prepare-statement.ts';
import { profitAndLoss } from './profit-and-loss.ts';
import { readChart } from './read-sums.ts';
import { comparisons } from './report-dates.ts';
import type { Figure, Statement } from './statement.ts';
import { type Sides, trialBalanceColumns } from './trial-balance-columns.ts';

let house: TestHouse;
let company: TestCompany;

/** A moment, and the chart as it was then; null for now. */
type Moment = { knownOn: string | null; chart: Account[] };
const moments: Moment[] = [];

const codes = [
  '1010',
  '1020',
  '1110',
  '1210',
  '1540',
  '1545',
  '2010',
  '2510',
  '3010',
  '4010',
  '5010',
  '6110',
  '6510',
];
const branches = ['KTM', 'PKR'];
const regions = ['N', 'S'];

const read = <T>(work: (tx: TenantTx) => Promise<T>) =>
  inTenant(house.db, company.tenant, systemActor, work, { snapshot: true });

before(async () => {
  house = await openTestHouse(2);
  company = await createCompany(house.db, { years: 2 });
  await company.run(async ({ db }) => {
    const of = (category: string, ...some: string[]) =>
      db.updateTable('accounts').set({ category }).where('code', 'in', some).execute();
    await of('fixed_asset', '1540', '1545');
    await of('depreciation', '6510');
    await of('loan', '2510');
    await of('cost_of_sales', '5010');
    await sql`insert into dimensions (code, name) values ('region', 'Region')`.execute(db);
    await sql`insert into dimension_values (dimension_id, code, name)
      select d.id, v.code, v.code from dimensions d join (values ('branch', 'KTM'), ('branch', 'PKR'), ('region', 'N'),
        ('region', 'S')) v (dimension, code) on v.dimension = d.code`.execute(db);
  });
});
after(() => house.close());

const day = (from: string, to: string) => fc.nat(daysBetween(from, to)).map((days) => addDays(from, days));
const someDay = fc.oneof(
  day('2024-01-01', '2025-12-31'),
  fc.constantFrom('2024-01-31', '2024-12-31', '2025-01-01'),
);

const line = fc.record({
  account: fc.constantFrom(...codes),
  units: fc.integer({ min: 1, max: 10 ** 7 }),
  debit: fc.boolean(),
  branch: fc.option(fc.constantFrom(...branches)),
  region: fc.option(fc.constantFrom(...regions)),
  foreign: fc.boolean(),
});

const entry = fc
  .record({
    entry_date: someDay,
    lines: fc.array(line, { minLength: 1, maxLength: 4 }),
    last: fc.constantFrom(...codes),
  })
  .map(({ entry_date, lines, last }): EntryInput => {
    const made = lines.map(({ account, units, debit, branch, region, foreign }) => ({
      account,
      [debit ? 'debit' : 'credit']: formatAmount(BigInt(units), 2),
      ...(foreign && { currency: 'EUR', rate: '1' }),
      dimensions: { ...(branch && { branch }), ...(region && { region }) },
    }));
    const net = lines.reduce((sum, { units, debit }) => sum + BigInt(debit ? units : -units), 0n);
    const rest = net > 0n ? { credit: formatAmount(net, 2) } : { debit: formatAmount(-net, 2) };
    return { entry_date, memo: 'random', lines: net === 0n ? made : [...made, { account: last, ...rest }] };
  })
  .filter(({ lines }) => lines.length > 1);

const sumBehind = (link: string, { chart }: Moment) => linesBehind(house, company, link, chart);

async function checkFigure(figure: Figure, side: 'debit' | 'credit', moment: Moment): Promise<void> {
  let net = 0n;
  for (const link of figure.links ?? [figure.link ?? '']) {
    const { debit, credit } = await sumBehind(link, moment);
    net += side === 'debit' ? debit - credit : credit - debit;
  }
  assert.equal(figure.amount, formatAmount(net, 2), JSON.stringify(figure));
}

async function checkStatement(statement: Statement, moment: Moment): Promise<void> {
  for (const { side, rows, figures } of statement.sections) {
    const all = [...rows.flatMap((row) => row.figures), ...figures];
    for (const figure of all) if (figure) await checkFigure(figure, side, moment);
  }
  const whole = statement.columns.flatMap(({ part, time }, at) =>
    part === 'all' && time === 'current' ? [at] : [],
  );
  for (const { figures } of statement.sections) {
    const units = (at: number) => unitsOf(figures[at]?.amount ?? '0', 2);
    const parts = statement.columns.flatMap(({ part, time }, at) =>
      part !== 'all' && time === 'current' ? [at] : [],
    );
    if (parts.length > 0)
      assert.equal(
        parts.reduce((sum, at) => sum + units(at), 0n),
        units(whole[0] ?? 0),
      );
  }
}

async function checkSides(sides: Sides | undefined, moment: Moment, isMovement: boolean): Promise<void> {
  if (!sides) return;
  let [debit, credit] = [0n, 0n];
  for (const link of sides.links ?? [sides.link ?? '']) {
    const sums = await sumBehind(link, moment);
    debit += sums.debit;
    credit += sums.credit;
  }
  if (isMovement)
    assert.deepEqual(
      [sides.debit, sides.credit],
      [debit, credit].map((units) => formatAmount(units, 2)),
    );
  else assert.equal(unitsOf(sides.debit, 2) - unitsOf(sides.credit, 2), debit - credit);
}

async function checkTrialBalance(
  query: StatementQuery,
  from: string,
  asOf: string,
  moment: Moment,
): Promise<void> {
  const report = await read((tx) => trialBalanceColumns(tx, { ...query, from, asOf, closing: true }));
  const unclosed = await read((tx) =>
    trialBalanceColumns(tx, { ...query, from: null, asOf, closing: false }),
  );
  for (const { figures } of unclosed.rows)
    for (const figure of figures) await checkSides(figure?.closing, moment, false);
  for (const { figures } of report.rows) {
    for (const figure of figures) {
      await checkSides(figure?.opening, moment, false);
      await checkSides(figure?.movement, moment, true);
      await checkSides(figure?.closing, moment, false);
    }
  }
  if (query.by !== null || Object.keys(query.dimensions).length > 0) return;
  const used = new Set(report.rows.map(({ account }) => account));
  for (const { code, group } of moment.chart.filter((account) => !account.group)) {
    const known = moment.knownOn === null ? '' : `&as_known_on=${encodeURIComponent(moment.knownOn)}`;
    const link = `/api/v1/reports/general-ledger/?account=${code}&to=${asOf}${known}`;
    const { debit, credit } = await sumBehind(link, moment);
    assert.equal(used.has(code), debit + credit !== 0n && !group, `${code} is listed where it was used`);
  }
  assert.equal(report.totals.debit, report.totals.credit);
}

const query = fc.record({
  range: fc.tuple(someDay, someDay).map((pair) => pair.sort() as [string, string]),
  compare: fc.option(fc.constantFrom(...comparisons)),
  layout: fc.constantFrom('flat' as const, 'tree' as const),
  scope: fc.constantFrom<Pick<StatementQuery, 'by' | 'dimensions'>>(
    { by: null, dimensions: {} },
    { by: null, dimensions: {} },
    { by: null, dimensions: { branch: 'KTM' } },
    { by: null, dimensions: { region: 'S' } },
    { by: null, dimensions: { branch: 'PKR', region: 'N' } },
    { by: 'branch', dimensions: {} },
    { by: 'region', dimensions: {} },
    { by: 'region', dimensions: { branch: 'KTM' } },
  ),
  moment: fc.nat(),
});

async function takeMoment(): Promise<void> {
  const { rows } = await house.superuser.query<{ at: string }>(
    `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`,
  );
  moments.push({ knownOn: rows[0]?.at ?? '', chart: await read((tx) => listAccounts(tx)) });
}

const closeYear = async ({ db }: TenantTx) =>
  void (await sql`select close_year('2024', gen_random_uuid(), null)`.execute(db));
const reopenYear = async ({ db }: TenantTx) => {
  await sql`select reopen_year('2024', gen_random_uuid(), 'forgotten')`.execute(db);
  await sql`select set_period_status(id, 'open', 'forgotten') from periods where status = 'closed'`.execute(
    db,
  );
};

/** What happens between two rounds of postings. */
const changes: ((tx: TenantTx) => Promise<unknown>)[] = [
  async (tx) => {
    await updateAccount(tx, '1110', { name: 'Debtors' }, null);
    await createAccount(tx, { code: '1900', name: 'New group', type: 'asset', parent: '1000', group: true });
    await createAccount(tx, { code: '1910', name: 'Moved once', type: 'asset', parent: '1900' });
  },
  async (tx) => {
    await closeYear(tx);
    await updateAccount(tx, '1210', { parent: '1900' }, null);
    await updateAccount(tx, '1110', { name: 'Debtors again' }, null);
  },
  async (tx) => {
    await reopenYear(tx);
    await updateAccount(tx, '1210', { parent: '1200' }, null);
    await deleteAccount(tx, '1910');
    await deleteAccount(tx, '1900');
  },
  async (tx) => {
    await createAccount(tx, { code: '1900', name: 'Another', type: 'asset', parent: '1500' });
    await updateAccount(tx, '1110', { name: 'Receivables' }, null);
    await closeYear(tx);
  },
];

test('every figure of every statement is the sum of the lines that its link names', async () => {
  await takeMoment();
  for (const [round, change] of changes.entries()) {
    const entries = fc.sample(entry, { numRuns: 12, seed: 4711 + round });
    const open = round === 2 ? entries.filter(({ entry_date }) => entry_date >= '2025') : entries;
    await company.post(...open);
    await company.run(change);
    await takeMoment();
  }
  const chart = await read((tx) => listAccounts(tx));
  const now: Moment = { knownOn: null, chart };
  await fc.assert(
    fc.asyncProperty(query, async ({ range: [from, to], compare, layout, scope, moment: nth }) => {
      const moment = [now, ...moments][nth % (moments.length + 1)] ?? now;
      const asked = { ...scope, compare, layout, zero: false, knownOn: moment.knownOn };
      await checkTrialBalance(asked, from, to, moment);
      const sheet = await read((tx) => balanceSheet(tx, to, asked));
      assert.ok(sheet.balanced);
      await checkStatement(sheet, moment);
      await checkStatement(await read((tx) => profitAndLoss(tx, { from, to }, asked)), moment);
      for (const method of ['direct', 'indirect'] as const) {
        const flow = await read((tx) => cashFlow(tx, { from, to }, method, asked));
        assert.ok(flow.balanced, method);
        await checkStatement(flow, moment);
      }
    }),
    { numRuns: 10 },
  );
  await assertBooksHold(house, company);
});

test('the chart is told as it was at each moment', async () => {
  for (const { knownOn, chart } of moments) {
    const known = await read((tx) => readChart(tx, { knownOn }));
    const codeOf = new Map(known.map(({ id, code }) => [id, code]));
    const told = known.map(({ code, name, type, category, parent_id, is_group }) =>
      [code, name, type, category, codeOf.get(parent_id ?? 0) ?? null, is_group].join('|'),
    );
    const was = chart.map(({ code, name, type, category, parent, group }) =>
      [code, name, type, category, parent, group].join('|'),
    );
    assert.deepEqual(told.sort(), was.sort());
  }
});
