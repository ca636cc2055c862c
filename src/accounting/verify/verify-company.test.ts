// Opens the wall around a company, and takes back what was answered, one way at a time; each is found by its name.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { openDb } from '#lib/db';
import { inTenant, systemActor } from '#lib/tenant-tx';
import { cashSale, createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { urlOfDatabase } from '#test/database';
import { trialBalance } from '../reports/trial-balance.ts';
import { verifyCompany } from './verify-company.ts';

let house: TestHouse;
let company: TestCompany;
let other: TestCompany;

before(async () => {
  house = await openTestHouse();
  company = await createCompany(house.db);
  other = await createCompany(house.db);
  await company.post(cashSale('2024-01-10', '100'), cashSale('2024-02-10', '20.50'));
  const { schema } = company.tenant;
  await house.superuser.query(`
    insert into ${schema}.idempotency_keys (actor_id, key, fingerprint, status, body)
      select gen_random_uuid(), 'one', sha256('x'), 201, json_build_object('id', id, 'number', number, 'entry_date', entry_date,
        'memo', memo, 'total', total, 'lines', json_build_array(1, 2)) from ${schema}.journal_entries where number ~ '1$'
      union all
      select gen_random_uuid(), 'many', sha256('x'), 201, json_build_object('results', json_build_array(
        json_build_object('status', 'posted', 'id', id, 'number', number), json_build_object('status', 'refused'),
        json_build_object('status', 'posted', 'entry', json_build_object('id', id, 'number', number))))
        from ${schema}.journal_entries where number ~ '2$'`);
  await house.superuser.query('update public.outbox set relayed_at = now() where schema_name = $1', [schema]);
});
after(() => house.close());

const verify = ({ tenant }: TestCompany) =>
  inTenant(house.db, tenant, systemActor, verifyCompany, { snapshot: true });
const broken = async (of: TestCompany) =>
  (await verify(of))
    .filter(({ breaches }) => breaches > 0)
    .map(({ claim, ids }) => `${claim}: ${ids.join()}`);

test('a sound company holds every claim, from I1 to I9, and each has looked at something', async () => {
  const verdicts = await verify(company);
  assert.deepEqual(await broken(company), []);
  assert.deepEqual(await broken(other), []);
  assert.deepEqual(
    [...new Set(verdicts.map(({ invariant }) => invariant))],
    ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9'],
  );
  for (const { claim, checked } of verdicts.filter(({ invariant }) => /I[48]/.test(invariant)))
    assert.ok(checked > 0, claim);
});

type Names = { schema: string; role: string; other: string };

/** What is done as a superuser, what undoes it, and what is found then. */
const breaches: [string, (names: Names) => [string, string], RegExp][] = [
  [
    'another company’s role may read a table',
    ({ schema, other: o }) => [
      `grant select on ${schema}.accounts to tenant_${o}`,
      `revoke select on ${schema}.accounts from tenant_${o}`,
    ],
    /^nobody but the company’s roles and the owner .*: tenant_\w+ select on accounts$/,
  ],
  [
    'another role may read a column',
    ({ schema, other: o }) => [
      `grant select (name) on ${schema}.accounts to tenant_${o}`,
      `revoke select (name) on ${schema}.accounts from tenant_${o}`,
    ],
    /^nobody but the company’s roles .*: tenant_\w+ select on accounts\.name$/,
  ],
  [
    'everybody may enter the schema',
    ({ schema }) => [
      `grant usage on schema ${schema} to public`,
      `revoke usage on schema ${schema} from public`,
    ],
    /^nobody but the company’s roles .*: PUBLIC usage on /,
  ],
  [
    'everybody may call a function',
    ({ schema }) => [
      `grant execute on function ${schema}.close_year(text, uuid, text) to public`,
      `revoke execute on function ${schema}.close_year(text, uuid, text) from public`,
    ],
    /^nobody but the company’s roles .*: PUBLIC execute on close_year\(\)$/,
  ],
  [
    'rights are given in advance',
    ({ schema, other: o }) => [
      `alter default privileges for role himalytix in schema ${schema} grant select on tables to tenant_${o}`,
      `alter default privileges for role himalytix in schema ${schema} revoke select on tables from tenant_${o}`,
    ],
    /^nobody but the company’s roles .*: tenant_\w+ select on default rights$/,
  ],
  [
    'the role may enter another company',
    ({ role, other: o }) => [
      `grant usage on schema ${o} to ${role}`,
      `revoke usage on schema ${o} from ${role}`,
    ],
    /^no schema but their own is open to the company’s roles: /,
  ],
  [
    'the role has a right on another company’s table',
    ({ role, other: o }) => [
      `grant select on ${o}.accounts to ${role}`,
      `revoke select on ${o}.accounts from ${role}`,
    ],
    /^no schema but their own is open .*: select on \w+\.accounts$/,
  ],
  [
    'the shared schema is open',
    () => ['grant usage on schema public to public', 'revoke usage on schema public from public'],
    /^no schema but their own is open to the company’s roles: /,
  ],
  [
    'the role may create',
    ({ schema, role }) => [
      `grant create on schema ${schema} to ${role}`,
      `revoke create on schema ${schema} from ${role}`,
    ],
    /^the company’s roles cannot create anything, nor hand on their rights: create /,
  ],
  [
    'lines are seen past the policies',
    ({ schema }) => [
      `alter table ${schema}.journal_lines no force row level security`,
      `alter table ${schema}.journal_lines force row level security`,
    ],
    /^what is of a branch is behind a policy, for the owner, too: journal_lines$/,
  ],
  [
    'a policy lets those see everything who are limited to branches',
    ({ schema }) => [
      `create policy open on ${schema}.journal_entries using (true)`,
      `drop policy open on ${schema}.journal_entries`,
    ],
    /^what is of a branch is behind a policy, for the owner, too: journal_entries$/,
  ],
  [
    'the role may hand on a right',
    ({ schema, role }) => [
      `grant select on ${schema}.accounts to ${role} with grant option`,
      `revoke grant option for select on ${schema}.accounts from ${role}`,
    ],
    /^the company’s roles cannot create .*: select on accounts$/,
  ],
  [
    'the role may sign in and passes row security by',
    ({ role }) => [`alter role ${role} login bypassrls`, `alter role ${role} nologin nobypassrls`],
    /^the company’s roles are nobody else: .*: bypass row security,login$/,
  ],
  [
    'the role belongs to another',
    ({ role, other: o }) => [`grant tenant_${o} to ${role}`, `revoke tenant_${o} from ${role}`],
    /^the company’s roles are nobody else: .*: member of tenant_/,
  ],
  [
    'a person of the database may act as the role',
    ({ schema, role }) => [
      `create role person_${schema} login superuser; grant ${role} to person_${schema}; alter role person_${schema} nosuperuser;
        do $$ begin execute format('grant connect on database %I to person_${schema}', current_database()); end $$`,
      `drop owned by person_${schema}; drop role person_${schema}`,
    ],
    /^nobody but the owner may act as one of the company’s roles: person_/,
  ],
  [
    'something belongs to somebody else',
    ({ schema }) => [
      `create role stranger_${schema}; grant all on schema ${schema} to stranger_${schema};
        alter function ${schema}.acting_user() owner to stranger_${schema}`,
      `alter function ${schema}.acting_user() owner to himalytix; drop owned by stranger_${schema}; drop role stranger_${schema}`,
    ],
    /all that is the company’s has the owner of its schema: acting_user\(\) of stranger_/,
  ],
  [
    'a function that works as its owner looks elsewhere',
    ({ schema, other: o }) => [
      `alter function ${schema}.hold_postings() set search_path = ${o}, pg_temp`,
      `alter function ${schema}.hold_postings() set search_path = ${schema}, pg_temp`,
    ],
    /^a function that works as its owner keeps .*: hold_postings\(\)$/,
  ],
  [
    'a view reads as its owner',
    ({ schema }) => [
      `alter view ${schema}.journal reset (security_invoker)`,
      `alter view ${schema}.journal set (security_invoker = true)`,
    ],
    /^a view reads as whoever asks, .*: journal$/,
  ],
  [
    'a view reads another company',
    ({ schema, other: o }) => [
      `create view ${schema}.peek with (security_invoker = true) as select * from ${o}.accounts; alter view ${schema}.peek owner to himalytix`,
      `drop view ${schema}.peek`,
    ],
    /^a view reads as whoever asks, and only what is the company’s: peek reads /,
  ],
  [
    'an answer tells another total',
    ({ schema }) => [
      `update ${schema}.idempotency_keys set body = body || '{"total": "7"}' where key = 'one'`,
      `update ${schema}.idempotency_keys set body = body || '{"total": "100"}' where key = 'one'`,
    ],
    /^an entry is as its answer told it: one$/,
  ],
  [
    'an answer to many tells an entry that is not there',
    ({ schema }) => [
      `update ${schema}.idempotency_keys set body = jsonb_set(body, '{results,0,number}', '"JV-9"') where key = 'many'`,
      `update ${schema}.idempotency_keys set body = jsonb_set(body, '{results,0,number}', body #> '{results,2,entry,number}') where key = 'many'`,
    ],
    /^an entry that was answered among many is there: many$/,
  ],
  [
    'others were told of an entry that is not there',
    ({ schema }) => [
      `insert into public.outbox (id, schema_name, topic, relayed_at) values (gen_random_uuid(), '${schema}', 'journal_entry.posted', now())`,
      `delete from public.outbox o where schema_name = '${schema}' and not exists (select from ${schema}.journal_entries e where e.id = o.id)`,
    ],
    /an entry of which others were told is there: /,
  ],
];

for (const [what, make, found] of breaches) {
  test(`it is found when ${what}`, async () => {
    const { schema, role } = company.tenant;
    const [breach, mend] = make({ schema, role, other: other.tenant.schema });
    await house.superuser.query(breach);
    const claims = await broken(company).finally(() => house.superuser.query(mend));
    assert.match(claims.join('\n'), new RegExp(found.source, 'm'));
    assert.deepEqual(await broken(company), []);
  });
}

test('a copy of the database in another place holds every claim, and has the same trial balance', async () => {
  const before = await company.run((tx) => trialBalance(tx, '2025-12-31'));
  const source = new URL(house.url).pathname.slice(1);
  const copy = `${source}_copy`;
  const admin = new pg.Client(process.env.TEST_CLUSTER_URL);
  await admin.connect();
  try {
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [source]);
    await admin.query(`create database ${copy} template ${source} owner himalytix`);
    await admin.query(`revoke connect, temporary on database ${copy} from public`);
    const db = openDb(urlOfDatabase(house.url, copy), { max: 2 });
    try {
      for (const { tenant } of [company, other]) {
        const verdicts = await inTenant(db, tenant, systemActor, verifyCompany, { snapshot: true });
        assert.deepEqual(
          verdicts.filter(({ breaches: n }) => n > 0),
          [],
        );
      }
      const there = await inTenant(db, company.tenant, systemActor, (tx) => trialBalance(tx, '2025-12-31'));
      assert.deepEqual(there, before);
    } finally {
      await db.close();
    }
  } finally {
    await admin.query(`drop database if exists ${copy} with (force)`);
    await admin.end();
  }
});
