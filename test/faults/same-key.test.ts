// Repeats requests under one Idempotency-Key: at once, over two processes, with another body, and after a lost answer.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { cashSale } from '#test/company';
import type { Asker, Outcome } from './asker.ts';
import { assertVerified } from './books.ts';
import type { FaultHouse } from './fault-house.ts';
import { type Fixture, openFixture } from './fixture.ts';
import { assertFired, pause, times, within } from './trial.ts';

const path = '/journal-entries/';

let fixture: Fixture;
before(async () => {
  fixture = await openFixture(2);
});
after(() => fixture?.close());

async function countOf({ superuser, company }: FaultHouse, memo: string): Promise<number> {
  const { rows } = await superuser.query(
    `select count(*)::integer as n from ${company.tenant.schema}.journal_entries where memo = $1`,
    [memo],
  );
  return rows[0].n;
}

const answerOf = ({ body }: Outcome) => ({ id: body.id, number: body.number });

/** Sends the same request fifty times at once, by turns to these askers. */
async function fiftyAtOnce(house: FaultHouse, askers: Asker[], target: string, body: object, memo: string) {
  const key = randomUUID();
  const outcomes = await times(50, (client) =>
    (askers[client % askers.length] as Asker).post(target, body, key),
  );
  const done = outcomes.filter(({ kind }) => kind === 'ok');
  for (const { status, body: told } of outcomes.filter(({ kind }) => kind !== 'ok'))
    assert.deepEqual([status, told.code], [409, 'request/key-in-flight']);
  assertFired(done.length > 0, 'one of fifty requests was answered');
  const fresh = done.filter(({ headers }) => headers['idempotency-replayed'] === undefined);
  assert.equal(fresh.length, 1, 'one answer is new');
  const again = await times(4, (client) => (askers[client % askers.length] as Asker).post(target, body, key));
  const settled = again.filter(({ status }) => status !== 409);
  assert.ok(settled.length > 0);
  for (const outcome of [...done, ...settled]) assert.deepEqual(outcome.body, done[0]?.body);
  assert.equal(await countOf(house, memo), 1);
  const other = await askers[0]?.post(target, { ...body, ...cashSale('2024-02-02', '2.00') }, key);
  assert.equal(other?.status, 422);
}

test('one key fifty times at once posts one entry, also over two processes, and another body under it gets 422', async () => {
  const { house, askers } = fixture;
  for (const some of [askers.slice(0, 1), askers]) {
    const memo = randomUUID();
    await fiftyAtOnce(house, some, path, cashSale('2024-02-01', '5.00', { memo }), memo);
  }
  await assertVerified(house);
});

test('one key fifty times at once posts one bulk request, also over two processes', async () => {
  const { house, askers } = fixture;
  const memos = [randomUUID(), randomUUID()];
  const key = randomUUID();
  const body = { entries: memos.map((memo) => cashSale('2024-02-01', '5.00', { memo })) };
  const outcomes = await times(50, (client) => (askers[client % 2] as Asker).post(`${path}bulk/`, body, key));
  for (const { kind, status, reason } of outcomes)
    assert.ok(kind === 'ok' || status === 409 || reason === 'accounting/queue-full', `${status} ${reason}`);
  const told = new Set(outcomes.filter(({ kind }) => kind === 'ok').map((each) => JSON.stringify(each.body)));
  assert.equal(told.size, 1);
  for (const memo of memos) assert.equal(await countOf(house, memo), 1);
  await assertVerified(house);
});

/** Sends a request and hangs up once the server has read it; the answer finds nobody. */
async function hangUp(port: number, access: string, body: string, key: string): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  await once(socket, 'connect');
  const head = `POST /api/v1${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${access}`;
  const rest = `Content-Type: application/json\r\nIdempotency-Key: ${key}\r\nContent-Length: ${body.length}`;
  socket.write(`${head}\r\n${rest}\r\n\r\n${body}`);
  await pause(1);
  await once(socket, 'data', { signal: AbortSignal.timeout(2) }).catch(() => {});
  socket.resetAndDestroy();
}

test('who lost the answer to a committed entry gets the same id and number by asking again', async (t) => {
  const { house, webs, askers } = fixture;
  const access = await house.access();
  let committed = 0;
  for (let round = 0; round < 40; round += 1) {
    const memo = randomUUID();
    const sale = cashSale('2024-03-01', '3.00', { memo });
    await hangUp(webs[0]?.port ?? 0, access, JSON.stringify(sale), memo);
    if (round % 2)
      await within(2000, 'it is posted', async () => (await countOf(house, memo)) > 0).catch(() => 0);
    const wasThere = await countOf(house, memo);
    committed += wasThere;
    let outcome: Outcome | undefined;
    await within(10_000, 'the retry is answered', async () => {
      outcome = await askers[0]?.post(path, sale, memo);
      return outcome?.status === 201;
    });
    assert.ok(outcome);
    if (wasThere) assert.equal(outcome.headers['idempotency-replayed'], 'true');
    const { rows } = await house.superuser.query(
      `select id, number from ${house.company.tenant.schema}.journal_entries where memo = $1`,
      [memo],
    );
    assert.deepEqual(rows, [answerOf(outcome)]);
  }
  assertFired(committed > 0, 'an entry was committed whose answer was lost');
  t.diagnostic(`${committed} of 40 answers were lost after the commit`);
  await assertVerified(house);
});
