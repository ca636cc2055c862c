// Group commit and idempotency against a real database: sets, lone failures, retries and a full queue.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fingerprintOf } from '#lib/idempotency';
import { Problem } from '#lib/problem';
import type { Actor } from '#lib/tenant-tx';
import { createCompany, openTestHouse, type TestCompany, type TestHouse } from '#test/company';
import type { EntryInput } from './entry.ts';
import { PostingQueue, type PostingRequest } from './posting-queue.ts';

let house: TestHouse;
let company: TestCompany;
const actor = (n: number): Actor => ({
  userId: `00000000-0000-7000-8000-00000000000${n}`,
  email: `a${n}@example.com`,
  name: `A${n}`,
  role: 'accountant',
});

const sale = (amount: string, memo = 'sale'): EntryInput => ({
  entry_date: '2024-03-01',
  memo,
  lines: [
    { account: '1010', debit: amount },
    { account: '4010', credit: amount },
  ],
});

function request(entry: EntryInput, more: Partial<PostingRequest> = {}): PostingRequest {
  return { tenant: company.tenant, actor: actor(1), entry, claim: null, ...more };
}

const claim = (key: string, entry: EntryInput, n = 1) => ({
  actorId: actor(n).userId ?? '',
  key,
  fingerprint: fingerprintOf('POST', '/x', entry),
});

const numberOf = (outcome: PromiseSettledResult<{ body: unknown }>) =>
  outcome.status === 'fulfilled' ? (outcome.value.body as { sequence: number }).sequence : null;

const transactions = async () => {
  const { rows } = await house.superuser.query<{ n: number }>(
    `select count(distinct xmin::text)::integer as n from ${company.tenant.schema}.journal_entries`,
  );
  return rows[0]?.n ?? 0;
};

describe('the posting queue', () => {
  before(async () => {
    house = await openTestHouse(4);
    company = await createCompany(house.db);
  });
  after(() => house.close());

  test('posts what queued during a commit as one set, numbered in order without gap', async () => {
    const queue = new PostingQueue(house.db);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, (_, i) => queue.post(request(sale(`${i + 1}.00`)))),
    );
    assert.deepEqual(
      outcomes.map(numberOf),
      Array.from({ length: 100 }, (_, i) => i + 1),
    );
    assert.ok((await transactions()) <= 3, 'the first goes alone, the other 99 together');
  });

  test('lets each entry fail alone, with its own faults, and burns no number for it', async () => {
    const queue = new PostingQueue(house.db);
    const bad = { ...sale('5.00'), lines: [{ account: 'nowhere', debit: '5.00' }] };
    const outcomes = await Promise.allSettled([
      queue.post(request(sale('1.00'))),
      queue.post(request(bad)),
      queue.post(request(sale('2.00'))),
    ]);
    const [first, second, third] = outcomes.map(numberOf);
    assert.equal(second, null);
    assert.equal(third, (first ?? 0) + 1);
    const [, refused] = outcomes;
    assert.ok(refused?.status === 'rejected' && refused.reason instanceof Problem);
    assert.ok(refused.reason.errors.some((fault) => fault.code === 'accounting/account-unknown'));
  });

  test('knows every author of a shared set', async () => {
    const queue = new PostingQueue(house.db);
    const outcomes = await Promise.all(
      [1, 2, 3].map((n) => queue.post(request(sale('1.00'), { actor: actor(n) }))),
    );
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.body as { created_by: string }).created_by),
      [1, 2, 3].map((n) => actor(n).userId),
    );
  });

  test('gives a retry the first answer, and posts once', async () => {
    const queue = new PostingQueue(house.db);
    const entry = sale('7.00');
    const first = await queue.post(request(entry, { claim: claim('k1', entry) }));
    const again = await queue.post(request(entry, { claim: claim('k1', entry) }));
    assert.equal(again.replayed, true);
    assert.deepEqual(again.body, JSON.parse(JSON.stringify(first.body)));
  });

  test('refuses a key that comes back with another entry, and leaves its neighbours alone', async () => {
    const queue = new PostingQueue(house.db);
    const other = sale('8.00');
    const outcomes = await Promise.allSettled([
      queue.post(request(sale('1.00'))),
      queue.post(request(other, { claim: claim('k1', other) })),
      queue.post(request(sale('1.00'))),
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    const [, refused] = outcomes;
    assert.ok(refused?.status === 'rejected' && refused.reason.code === 'request/key-reused');
  });

  test('keeps the keys of different people apart', async () => {
    const queue = new PostingQueue(house.db);
    const entry = sale('9.00');
    const mine = await queue.post(request(entry, { claim: claim('k2', entry, 1) }));
    const theirs = await queue.post(request(entry, { actor: actor(2), claim: claim('k2', entry, 2) }));
    assert.equal(theirs.replayed, false);
    assert.notDeepEqual(theirs.body, mine.body);
  });

  test('answers 50 requests with one key at once by one entry, also from two processes', async () => {
    const queues = [new PostingQueue(house.db), new PostingQueue(house.db)];
    const entry = sale('10.00', 'fifty at once');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) =>
        queues[i % 2]?.post(request(entry, { claim: claim('k3', entry) })),
      ),
    );
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') assert.equal(outcome.reason.code, 'request/key-in-flight');
    }
    const { rows } = await house.superuser.query(
      `select 1 from ${company.tenant.schema}.journal_entries where memo = 'fifty at once'`,
    );
    assert.equal(rows.length, 1);
  });

  test('sheds what comes when the queue is full, and posts all that it took', async () => {
    const queue = new PostingQueue(house.db, { perTenant: 5, perBatch: 2 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => queue.post(request(sale('1.00', 'crowd')))),
    );
    const taken = outcomes.filter((outcome) => outcome.status === 'fulfilled').length;
    const shed = outcomes.filter((outcome) => outcome.status === 'rejected');
    assert.ok(shed.length > 0 && shed.every((outcome) => outcome.reason.kind === 'unavailable'));
    const { rows } = await house.superuser.query(
      `select 1 from ${company.tenant.schema}.journal_entries where memo = 'crowd'`,
    );
    assert.equal(rows.length, taken);
  });

  test('tries again what lost a deadlock, and posts it once', async () => {
    const queue = new PostingQueue(house.db);
    const { schema } = company.tenant;
    // Fails the first two postings with the code that PostgreSQL gives to the loser of a deadlock.
    await house.superuser.query(`
      create sequence ${schema}.losses; grant usage on ${schema}.losses to public;
      create function ${schema}.lose() returns trigger language plpgsql as $$ begin
        if nextval('${schema}.losses') <= 2 then raise exception using errcode = '40P01'; end if;
        return null;
      end $$;
      create trigger lose before insert on ${schema}.journal_entries for each statement execute function ${schema}.lose()`);
    const { body } = await queue.post(request(sale('3.00', 'lost twice')));
    await house.superuser.query(`drop trigger lose on ${schema}.journal_entries`);
    assert.equal((body as { memo: string }).memo, 'lost twice');
    const { rows } = await house.superuser.query(
      `select 1 from ${schema}.journal_entries where memo = 'lost twice'`,
    );
    assert.equal(rows.length, 1);
  });
});
