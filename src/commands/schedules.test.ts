// The schedules of the serving process, with intervals that a test can wait for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Db } from '#lib/db';
import { type Schedule, schedules, startSchedules } from './schedules.ts';

const db = {} as Db;
const silent = { error: () => {} };

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(1);
}

const every = (everyMs: number, work: Schedule['work']): Schedule => ({
  name: 'work',
  firstAfterMs: 1,
  everyMs,
  work,
});

test('work comes again and never twice at once, and what fails is logged and stops nothing', async () => {
  const log: string[] = [];
  let [times, atOnce, most] = [0, 0, 0];
  const slow = every(1, async () => {
    most = Math.max(most, ++atOnce);
    await delay(3);
    atOnce -= 1;
    times += 1;
  });
  const failing = every(1, () => Promise.reject(new Error('no')));
  const stop = startSchedules(db, { error: (_: unknown, text?: string) => void log.push(text ?? '') }, [
    slow,
    failing,
  ]);
  await until(() => times > 3 && log.length > 3);
  await stop();
  assert.equal(most, 1);
  assert.equal(log[0], 'failed to work');
});

test('stopping waits for the work under way, tells it so, and nothing comes after it', async () => {
  let [begun, ended] = [0, 0];
  const stop = startSchedules(db, silent, [
    every(1, async (_db, _log, stopped) => {
      begun += 1;
      await until(stopped);
      ended += 1;
    }),
    { ...every(1, () => Promise.reject(new Error('never'))), firstAfterMs: 3_600_000 },
  ]);
  await until(() => begun === 1);
  await stop();
  await delay(5);
  assert.deepEqual([begun, ended], [1, 1]);
});

test('the serving process purges daily and looks hourly for companies to prove', () => {
  assert.deepEqual(
    schedules.map(({ everyMs }) => everyMs / 3_600_000),
    [24, 24, 24, 1],
  );
});
