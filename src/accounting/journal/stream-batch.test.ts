// A batch of a stream against a database that refuses one of its entries for a reason that nobody foresaw.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemActor } from '#lib/tenant-tx';
import { cashSale, createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import { inTurn } from './bulk-turns.ts';
import { type StreamTarget, streamBatch } from './stream-batch.ts';

let house: TestHouse;
let company: TestCompany;
let target: StreamTarget;

before(async () => {
  house = await openTestHouse();
  company = await createCompany(house.db);
  target = { db: house.db, tenant: company.tenant, actor: systemActor };
});

after(() => house.close());

const received = (memo: string) => ({ body: { ...cashSale('2024-03-01', '1.00'), memo }, faults: [] });

test('an entry that the database itself refuses is refused alone', async () => {
  await house.superuser.query(
    `alter table ${company.tenant.schema}.journal_entries add check (memo <> 'cursed')`,
  );
  const results = await streamBatch(target, ['a', 'cursed', 'b'].map(received));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['posted', 'refused', 'posted'],
  );
  const [, refused] = results;
  assert.ok(refused?.status === 'refused' && refused.errors[0]?.code === 'internal/error');
});

test('what is no entry’s fault is thrown', async () => {
  const db = {
    ...house.db,
    pool: { options: { max: 1 }, connect: () => Promise.reject(new Error('gone')) },
  } as never;
  await assert.rejects(streamBatch({ ...target, db }, [received('c')]), /gone/);
});

test('of a company’s large postings two are under way at once, and too many are sent away', async () => {
  let running = 0;
  const work = async () => {
    running += 1;
    assert.ok(running <= 2);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  };
  const all = await Promise.allSettled(Array.from({ length: 70 }, () => inTurn('some company', work)));
  assert.equal(all.filter(({ status }) => status === 'fulfilled').length, 66);
  await assert.rejects(
    inTurn('some company', () => Promise.reject(new Error('mine'))),
    /mine/,
  );
  await inTurn('some company', work);
});
