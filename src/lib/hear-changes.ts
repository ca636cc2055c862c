// Hears from the database itself what any program, command or console has changed in the shared tables.
import { Socket } from 'node:net';
import pg from 'pg';
import type { Db } from './db.ts';

/** Named in migrations/public, where the triggers are that tell. */
const CHANNEL = 'himalytix_directory';

const AGAIN_AFTER_MS = 500;

/** What is called at each change, and with whether any would be heard when the connection that listens comes and goes. */
export type Ear = { heard(): void; listening(does: boolean): void };

/**
 * Hears changes on a connection of its own, which comes back by itself and keeps nobody waiting. What happened while it was gone
 * is never heard. Behind a pooler that lends connections by transaction, and while the network swallows everything, it seems to
 * listen and hears nothing; nobody may rely on it alone (see cache.ts). Returns what ends it.
 */
export function hearChanges(db: Db, { heard, listening }: Ear): () => Promise<void> {
  let stopped = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    const { connectionString } = db.pool.options;
    const mine = new pg.Client({
      connectionString,
      application_name: 'himalytix changes',
      keepAlive: true,
      // To listen is no reason for a process to go on.
      stream: () => new Socket().unref(),
      connectionTimeoutMillis: 5000,
    });
    client = mine;
    let over = false;
    const end = () => {
      if (over) return;
      over = true;
      listening(false);
      mine.end().catch(() => {});
      if (!stopped) timer = setTimeout(begin, AGAIN_AFTER_MS).unref();
    };
    mine.on('notification', heard);
    mine.on('error', end);
    mine.on('end', end);
    mine
      .connect()
      .then(() => mine.query(`listen ${CHANNEL}`))
      .then(() => over || listening(true))
      .catch(end);
  };
  begin();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await client?.end().catch(() => {});
  };
}
