// Proves for random ledgers that what is exported has the balances of our own trial balance, to hledger and to an import.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { Readable } from 'node:stream';
import { after, before, type TestContext, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { addDays } from '#lib/dates';
import { inTenant, systemActor } from '#lib/tenant-tx';
import { cashSale, createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { propertyRuns } from '#test/property-runs';
import { type RandomLedger, randomLedger, storeChart, storeEntries } from '#test/random-ledger';
import { listAccounts } from '../accounts/account.ts';
import { importJournal } from '../import/import-journal.ts';
import { readJournalFile } from '../import/read-journal-file.ts';
import { trialBalance } from '../reports/trial-balance.ts';
import { type ExportOptions, exportLedger } from './export-ledger.ts';
import { hledgerNames } from './hledger-accounts.ts';

const FIRST_DAY = '2023-01-01';
const DAYS = ['2023-02-10', '2024-07-01', '2025-12-31'];
const runs = propertyRuns(4);

const installed = spawnSync('hledger', ['--version'], { encoding: 'utf8' });
const version = installed.status === 0 ? (/hledger [\d.]+/.exec(installed.stdout)?.[0] ?? 'hledger') : null;

let house: TestHouse;
before(async () => {
  house = await openTestHouse();
});
after(() => house.close());

const emptyCompany = (currency: string) =>
  createCompany(house.db, { chart: 'none', firstYear: FIRST_DAY, years: 3, currency });

async function exported({ tenant }: TestCompany, options: ExportOptions): Promise<string> {
  const work = async (tx: Parameters<typeof exportLedger>[0]) =>
    (await Array.fromAsync(exportLedger(tx, options))).join('');
  return await inTenant(house.db, tenant, systemActor, work, { snapshot: true });
}

type Balances = Record<string, string>;

/** What each account stands at on a day, by whatever name it is to have; debit is positive. */
async function balancesOf(
  { run }: TestCompany,
  day: string,
  nameOf = new Map<string, string>(),
): Promise<Balances> {
  const { rows } = await run((tx) => trialBalance(tx, day));
  return Object.fromEntries(
    rows.map(({ account, debit, credit }) => [
      nameOf.get(account) ?? account,
      /[1-9]/.test(debit) ? debit : `-${credit}`,
    ]),
  );
}

function hledger(journal: string, ...words: string[]): string {
  const env = { ...process.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' };
  const { status, stdout, stderr } = spawnSync('hledger', ['-f', '-', ...words], {
    input: journal,
    encoding: 'utf8',
    env,
  });
  assert.equal(status, 0, `${stderr}\n${journal}`);
  return stdout;
}

function balancesByHledger(journal: string, day: string): Balances {
  const csv = hledger(journal, 'bal', '-N', '--flat', '-e', addDays(day, 1), '-O', 'csv');
  const rows: string[][] = parse(csv, { from_line: 2 });
  return Object.fromEntries(rows.map(([name = '', amount = '']) => [name, amount.replace(/ [A-Z]{3}$/, '')]));
}

/** The same by adding up the lines that look like postings, which takes no hledger but proves less. */
function balancesByAdding(journal: string, day: string): Balances {
  const sums = new Map<string, bigint>();
  const decimals = new Map<string, number>();
  let date = '';
  for (const line of journal.split('\n')) {
    date = /^(\d{4}-\d\d-\d\d) \* \(/.exec(line)?.[1] ?? date;
    const [, name, whole = '', fraction = ''] =
      /^ {4}(?!;)(\S.*?) {2}(-?\d+)(?:\.(\d+))? [A-Z]{3}(?: {2};|$)/.exec(line) ?? [];
    if (name === undefined || date > day) continue;
    sums.set(name, (sums.get(name) ?? 0n) + BigInt(whole + fraction));
    decimals.set(name, fraction.length);
  }
  const shown = (name: string, sum: bigint) => {
    const scale = decimals.get(name) ?? 0;
    const digits = `${sum}`.replace('-', '').padStart(scale + 1, '0');
    const point = digits.length - scale;
    return `${sum < 0n ? '-' : ''}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ''}`;
  };
  return Object.fromEntries(
    [...sums].filter(([, sum]) => sum !== 0n).map(([name, sum]) => [name, shown(name, sum)]),
  );
}

const currency = fc.constantFrom('USD', 'JPY', 'KWD');

/** Stores a random ledger, exports it, and compares each account on several days with what a reader makes of it. */
async function sameBalances(
  reader: (journal: string, day: string) => Balances,
  also: (journal: string) => void = () => {},
): Promise<void> {
  const property = async (ledger: RandomLedger, code: string) => {
    const company = await emptyCompany(code);
    await storeEntries(company, ledger, await storeChart(company, ledger), FIRST_DAY);
    const names = hledgerNames(await company.run((tx) => listAccounts(tx)));
    const journal = await exported(company, { format: 'hledger' });
    also(journal);
    for (const day of DAYS)
      assert.deepEqual(reader(journal, day), await balancesOf(company, day, names), journal);
  };
  await fc.assert(fc.asyncProperty(randomLedger, currency, property), runs);
}

test('the lines of an exported journal add up to our balances', () => sameBalances(balancesByAdding));

const title =
  version === null
    ? 'hledger is NOT INSTALLED: only the shape of a journal is looked at, not what hledger makes of it'
    : `${version} finds no fault in an exported journal and computes our balances from it`;

test(title, async (context: TestContext) => {
  if (version === null) {
    context.diagnostic('hledger is missing, so its balances were not compared: apt-get install hledger');
    const journal = await exported(await emptyCompany('USD'), { format: 'hledger' });
    assert.match(journal, /^; \S+\ndecimal-mark \.\ncommodity 1000\.00 USD\n/);
    return;
  }
  await sameBalances(balancesByHledger, (journal) => {
    hledger(journal, 'check', '--strict', 'ordereddates');
  });
});

test('an exported CSV, imported into another company, gives the same balances and the same CSV', async () => {
  const property = async (ledger: RandomLedger, code: string) => {
    const [company, other] = [await emptyCompany(code), await emptyCompany(code)];
    await storeEntries(company, ledger, await storeChart(company, ledger), FIRST_DAY);
    await storeChart(other, ledger);
    const csv = await exported(company, { format: 'csv' });
    const file = await readJournalFile(Readable.from([Buffer.from(csv)]), other.tenant.currencyScale);
    if (file.entries.length === 0) return;
    await other.run((tx) => importJournal(tx, file));
    for (const day of DAYS) assert.deepEqual(await balancesOf(other, day), await balancesOf(company, day));
    const dateAndAccount = (text: string) =>
      (parse(text) as string[][]).map(([, date, , ...rest]) => [date, ...rest]);
    assert.deepEqual(dateAndAccount(await exported(other, { format: 'csv' })), dateAndAccount(csv));
  };
  await fc.assert(fc.asyncProperty(randomLedger, currency, property), runs);
});

test('an exported CSV holds no formula that a spreadsheet program would run, and is imported as it was', async () => {
  const memos = ['=1+1', "'=1+1", '+1', '-1', '@x', "it's"];
  const [company, other] = [await createCompany(house.db), await createCompany(house.db)];
  await company.post(...memos.map((memo) => cashSale('2024-01-10', '5.00', { memo })));
  const csv = await exported(company, { format: 'csv' });
  for (const line of parse(csv) as string[][])
    for (const cell of line) assert.doesNotMatch(cell, /^\s*[=+\-@]/);
  const file = await readJournalFile(Readable.from([Buffer.from(csv)]), 2);
  await other.run((tx) => importJournal(tx, file));
  const { rows } = await house.superuser.query<{ memo: string }>(
    `select memo from ${other.tenant.schema}.journal_entries order by memo`,
  );
  assert.deepEqual(rows.map(({ memo }) => memo).sort(), memos.toSorted());
});

test('the days that are asked for are exported and no others, and progress is told', async () => {
  const company = await createCompany(house.db, { chart: 'none', firstYear: FIRST_DAY, years: 3 });
  const posting = await storeChart(company, { accounts: [], entries: [] });
  const entries = ['2023-01-31', '2023-02-01', '2023-02-28', '2023-03-01'].map((entry_date) => ({
    entry_date,
    memo: '',
    lines: [
      { account: posting[0] ?? '', debit: '1' },
      { account: posting[0] ?? '', credit: '1' },
    ],
  }));
  await company.post(...entries);
  const told: string[] = [];
  const csv = await exported(company, {
    format: 'csv',
    from: '2023-02-01',
    to: '2023-02-28',
    onProgress: (done, total) => told.push(`${done}/${total}`),
  });
  const days = csv
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.split(',')[1]);
  assert.deepEqual([...new Set(days)], ['2023-02-01', '2023-02-28']);
  assert.deepEqual(told, ['0/2', '1/2', '2/2']);
  assert.match(
    await exported(company, { format: 'csv', from: '2023-03-01' }),
    /^entry.*\n.*03-01.*\n.*03-01.*\n$/,
  );
});
