// Lets a company's large postings take turns, as in the database they would wait for each other with a connection each.
import { Problem } from '#lib/problem';

const MOST_WAITING = 64;

type Turns = { last: Promise<unknown>; waiting: number };

const turnsOf = new Map<string, Turns>();

/**
 * Runs work of a company after that which came before it, so that bulk posting takes one connection for each company and
 * process. Throws an unavailable Problem when too much waits already.
 */
export async function inTurn<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
  const turns = turnsOf.get(tenantId) ?? { last: Promise.resolve(), waiting: 0 };
  if (turns.waiting >= MOST_WAITING)
    throw new Problem(
      'unavailable',
      'accounting/queue-full',
      'too many bulk requests are waiting; try again',
    );
  const mine = turns.last.then(work, work);
  turns.last = mine;
  turns.waiting += 1;
  turnsOf.set(tenantId, turns);
  try {
    return await mine;
  } finally {
    turns.waiting -= 1;
    if (turns.waiting === 0) turnsOf.delete(tenantId);
  }
}
