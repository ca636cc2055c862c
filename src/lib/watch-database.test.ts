// Holds the watch to its word with a server that accepts connections and then says nothing.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { createTestDatabase, type TestDatabase } from '#test/database';
import { openDb } from './db.ts';
import { problemOf, statusOf } from './http/send-problem.ts';

let database: TestDatabase;
before(async () => {
  database = await createTestDatabase();
});
after(() => database.drop());

test('what asks a silent database is told that it is unavailable, and soon', async (t) => {
  const held = new Set<Socket>();
  const server = createServer((socket) => held.add(socket.on('error', () => {}))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of held) socket.destroy();
    server.close();
  });
  const url = new URL(database.url);
  url.port = String((server.address() as AddressInfo).port);
  const db = openDb(url.href, { watched: true });
  const started = performance.now();
  const error = await db.pool.query('select 1').catch((reason: unknown) => reason);
  assert.equal(statusOf(problemOf(error)), 503);
  const again = await db.pool.query('select 1').catch((reason: unknown) => reason);
  assert.equal(statusOf(problemOf(again)), 503);
  assert.ok(performance.now() - started < 10_000);
  await db.close();
});

test('a slow statement on a database that answers is waited for', async () => {
  const db = openDb(database.url, { watched: true });
  const { rows } = await db.pool.query('select pg_sleep(5.5), 1 as one');
  assert.equal(rows[0].one, 1);
  await db.close();
});
