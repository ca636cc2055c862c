// Proves how long answers are remembered, and that what was on its way when something changed is not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Cache, MOST_AGE_MS } from './cache.ts';

function toldCache(mostAge?: number): Cache {
  const cache = new Cache(mostAge);
  cache.isTold = true;
  return cache;
}

/** A lookup that answers with how many there have been, when told to. */
function counted(cache: Cache) {
  let [loads, open] = [0, Promise.resolve()];
  const lookup = cache.lookup(async (keys) => {
    loads += 1;
    const mine = loads;
    await open;
    return new Map(keys.filter((key) => key !== 'nobody').map((key) => [key, mine]));
  });
  const hold = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    open = promise;
    return resolve;
  };
  return { lookup, hold };
}

test('an answer is remembered for as long as it may be old, counted from before it was asked for, and not longer', async () => {
  const { lookup, hold } = counted(toldCache());
  const release = hold();
  const [began, first] = [performance.now(), lookup('a')];
  await delay(MOST_AGE_MS / 2);
  release();
  assert.equal(await first, 1);
  assert.equal(lookup('a'), 1, 'it answers at once');
  // It is read a moment after it is asked for.
  while (performance.now() - began < MOST_AGE_MS + 50) await delay(5);
  assert.equal(await lookup('a'), 2);
});

test('what takes longer than that to come is not remembered at all', async () => {
  const { lookup, hold } = counted(toldCache());
  const release = hold();
  const first = lookup('a');
  await delay(MOST_AGE_MS);
  release();
  assert.equal(await first, 1);
  assert.equal(await lookup('a'), 2);
});

test('that there is no answer is not remembered', async () => {
  const { lookup } = counted(toldCache());
  assert.equal(await lookup('nobody'), null);
  assert.ok(lookup('nobody') instanceof Promise);
});

test('who asks after a change is told what was read after it, also when an answer is on its way', async () => {
  const cache = toldCache();
  const [{ lookup, hold }, other] = [counted(cache), counted(cache)];
  await lookup('a');
  await other.lookup('a');
  cache.forget();
  const release = hold();
  const before = lookup('a');
  await delay(1);
  cache.forget();
  const later = lookup('a');
  release();
  assert.deepEqual([await before, await later], [2, 3]);
  assert.equal(lookup('a'), 3);
  assert.equal(await other.lookup('a'), 2, 'every lookup forgets');
});

test('nothing is remembered as long as nobody tells of changes', async () => {
  const cache = new Cache();
  const { lookup } = counted(cache);
  assert.deepEqual([await lookup('a'), await lookup('a')], [1, 2]);
  cache.isTold = true;
  assert.deepEqual([await lookup('a'), lookup('a')], [3, 3]);
  cache.isTold = false;
  cache.forget();
  assert.deepEqual([await lookup('a'), await lookup('a')], [4, 5]);
});

test('of many keys the memory holds so many and no more', async () => {
  const { lookup } = counted(toldCache(60_000));
  const keys = Array.from({ length: 10_001 }, (_, n) => String(n));
  await Promise.all(keys.map((key) => lookup(key)));
  assert.ok(lookup('0') instanceof Promise, 'the oldest is gone');
  assert.ok(!(lookup('10000') instanceof Promise));
});
