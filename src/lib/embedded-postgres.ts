// Gives Himalytix a PostgreSQL of its own, so that it runs on a machine where no database was installed.
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { databaseUrl } from './embedded-postgres-bootstrap.ts';
import { ensureServer, type Postmaster, readPostmaster } from './embedded-postgres-cluster.ts';
import { type ClusterFiles, prepareClusterFiles, trimLog } from './embedded-postgres-files.ts';
import { forgetOwner, leaveSeat, type Role, type Seat, takeSeat } from './embedded-postgres-seat.ts';

/** What to open: `settings` are PostgreSQL's own (`fsync: 'off'`) and hold for a server that this call starts. */
export type EmbeddedPostgresOptions = {
  dataDir: string;
  role: Role;
  log?: (line: string) => void;
  owner?: { describe: string };
  settings?: Readonly<Record<string, string>>;
};

/** `url` is for the login role in the database `himalytix`, `superuserUrl` for `postgres` in `postgres`. */
export type EmbeddedPostgres = { url: string; superuserUrl: string; close(): Promise<void> };

const logCheckEvery = 60 * 60_000;

/**
 * Opens the PostgreSQL server whose cluster is in `dataDir`, creating and starting it when needed, and
 * joining it when it runs. While the owner lives, a server that dies is started again on the same port.
 * `close()` leaves it, and the last one out stops it. Throws an Error of one line: when another owner is
 * there, when the folder cannot be used, or when the server does not start (with its last words).
 */
export async function openEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { role, settings = {}, log = () => undefined } = options;
  const files = await prepareClusterFiles(path.resolve(options.dataDir));
  const seat = await takeSeat(files, role, () => ensureServer(files, settings), options.owner?.describe);
  const { port } = seat;
  const restart = role === 'owner' ? () => ensureServer(files, settings, port) : () => findRunning(files);
  const retake = () => takeSeat(files, role, restart, options.owner?.describe);
  const leave = keepSeat(files, seat, retake, log);
  const logCheck = setInterval(() => void trimLog(files.log).catch(() => undefined), logCheckEvery).unref();
  const close = async () => {
    clearInterval(logCheck);
    if (role === 'owner') await forgetOwner(files);
    await leave();
  };
  return {
    url: databaseUrl(port, 'himalytix', files.secrets.login, 'himalytix'),
    superuserUrl: databaseUrl(port, 'postgres', files.secrets.superuser, 'postgres'),
    close: once(close),
  };
}

/** Takes the seat again whenever the connection is lost, until the returned function leaves it for good. */
function keepSeat(
  files: ClusterFiles,
  first: Seat,
  retake: () => Promise<Seat>,
  log: (line: string) => void,
): () => Promise<void> {
  const leaving = new AbortController();
  const left = new Promise<void>((resolve) => leaving.signal.addEventListener('abort', () => resolve()));
  const watch = async (): Promise<Seat | null> => {
    for (let seat = first; ; ) {
      await Promise.race([seat.lost, left]);
      if (leaving.signal.aborted) return seat;
      log('the embedded PostgreSQL went away; bringing it back');
      const next = await retakePatiently(retake, leaving.signal, log);
      if (!next) return null;
      seat = next;
      log('the embedded PostgreSQL is back');
    }
  };
  const watching = watch();
  return async () => {
    leaving.abort();
    const seat = await watching;
    if (seat) await leaveSeat(files, seat);
  };
}

/** Tries with growing pauses of up to 5 s; null when told to stop trying. */
async function retakePatiently(
  retake: () => Promise<Seat>,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<Seat | null> {
  for (let pause = 100; !signal.aborted; pause = Math.min(2 * pause, 5000)) {
    try {
      return await retake();
    } catch (error) {
      log(error instanceof Error ? error.message : String(error));
    }
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
  return null;
}

/** A guest waits for the owner to bring the server back rather than starting one of its own. */
async function findRunning(files: ClusterFiles): Promise<Postmaster> {
  const running = await readPostmaster(files.dir);
  if (!running) throw new Error(`no PostgreSQL server is running in ${files.dir}`);
  return running;
}

/** Makes a second call wait for the first instead of repeating it. */
function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= action();
    return done;
  };
}
