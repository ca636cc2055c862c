// What every trial of a fault has: a seed to replay it by, a length, and words for a trial that proves nothing.
import { randomInt } from 'node:crypto';
import type { TestContext } from 'node:test';
import { randomFrom } from '#test/bench/requests';

/** The trial itself could not be set up, which says nothing of any promise. */
class SetUpFailed extends Error {
  override name = 'SetUpFailed';
}

/** The fault did not come about, so that what held was not tried. */
class FaultNeverFired extends Error {
  override name = 'FaultNeverFired';
}

/** Does a step of the set-up; what fails in it is told apart from a broken promise. */
export async function settingUp<T>(step: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SetUpFailed(`set-up failed, nothing was tried: ${step}: ${reason}`, { cause });
  }
}

/** Throws unless the fault has happened. */
export function assertFired(fired: boolean, fault: string): void {
  if (!fired) throw new FaultNeverFired(`the fault never fired, nothing was tried: ${fault}`);
}

const fromEnvironment = (name: string, preset: number): number => {
  const value = Number(process.env[name] ?? preset);
  if (Number.isInteger(value) && value > 0) return value;
  throw new SetUpFailed(`${name} must be a whole number above 0, not "${process.env[name]}"`);
};

/** How often a fault is repeated, and how long the database is out of reach; the short form unless told otherwise. */
export const lengths = {
  rounds: fromEnvironment('FAULT_ROUNDS', 20),
  outageSeconds: fromEnvironment('FAULT_OUTAGE_SECONDS', 7),
};

/** For the options of a test: what a trial may take on a machine that is busy with other things. */
export const roomy = { timeout: lengths.rounds * 30_000 + lengths.outageSeconds * 10_000 };

/** Numbers from 0 to 1 that come again with the printed seed. */
export function seededRandom(t: TestContext): () => number {
  const seed = fromEnvironment('FAULT_SEED', randomInt(1, 2 ** 31));
  t.diagnostic(`seed ${seed}; the same again with FAULT_SEED=${seed}`);
  return randomFrom(seed);
}

/** Looks until `isSo` and throws after so many milliseconds. Returns how long it took. */
export async function within(
  milliseconds: number,
  what: string,
  isSo: () => boolean | Promise<boolean>,
): Promise<number> {
  const started = performance.now();
  for (;;) {
    if (await isSo()) return performance.now() - started;
    if (performance.now() - started > milliseconds) throw new Error(`not within ${milliseconds} ms: ${what}`);
    await pause(10);
  }
}

/** Waits so many milliseconds. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Runs work so often at once, each with its number. */
export function times<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}
