// The trial of a database out of reach for a while: what clients are told meanwhile, and how soon all is well again.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type Asker, type Outcome, openAsker } from './asker.ts';
import { assertBooks } from './books.ts';
import { type CutProxy, openCutProxy } from './cut-proxy.ts';
import type { FaultHouse } from './fault-house.ts';
import { convergeAnswers, send } from './load.ts';
import { Notebook } from './notebook.ts';
import { assertFired, lengths, pause, seededRandom, times, within } from './trial.ts';

/** No request may take longer, and so long after the outage all must be served again. */
const LIMIT_MS = 10_000;
const CLIENTS = 24;

/** A request that was asked `at` so many milliseconds. */
type Seen = Outcome & { at: number; what: string };

const reads = ['/health/ready', '/api/v1/reports/trial-balance/?as_of=2024-12-31', '/api/v1/accounts/'];

/** Every second client posts, the others read. */
async function putMixedLoad(asker: Asker, notebook: Notebook, seen: Seen[], isOver: () => boolean) {
  await times(CLIENTS, async (client) => {
    while (!isOver() && !asker.isClosed) {
      const at = performance.now();
      const what = client % 2 ? 'post' : (reads[(client / 2) % reads.length] ?? '');
      const outcome = await (what === 'post'
        ? send(asker, notebook, notebook.next())
        : asker.ask('GET', what));
      seen.push({ ...outcome, at, what });
      if (outcome.kind !== 'ok') await pause(100);
    }
  });
}

function assertBounded(seen: readonly Seen[]): void {
  for (const { what, status, reason, headers, ms } of seen) {
    assert.ok(ms < LIMIT_MS, `${what} took ${Math.round(ms)} ms: ${status} ${reason}`);
    if (status === 200 || status === 201) continue;
    assert.equal(status, 503, `${what} was answered ${status} ${reason}`);
    assert.match(String(headers['retry-after']), /^\d+$/, what);
  }
}

/** Cuts the way to the database by `cut`, under load, for the length of an outage. */
export async function tryOutage(
  t: TestContext,
  house: FaultHouse,
  cut: (proxy: CutProxy) => void | Promise<void>,
): Promise<void> {
  const notebook = new Notebook(seededRandom(t));
  const proxy = await openCutProxy(house.url);
  t.after(() => proxy.close());
  const [web, access] = await Promise.all([house.web(proxy.url), house.access()]);
  const asker = openAsker(
    () => web.port,
    () => access,
  );
  t.after(() => asker.close());
  const seen: Seen[] = [];
  let over = false;
  const load = putMixedLoad(asker, notebook, seen, () => over);
  await within(60_000, 'the load runs', () => notebook.told.size > CLIENTS);
  await cut(proxy);
  await pause(lengths.outageSeconds * 1000);
  assertFired(proxy.cut > 0, 'connections were cut');
  const live = await asker.ask('GET', '/health/live');
  assert.equal(live.status, 200);
  await proxy.heal();
  const healed = performance.now();
  const good = () => seen.filter(({ at, kind }) => at > healed && kind === 'ok').length;
  const isWell = () =>
    good() > 0 && seen.slice(-4 * CLIENTS).every(({ at, kind }) => at > healed && kind === 'ok');
  const wellAfter = await within(LIMIT_MS, 'all is served again', isWell);
  over = true;
  await load;
  const missed = seen.filter(({ kind }) => kind !== 'ok');
  assertFired(missed.length > 0, 'requests failed while the database was out of reach');
  assertBounded(seen);
  assert.deepEqual(
    seen.filter(({ at, kind }) => at > healed + wellAfter && kind !== 'ok'),
    [],
    'once all is well it stays so',
  );
  await convergeAnswers(asker, notebook);
  await assertBooks(house, notebook);
  const longest = Math.round(Math.max(...seen.map(({ ms }) => ms)));
  t.diagnostic(
    `${missed.length} of ${seen.length} requests were refused, none took longer than ${longest} ms`,
  );
  t.diagnostic(
    `all was served again ${Math.round(wellAfter)} ms after the outage of ${lengths.outageSeconds} s`,
  );
}
