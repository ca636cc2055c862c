// A stream of entries over a real socket: line by line, in bounded memory, resumable, and ended cleanly.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  addMember,
  type Call,
  createCompany,
  openTestApi,
  openTestHouse,
  type TestApi,
  type TestCompany,
  type TestHouse,
} from '#test/company';
import type { Member } from '#users';

type Line = {
  line: number;
  status: string;
  id: string;
  number: string;
  errors: { pointer: string; code: string }[];
  error: { code: string };
  summary: { complete: boolean; lines: number; posted: number; duplicates: number; refused: number };
};

let house: TestHouse;
let api: TestApi;
let company: TestCompany;
let member: Member;
let call: Call;

before(async () => {
  house = await openTestHouse();
  api = await openTestApi(house.db);
  company = await createCompany(house.db);
  member = await addMember(house.db, company, 'accountant');
  call = await api.as(member);
  await api.app.listen({ host: '127.0.0.1', port: 0 });
});

after(async () => {
  await api.close();
  await house.close();
});

const sale = (n: number, more: object = {}) =>
  `${JSON.stringify({
    source_key: `sale-${n}`,
    entry_date: '2024-03-01',
    memo: `Sale ${n}`,
    lines: [
      { account: '1010', debit: '1.00' },
      { account: '4010', credit: '1.00' },
    ],
    ...more,
  })}\n`;

/** Opens a stream; what it answers is read as it comes. */
async function open(server = api, headers: Record<string, string> = {}): Promise<ClientRequest> {
  const { access } = await server.tokens.issue(member);
  const { port } = server.app.server.address() as AddressInfo;
  return httpRequest({
    host: '127.0.0.1',
    port,
    method: 'POST',
    path: '/api/v1/journal-entries/stream/',
    headers: { authorization: `Bearer ${access}`, 'content-type': 'application/x-ndjson', ...headers },
  });
}

async function* linesOf(sent: ClientRequest): AsyncGenerator<Line> {
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  assert.equal(answer.statusCode, 200);
  answer.on('error', () => {});
  for await (const line of createInterface({ input: answer })) yield JSON.parse(line) as Line;
}

async function stream(...chunks: (string | Buffer)[]): Promise<Line[]> {
  const sent = await open();
  const lines = Array.fromAsync(linesOf(sent));
  for (const chunk of chunks) if (!sent.write(chunk)) await once(sent, 'drain');
  sent.end();
  return await lines;
}

const count = async () => (await call('GET', '/journal-entries/?status=posted')).body.count;

describe('every line', () => {
  test('is answered by a line under its number, and a faulty one stops no other', async () => {
    const lines = await stream(
      sale(1),
      '\r\n',
      '{"entry_date": \n',
      sale(2, { entry_date: '2031-01-01', surprise: true }),
      '[1]\n',
      Buffer.from([0xff, 0xfe, 0x0a]),
      sale(3, { memo: 'a\0b' }),
      sale(1),
      sale(4).trimEnd(),
    );
    const summary = lines.pop()?.summary;
    assert.deepEqual(
      lines.map(({ line, status, errors }) => [line, status, ...(errors ?? []).map(({ code }) => code)]),
      [
        [1, 'posted'],
        [3, 'refused', 'request/malformed'],
        [4, 'refused', 'request/unknown-field', 'accounting/no-period'],
        [5, 'refused', 'request/type'],
        [6, 'refused', 'request/malformed'],
        [7, 'refused', 'request/text'],
        [8, 'duplicate'],
        [9, 'posted'],
      ],
    );
    assert.deepEqual(summary, { complete: true, lines: 8, posted: 2, duplicates: 1, refused: 5 });
    assert.equal(lines[6]?.id, lines[0]?.id);
  });

  test('is found wherever the chunks are cut', async () => {
    const bytes = Buffer.from(sale(10, { memo: 'रु १००' }) + sale(11));
    const lines = await stream(...Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)));
    assert.deepEqual(lines.at(-1)?.summary, {
      complete: true,
      lines: 2,
      posted: 2,
      duplicates: 0,
      refused: 0,
    });
    const { body } = await call('GET', `/journal-entries/${lines[0]?.id}/`);
    assert.equal(body.memo, 'रु १००');
  });

  test('is answered while the sender keeps the stream open', async () => {
    const sent = await open();
    const lines = linesOf(sent);
    sent.write(sale(20));
    assert.equal((await lines.next()).value?.status, 'posted');
    sent.write(sale(21));
    assert.equal((await lines.next()).value?.line, 2);
    sent.end();
    assert.equal((await lines.next()).value?.summary.complete, true);
  });
});

