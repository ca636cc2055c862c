// Runs `ledger export` as a person does, into files and onto the screen.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Command } from 'commander';
import { reverseEntry } from '#accounting';
import { cashSale, createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { ledgerCommand } from './ledger.ts';

let house: TestHouse;
let company: TestCompany;
let folder: string;

before(async () => {
  house = await openTestHouse();
  company = await createCompany(house.db);
  const [first = ''] = await company.post(
    cashSale('2024-01-10', '1.50', { reference: 'CS-1' }),
    cashSale('2024-02-10', '2'),
  );
  await company.run((tx) => reverseEntry(tx, first, { entry_date: '2024-03-01' }));
  folder = await mkdtemp(join(tmpdir(), 'himalytix-export-'));
  process.env.DATABASE_URL = house.url;
});
after(async () => {
  await rm(folder, { recursive: true });
  await house.close();
});

type Output = { out: string; err: string; failure: string | null };

async function exportOf(words: string[], { tty = false, slug = company.tenant.slug } = {}): Promise<Output> {
  const output: Output = { out: '', err: '', failure: null };
  const take = (part: 'out' | 'err') => (text: string) => {
    output[part] += text;
  };
  const screen = { stdout: { write: take('out'), isTTY: tty }, stderr: { write: take('err'), isTTY: tty } };
  const program = new Command().exitOverride().configureOutput({ writeErr: screen.stderr.write });
  program.addCommand(ledgerCommand(screen));
  for (const command of program.commands[0]?.commands ?? []) command.copyInheritedSettings(program);
  try {
    await program.parseAsync(['node', 'himalytix', 'ledger', 'export', '--tenant', slug, ...words]);
  } catch (error) {
    output.failure = error instanceof Error ? error.message : String(error);
  }
  return output;
}

test('a journal for hledger goes to standard output, with what reverses what', async () => {
  const { out, err, failure } = await exportOf(['--format', 'hledger']);
  assert.equal(failure, null);
  assert.match(out, /^account 1000 Assets:1001 \S.*:1010 Cash\b.* {2}; type:C$/m);
  assert.match(out, /^2024-01-10 \* \(JV-2024-000001\) Cash sale\n {4}; reference: CS-1\n/m);
  assert.match(out, /^ {4}; id:[0-9a-f-]{36}, reversed-by:JV-2024-000003$/m);
  assert.match(out, /^ {4}; id:[0-9a-f-]{36}, reverses:JV-2024-000001$/m);
  assert.match(out, /^ {4}1000 Assets:\S.*:1010 Cash.* {2}-1\.50 USD$/m);
  assert.match(err, /^3 of 3 entries exported in [\d.]+ s\n$/);
});

test('a CSV goes into a new file that only its owner reads, and never over another', async () => {
  const path = join(folder, 'journal.csv');
  const words = ['--format', 'csv', '--from', '2024-02-01', '--to', '2024-02-29', path];
  assert.deepEqual({ ...(await exportOf(words)), err: '' }, { out: '', err: '', failure: null });
  const text =
    'entry,date,memo,account,debit,credit\n' +
    'JV-2024-000002,2024-02-10,Cash sale,1010,2.00,\nJV-2024-000002,2024-02-10,Cash sale,4010,,2.00\n';
  assert.equal(await readFile(path, 'utf8'), text);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal(
    (await exportOf(['--format', 'hledger', path])).failure,
    `${path}: it is there already, and nothing is overwritten`,
  );
  assert.equal(await readFile(path, 'utf8'), text);
});

test('no bar runs across a ledger that is shown on the same terminal', async () => {
  assert.equal((await exportOf(['--format', 'csv'], { tty: true })).err, '');
  const { err } = await exportOf(['--format', 'csv', join(folder, 'bar.csv')], { tty: true });
  assert.match(err, /█/);
});

test('an export that fails leaves no half of a ledger behind', async () => {
  const broken = await createCompany(house.db);
  await broken.post(cashSale('2024-01-10', '1'));
  await house.superuser.query(`alter table ${broken.tenant.schema}.journal_lines rename to gone`);
  const path = join(folder, 'half.journal');
  const { failure } = await exportOf(['--format', 'hledger', path], { slug: broken.tenant.slug });
  assert.match(failure ?? '', /journal_lines/);
  assert.equal(existsSync(path), false);
});

test('what cannot be written, or is no format or range, stops it with one line', async () => {
  const cases: [string[], RegExp][] = [
    [['--format', 'csv', folder], /it is (a folder|there already)/],
    [['--format', 'csv', join(folder, 'none', 'x.csv')], /there is no such folder$/],
    [['--format', 'xml'], /Allowed choices are hledger, csv/],
    [[], /required option '--format <format>'/],
    [['--format', 'csv', '--from', '2024-02-30'], /must be a date such as/],
    [['--format', 'csv', '--from', '2024-02-02', '--to', '2024-02-01'], /--from 2024-02-02 lies after --to/],
  ];
  for (const [words, expected] of cases) {
    const { out, failure } = await exportOf(words);
    assert.match(failure ?? '', expected);
    assert.equal(out, '');
  }
  assert.match(
    (await exportOf(['--format', 'csv'], { slug: 'nobody' })).failure ?? '',
    /no company "nobody"/,
  );
});
