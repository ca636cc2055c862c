// Sends ten times as many requests as there are connections, while all connections are held up.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Asker, Outcome } from './asker.ts';
import { assertBooks } from './books.ts';
import { type Fixture, holdLock, openFixture } from './fixture.ts';
import { convergeAnswers, send } from './load.ts';
import { Notebook } from './notebook.ts';
import { assertFired, pause, seededRandom, times } from './trial.ts';

/** A server has ten connections. */
const CLIENTS = 100;

let fixture: Fixture;
before(async () => {
  fixture = await openFixture();
});
after(() => fixture?.close());

const isRefused = ({ status, headers }: Outcome) => status === 503 && Number(headers['retry-after']) > 0;

test('with all connections taken, requests are shed with a 503 and health is told, and then all are served', async (t) => {
  const { house, askers } = fixture;
  const asker = askers[0] as Asker;
  const notebook = new Notebook(seededRandom(t));
  const { schema } = house.company.tenant;
  const lock = await holdLock(house, `lock table ${schema}.accounts in access exclusive mode`);
  const lists = times(CLIENTS, () => asker.ask('GET', '/api/v1/accounts/'));
  await pause(500);
  const posts = times(CLIENTS, () => send(asker, notebook, notebook.next()));
  for (let round = 0; round < 7; round += 1) {
    const [live, ready] = await Promise.all(['live', 'ready'].map((of) => asker.ask('GET', `/health/${of}`)));
    assert.equal(live?.status, 200);
    assert.ok(ready && (ready.status === 200 || isRefused(ready)), `${ready?.status} ${ready?.reason}`);
    await pause(1000);
  }
  await lock.release();
  const seen = [...(await lists), ...(await posts)];
  const shed = seen.filter(isRefused);
  assertFired(shed.length > 0, 'requests waited in vain for a connection');
  for (const outcome of seen)
    assert.ok(outcome.kind === 'ok' || isRefused(outcome), `${outcome.status} ${outcome.reason}`);
  t.diagnostic(`${shed.length} of ${seen.length} requests were shed`);
  const after = await times(CLIENTS, () => send(asker, notebook, notebook.next()));
  assert.deepEqual(new Set(after.map(({ status }) => status)), new Set([201]));
  await convergeAnswers(asker, notebook);
  await assertBooks(house, notebook);
});
