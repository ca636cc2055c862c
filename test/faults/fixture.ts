// A house with a web process that is asked by its accountant, for trials of what many clients do to it at once.
import { type Asker, openAsker } from './asker.ts';
import { type FaultHouse, openFaultHouse } from './fault-house.ts';
import type { Web } from './web-process.ts';

/** `askers` talk to one web process each, all on the same database. */
export type Fixture = { house: FaultHouse; webs: Web[]; askers: Asker[]; close(): Promise<void> };

/** Opens it with so many web processes; call `close()` in an `after` hook. */
export async function openFixture(processes = 1): Promise<Fixture> {
  const house = await openFaultHouse();
  const access = await house.access();
  const webs = await Promise.all(Array.from({ length: processes }, () => house.web()));
  const askers = webs.map(({ port }) =>
    openAsker(
      () => port,
      () => access,
    ),
  );
  const close = async () => {
    for (const asker of askers) asker.close();
    await house.close();
  };
  return { house, webs, askers, close };
}

/** A connection of the superuser that holds what `statement` locks until `release()`. */
export async function holdLock(house: FaultHouse, statement: string): Promise<{ release(): Promise<void> }> {
  const client = await house.superuser.connect();
  await client.query('begin');
  await client.query(statement);
  return {
    release: async () => {
      await client.query('rollback');
      client.release();
    },
  };
}
