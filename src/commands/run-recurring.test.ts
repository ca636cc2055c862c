// Runs `ledger run-recurring` as a person or a scheduler does, for one company and for all.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Command } from 'commander';
import { sql } from 'kysely';
import { setTenantStatus } from '#tenancy';
import { cashSale, createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { runRecurringCommand } from './run-recurring.ts';

let house: TestHouse;
let companies: TestCompany[];

before(async () => {
  house = await openTestHouse();
  process.env.DATABASE_URL = house.url;
  companies = [await createCompany(house.db), await createCompany(house.db), await createCompany(house.db)];
  for (const company of companies)
    await company.post(cashSale('2024-01-05', '7', { reverse_on: '2024-02-01' }));
});
after(() => house.close());

async function run(...words: string[]): Promise<{ out: string; failure: string | null }> {
  let out = '';
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  program.addCommand(
    runRecurringCommand({ stdout: { write: (text) => (out += text) } }).copyInheritedSettings(program),
  );
  try {
    await program.parseAsync(['node', 'himalytix', 'run-recurring', ...words]);
    return { out, failure: null };
  } catch (error) {
    return { out, failure: error instanceof Error ? error.message : String(error) };
  }
}

test('one company or all are named, and a date is one', async () => {
  const both = /name one company with --tenant, or all with --all/;
  assert.match((await run()).failure ?? '', both);
  assert.match((await run('--all', '--tenant', 'x')).failure ?? '', both);
  assert.match((await run('--all', '--date', '2024-02-30')).failure ?? '', /must be a date/);
  assert.match((await run('--tenant', 'nobody')).failure ?? '', /there is no company "nobody"/);
});

test('what is refused in one company fails the verb, is told, and stops no other company; a suspended one rests', async () => {
  const [faulty, sound, suspended] = companies as [TestCompany, TestCompany, TestCompany];
  await setTenantStatus(house.db, suspended.tenant.slug, 'suspended');
  await faulty.run((tx) => sql`update accounts set is_active = false where code = '1010'`.execute(tx.db));
  const dry = await run('--tenant', sound.tenant.slug, '--date', '2024-02-01', '--dry-run');
  assert.equal(dry.failure, null);
  assert.match(
    dry.out,
    /until 2024-02-01: would post 1, refused 0\n {2}2024-02-01 {2}reversal of JV-2024-000001 {2}posted\n$/,
  );
  const { out, failure } = await run('--all', '--date', '2024-02-01');
  assert.equal(failure, 'not everything was posted in 1 of 2 companies; what was refused stays due');
  assert.match(out, /reversal of JV-2024-000001 {2}posted as JV-2024-000002\n/);
  assert.match(
    out,
    /reversal of JV-2024-000001 {2}refused\n {4}\/lines\/0\/account: account 1010 is inactive\n/,
  );
  assert.doesNotMatch(out, new RegExp(suspended.tenant.slug));
  const again = await run('--tenant', sound.tenant.slug);
  assert.equal(again.failure, null);
  assert.match(again.out, /posted 0, refused 0\n$/);
});
