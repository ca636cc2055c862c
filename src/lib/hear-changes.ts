// Hears from the database itself what any program, command or console has changed in the shared tables.
import pg from 'pg';
import type { Db } from './db.ts';

/** Named in migrations/public, where the triggers are that tell. */
const CHANNEL = 'himalytix_directory';

const AGAIN_AFTER_MS = 500;

/**
 * Calls `heard` at each change, and whenever some may have been missed: when the connection that listens comes and goes. It has a
 * connection of its own, comes back by itself and keeps nobody waiting. Behind a pooler that lends connections by transaction
 * nothing is heard; whoever relies on it must do without (see cache.ts). Returns what ends it.
 */
export function hearChanges(db: Db, heard: () => void): () => Promise<void> {
  let stopped = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    const { connectionString } = db.pool.options;
    const mine = new pg.Client({ connectionString, application_name: 'himalytix changes', keepAlive: true });
    client = mine;
    let over = false;
    const end = () => {
      if (over) return;
      over = true;
      heard();
      mine.end().catch(() => {});
      if (!stopped) timer = setTimeout(begin, AGAIN_AFTER_MS).unref();
    };
    mine.on('notification', heard);
    mine.on('error', end);
    mine.on('end', end);
    mine
      .connect()
      .then(() => mine.query(`listen ${CHANNEL}`))
      .then(heard, end);
  };
  begin();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await client?.end().catch(() => {});
  };
}
