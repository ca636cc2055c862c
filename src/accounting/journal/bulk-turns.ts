// Lets a company's large postings take turns, as in the database they would wait for each other with a connection each.
import { Problem } from '#lib/problem';

const MOST_WAITING = 64;

/** Two at once: while one writes its balances, numbers and log, for which the other would wait, the other is read and checked. */
const AT_ONCE = 2;

type Turns = { running: number; waiting: (() => void)[] };

const turnsOf = new Map<string, Turns>();

/**
 * Runs work of a company when at most one other of its kind is under way, in the order in which it came, so that bulk posting
 * takes two connections for each company and process. Throws an unavailable Problem when too much waits already.
 */
export async function inTurn<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
  const turns = turnsOf.get(tenantId) ?? { running: 0, waiting: [] };
  if (turns.waiting.length >= MOST_WAITING)
    throw new Problem(
      'unavailable',
      'accounting/queue-full',
      'too many bulk requests are waiting; try again',
    );
  turnsOf.set(tenantId, turns);
  if (turns.running < AT_ONCE) turns.running += 1;
  else await new Promise<void>((resolve) => turns.waiting.push(resolve));
  try {
    return await work();
  } finally {
    const next = turns.waiting.shift();
    if (next) next();
    else turns.running -= 1;
    if (turns.running === 0) turnsOf.delete(tenantId);
  }
}
