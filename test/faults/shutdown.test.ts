// Stops the web server as an operator does, under load: what was taken is done and answered, the rest is told to come again.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { openAsker } from './asker.ts';
import { assertBooks } from './books.ts';
import { type Fixture, holdLock, openFixture } from './fixture.ts';
import { convergeAnswers, putLoad, send } from './load.ts';
import { Notebook } from './notebook.ts';
import { assertFired, pause, seededRandom, times, within } from './trial.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await openFixture(2);
});
afterEach(() => fixture?.close());

test('a server that is told to stop answers every entry that waits for its commit', async (t) => {
  const { house, webs, askers } = fixture;
  const [web, asker] = [webs[0], askers[0]];
  assert.ok(web && asker);
  const notebook = new Notebook(seededRandom(t));
  const { schema } = house.company.tenant;
  const lock = await holdLock(house, `lock table ${schema}.journal_entries in share mode`);
  const waiting = times(64, () => send(asker, notebook, notebook.next()));
  await pause(1500);
  assertFired(asker.underWay === 64, 'the server had taken 64 entries and answered none');
  const stopped = web.stop();
  await pause(300);
  assert.ok(web.isRunning(), 'it waits for its work');
  await lock.release();
  const outcomes = await waiting;
  assert.deepEqual(new Set(outcomes.map(({ status, reason }) => `${status} ${reason}`)), new Set(['201 ']));
  const answered = performance.now();
  assert.equal(await stopped, 0);
  assert.ok(
    performance.now() - answered < 20_000,
    'it does not wait for clients that keep their connections',
  );
  await assertBooks(house, notebook);
});

test('a server that is told to stop under load loses no answered entry, and retries elsewhere converge', async (t) => {
  const { house, webs, askers } = fixture;
  const [web, asker] = [webs[0], askers[0]];
  assert.ok(web && asker);
  const notebook = new Notebook(seededRandom(t));
  const load = putLoad(asker, notebook, 48, () => !web.isRunning());
  await within(60_000, 'the load runs', () => notebook.told.size > 100);
  const underWay = asker.underWay;
  assert.equal(await web.stop(), 0);
  await load;
  assertFired(underWay > 0, 'requests were under way when it was told to stop');
  // A request that meets a connection while it is being closed is not taken; HTTP leaves the server no way to tell.
  const [unknown, refused] = [notebook.unknown.size, notebook.refused.size];
  t.diagnostic(`${underWay} were under way: of ${unknown} nothing is known, ${refused} were refused`);
  await assertBooks(house, notebook);
  const access = await house.access();
  const other = openAsker(
    () => webs[1]?.port ?? 0,
    () => access,
  );
  t.after(() => other.close());
  await convergeAnswers(other, notebook);
  await assertBooks(house, notebook);
});
