// Works as members who are limited to branches, and looks for anything of another branch.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import type { Actor, TenantTx } from '#lib/tenant-tx';
import { createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { trialBalance } from './reports/trial-balance.ts';

let house: TestHouse;
let company: TestCompany;
before(async () => {
  house = await openTestHouse();
  company = await createCompany(house.db);
});
after(() => house.close());

test('x', async () => {
  await company.run((tx) =>
    sql`insert into dimension_values (dimension_id, code, name) select id, c, c from dimensions, unnest(array['KTM','PKR']) c where code = 'branch'`.execute(
      tx.db,
    ),
  );
  const at = (branch: string | null, amount: string) => ({
    entry_date: '2024-01-10',
    memo: `of ${branch}`,
    lines: [
      { account: '1010', debit: amount, ...(branch ? { dimensions: { branch } } : {}) },
      { account: '4010', credit: amount, ...(branch ? { dimensions: { branch } } : {}) },
    ],
  });
  await company.post(at('KTM', '1.00'), at('PKR', '77.00'), at(null, '88.00'));
  const actor: Actor = {
    userId: randomUUID(),
    email: 'a@example.com',
    name: 'A',
    role: 'clerk',
    branches: ['KTM'],
  };
  console.log(await company.run((tx) => trialBalance(tx, '2024-06-01'), actor));
  console.log(await company.run((tx) => trialBalance(tx, '2024-06-01')));
  console.log((await company.run((tx) => sql`select * from seen_journal`.execute(tx.db), actor)).rows);
});