describe('an end', () => {
  test('over a line of more than 1 MiB comes after the lines before it, and says so', async () => {
    const lines = await stream(sale(30), 'x'.repeat(1_048_577), 'x'.repeat(3_000_000), '\n', sale(31));
    assert.deepEqual(
      lines.map(({ status, error, summary }) => status ?? error?.code ?? summary.complete),
      ['posted', 'request/line-too-long', false],
    );
  });

  test('by a broken connection leaves the lines that were posted, and a second try completes them', async () => {
    const before = await count();
    const all = Array.from({ length: 3000 }, (_, i) => sale(1000 + i)).join('');
    const sent = await open();
    sent.on('error', () => {});
    sent.write(all);
    const lines = linesOf(sent);
    for (let line = 0; line < 100; ) line = (await lines.next()).value?.line ?? 0;
    sent.destroy();
    await sleep(500);
    const posted = (await count()) - before;
    assert.ok(posted >= 100 && posted < 3000, `${posted} posted`);
    const { summary } = (await stream(all)).at(-1) as Line;
    assert.deepEqual(summary, {
      complete: true,
      lines: 3000,
      posted: 3000 - posted,
      duplicates: posted,
      refused: 0,
    });
    const { rows } = await house.superuser.query(
      `select 1 from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
    );
    assert.equal(rows.length, 0);
  });

  test('by a stop of the server is told, and the stop does not wait for the sender', async () => {
    const other = await openTestApi(house.db);
    await other.app.listen({ host: '127.0.0.1', port: 0 });
    const [busy, idle] = [await open(other), await open(other)];
    const lines = linesOf(busy);
    const silent = linesOf(idle)
      .next()
      .catch((error: Error) => error);
    busy.write(sale(40));
    idle.flushHeaders();
    assert.equal((await lines.next()).value?.status, 'posted');
    const closed = other.close();
    await sleep(100);
    busy.write(sale(41));
    assert.equal((await lines.next()).value?.error.code, 'request/server-stops');
    assert.equal((await lines.next()).value?.summary.complete, false);
    busy.destroy();
    await closed;
    await silent;
  });

  test('by a database out of reach is told, and the lines before it keep their answers', async (t) => {
    const sent = await open();
    const lines = linesOf(sent);
    sent.write(sale(60));
    assert.equal((await lines.next()).value?.status, 'posted');
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    t.mock.method(house.db.pool, 'connect', () => Promise.reject(refused));
    sent.write(sale(61));
    assert.equal((await lines.next()).value?.error.code, 'database/unavailable');
    assert.equal((await lines.next()).value?.summary.complete, false);
    sent.end();
    t.mock.restoreAll();
    const again = await stream(sale(60), sale(61));
    assert.deepEqual(
      again.slice(0, 2).map(({ status }) => status),
      ['duplicate', 'posted'],
    );
  });

  test('a fault outside of the lines is refused before any of them', async () => {
    const path = '/journal-entries/stream/';
    const type = { 'content-type': 'application/x-ndjson' };
    assert.equal((await call('POST', path, sale(50), { 'content-type': 'application/json' })).status, 415);
    assert.equal((await call('POST', path, sale(50), { ...type, 'content-encoding': 'gzip' })).status, 415);
    const keyed = await call('POST', path, sale(50), { ...type, 'idempotency-key': 'k' });
    assert.deepEqual([keyed.status, keyed.body.code], [400, 'request/idempotency-key']);
    const auditor = await api.as(await addMember(house.db, company, 'auditor'));
    assert.equal((await auditor('POST', path, sale(50), type)).status, 403);
  });
});

/** What is really held, in bytes: garbage that nobody has collected yet says more of the collector than of the program. */
function held(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe('memory', () => {
  test('stays bounded over 100,000 lines, and the sender is made to wait', async () => {
    const total = 100_000;
    const fresh = 5_000;
    // Nineteen in twenty lines are sold goods again, which takes a fraction of the time.
    const keyOf = (n: number) => 10_000 + (n % 20 === 0 ? n / 20 : 0);
    const sent = await open();
    const feed = (async () => {
      for (let n = 0; n < total; n += 100) {
        const chunk = Array.from({ length: 100 }, (_, i) => sale(keyOf(n + i))).join('');
        if (!sent.write(chunk)) await once(sent, 'drain');
      }
      sent.end();
    })();
    let [early, most, last] = [0, 0, 0];
    for await (const { line, summary } of linesOf(sent)) {
      if (summary) assert.deepEqual([summary.complete, summary.posted], [true, fresh]);
      else last = line;
      if (last === 10_000) early = held();
      if (last % 10_000 === 0) most = Math.max(most, held());
    }
    await feed;
    assert.equal(last, total);
    assert.ok(most - early < 50 * 1_048_576, `grew by ${(most - early) >> 20} MiB`);
  });

  test('of a reader that does not read is bounded too: what it has not read is not posted', async () => {
    const before = await count();
    const sent = await open();
    const closed = once(sent, 'close');
    const all = (async () => {
      for (let n = 0; n < 200_000; n += 100) {
        const lines = Array.from({ length: 100 }, (_, i) =>
          sale(300_000 + n + i, { lines: [], memo: 'm'.repeat(900) }),
        );
        if (!sent.write(lines.join(''))) await Promise.race([once(sent, 'drain'), closed]);
        if (sent.destroyed) return n;
      }
      return 200_000;
    })();
    sent.setMaxListeners(0);
    sent.on('error', () => {});
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    await sleep(3000);
    assert.ok(answer.readableLength < 1_048_576);
    sent.destroy();
    assert.ok((await all) < 200_000, 'the sender was never made to wait');
    assert.equal(await count(), before);
  });
});
