// Runs the ledger verbs as a person does, against a real database and real files.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Command } from 'commander';
import { createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { ledgerCommand } from './ledger.ts';

const HEAD = 'entry,date,memo,account,debit,credit';
const JOURNAL = [
  HEAD,
  '1,2024-01-01,Opening,Assets:Bank,1000.00,',
  '1,2024-01-01,Opening,"Equity:Capital, paid",,1000.00',
  '2,2024-06-30,Loan,Assets:Bank,250.5,',
  '2,2024-06-30,Loan,Liabilities:Loan,,250.50',
  '3,2024-07-31,Loan repaid,Liabilities:Loan,250.50,',
  '3,2024-07-31,Loan repaid,Assets:Bank,,250.50',
  '',
].join('\n');

let house: TestHouse;
let folder: string;
before(async () => {
  house = await openTestHouse();
  folder = await mkdtemp(join(tmpdir(), 'himalytix-ledger-'));
  process.env.DATABASE_URL = house.url;
});
after(async () => {
  await rm(folder, { recursive: true });
  await house.close();
});

type Output = { out: string; err: string; failure: string | null };

/** Runs `ledger …` and takes down what it writes and what it fails with. */
async function ledger(...words: string[]): Promise<Output> {
  const output: Output = { out: '', err: '', failure: null };
  const take = (part: 'out' | 'err') => (text: string) => {
    output[part] += text;
  };
  const screen = { stdout: { write: take('out') }, stderr: { write: take('err') } };
  const program = new Command().exitOverride().configureOutput({ writeErr: screen.stderr.write });
  program.addCommand(ledgerCommand(screen));
  for (const command of program.commands[0]?.commands ?? []) command.copyInheritedSettings(program);
  try {
    await program.parseAsync(['node', 'himalytix', 'ledger', ...words]);
  } catch (error) {
    output.failure = error instanceof Error ? error.message : String(error);
  }
  return output;
}

async function fileOf(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const slugOf = ({ tenant }: TestCompany) => tenant.slug;

describe('ledger import', () => {
  test('tells what was posted, and refuses the same file again', async () => {
    const slug = slugOf(await createCompany(house.db, { chart: 'none' }));
    const path = await fileOf('journal.csv', JOURNAL);
    const first = await ledger('import', '--tenant', slug, path, '--create-accounts');
    assert.equal(first.failure, null);
    assert.match(first.out, /^imported 3 entries with 6 lines, 2024-01-01 to 2024-07-31 into \S+ in \d/);
    assert.match(first.out, /^ {2}numbered JV-2024-000001 to JV-2024-000003$/m);
    assert.match(first.out, /^ {2}created 6 accounts$/m);
    assert.match(first.err, /^3 of 3 entries checked in [\d.]+ s\n$/);
    const again = await ledger('import', '--tenant', slug, path);
    assert.equal(again.out, '');
    assert.equal(
      again.failure,
      '3 of 3 entries were imported before; use --skip-existing to import only what is new; nothing was imported',
    );
    const skipped = await ledger('import', '--tenant', slug, path, '--skip-existing');
    assert.equal(skipped.failure, null);
    assert.match(skipped.out, /imported 0 entries.*\n {2}skipped 3 entries imported before\n$/);
  });

  test('a dry run says that nothing was stored', async () => {
    const slug = slugOf(await createCompany(house.db, { chart: 'none' }));
    const path = await fileOf('dry.csv', JOURNAL);
    const { out } = await ledger('import', '--tenant', slug, path, '--create-accounts', '--dry-run');
    assert.match(out, /^would import 3 entries.*\n {2}would create 6 accounts\n.*nothing was stored\n$/);
    assert.match(
      (await ledger('import', '--tenant', slug, path)).failure ?? '',
      /6 faults; nothing was imported/,
    );
  });

  test('faults come one a line, with advice and a count', async () => {
    const slug = slugOf(await createCompany(house.db, { chart: 'none' }));
    const rows = [HEAD, '1,2019-01-01,m,Assets:Bank,1,', '1,2019-01-01,m,Equity,,x', ''];
    const { err, failure } = await ledger(
      'import',
      '--tenant',
      slug,
      await fileOf('bad.csv', rows.join('\n')),
    );
    const faults = err.split('\n').filter((line) => !line.includes(' checked in '));
    assert.deepEqual(faults, [
      'line 2: entry 1: 2019-01-01 lies in no fiscal period of the company',
      'line 2: there is no account Assets:Bank',
      'line 3: credit: "x" is not a decimal number such as "1234.50"',
      'line 3: there is no account Equity',
      'note: --create-accounts creates what is missing of paths such as Assets:Bank:Checking',
      'note: the company’s fiscal years are 2024 (2024-01-01 to 2024-12-31), 2025 (2025-01-01 to 2025-12-31)',
      '',
    ]);
    assert.equal(failure, 'the file has 4 faults; nothing was imported');
  });

  test('of thousands of faults the first 200 are told', async () => {
    const slug = slugOf(await createCompany(house.db, { chart: 'none' }));
    const rows = Array.from({ length: 1201 }, (_, index) => `${index},yesterday,m,Equity,1,`);
    const path = await fileOf('worse.csv', [HEAD, ...rows].join('\n'));
    const { err, failure } = await ledger('import', '--tenant', slug, path, '--create-accounts');
    assert.equal(err.match(/^line \d+: /gm)?.length, 200);
    assert.match(err, /^… and [\d,]+ more faults$/m);
    assert.match(failure ?? '', /^the file has \d,\d{3} faults; nothing was imported$/);
  });

  test('a file, a company or an option that is not there stops it with one line', async () => {
    const slug = slugOf(await createCompany(house.db, { chart: 'none' }));
    const absent = join(folder, 'absent.csv');
    assert.equal(
      (await ledger('import', '--tenant', slug, absent)).failure,
      `${absent}: there is no such file`,
    );
    assert.equal((await ledger('import', '--tenant', slug, folder)).failure, `${folder}: it is a folder`);
    assert.match((await ledger('import', '--tenant', 'nobody', absent)).failure ?? '', /no company "nobody"/);
    assert.match((await ledger('import', absent)).failure ?? '', /required option '--tenant <slug>'/);
  });
});

describe('ledger trial-balance', () => {
  let slug: string;
  before(async () => {
    slug = slugOf(await createCompany(house.db, { chart: 'none' }));
    const path = await fileOf('journal.csv', JOURNAL);
    assert.equal((await ledger('import', '--tenant', slug, path, '--create-accounts')).failure, null);
  });
  const show = (...words: string[]) => ledger('trial-balance', '--tenant', slug, ...words);

  test('CSV has each account net on one side, settled ones with neither', async () => {
    assert.equal(
      (await show('--as-of', '2024-12-31', '--format', 'csv')).out,
      'account,debit,credit\nAssets:Bank,1000.00,\n"Equity:Capital, paid",,1000.00\nLiabilities:Loan,,\n',
    );
  });

  test('it stands at the end of the day that is asked for', async () => {
    const before = await show('--as-of', '2024-06-29', '--format', 'csv');
    assert.equal(before.out, 'account,debit,credit\nAssets:Bank,1000.00,\n"Equity:Capital, paid",,1000.00\n');
    const that = await show('--as-of', '2024-06-30', '--format', 'csv');
    assert.match(that.out, /^Assets:Bank,1250\.50,\n.*\nLiabilities:Loan,,250\.50\n$/m);
    assert.equal((await show('--as-of', '2023-12-31', '--format', 'csv')).out, 'account,debit,credit\n');
  });

  test('JSON has the shape of the API', async () => {
    const report = JSON.parse((await show('--as-of', '2024-06-30', '--format', 'json')).out);
    assert.deepEqual([report.as_of, report.currency], ['2024-06-30', 'USD']);
    assert.deepEqual(report.rows[0], {
      account: 'Assets:Bank',
      name: 'Bank',
      type: 'asset',
      debit: '1250.50',
      credit: '0.00',
    });
    assert.deepEqual(report.totals, { debit: '1250.50', credit: '1250.50' });
  });

  test('the table is aligned and ends with the totals; today is the default', async () => {
    const { out } = await show();
    const lines = out.trimEnd().split('\n');
    assert.match(lines[0] ?? '', /^Trial balance as of \d{4}-\d\d-\d\d in USD$/);
    assert.match(lines.at(-1) ?? '', /^Total +1,000\.00 +1,000\.00$/);
    const bank = lines.find((line) => line.startsWith('Assets:Bank')) ?? '';
    assert.equal(bank.indexOf('1,000.00'), (lines.at(-1) ?? '').indexOf('1,000.00'));
  });

  test('a day that is none is refused', async () => {
    assert.match((await show('--as-of', '2024-02-30')).failure ?? '', /must be a date such as/);
  });
});
