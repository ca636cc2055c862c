// Holds shared lookups to what makes them safe: nobody gets an answer that is older than their question.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coalesced } from './coalesced.ts';

/** A lookup whose answers come when the test says so; every answer names the set it came in. */
function held() {
  const sets: { keys: readonly string[]; answer(): void; fail(): void }[] = [];
  const lookup = coalesced(
    (keys) =>
      new Promise<Map<string, string>>((resolve, reject) => {
        const set = sets.length;
        const answers = new Map(keys.filter((key) => key !== 'nobody').map((key) => [key, `${key}${set}`]));
        sets.push({ keys, answer: () => resolve(answers), fail: () => reject(new Error('lost')) });
      }),
  );
  return { sets, lookup };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('what comes while a lookup is under way goes together in the next, each key once', async () => {
  const { sets, lookup } = held();
  const first = lookup('a');
  await settled();
  const rest = [lookup('a'), lookup('b'), lookup('a'), lookup('nobody')];
  await settled();
  assert.deepEqual(
    sets.map(({ keys }) => keys),
    [['a']],
  );
  sets[0]?.answer();
  assert.equal(await first, 'a0');
  await settled();
  assert.deepEqual(sets[1]?.keys, ['a', 'b', 'nobody']);
  sets[1]?.answer();
  assert.deepEqual(await Promise.all(rest), ['a1', 'b1', 'a1', null]);
});

test('a lookup that fails fails its own set only', async () => {
  const { sets, lookup } = held();
  const lost = lookup('a');
  await settled();
  const next = lookup('a');
  sets[0]?.fail();
  await assert.rejects(lost, /lost/);
  await settled();
  sets[1]?.answer();
  assert.equal(await next, 'a1');
});
