// The purge of idempotency keys, against a real database.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fingerprintOf, keepAnswers } from '#lib/idempotency';
import { setTenantStatus } from '#tenancy';
import { createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { purgeAll } from './purge-answers.ts';

let house: TestHouse;
let companies: TestCompany[];

before(async () => {
  house = await openTestHouse();
  companies = [await createCompany(house.db), await createCompany(house.db), await createCompany(house.db)];
});

after(() => house.close());

const claimOf = (key: string) => ({
  actorId: '00000000-0000-7000-8000-000000000001',
  key,
  fingerprint: fingerprintOf('POST', '/x', key),
});

async function keep(company: TestCompany, key: string, age: string): Promise<void> {
  await company.run((tx) => keepAnswers(tx, [{ claim: claimOf(key), answer: { status: 201, body: {} } }]));
  await house.superuser.query(
    `update ${company.tenant.schema}.idempotency_keys set created_at = now() - $1::interval where key = $2`,
    [age, key],
  );
}

const keysOf = async ({ tenant }: TestCompany) =>
  (await house.superuser.query(`select key from ${tenant.schema}.idempotency_keys order by 1`)).rows.map(
    ({ key }) => key,
  );

test('keys older than 30 days go in every active company, the others stay, and one failure stops no other', async () => {
  for (const company of companies) {
    await keep(company, 'old', '30 days 1 minute');
    await keep(company, 'young', '29 days 23 hours');
  }
  const [broken, sound, suspended] = companies as [TestCompany, TestCompany, TestCompany];
  await house.superuser.query(
    `revoke delete on ${broken.tenant.schema}.idempotency_keys from public, ${broken.tenant.role}`,
  );
  await setTenantStatus(house.db, suspended.tenant.slug, 'suspended');
  const failed: string[] = [];
  assert.equal(await purgeAll(house.db, (_error, company) => failed.push(company)), 1);
  assert.deepEqual(failed, [broken.tenant.slug]);
  assert.deepEqual(await keysOf(sound), ['young']);
  assert.deepEqual(await keysOf(suspended), ['old', 'young']);
});
