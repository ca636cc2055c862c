// Kills the web server in the middle of single postings.
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
  'a web server killed in mid-request loses no answered entry, and retries get the one answer there is',
  roomy,
  async (t) => {
    await killWebs(t, house, { rounds: Math.ceil(lengths.rounds / 2), clients: 24 });
  },
);
