// Changes shared tables as another program would, and listens for it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '#test/database';
import { type Db, openDb } from './db.ts';
import { hearChanges } from './hear-changes.ts';

let database: TestDatabase;
let db: Db;
before(async () => {
  database = await createTestDatabase();
  db = openDb(database.url, { max: 2 });
});
after(async () => {
  await db.close();
  await database.drop();
});

async function within(ms: number, what: string, holds: () => boolean): Promise<void> {
  const until = performance.now() + ms;
  while (!holds()) {
    assert.ok(performance.now() < until, `${what} within ${ms} ms`);
    await delay(5);
  }
}

test('a change of another program is heard with its commit, also after the connection was cut, and one that is rolled back is not', async () => {
  let heard = 0;
  const stop = hearChanges(db, () => {
    heard += 1;
  });
  try {
    await within(5000, 'it listens', () => heard === 1);
    const change = "update users set name = 'x' where false";
    await db.pool.query(`begin; ${change}; rollback`);
    await db.pool.query(`begin; ${change}; ${change}; commit`);
    await within(5000, 'the commit is heard', () => heard === 2);
    await db.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'himalytix changes' and datname = current_database()",
    );
    await within(5000, 'it tells that it may have missed something, and listens again', () => heard === 4);
    await db.pool.query("update tenants set name = 'x' where false");
    await within(5000, 'it hears again', () => heard === 5);
  } finally {
    await stop();
  }
});
