// Proves companies by night as several processes would, and reads from the history what an operator would.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Verdict } from '#accounting';
import { setTenantStatus } from '#tenancy';
import { cashSale, createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { verifyCommand } from './verify.ts';
import { verificationHistory, verifyCompanies } from './verify-companies.ts';

let house: TestHouse;
let sound: TestCompany;
let broken: TestCompany;

before(async () => {
  house = await openTestHouse();
  process.env.DATABASE_URL = house.url;
  sound = await createCompany(house.db, { slug: 'sound-night' });
  broken = await createCompany(house.db, { slug: 'broken-night' });
  for (const company of [sound, broken]) await company.post(cashSale('2024-01-10', '100'));
  await setTenantStatus(house.db, sound.tenant.slug, 'suspended');
});
after(() => house.close());

const told: { breaches: [string, string[]][]; errors: string[] } = { breaches: [], errors: [] };
const teller = {
  onBreach: (company: string, breaches: readonly Verdict[]) =>
    told.breaches.push([company, breaches.map(({ claim }) => claim)]),
  onError: (_: unknown, company: string) => told.errors.push(company),
};
const at = (instant: string) => verifyCompanies(house.db, teller, { now: Temporal.Instant.from(instant) });

async function historyOf(...words: string[]): Promise<{ out: string; failure: string | null }> {
  let out = '';
  const command = verifyCommand({ stdout: { write: (text) => (out += text) } }).exitOverride();
  try {
    await command.parseAsync(['node', 'verify', '--history', ...words]);
    return { out, failure: null };
  } catch (error) {
    return { out, failure: error instanceof Error ? error.message : String(error) };
  }
}

test('each company is proved once a night, also a suspended one, however many processes ask', async () => {
  assert.equal((await historyOf()).out, 'no company was verified by night yet\n');
  assert.equal(await at('2026-03-01T00:59:59Z'), 0, 'the night has not begun');
  const both = await Promise.all([at('2026-03-01T01:00:00Z'), at('2026-03-01T01:00:00Z')]);
  assert.equal(both[0] + both[1], 2);
  assert.equal(await at('2026-03-01T23:00:00Z'), 0);
  assert.deepEqual(told, { breaches: [], errors: [] });
  const { out, failure } = await historyOf();
  assert.equal(failure, null);
  assert.match(
    out,
    /^2026-03-01 {2}broken-night {2}ok, \d\d claims\n2026-03-01 {2}sound-night {2}ok, \d\d claims\n$/,
  );
});

test('a night begins by the company’s own clock', async () => {
  const zone = (name: string) =>
    house.superuser.query('update tenants set time_zone = $1 where slug = $2', [name, sound.tenant.slug]);
  await zone('Pacific/Kiritimati');
  assert.equal(await at('2026-03-01T12:00:00Z'), 1, 'there it is 2 March, two hours after midnight');
  await zone('UTC');
});

test('what does not hold is told, kept and shown, and fails the history until a later night is sound', async () => {
  const { schema, slug } = broken.tenant;
  await house.superuser.query(`update ${schema}.account_balances set credit = credit + 1 where credit > 0`);
  await at('2026-03-03T05:00:00Z');
  assert.deepEqual(told.breaches, [[slug, ['a balance is the sum of its lines']]]);
  const { out, failure } = await historyOf('--tenant', slug);
  assert.equal(failure, 'the latest proof does not hold for broken-night');
  assert.match(
    out,
    /^2026-03-03 {2}broken-night {2}BROKEN, 1 of \d\d claims\n {2}I2 {2}BROKEN {2}a balance is the sum of its lines: 1 in 2 balances: account/,
  );
  assert.doesNotMatch(out, /sound-night/);
  await house.superuser.query(`update ${schema}.account_balances set credit = credit - 1 where credit > 0`);
  await at('2026-03-04T05:00:00Z');
  assert.equal((await historyOf()).failure, null);
});

test('a proof that cannot be carried through is told and kept, stops no other, and is no sound one', async () => {
  const { schema, role } = broken.tenant;
  await house.superuser.query(`revoke select on ${schema}.journal_lines from ${role}`);
  assert.equal(await at('2026-03-05T05:00:00Z'), 2);
  await house.superuser.query(`grant select on ${schema}.journal_lines to ${role}`);
  assert.deepEqual(told.errors, ['broken-night']);
  const { out, failure } = await historyOf('--tenant', 'broken-night');
  assert.match(failure ?? '', /does not hold for broken-night/);
  assert.match(out, /^2026-03-05 {2}broken-night {2}permission denied for table journal_lines\n/);
});

test('the night of a process that died is taken over, but not while it may be alive', async () => {
  const { id } = sound.tenant;
  const left = (hours: number) =>
    house.superuser.query(
      `insert into verifications (tenant_id, night, started_at) values ($1, '2026-03-06', now() - make_interval(hours => $2))
        on conflict (tenant_id, night) do update set started_at = excluded.started_at`,
      [id, hours],
    );
  await left(5);
  assert.equal(await at('2026-03-06T05:00:00Z'), 1, 'only the other company');
  assert.equal((await verificationHistory(house.db, id, 1))[0]?.finished_at, null);
  assert.match(
    (await historyOf('--tenant', sound.tenant.slug)).out,
    /^2026-03-06 {2}sound-night {2}not finished\n/,
  );
  await left(7);
  assert.equal(await at('2026-03-06T06:00:00Z'), 1);
  assert.equal((await verificationHistory(house.db, id, 1))[0]?.broken, 0);
});
