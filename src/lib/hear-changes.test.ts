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
  const listening: boolean[] = [];
  const stop = hearChanges(db, {
    heard: () => {
      heard += 1;
    },
    listening: (does) => listening.push(does),
  });
  try {
    await within(5000, 'it listens', () => listening.length === 1);
    const change = "update users set name = 'x' where false";
    await db.pool.query(`begin; ${change}; rollback`);
    await db.pool.query(`begin; ${change}; ${change}; commit`);
    await within(5000, 'the commit is heard', () => heard === 1);
    await db.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'himalytix changes' and datname = current_database()",
    );
    await within(5000, 'it tells that it hears nothing, and listens again', () => listening.length === 3);
    assert.deepEqual(listening, [true, false, true]);
    await db.pool.query("update tenants set name = 'x' where false");
    await within(5000, 'it hears again', () => heard === 2);
  } finally {
    await stop();
  }
  assert.equal(listening.at(-1), false, 'who has stopped tells so');
});

test('everything that decides who may do what tells of it, and what is written all the time does not', async () => {
  let heard = 0;
  let listens = false;
  const stop = hearChanges(db, {
    heard: () => {
      heard += 1;
    },
    listening: (does) => {
      listens = does;
    },
  });
  try {
    await within(5000, 'it listens', () => listens);
    const telling = [
      'update users set is_active = is_active',
      'update users set email = email',
      'update memberships set role = role',
      "update memberships set granted = '{}'",
      'delete from memberships',
      "update roles set permissions = '{}'",
      'update tenants set status = status',
      'delete from tenant_domains',
      'update refresh_tokens set revoked_at = now()',
    ];
    for (const [nth, statement] of telling.entries()) {
      await db.pool.query(`${statement} where false`);
      await within(5000, statement, () => heard === nth + 1);
    }
    for (const silent of [
      'update users set password_hash = password_hash',
      'update refresh_tokens set used_at = now()',
      'update api_keys set last_used_at = now()',
      'update sessions set last_seen_at = now()',
    ])
      await db.pool.query(`${silent} where false`);
    await db.pool.query('update tenants set status = status where false');
    await within(5000, 'the last', () => heard > telling.length);
    assert.equal(heard, telling.length + 1);
  } finally {
    await stop();
  }
});
