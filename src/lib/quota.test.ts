// Proves that a limit lets through exactly what it says, whoever asks how: in this process, and over several by a real Redis.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openRedisServer, type RedisServer } from '#test/redis-server';
import { Quota } from './quota.ts';
import type { RateLimit } from './rate-limits.ts';
import { openRedis, type Redis } from './redis.ts';

const silent = { warn: () => {}, info: () => {} };

const many = async (quota: Quota, key: string, count: number) =>
  (await Promise.all(Array.from({ length: count }, () => quota.take(key)))).filter(({ isWithin }) => isWithin)
    .length;

/** Takes one after the other; returns how many passed. */
async function inTurn(quota: Quota, key: string, count: number): Promise<number> {
  let passed = 0;
  for (let n = 0; n < count; n += 1) if ((await quota.take(key)).isWithin) passed += 1;
  return passed;
}

/** What holds wherever it is counted. */
function keepsTo(quotaOf: (limit: RateLimit) => Quota): void {
  test('so many requests pass as the limit says and no more, whether they come at once or one after the other', async () => {
    for (const requests of [1, 10, 2500]) {
      const quota = quotaOf({ requests, seconds: 60 });
      assert.equal(await many(quota, 'a', requests + 100), requests);
      assert.equal(await inTurn(quota, 'b', requests + 100), requests, 'each key has its own');
    }
  });

  test('each answer tells how many are left', async () => {
    const quota = quotaOf({ requests: 300, seconds: 60 });
    for (let left = 299; left >= 0; left -= 1) assert.equal((await quota.take('c')).left, left);
    assert.equal((await quota.take('c')).left, 0);
  });

  test('when the window is over all requests pass again, and a refusal says when that is', async () => {
    const quota = quotaOf({ requests: 2, seconds: 1 });
    assert.equal(await many(quota, 'd', 5), 2);
    const { seconds, isWithin } = await quota.take('d');
    assert.deepEqual([seconds, isWithin], [1, false]);
    await delay(1100);
    assert.equal(await many(quota, 'd', 5), 2);
  });
}

describe('in one process', () => {
  keepsTo((limit) => new Quota('address', limit, null));

  test('no crowd of sources takes more memory than so many windows', () => {
    const quota = new Quota('address', { requests: 10, seconds: 60 }, null);
    const { heapUsed } = process.memoryUsage();
    for (let n = 0; n < 300_000; n += 1) quota.take(`2001:db8:0:${n.toString(16)}::/64`);
    const grown = process.memoryUsage().heapUsed - heapUsed;
    assert.ok(
      grown < 150e6,
      `${Math.round(grown / 1e6)} MB for a million sources, what is not swept yet included`,
    );
  });
});

describe('over several processes', () => {
  let server: RedisServer;
  const connections: Redis[] = [];
  before(async () => {
    server = await openRedisServer();
    for (let n = 0; n < 2; n += 1) connections.push(openRedis(server.url, silent));
    while (!connections.every(({ isReady }) => isReady)) await delay(5);
  });
  after(async () => {
    for (const connection of connections) connection.close();
    await server?.kill();
  });
  const on = (nth: number, limit: RateLimit) => new Quota('address', limit, connections[nth] ?? null);

  // A key is Redis' own, so each of these limits has a name of its own there.
  let names = 0;
  keepsTo((limit) => {
    names += 1;
    const quota = on(0, limit);
    const take = quota.take.bind(quota);
    const prefix = `${names} `;
    quota.take = (key) => take(prefix + key);
    return quota;
  });

  test('two processes together let no more through than the limit says, and lose a hundredth at most', async () => {
    const limit = { requests: 5000, seconds: 60 };
    const pair = [on(0, limit), on(1, limit)] as const;
    const passed = (await Promise.all(pair.map((quota) => inTurn(quota, 'both', 4000)))).reduce(
      (a, b) => a + b,
    );
    assert.ok(passed <= 5000 && passed >= 4950, `${passed} passed`);
  });

  test('a busy key is answered without asking Redis each time', async () => {
    const quota = on(0, { requests: 100_000, seconds: 60 });
    let asked = 0;
    for (let n = 0; n < 10_000; n += 1) {
      const share = quota.take('busy');
      if (share instanceof Promise) asked += 1;
      await share;
    }
    assert.ok(asked < 40, `asked ${asked} times`);
  });

  test('while Redis is away each process goes on by what it has heard last, and holds to the limit by itself', async () => {
    const quota = on(0, { requests: 1000, seconds: 60 });
    assert.equal(await inTurn(quota, 'known', 400), 400);
    await server.kill();
    assert.equal(await inTurn(quota, 'known', 1000), 600);
    assert.equal(await many(quota, 'new', 1200), 1000);
  });
});
