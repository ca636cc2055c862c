// Breaks the books behind the triggers' back, one invariant at a time, and expects each to be found by its name.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { inTenant, systemActor } from '#lib/tenant-tx';
import { cashSale, createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { reverseEntry } from '../journal/reverse-entry.ts';
import { type Verdict, verifyBooks } from './verify-books.ts';

let house: TestHouse;
before(async () => {
  house = await openTestHouse();
});
after(() => house.close());

/** Two years with entries and a reversal, one kept answer, one draft. */
async function soundCompany(): Promise<TestCompany> {
  const company = await createCompany(house.db);
  const [first = ''] = await company.post(
    cashSale('2024-01-10', '100'),
    cashSale('2024-02-10', '20.50'),
    cashSale('2025-03-01', '7'),
  );
  await company.run((tx) => reverseEntry(tx, first));
  await company.run((tx) =>
    sql`insert into dimension_values (dimension_id, code, name)
    select id, 'KTM', 'Kathmandu' from dimensions where code = 'branch'`.execute(tx.db),
  );
  await company.post({
    entry_date: '2024-03-05',
    memo: 'Sale abroad',
    lines: [
      { account: '1010', debit: '10', currency: 'EUR', rate: '1.25', dimensions: { branch: 'KTM' } },
      { account: '4010', credit: '12.50' },
    ],
  });
  await behind(company, (schema) => [
    `insert into ${schema}.idempotency_keys (actor_id, key, fingerprint, status, body)
      select gen_random_uuid(), 'k', sha256('x'), 201, json_build_object('id', id, 'number', number)
      from ${schema}.journal_entries where id = '${first}'`,
    `insert into ${schema}.journal_drafts (id, entry_date, memo, lines, total)
      values (gen_random_uuid(), '2024-01-01', '', '[]', 0)`,
  ]);
  return company;
}

/** Runs statements as a superuser for whom no trigger and no foreign key counts. */
async function behind({ tenant }: TestCompany, statements: (schema: string) => string[]): Promise<void> {
  const client = await house.superuser.connect();
  try {
    await client.query('set session_replication_role = replica');
    for (const statement of statements(tenant.schema)) await client.query(statement);
  } finally {
    await client.query('reset session_replication_role');
    client.release();
  }
}

const verify = ({ tenant }: TestCompany): Promise<Verdict[]> =>
  inTenant(house.db, tenant, systemActor, verifyBooks, { snapshot: true });

const broken = async (company: TestCompany) =>
  (await verify(company)).filter(({ breaches }) => breaches > 0).map(({ claim }) => claim);

test('every claim holds for a sound company, and each has looked at something', async () => {
  const verdicts = await verify(await soundCompany());
  for (const { claim, checked, breaches, ids } of verdicts) {
    assert.deepEqual({ claim, breaches, ids }, { claim, breaches: 0, ids: [] });
    assert.ok(checked > 0, claim);
  }
  assert.deepEqual(
    [...new Set(verdicts.map(({ invariant }) => invariant))],
    ['I1', 'I2', 'I3', 'I5', 'I6', 'I7', 'I9'],
  );
});

test('every claim holds for a company without entries', async () => {
  assert.deepEqual(await broken(await createCompany(house.db)), []);
});

const one = (schema: string) => `(select id from ${schema}.journal_entries where number = 'JV-2024-000002')`;
const reversal = (schema: string) =>
  `(select id from ${schema}.journal_entries where reverses_id is not null)`;

const breaches: Record<string, (schema: string) => string> = {
  'debits equal credits in each entry': (s) =>
    `update ${s}.journal_lines set credit = credit + 1 where entry_id = ${one(s)} and credit > 0`,
  'debits equal credits in each period': (s) =>
    `update ${s}.journal_lines set period_id = period_id + 1 where entry_id = ${one(s)} and credit > 0`,
  'debits equal credits in the company': (s) =>
    `delete from ${s}.journal_lines where entry_id = ${one(s)} and credit > 0`,
  'an entry’s total is the sum of its debits, of at least two lines': (s) =>
    `update ${s}.journal_entries set total = total + 1 where id = ${one(s)}`,
  'a line has one positive side': (s) =>
    `alter table ${s}.journal_lines drop constraint one_positive_side;
     update ${s}.journal_lines set debit = 1, credit = 1 where entry_id = ${one(s)}`,
  'a line has the date and the period of its entry': (s) =>
    `update ${s}.journal_lines set entry_date = entry_date + 1 where entry_id = ${one(s)} and line_no = 1`,
  'a line is on a posting account': (s) =>
    `update ${s}.journal_lines set account_id = 1 where entry_id = ${one(s)} and line_no = 1`,
  'an entry lies within its period and its fiscal year': (s) =>
    `update ${s}.journal_entries set entry_date = entry_date + 40 where id = ${one(s)}`,
  'a reversal mirrors the entry that it reverses': (s) =>
    `update ${s}.journal_lines set debit = credit, credit = debit where entry_id = ${reversal(s)}`,
  'a line in another currency has its amount there, and no other line has one': (s) =>
    `update ${s}.journal_lines set currency = 'USD' where amount is not null`,
  'a closed fiscal year has nothing left on its income and expense accounts': (s) =>
    `update ${s}.fiscal_years set status = 'closed' where name = '2024'`,
  'a day’s sum is the sum of its lines': (s) => `update ${s}.account_days set lines = lines + 1`,
  'a balance by dimension is the sum of its lines': (s) => `delete from ${s}.dimension_balances`,
  'a line’s dimensions have its account, its date and its amounts': (s) =>
    `update ${s}.journal_line_dimensions set debit = debit + 1`,
  'a line’s branch is what its dimensions say': (s) =>
    `update ${s}.journal_lines set branch_id = 1 where entry_id = ${one(s)} and line_no = 1`,
  'every entry stands in the outbox once': (s) =>
    `delete from public.outbox where schema_name = '${s}' and id = ${one(s)}`,
  'a balance is the sum of its lines': (s) => `update ${s}.account_balances set debit = debit + 0.01`,
  'numbers run from 1 without gap or double, up to the counter': (s) =>
    `update ${s}.number_counters set last_number = last_number + 1`,
  'a number is nobody else’s': (s) =>
    `alter table ${s}.journal_entries drop constraint journal_entries_number_key;
     update ${s}.journal_entries set number = 'JV-2024-000001' where id = ${one(s)}`,
  'a line belongs to an entry': (s) => `delete from ${s}.journal_entries where id = ${one(s)}`,
  'a draft that was posted is gone': (s) => `update ${s}.journal_drafts set id = ${one(s)}`,
  'an answer kept under an idempotency key names an entry that is there': (s) =>
    `update ${s}.idempotency_keys set body = body || '{"number": "JV-2024-000099"}'`,
  'an entry was posted under one idempotency key': (s) =>
    `insert into ${s}.idempotency_keys (actor_id, key, fingerprint, status, body)
      select actor_id, 'k2', fingerprint, status, body from ${s}.idempotency_keys`,
  'every entry stands in the audit log once, as it was posted': (s) =>
    `update ${s}.journal_entries set memo = 'another' where id = ${one(s)}`,
  'the audit log’s chain holds': (s) =>
    `update ${s}.audit_rows set content = replace(content, 'Cash', 'Cosh') where subject = 'account'`,
};

for (const [claim, breach] of Object.entries(breaches)) {
  test(`a breach of "${claim}" is found`, async () => {
    const company = await soundCompany();
    await behind(company, (schema) => [breach(schema)]);
    assert.ok((await broken(company)).includes(claim));
  });
}

test('every claim has a breach that proves it', async () => {
  const claims = (await verify(await createCompany(house.db))).map(({ claim }) => claim);
  assert.deepEqual(Object.keys(breaches).sort(), claims.sort());
});

test('twenty of the offenders are named, and all are counted', async () => {
  const company = await createCompany(house.db);
  await company.post(...Array.from({ length: 30 }, () => cashSale('2024-05-05', '1')));
  await behind(company, (schema) => [`update ${schema}.journal_entries set total = 9`]);
  const verdict = (await verify(company)).find(({ claim }) => claim.startsWith('an entry’s total'));
  assert.equal(verdict?.breaches, 30);
  assert.equal(verdict?.ids.length, 20);
});
