// Runs the verbs for currencies as a person does, against a real database and real files.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Command } from 'commander';
import { listRates } from '#accounting';
import { pageNumber } from '#lib/lists/part';
import { Problem } from '#lib/problem';
import { createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { ledgerCommand } from './ledger.ts';

let house: TestHouse;
let company: TestCompany;
let folder: string;

before(async () => {
  house = await openTestHouse();
  folder = await mkdtemp(join(tmpdir(), 'himalytix-currencies-'));
  process.env.DATABASE_URL = house.url;
  company = await createCompany(house.db, { currency: 'NPR', chart: 'nepal' });
});

after(async () => {
  await rm(folder, { recursive: true });
  await house.close();
});

type Output = { out: string; err: string; failure: string | null };

async function ledger(...words: string[]): Promise<Output> {
  const output: Output = { out: '', err: '', failure: null };
  const take = (part: 'out' | 'err') => (text: string) => {
    output[part] += text;
  };
  const program = new Command().addCommand(
    ledgerCommand({ stdout: { write: take('out') }, stderr: { write: take('err') } }),
  );
  try {
    await program.parseAsync(['node', 'himalytix', 'ledger', ...words, '--tenant', company.tenant.slug]);
  } catch (error) {
    output.failure = error instanceof Problem ? error.code : (error as Error).message;
  }
  return output;
}

async function fileOf(...lines: string[]): Promise<string> {
  const path = join(folder, 'rates.csv');
  await writeFile(path, lines.join('\n'));
  return path;
}

test('rates of a file are set, and the same file again changes nothing', async () => {
  const path = await fileOf(
    'currency,date,rate,units',
    'USD,2024-01-31,134.50,1',
    'INR,2024-01-31,160.00,100',
  );
  const first = await ledger('rates', 'import', path, '--source', 'Nepal Rastra Bank');
  assert.deepEqual(first, {
    out: `rates of ${company.tenant.name}: 2 created, 0 changed, 0 there already\n`,
    err: '',
    failure: null,
  });
  assert.match(
    (await ledger('rates', 'import', path, '--source', 'Nepal Rastra Bank')).out,
    /0 created, 0 changed, 2 there/,
  );
  const { results } = await company.run((tx) => listRates(tx, { currency: 'INR' }, pageNumber(1, 10)));
  assert.deepEqual(results, [
    { currency: 'INR', rate_date: '2024-01-31', rate: '1.6', source: 'Nepal Rastra Bank' },
  ]);
});

test('a faulty file is refused with its lines, and a missing one in words', async () => {
  const path = await fileOf('currency,date,rate', 'USD,2024-02-01,1', 'USD,2024-02-30,0', 'NPR,2024-02-01,1');
  const { out, err, failure } = await ledger('rates', 'import', path);
  assert.equal(out, '');
  assert.match(
    err,
    /^line 3: a date .+\nline 3: a rate is above zero.+\nline 4: NPR is the company’s own currency/,
  );
  assert.equal(failure, 'the file has 3 faults; nothing was imported');
  assert.match(
    (await ledger('rates', 'import', join(folder, 'none.csv'))).failure ?? '',
    /there is no such file$/,
  );
  assert.equal((await company.run((tx) => listRates(tx, { from: '2024-02-01' }, pageNumber(1, 1)))).count, 0);
});

test('a revaluation is shown before it is posted, and again when there is nothing to do', async () => {
  await company.post({
    entry_date: '2024-01-10',
    memo: 'Export',
    lines: [
      { account: '1110', currency: 'USD', debit: '1000', rate: '133' },
      { account: '4020', credit: '133000' },
    ],
  });
  const dry = await ledger('revalue', '--on', '2024-01-31', '--dry-run');
  assert.equal(dry.failure, null);
  assert.equal(
    dry.out,
    [
      'account             currency    amount         base   rate        value  difference',
      '1110 Trade debtors  USD       1,000.00  1,33,000.00  134.5  1,34,500.00    1,500.00',
      'NPR: gains 1,500.00, losses 0.00',
      'this was a dry run; nothing was stored',
      '',
    ].join('\n'),
  );
  const done = await ledger('revalue', '--on', '2024-01-31');
  assert.match(done.out, /^posted JV-2024-000002, reversed by JV-2024-000003 on 2024-02-01$/m);
  assert.match(
    (await ledger('revalue', '--on', '2024-01-31')).out,
    /^nothing to do: all is at the rates of 2024-01-31/m,
  );
  assert.equal((await ledger('revalue', '--on', '2023-12-31', '--dry-run')).failure, null);
});
