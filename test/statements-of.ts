// Listens to the SQL that some work sends, to hold two pieces of work to being the same.
import { mock } from 'node:test';
import pg from 'pg';

/** The texts of all statements that any connection of this process sends while the work is done, in their order. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const texts: string[] = [];
  const { query } = pg.Client.prototype;
  const spy = mock.method(pg.Client.prototype, 'query', function (this: pg.Client, ...args: unknown[]) {
    const [first] = args;
    texts.push(typeof first === 'string' ? first : (first as { text: string }).text);
    return Reflect.apply(query, this, args);
  });
  try {
    await work();
  } finally {
    spy.mock.restore();
  }
  return texts;
}
