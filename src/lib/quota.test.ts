// Proves that a limit lets through exactly what it says, whoever asks how, and what is given back counts as not taken.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Quota } from './quota.ts';

const many = async (quota: Quota, key: string, count: number) =>
  (await Promise.all(Array.from({ length: count }, () => quota.take(key)))).filter(({ isWithin }) => isWithin)
    .length;

test('so many requests pass as the limit says and no more, whether they come at once or one after the other', async () => {
  for (const requests of [1, 10, 2500]) {
    const atOnce = new Quota('address', { requests, seconds: 60 }, null);
    assert.equal(await many(atOnce, 'a', requests + 100), requests);
    assert.equal(await many(atOnce, 'b', 1), 1, 'each key has its own');
    const inTurn = new Quota('address', { requests, seconds: 60 }, null);
    let passed = 0;
    for (let n = 0; n < requests + 100; n += 1) {
      const { isWithin, left } = await inTurn.take('a');
      if (isWithin) passed += 1;
      assert.equal(left, Math.max(0, requests - n - 1));
    }
    assert.equal(passed, requests);
  }
});

test('a busy key is answered without asking the counter each time', async () => {
  const quota = new Quota('address', { requests: 10_000, seconds: 60 }, null);
  let asked = 0;
  for (let n = 0; n < 1000; n += 1) {
    const share = quota.take('a');
    if (share instanceof Promise) asked += 1;
    await share;
  }
  assert.ok(asked < 20, `asked ${asked} times`);
});

test('when the window is over all requests pass again, and a refusal says when that is', async () => {
  const quota = new Quota('address', { requests: 2, seconds: 1 }, null);
  assert.equal(await many(quota, 'a', 5), 2);
  const { seconds, isWithin } = await quota.take('a');
  assert.deepEqual([seconds, isWithin], [1, false]);
  await delay(1050);
  assert.equal(await many(quota, 'a', 5), 2);
});

test('what is given back can be taken again', async () => {
  const quota = new Quota('sign-in', { requests: 3, seconds: 60 }, null);
  for (let n = 0; n < 20; n += 1) {
    assert.equal((await quota.take('a')).isWithin, true);
    quota.giveBack('a');
  }
  assert.equal(await many(quota, 'a', 5), 3);
});
