// Holds the lending of connections to its two promises: a company comes back to its connection, and nobody waits for ever.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { openDb } from '#lib/db';
import { createTestDatabase, type TestDatabase } from '#test/database';
import { borrowConnection } from './sticky-connections.ts';

let database: TestDatabase;
before(async () => {
  database = await createTestDatabase();
});
after(() => database.drop());

async function withPool(
  max: number,
  work: (pool: pg.Pool) => Promise<void>,
  timeout?: number,
): Promise<void> {
  const db = openDb(database.url, { max });
  if (timeout !== undefined) db.pool.options.connectionTimeoutMillis = timeout;
  await work(db.pool).finally(() => db.close());
}

test('a connection goes to the waiter that it served last, past one that came earlier', async () => {
  await withPool(2, async (pool) => {
    const [red, blue] = await Promise.all([borrowConnection(pool, 'red'), borrowConnection(pool, 'blue')]);
    const waiting = ['blue', 'red'].map((key) => borrowConnection(pool, key));
    red.release();
    const redAgain = await waiting[1];
    assert.equal(redAgain?.client, red.client);
    blue.release();
    const blueAgain = await waiting[0];
    assert.equal(blueAgain?.client, blue.client);
    for (const loan of [redAgain, blueAgain]) loan?.release();
  });
});

test('one who has waited long is overtaken no more', async () => {
  await withPool(1, async (pool) => {
    const loan = await borrowConnection(pool, 'red');
    const stranger = borrowConnection(pool, 'blue');
    await new Promise((resolve) => setTimeout(resolve, 1050));
    const regular = borrowConnection(pool, 'red');
    loan.release();
    (await stranger).release();
    (await regular).release();
  });
});

test('short lookups find a connection while all others are lent', async () => {
  await withPool(5, async (pool) => {
    const lent = await Promise.all(['a', 'b', 'c', 'd'].map((key) => borrowConnection(pool, key)));
    const waiting = borrowConnection(pool, 'e');
    assert.deepEqual((await pool.query('select 1 as one')).rows, [{ one: 1 }]);
    for (const loan of lent) loan.release();
    (await waiting).release();
  });
});

test('who waits longer than the pool allows is told so, and the next one is served', async () => {
  await withPool(
    1,
    async (pool) => {
      const loan = await borrowConnection(pool, 'red');
      await assert.rejects(borrowConnection(pool, 'blue'), /timeout exceeded when trying to connect/);
      loan.release();
      (await borrowConnection(pool, 'blue')).release();
    },
    200,
  );
});

test('a connection that broke is closed, and its turn goes on', async () => {
  await withPool(1, async (pool) => {
    const loan = await borrowConnection(pool, 'red');
    const waiting = borrowConnection(pool, 'red');
    loan.release(new Error('broken'));
    const fresh = await waiting;
    assert.notEqual(fresh.client, loan.client);
    fresh.release();
  });
});
