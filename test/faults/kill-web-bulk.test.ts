// Kills the web server in the middle of bulk postings.
import { after, before, test } from 'node:test';
import { type FaultHouse, openFaultHouse } from './fault-house.ts';
import { killWebs } from './kill-web.ts';
import { lengths, roomy } from './trial.ts';

let house: FaultHouse;
before(async () => {
  house = await openFaultHouse();
});
after(() => house?.close());

test(
  'a web server killed in mid-bulk leaves whole requests only, loses none that was answered, and retries converge',
  roomy,
  async (t) => {
    await killWebs(t, house, { rounds: Math.ceil(lengths.rounds / 2), clients: 6, bulk: 25 });
  },
);
