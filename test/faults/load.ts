// Many clients that post at once, as careful clients do: under a key, and again under the same key when they heard nothing.
import assert from 'node:assert/strict';
import type { Asker, Outcome } from './asker.ts';
import type { Notebook, Noted } from './notebook.ts';
import { pause, times } from './trial.ts';

/** Sends a request and notes what came of it. */
export async function send(asker: Asker, notebook: Notebook, noted: Noted): Promise<Outcome> {
  const outcome = await asker.post(noted.path, noted.body, noted.key);
  notebook.note(noted, outcome);
  return outcome;
}

/** Posts from so many clients at once until told to stop; each waits for its answer, and a little after one that is no 201. */
export async function putLoad(
  asker: Asker,
  notebook: Notebook,
  clients: number,
  isOver: () => boolean,
): Promise<void> {
  await times(clients, async () => {
    while (!isOver() && !asker.isClosed) {
      const { kind } = await send(asker, notebook, notebook.next());
      if (kind === 'ambiguous') await pause(20);
    }
  });
}

/** Repeats one request until it is answered for good, at most so long. Returns that answer. */
async function settle(asker: Asker, notebook: Notebook, noted: Noted, until: number): Promise<Outcome> {
  for (;;) {
    const outcome = await send(asker, notebook, noted);
    if (!notebook.unknown.has(noted.key)) return outcome;
    assert.ok(performance.now() < until, `no answer for good: ${outcome.status} ${outcome.reason}`);
    await pause(50);
  }
}

/**
 * Repeats under their keys all requests of which nothing is known, and some of those that were answered: the former get an answer
 * within half a minute, the latter the same one again.
 */
export async function convergeAnswers(asker: Asker, notebook: Notebook, again = 5): Promise<void> {
  const until = performance.now() + 30_000;
  const unknown = [...notebook.unknown.values()];
  await times(Math.min(16, unknown.length), async () => {
    for (let noted = unknown.pop(); noted; noted = unknown.pop()) await settle(asker, notebook, noted, until);
  });
  for (const noted of notebook.answered(again)) {
    const outcome = await settle(asker, notebook, noted, until);
    assert.equal(outcome.status, 201);
    assert.equal(outcome.headers['idempotency-replayed'], 'true');
  }
}

/** Sends one new request after the other until one is answered 201; returns how many milliseconds that took. */
export async function firstPosted(asker: Asker, notebook: Notebook, limitMs: number): Promise<number> {
  const started = performance.now();
  for (;;) {
    const { kind, status, reason } = await send(asker, notebook, notebook.next());
    const ms = performance.now() - started;
    if (kind === 'ok') return ms;
    assert.ok(ms < limitMs, `nothing was posted for ${Math.round(ms)} ms: ${status} ${reason}`);
    await pause(20);
  }
}
