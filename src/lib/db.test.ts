// Proves how values come back from PostgreSQL, and that a lost connection costs a query and never the process.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { openTestHouse, type TestHouse } from '#test/company';

let house: TestHouse;

before(async () => {
  house = await openTestHouse(2);
});

after(() => house.close());

test('dates stay days, numerics keep every digit and counts are numbers', async () => {
  const { rows } = await sql`select date '2024-02-29' as day, 12345678901234567890.1200::numeric as amount,
    count(*) as n, null::numeric as nothing`.execute(house.db.kysely);
  assert.deepEqual(rows, [{ day: '2024-02-29', amount: '12345678901234567890.1200', n: 1, nothing: null }]);
});

const cut = (pid: unknown) => house.superuser.query('select pg_terminate_backend($1, 5000)', [pid]);

test('a connection that breaks while it is lent fails its next query only', async () => {
  const client = await house.db.pool.connect();
  await client.query('begin');
  const { rows } = await client.query('select pg_backend_pid() as pid');
  const gone = new Promise((resolve) => client.once('end', resolve));
  await cut(rows[0]?.pid);
  await gone;
  await assert.rejects(client.query('select 1'));
  client.release();
  assert.equal((await house.db.pool.query('select 1 as one')).rows[0].one, 1);
});

test('a query that is cut off is an error, and the pool goes on', async () => {
  const running = sql`select pg_sleep(20)`.execute(house.db.kysely);
  const find = "select pid from pg_stat_activity where query = 'select pg_sleep(20)' and state = 'active'";
  let pid: unknown;
  while (pid === undefined) pid = (await house.superuser.query(find)).rows[0]?.pid;
  const failed = assert.rejects(running, /terminat/);
  await cut(pid);
  await failed;
  // The server says goodbye before it hangs up, so the pool may lend the dying connection once more.
  const again = () => sql`select 1`.execute(house.db.kysely);
  await again().catch(again);
});
