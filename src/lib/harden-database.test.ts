// Tries, as a company's role would, every way out of its schema that a hardened database closes.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '#test/database';
import { databaseHardeningFaults, hardenDatabase } from './harden-database.ts';

const company = `tenant_hostile_${randomBytes(4).toString('hex')}`;
let database: TestDatabase;
let login: pg.Client;
let superuser: pg.Client;

before(async () => {
  database = await createTestDatabase();
  login = new pg.Client(database.url);
  superuser = new pg.Client(database.superuserUrl);
  await Promise.all([login.connect(), superuser.connect()]);
  await login.query(`create role ${company} nologin`);
  await login.query(`grant ${company} to himalytix with inherit false, set true`);
  await login.query(`create schema ${company}; grant usage on schema ${company} to ${company}`);
});

after(async () => {
  await login.query(`drop schema ${company}; drop role ${company}`);
  await Promise.all([login.end(), superuser.end()]);
  await database.drop();
});

/** Runs one statement as the company's role, with parameters as the program sends them, and rolls it back. */
async function asCompany(statement: string): Promise<pg.QueryResult> {
  await login.query(`begin; set local role ${company}; set local search_path = ${company}`);
  try {
    return await login.query({ text: statement, values: [] });
  } finally {
    await login.query('rollback');
  }
}

const refused: Record<string, string> = {
  'change its role with set_config': `select set_config('role', 'himalytix', true)`,
  'change its role through pg_settings': `update pg_settings set setting = 'himalytix' where name = 'role'`,
  'change its role inside an XML query': `select query_to_xml('set role himalytix', false, false, '')`,
  'change its role in a DO block': `do $$ begin set local role himalytix; end $$`,
  'create a temporary table': 'create temporary table t (a int)',
  'create a function in SQL': `create function ${company}.f() returns int language sql return 1`,
  'create anything in the schema public': 'create table public.t (a int)',
  'create a schema': 'create schema mine',
  'read a table of the schema public': 'select * from public.users',
  'leave a large object behind': 'select lo_create(0)',
  'write a large object': `select lo_from_bytea(0, 'x')`,
  'hold an advisory lock': 'select pg_advisory_lock(1)',
  'hold an advisory lock for its transaction': 'select pg_advisory_xact_lock(1)',
  'stop a connection': 'select pg_terminate_backend(pg_backend_pid())',
  sleep: 'select pg_sleep(0.01)',
  'notify others': `select pg_notify('a', 'b')`,
  'write messages into the log': `select pg_logical_emit_message(true, 'a', 'b')`,
  'keep a snapshot': 'select pg_export_snapshot()',
  'see what others are doing': 'select * from pg_stat_activity',
  'see who waits for which lock': 'select * from pg_locks',
  'weigh the tables of others': `select pg_total_relation_size(oid) from pg_class where relname = 'users'`,
  'read a file of the server': `select pg_read_file('PG_VERSION')`,
  'run a program': `copy (select 1) to program 'true'`,
};

for (const [deed, statement] of Object.entries(refused)) {
  test(`a company's role cannot ${deed}`, async () => {
    await assert.rejects(asCompany(statement), { code: '42501' });
  });
}

test("a company's role still computes and reads its own settings", async () => {
  const { rows } = await asCompany(`select round(sum(n), 2)::text as total, current_user::text as role,
    current_setting('search_path') as path from generate_series(1, 3) n`);
  assert.deepEqual(rows, [{ total: '6.00', role: company, path: company }]);
});

test('the login role keeps what the program needs', async () => {
  const { rows } = await login.query(
    `select set_config('app.actor_id', 'x', true) as actor, pg_try_advisory_xact_lock(1) as locked`,
  );
  assert.deepEqual(rows, [{ actor: 'x', locked: true }]);
});

test('a hardened database has no faults, and hardening it again changes nothing', async () => {
  await hardenDatabase(superuser, { loginRole: 'himalytix' });
  assert.deepEqual(await databaseHardeningFaults(login), []);
});

test('each opening in a database is named, one sentence each', async () => {
  await superuser.query('begin');
  await superuser.query(`
    grant execute on function pg_catalog.set_config to public; grant update on pg_settings to public;
    grant usage on language plpgsql to public; grant usage on schema public to public`);
  const faults = await databaseHardeningFaults(superuser);
  await superuser.query('rollback');
  assert.deepEqual(faults, [
    'the login role is a superuser, to whom no privilege is refused',
    'PUBLIC may update pg_catalog.pg_settings',
    'PUBLIC may use or create objects in the schema public',
    'PUBLIC may write code in the language plpgsql',
    'PUBLIC may execute pg_catalog.set_config',
  ]);
});
