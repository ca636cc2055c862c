// Holds a program's seat at an embedded cluster: the kept connection whose locks say who is there and who owns it.
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { bootstrapDatabase, locks, superuserClient } from './embedded-postgres-bootstrap.ts';
import { type Postmaster, stopServer } from './embedded-postgres-cluster.ts';
import type { ClusterFiles } from './embedded-postgres-files.ts';

/** Whoever serves a data folder is its owner, and only one can be; a guest may come and go beside it. */
export type Role = 'owner' | 'guest';

/** `lost` resolves when the connection, and the locks with it, is gone. */
export type Seat = { readonly client: pg.Client; readonly port: number; readonly lost: Promise<void> };

/** Codes of a connection refused or cut because the server is on its way up or down. */
const passing = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03', '53300']);

/**
 * Takes a seat at the server that `start` provides, whose database is complete then. When that server is just stopping, another is asked
 * for, during 30 s at most (5 min while it recovers from a crash). A killed owner's connection needs a
 * moment to be noticed, so the owner's lock is tried for a second before the one-line refusal is thrown.
 */
export async function takeSeat(
  files: ClusterFiles,
  role: Role,
  start: () => Promise<Postmaster>,
  describe = '',
): Promise<Seat> {
  const begun = Date.now();
  for (;;) {
    const { port } = await start();
    try {
      return await sit(files, role, port, describe);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      const cut = error instanceof Error && /^Connection terminated/.test(error.message);
      const patience = code === '57P03' ? 300_000 : 30_000;
      if (!(cut || passing.has(code)) || Date.now() - begun > patience) throw error;
      await sleep(50);
    }
  }
}

/** Gives the seat back; the last one out stops the server. */
export async function leaveSeat(files: ClusterFiles, { client }: Seat): Promise<void> {
  try {
    await client.query('select pg_advisory_unlock_all()');
    const { rows } = await client.query('select pg_try_advisory_lock($1, $2) as alone', locks.presence);
    if (rows[0]?.alone === true) await stopServer(files.dir);
  } catch {
    // The server is gone already, so there is nobody to take leave of.
  }
  await client.end().catch(() => undefined);
}

/** Removes the note about the owner, when the owner leaves. */
export async function forgetOwner(files: ClusterFiles): Promise<void> {
  await rm(ownerNote(files), { force: true });
}

async function sit(files: ClusterFiles, role: Role, port: number, describe: string): Promise<Seat> {
  const client = superuserClient(port, files.secrets, 'postgres', role);
  const lost = new Promise<void>((resolve) => {
    client.on('error', () => resolve());
    client.on('end', () => resolve());
  });
  const seat = { client, port, lost };
  await client.connect();
  try {
    await client.query('select pg_advisory_lock_shared($1, $2)', locks.presence);
    if (role === 'owner') await becomeOwner(files, client, describe);
    await bootstrapDatabase(client, port, files.secrets);
    return seat;
  } catch (error) {
    await leaveSeat(files, seat);
    throw error;
  }
}

async function becomeOwner(files: ClusterFiles, client: pg.Client, describe: string): Promise<void> {
  const end = Date.now() + 1000;
  for (;;) {
    const { rows } = await client.query('select pg_try_advisory_lock($1, $2) as mine', locks.owner);
    if (rows[0]?.mine === true) break;
    if (Date.now() > end) throw new Error(await refusal(files));
    await sleep(50);
  }
  await writeFile(ownerNote(files), `${JSON.stringify({ pid: process.pid, describe })}\n`, { mode: 0o600 });
}

/** The note only informs: it is the lock that decides. */
async function refusal(files: ClusterFiles): Promise<string> {
  const text = await readFile(ownerNote(files), 'utf8').catch(() => '{}');
  const note = JSON.parse(text.startsWith('{') ? text : '{}') as { pid?: number; describe?: string };
  const about = [note.pid ? `process ${note.pid}` : '', note.describe ?? ''].filter((part) => part !== '');
  const who = about.length > 0 ? ` (${about.join(', ')})` : '';
  return `another Himalytix${who} is using the data folder ${files.dataDir}; stop it, or choose another with HIMALYTIX_DATA_DIR`;
}

function ownerNote(files: ClusterFiles): string {
  return path.join(files.dataDir, 'owner.json');
}
