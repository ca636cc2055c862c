// Sends requests with a fault among good ones, and looks for what they leave behind.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { Asker } from './asker.ts';
import { assertBooks } from './books.ts';
import { type Fixture, openFixture } from './fixture.ts';
import { send } from './load.ts';
import { Notebook } from './notebook.ts';
import { assertFired, seededRandom, times } from './trial.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await openFixture();
});
afterEach(() => fixture?.close());

test('rejects mixed into a load, one in ten, leave no gap in the numbers and nothing behind', async (t) => {
  const { house, askers } = fixture;
  const notebook = new Notebook(seededRandom(t), { faulty: 0.1 });
  await times(16, async () => {
    for (let round = 0; round < 16; round += 1) await send(askers[0] as Asker, notebook, notebook.next());
  });
  assertFired(notebook.refused.size > 5, 'requests were rejected');
  assert.equal(notebook.unknown.size, 0);
  assert.ok([...notebook.refused.values()].every(({ faulty }) => faulty));
  await assertBooks(house, notebook);
});

test('a bulk request that fails at its last entry leaves nothing, alone and under load', async (t) => {
  const { house, askers } = fixture;
  const notebook = new Notebook(seededRandom(t), { bulk: 200, faulty: 0.5 });
  await times(4, async () => {
    for (let round = 0; round < 4; round += 1) await send(askers[0] as Asker, notebook, notebook.next());
  });
  assertFired(notebook.refused.size > 0, 'a bulk request failed');
  assertFired(notebook.told.size > 0, 'another one was posted');
  assert.equal(notebook.unknown.size, 0);
  await assertBooks(house, notebook);
});
