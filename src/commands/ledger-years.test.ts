// Closes and reopens years at the console as a person does.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Command } from 'commander';
import { cashSale, createCompany, fingerprint, openTestHouse, type TestHouse } from '#test/company';
import { assertProved, rent } from '#test/years';
import { ledgerCommand } from './ledger.ts';

let house: TestHouse;
before(async () => {
  house = await openTestHouse();
  process.env.DATABASE_URL = house.url;
});
after(() => house.close());

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

test('a year is tried, closed, closed again, reopened and told about', async () => {
  const company = await createCompany(house.db);
  const { slug } = company.tenant;
  await company.post(cashSale('2024-03-01', '1234.50'), rent('2024-04-01', '34.50'));
  const year = ['--tenant', slug, '--year', '2024'];
  const stored = await fingerprint(house, company);
  const tried = await ledger('close-year', ...year, '--dry-run');
  assert.equal(
    tried.out,
    [
      `would close fiscal year 2024 of ${slug} on 2024-12-31 with a profit of 1,200.00 USD`,
      '  4010  debit 1234.50  Sales',
      '  6110  credit 34.50  Rent',
      '  3100  credit 1200.00  Retained earnings',
      '  this was a dry run; nothing was stored',
      '',
    ].join('\n'),
  );
  assert.deepEqual(await fingerprint(house, company), stored);
  const closed = await ledger('close-year', ...year, '--reason', 'audited');
  assert.equal(closed.err, `closing fiscal year 2024 of ${slug} …\n`);
  assert.match(
    closed.out,
    /^closed fiscal year 2024 of \S+ in [\d.]+ s\n {2}posted CL-2024-000001 on 2024-12-31: a profit of 1,200.00 USD\n$/,
  );
  assert.match((await ledger('close-year', ...year)).out, /was closed before; nothing was done\n$/);
  assert.match((await ledger('close-year', ...year, '--dry-run')).out, /is closed already\n$/);
  const opened = await ledger('reopen-year', ...year, '--reason', 'a late invoice');
  assert.match(
    opened.out,
    /^reopened fiscal year 2024 of \S+ in [\d.]+ s; its periods are still closed\n {2}reversed CL-2024-000001\n$/,
  );
  assert.match((await ledger('reopen-year', ...year, '--reason', 'x')).out, /is open; nothing was done\n$/);
  await assertProved(house, company);
});

test('a year that cannot be closed or reopened fails with all reasons, and stores nothing', async () => {
  const company = await createCompany(house.db, { chart: 'none' });
  const { slug } = company.tenant;
  await company.run(async (tx) => {
    const accounts = [
      { code: '1010', name: 'Cash', type: 'asset' },
      { code: '4010', name: 'Sales', type: 'income' },
    ];
    await tx.db.insertInto('accounts').values(accounts).execute();
  });
  await company.post(cashSale('2025-03-01', '1'));
  const stored = await fingerprint(house, company);
  const year = ['--tenant', slug, '--year', '2025'];
  const tried = await ledger('close-year', ...year, '--dry-run');
  assert.match(tried.out, /\(no such account yet\)/);
  assert.match(
    tried.failure ?? '',
    /^it cannot be closed: open before 2025: fiscal year 2024; .*retained_earnings/,
  );
  assert.match((await ledger('close-year', ...year)).failure ?? '', /2 faults/);
  assert.equal(
    (await ledger('close-year', '--tenant', slug, '--year', '1999')).failure,
    'there is no fiscal year "1999"; there are: 2024, 2025',
  );
  assert.deepEqual(await fingerprint(house, company), stored);
  await ledger('close-year', '--tenant', slug, '--year', '2024');
  const reopening = ['reopen-year', '--tenant', slug, '--year', '2024', '--reason'];
  assert.match((await ledger(...reopening, ' ')).failure ?? '', /say why the year is opened again/);
  assert.match((await ledger(...reopening.slice(0, -1))).failure ?? '', /required option '--reason <text>'/);
});
