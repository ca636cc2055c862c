// The trial of killing the web server in the middle of its requests, again and again, whatever these ask for.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { openAsker } from './asker.ts';
import { assertBooks, assertNoneOpen, assertWhole } from './books.ts';
import type { FaultHouse } from './fault-house.ts';
import { convergeAnswers, putLoad } from './load.ts';
import { type Habits, Notebook } from './notebook.ts';
import { assertFired, pause, seededRandom, within } from './trial.ts';

/** Kills so many servers under a load of so many clients with these habits, and holds the books to their promises each time. */
export async function killWebs(
  t: TestContext,
  house: FaultHouse,
  { rounds, clients, ...habits }: Habits & { rounds: number; clients: number },
): Promise<void> {
  const random = seededRandom(t);
  const notebook = new Notebook(random, habits);
  let web = await house.web();
  let access = '';
  const asker = openAsker(
    () => web.port,
    () => access,
  );
  t.after(() => asker.close());
  let cutShort = 0;
  for (let round = 0; round < rounds; round += 1) {
    // The next server starts meanwhile, as that takes the longest.
    const next = house.web();
    access = await house.access();
    const told = notebook.told.size;
    const load = putLoad(asker, notebook, clients, () => !web.isRunning());
    await within(60_000, 'the load runs', () => notebook.told.size > told + clients);
    await pause(150 * random());
    cutShort += asker.underWay;
    await web.kill();
    await load;
    await assertNoneOpen(house);
    await assertWhole(house, notebook);
    web = await next;
    await convergeAnswers(asker, notebook);
    await assertBooks(house, notebook);
  }
  assertFired(cutShort > rounds, 'requests were under way when the server was killed');
  assert.equal(notebook.unknown.size, 0);
  t.diagnostic(`${cutShort} requests cut short in ${rounds} rounds, ${notebook.told.size} entries answered`);
}
