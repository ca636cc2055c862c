// Kills PostgreSQL with all of its processes under load, again and again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openAsker } from './asker.ts';
import { assertBooks } from './books.ts';
import { type DurableHouse, openDurableHouse } from './fault-house.ts';
import { convergeAnswers, firstPosted, putLoad } from './load.ts';
import { Notebook } from './notebook.ts';
import { assertFired, lengths, pause, roomy, seededRandom, within } from './trial.ts';

const CLIENTS = 24;

let house: DurableHouse;
before(async () => {
  house = await openDurableHouse();
});
after(() => house?.close());

test(
  'a PostgreSQL killed under load loses no answered entry, and posting goes on within 30 seconds',
  roomy,
  async (t) => {
    const random = seededRandom(t);
    const notebook = new Notebook(random);
    const web = await house.web();
    let access = await house.access();
    const asker = openAsker(
      () => web.port,
      () => access,
    );
    t.after(() => asker.close());
    const pauses: number[] = [];
    let cutShort = 0;
    for (let round = 0; round < lengths.rounds; round += 1) {
      const told = notebook.told.size;
      let killed = false;
      const load = putLoad(asker, notebook, CLIENTS, () => killed);
      await within(60_000, 'the load runs', () => notebook.told.size > told + CLIENTS);
      await pause(150 * random());
      const unknown = notebook.unknown.size;
      await house.killPostgres();
      killed = true;
      await load;
      cutShort += notebook.unknown.size - unknown;
      pauses.push(await firstPosted(asker, notebook, 30_000));
      await convergeAnswers(asker, notebook);
      await assertBooks(house, notebook);
      access = await house.access();
    }
    assertFired(cutShort > lengths.rounds, 'requests were under way when PostgreSQL was killed');
    assert.ok(web.isRunning(), 'the web server lives on');
    assert.equal(notebook.unknown.size, 0);
    const longest = Math.round(Math.max(...pauses));
    t.diagnostic(
      `${cutShort} requests cut short in ${lengths.rounds} rounds, ${notebook.told.size} entries answered`,
    );
    t.diagnostic(`posting went on after ${longest} ms at the longest`);
  },
);
