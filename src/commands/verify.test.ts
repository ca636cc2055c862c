// Runs `verify` as a person does, on companies that hold and on one that does not.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cashSale, createCompany, openTestHouse, type TestHouse } from '#test/company';
import { verifyCommand } from './verify.ts';

let house: TestHouse;
before(async () => {
  house = await openTestHouse();
  process.env.DATABASE_URL = house.url;
});
after(() => house.close());

async function verify(...words: string[]): Promise<{ out: string; failure: string | null }> {
  let out = '';
  const screen = { stdout: { write: (text: string) => (out += text) } };
  try {
    await verifyCommand(screen)
      .exitOverride()
      .parseAsync(['node', 'verify', ...words]);
    return { out, failure: null };
  } catch (error) {
    return { out, failure: error instanceof Error ? error.message : String(error) };
  }
}

test('a line tells of each claim, for one company or all, and a breach fails the verb', async () => {
  const sound = await createCompany(house.db);
  const other = await createCompany(house.db);
  await Promise.all([sound, other].map((company) => company.post(cashSale('2024-01-10', '100'))));
  const all = await verify();
  assert.equal(all.failure, null);
  assert.match(all.out, /^ {2}I1 {2}ok {6}debits equal credits in each entry \(1 entries\)$/m);
  assert.match(all.out, /every claim holds for 2 companies\n$/);

  const { schema, slug } = other.tenant;
  await house.superuser.query(`update ${schema}.account_balances set credit = credit + 1 where credit > 0`);
  const found = await verify('--tenant', slug);
  assert.equal(found.failure, '1 of the claims above do not hold');
  const line =
    /^ {2}I2 {2}BROKEN {2}a balance is the sum of its lines: 1 in 2 balances: account \d+ period 1 USD$/m;
  assert.match(found.out, line);
  assert.equal((await verify('--tenant', sound.tenant.slug)).failure, null);
  assert.match((await verify('--tenant', 'nobody')).failure ?? '', /there is no company "nobody"/);
});
