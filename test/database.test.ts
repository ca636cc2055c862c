// Proves that test databases are complete, hardened and separate from each other.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { openDb } from '#lib/db';
import { databaseHardeningFaults } from '#lib/harden-database';
import { requireMigrated } from '#tenancy';
import { createTestDatabase, type TestDatabase } from '#test/database';

let one: TestDatabase;
let other: TestDatabase;

before(async () => {
  [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
});

after(() => Promise.all([one.drop(), other.drop()]));

test('a test database has every migration of the shared schema', async () => {
  const db = openDb(one.url);
  await requireMigrated(db).finally(() => db.close());
});

test('a test database is hardened like a real one', async () => {
  const client = new pg.Client(one.url);
  await client.connect();
  const faults = await databaseHardeningFaults(client).finally(() => client.end());
  assert.deepEqual(faults, []);
});

test('what one test file writes, another does not see', async () => {
  const user =
    "insert into users (id, email, name, password_hash) values (gen_random_uuid(), 'a@example.com', 'A', '-')";
  const [here, there] = [new pg.Client(one.url), new pg.Client(other.url)];
  await Promise.all([here.connect(), there.connect()]);
  await here.query(user);
  const { rows } = await there.query('select count(*)::int as n from users');
  await Promise.all([here.end(), there.end()]);
  assert.equal(rows[0].n, 0);
});
