// Takes the database out of reach for a while, by a refusal and by silence.
import { afterEach, beforeEach, test } from 'node:test';
import { type FaultHouse, openFaultHouse } from './fault-house.ts';
import { tryOutage } from './outage.ts';
import { roomy } from './trial.ts';

let house: FaultHouse;
beforeEach(async () => {
  house = await openFaultHouse();
});
afterEach(() => house?.close());

test(
  'while the database refuses connections, requests get a 503 in time, and soon after all are served',
  roomy,
  async (t) => {
    await tryOutage(t, house, (proxy) => proxy.refuse());
  },
);

test(
  'while the database is silent, no request hangs, and soon after all are served, dead sessions or not',
  roomy,
  async (t) => {
    await tryOutage(t, house, (proxy) => proxy.silence());
  },
);
