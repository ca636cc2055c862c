// Many clients at once on the same things: one entry, one account, one period, one order of locks, one pool.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cashSale } from '#test/company';
import type { Asker, Outcome } from './asker.ts';
import { assertVerified } from './books.ts';
import type { FaultHouse } from './fault-house.ts';
import { type Fixture, openFixture } from './fixture.ts';
import { assertFired, pause, seededRandom, times } from './trial.ts';

const path = '/journal-entries/';

/** How many deadlocks there were in the database; its processes tell within a second or two. */
async function deadlocksOf({ superuser }: FaultHouse): Promise<number> {
  await pause(2000);
  const { rows } = await superuser.query(
    'select deadlocks::integer from pg_stat_database where datname = current_database()',
  );
  return rows[0].deadlocks;
}

let house: FaultHouse;
let askers: Asker[];
let fixture: Fixture;
before(async () => {
  fixture = await openFixture(2);
  ({ house, askers } = fixture);
});
after(() => fixture?.close());
const table = ({ company }: FaultHouse, name: string) => `${company.tenant.schema}.${name}`;

test('nothing lands in a period after its closing is acknowledged, however many are posting', async () => {
  const { rows } = await house.superuser.query(
    `select id from ${table(house, 'periods')} where date '2024-03-15' between starts_on and ends_on`,
  );
  let [closed, posted, refused] = [false, 0, 0];
  const late: string[] = [];
  const post = async (client: number) => {
    for (let after = 0; after < 5; ) {
      const sentAfter = closed;
      const { status, body } = await (askers[client % 2] as Asker).post(path, cashSale('2024-03-15', '1.00'));
      if (status === 503) continue;
      if (status === 201) posted += 1;
      else {
        assert.deepEqual([status, body.code], [422, 'accounting/period-closed']);
        refused += 1;
      }
      if (sentAfter && status === 201) late.push(body.number);
      if (sentAfter) after += 1;
    }
  };
  const close = async () => {
    while (posted < 64) await new Promise((resolve) => setTimeout(resolve, 5));
    const { status } = await (askers[0] as Asker).ask('PATCH', `/api/v1/periods/${rows[0].id}/`, {
      status: 'closed',
    });
    assert.equal(status, 200);
    closed = true;
  };
  await Promise.all([close(), times(32, post)]);
  assertFired(posted >= 64 && refused >= 32, 'entries were posted before and refused after the closing');
  assert.deepEqual(late, []);
  await assertVerified(house);
});

test('64 clients that name their accounts in opposite orders meet no deadlock, by single posts, bulks and reversals', async () => {
  const codes = ['1010', '1020', '1110', '4010'];
  const outcomes = await times(64, async (client) => {
    const order = client % 2 ? codes : codes.toReversed();
    const lines = order.map((account) =>
      account === '4010' ? { account, credit: '9.00' } : { account, debit: '3.00' },
    );
    const entry = { entry_date: `2024-0${5 + (client % 4)}-01`, memo: 'x', lines };
    const asker = askers[client % 2] as Asker;
    const seen: Outcome[] = [];
    for (let round = 0; round < 3; round += 1) {
      const bulk = { entries: [entry, { ...entry, entry_date: `2024-0${8 - (client % 4)}-02` }] };
      const isBulk = client % 8 === 3;
      const outcome = await asker.post(isBulk ? `${path}bulk/` : path, isBulk ? bulk : entry);
      seen.push(outcome);
      if (client % 8 === 5 && outcome.kind === 'ok')
        seen.push(await asker.post(`${path}${outcome.body.id}/reversal/`, {}));
    }
    return seen;
  });
  const refused = outcomes.flat().filter(({ status }) => status !== 201);
  for (const { status, reason } of refused) assert.equal(status, 503, reason);
  assertFired(outcomes.flat().length - refused.length > 64, 'most requests were served');
  // A deadlock is a 503, too, and so is a request that a busy machine sheds; PostgreSQL counts the former.
  if (refused.length > 0) assert.equal(await deadlocksOf(house), 0, 'a deadlock reached a client');
  await assertVerified(house);
});

test('ten thousand postings on one account, in bulks and single, leave its balance exact', async (t) => {
  const random = seededRandom(t);
  const asker = askers[0] as Asker;
  let cents = 0n;
  const sale = () => {
    const amount = 1 + Math.floor(random() * 99_999);
    cents += BigInt(amount);
    return cashSale('2025-06-15', `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`);
  };
  const bulks = Array.from({ length: 19 }, () => ({ entries: Array.from({ length: 500 }, sale) }));
  const singles = Array.from({ length: 500 }, sale);
  const bulk = async (): Promise<void> => {
    for (let body = bulks.pop(); body; body = bulks.pop())
      assert.equal((await asker.post(`${path}bulk/`, body)).status, 201);
  };
  const single = async (): Promise<void> => {
    for (let body = singles.pop(); body; body = singles.pop())
      assert.equal((await asker.post(path, body)).status, 201);
  };
  await Promise.all([times(3, bulk), times(16, single)]);
  const { rows } = await house.superuser.query(
    `select debit, credit from ${table(house, 'account_balances')} b join ${table(house, 'accounts')} a on a.id = b.account_id
     join ${table(house, 'periods')} p on p.id = b.period_id where a.code = '1010' and p.starts_on = '2025-06-01'`,
  );
  assert.equal(rows.length, 1);
  assert.equal(BigInt(Math.round(Number(rows[0].debit) * 100)), cents);
  await assertVerified(house);
});

test('of fifty reversals of one entry at once, over two processes, one is posted and the others are told so', async () => {
  const { body } = await (askers[0] as Asker).post(path, cashSale('2024-04-01', '9.00'));
  const outcomes = await times(50, (client) =>
    (askers[client % 2] as Asker).post(`${path}${body.id}/reversal/`, {}),
  );
  // A busy machine may shed some, which is no answer to the question who reversed it.
  const codes = outcomes
    .filter(({ status }) => status !== 503)
    .map(({ status, reason }) => `${status} ${reason}`);
  assert.equal(codes.filter((code) => code === '201 ').length, 1);
  assert.deepEqual(new Set(codes), new Set(['201 ', '409 accounting/already-reversed']));
  await assertVerified(house);
});
