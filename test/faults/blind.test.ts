// The control: where commits are not awaited, killing PostgreSQL must lose entries, or the trials see nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openAsker } from './asker.ts';
import { lostEntries } from './books.ts';
import { type DurableHouse, openDurableHouse } from './fault-house.ts';
import { firstPosted, putLoad } from './load.ts';
import { Notebook } from './notebook.ts';
import { assertFired, seededRandom, within } from './trial.ts';

/** Nobody but a commit that is awaited writes the log, so that the end of it is in memory when the servers die. */
const lazy = {
  wal_writer_delay: '10s',
  wal_writer_flush_after: '1GB',
  wal_buffers: '64MB',
  autovacuum: 'off',
};

let house: DurableHouse;
before(async () => {
  house = await openDurableHouse(lazy);
});
after(() => house?.close());

test('with plain asynchronous commit a killed PostgreSQL loses answered entries, and the trial sees it', async (t) => {
  const notebook = new Notebook(seededRandom(t));
  const unawaited = `${house.url}&options=-c%20synchronous_commit%3Doff`;
  const [web, access] = await Promise.all([house.web(unawaited), house.access()]);
  const asker = openAsker(
    () => web.port,
    () => access,
  );
  t.after(() => asker.close());
  let killed = false;
  const load = putLoad(asker, notebook, 16, () => killed);
  await within(60_000, 'the load runs', () => notebook.told.size > 200);
  await house.killPostgres();
  killed = true;
  await load;
  assertFired(notebook.told.size > 200, 'entries were answered before PostgreSQL was killed');
  await firstPosted(asker, notebook, 30_000);
  const lost = await lostEntries(house, notebook);
  t.diagnostic(`${lost.length} of ${notebook.told.size} answered entries are lost`);
  assert.ok(lost.length > 0, 'the trial is blind: PostgreSQL was killed and nothing was lost');
});
