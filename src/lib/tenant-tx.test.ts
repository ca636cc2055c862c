// Holds the wall between companies: what a transaction may see, how it ends, and what it leaves on its connection.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { type Actor, enterTenant, inDirectory, inTenant, systemActor, type TenantTx } from '#lib/tenant-tx';
import { cashSale, createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';

let house: TestHouse;
let mine: TestCompany;
let other: TestCompany;

before(async () => {
  house = await openTestHouse(2);
  [mine, other] = [await createCompany(house.db), await createCompany(house.db)];
  await mine.post(cashSale('2024-01-10', '1.00', { memo: mine.tenant.slug }));
  await other.post(cashSale('2024-01-10', '2.00', { memo: other.tenant.slug }));
});

after(() => house.close());

const memos = async (tx: TenantTx) =>
  (await tx.db.selectFrom('journal_entries').select('memo').execute()).map((row) => row.memo);

/** The state of a pooled connection between two transactions. */
async function stateOfConnections() {
  const clients = await Promise.all([house.db.pool.connect(), house.db.pool.connect()]);
  const state = `select current_user = session_user as own, current_setting('search_path') as path,
    coalesce(current_setting('app.actor_id', true), '') as actor, now() = statement_timestamp() as idle`;
  const rows = await Promise.all(clients.map(async (client) => (await client.query(state)).rows[0]));
  for (const client of clients) client.release();
  return rows;
}

const clean = { own: true, path: '"$user", public', actor: '', idle: true };

describe('a company’s transaction', () => {
  test('works as the company’s role, in its schema, for its actor', async () => {
    const actor: Actor = { userId: randomUUID(), email: 'a@example.com', name: 'A', role: 'clerk' };
    const seen = await mine.run(
      (tx) =>
        sql`select current_user as role, current_schema() as schema, acting_user() as actor,
          current_setting('transaction_isolation') as isolation`.execute(tx.db),
      actor,
    );
    const { role, schema } = mine.tenant;
    assert.deepEqual(seen.rows, [{ role, schema, actor: actor.userId, isolation: 'read committed' }]);
    assert.deepEqual(await stateOfConnections(), [clean, clean]);
  });

  test('stores nothing when its work throws, and hands the error on', async () => {
    const reason = new Error('no');
    const work = mine.run(async (tx) => {
      await tx.db.insertInto('accounts').values({ code: 'X', name: 'X', type: 'asset' }).execute();
      throw reason;
    });
    await assert.rejects(work, reason);
    assert.deepEqual(
      await mine.run((tx) => tx.db.selectFrom('accounts').select('id').where('code', '=', 'X').execute()),
      [],
    );
    assert.deepEqual(await stateOfConnections(), [clean, clean]);
  });

  test('that swallowed a failed statement is an error, as PostgreSQL answers its COMMIT with ROLLBACK', async () => {
    const work = mine.run(async (tx) => {
      await tx.db.insertInto('accounts').values({ code: 'Y', name: 'Y', type: 'asset' }).execute();
      await sql`select 1 / 0`.execute(tx.db).catch(() => {});
    });
    await assert.rejects(work, /was rolled back/);
  });

  test('takes no query once it is over, so that none runs in the next company’s', async () => {
    let straggler: Promise<unknown> = Promise.resolve();
    const work = mine.run(async (tx) => {
      const branch = async () => {
        await sql`select 1`.execute(tx.db);
        await new Promise(setImmediate);
        await new Promise(setImmediate);
        await sql`insert into accounts (code, name, type) values ('Z', 'Z', 'asset')`.execute(tx.db);
      };
      straggler = branch();
      await Promise.all([straggler, Promise.reject(new Error('the other branch failed'))]);
    });
    await assert.rejects(work, /other branch/);
    await assert.rejects(straggler, /transaction is over/);
  });

  test('as a snapshot reads one moment and writes nothing', async () => {
    const counts = await inTenant(
      house.db,
      mine.tenant,
      systemActor,
      async (tx) => {
        const first = (await memos(tx)).length;
        await mine.post(cashSale('2024-01-11', '1.00', { memo: mine.tenant.slug }));
        return [first, (await memos(tx)).length];
      },
      { snapshot: true },
    );
    assert.equal(counts[0], counts[1]);
    const write = inTenant(
      house.db,
      mine.tenant,
      systemActor,
      (tx) => tx.db.deleteFrom('journal_drafts').execute(),
      { snapshot: true },
    );
    await assert.rejects(write, { code: '25006' });
  });

  test('is not opened for a suspended company or for an actor whose id is none', async () => {
    const suspended = { ...mine.tenant, status: 'suspended' as const };
    await assert.rejects(inTenant(house.db, suspended, systemActor, memos), /is suspended/);
    const actor = { ...systemActor, userId: "'; reset role; --" };
    await assert.rejects(inTenant(house.db, mine.tenant, actor, memos), /a UUID/);
    const elsewhere = { ...mine.tenant, role: 'tenant_nobody"; reset role; --' };
    await assert.rejects(inTenant(house.db, elsewhere, systemActor, memos), { code: '22023' });
    assert.deepEqual(await stateOfConnections(), [clean, clean]);
  });

  test('that begins in the directory cannot go back to it', async () => {
    const work = inDirectory(house.db, async (tx) => {
      await enterTenant(tx, mine.tenant, systemActor);
      await tx.db.selectFrom('users').select('id').execute();
    });
    await assert.rejects(work, { code: '42P01' });
  });
});

/** One round: reads as one of the companies, and by turns fails, is cancelled, or leaves a query behind. */
async function round(index: number): Promise<void> {
  const company = index % 2 ? mine : other;
  const trouble = index % 7;
  const work = company.run(async (tx) => {
    const seen = await memos(tx);
    assert.deepEqual([...new Set(seen)], [company.tenant.slug]);
    if (trouble === 1) throw new Error('thrown');
    if (trouble === 2) await sql`select 1 / 0`.execute(tx.db);
    if (trouble === 3) await sql`set local statement_timeout = 1; `.execute(tx.db);
    if (trouble === 3) await sql`select count(*) from generate_series(1, 100000000)`.execute(tx.db);
    if (trouble === 4) memos(tx).catch(() => {});
    if (trouble === 5)
      await sql`insert into journal_drafts (id, entry_date, memo, lines, total)
      values (gen_random_uuid(), '2024-01-01', ${company.tenant.slug}, '[]', 0)`.execute(tx.db);
  });
  if (trouble === 1 || trouble === 2 || trouble === 3) await assert.rejects(work);
  else await work;
}

test('two companies by turns on two connections, with failing and cancelled queries, see no foreign row', async () => {
  for (let index = 0; index < 2000; index += 4)
    await Promise.all([0, 1, 2, 3].map((each) => round(index + each)));
  for (const company of [mine, other]) {
    const drafts = await company.run((tx) =>
      tx.db.selectFrom('journal_drafts').select('memo').distinct().execute(),
    );
    assert.deepEqual(drafts, [{ memo: company.tenant.slug }]);
  }
  assert.deepEqual(await stateOfConnections(), [clean, clean]);
});
