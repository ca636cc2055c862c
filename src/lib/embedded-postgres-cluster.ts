// Starts, watches and stops the server process of an embedded PostgreSQL cluster.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { cleanEnvironment } from './embedded-postgres-account.ts';
import { type ClusterFiles, trimLog } from './embedded-postgres-files.ts';
import { isPostmaster, killOrphans } from './embedded-postgres-processes.ts';

/** The running server of a cluster, as its own postmaster.pid tells. */
export type Postmaster = { readonly pid: number; readonly port: number; readonly ready: boolean };

const startLimit = 5 * 60_000;
const attempts = 20;

const baseSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  shared_buffers: '128MB',
  max_connections: '100',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
};

/** Reads who serves the cluster; a pid file left by a dead server or naming a foreign process is nobody. */
export async function readPostmaster(dir: string): Promise<Postmaster | null> {
  const lines = await readPidFile(dir);
  const pid = Number(lines[0]);
  if (!pid || !(await isPostmaster(pid, dir))) return null;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/**
 * Returns the ready server of the cluster, starting one when there is none, on `port` when it is given.
 * Others may start or stop it at the same moment; PostgreSQL's own lock file decides who wins, and the
 * loser joins. Throws with the server's last words when it cannot start.
 */
export async function ensureServer(
  files: ClusterFiles,
  settings: Readonly<Record<string, string>>,
  port?: number,
): Promise<Postmaster> {
  let lastWords = '';
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const running = await awaitReady(files.dir);
    if (running) return running;
    lastWords = await startOnce(files, settings, port ?? (await freePort()));
    if (lastWords === '') continue;
    if (!/lock file|already exists|could not create any TCP\/IP|is still in use/.test(lastWords)) break;
    if (/is still in use/.test(lastWords)) await killOrphans(files.dir);
    await sleep(50 * (attempt + 1));
  }
  throw new Error(`the embedded PostgreSQL does not start: ${lastWords} (see ${files.log})`);
}

/** Stops the server of the cluster in its fast mode (open transactions are rolled back) and waits for its end. */
export async function stopServer(dir: string): Promise<void> {
  const running = await readPostmaster(dir);
  if (!running) return;
  for (const [signal, patience] of [
    ['SIGINT', 60_000],
    ['SIGQUIT', 10_000],
  ] as const) {
    try {
      process.kill(running.pid, signal);
    } catch {
      return;
    }
    const end = Date.now() + patience;
    while (Date.now() < end) {
      if ((await readPostmaster(dir))?.pid !== running.pid) return;
      await sleep(10);
    }
  }
}

/** Waits while a live server is on its way up or down; null when there is none (any more). */
async function awaitReady(dir: string): Promise<Postmaster | null> {
  const end = Date.now() + startLimit;
  for (;;) {
    const running = await readPostmaster(dir);
    if (!running || running.ready) return running;
    if (Date.now() > end)
      throw new Error(`the PostgreSQL server in ${dir} (process ${running.pid}) is not getting ready`);
    await sleep(15);
  }
}

/** Starts a server; '' once it is ready or lives on for us to wait for, else the reason why it ended. */
async function startOnce(
  files: ClusterFiles,
  settings: Readonly<Record<string, string>>,
  port: number,
): Promise<string> {
  await trimLog(files.log);
  const log = await open(files.log, 'a', 0o600);
  try {
    const { size: before } = await log.stat();
    const flags = Object.entries({ ...baseSettings, ...settings, port: String(port) });
    const args = ['-D', files.dir, ...flags.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
    const [command = files.postgres, ...rest] = [...files.runAs.prefix, files.postgres, ...args];
    const env = cleanEnvironment(await staleOwner(files.dir));
    const stdio = ['ignore', log.fd, log.fd] as ['ignore', number, number];
    const child = spawn(command, rest, { ...files.runAs.ids, cwd: '/', env, detached: true, stdio });
    const ended = once(child, 'exit').then(
      () => true,
      () => true,
    );
    child.unref();
    const end = Date.now() + startLimit;
    while (!(await Promise.race([ended, sleep(15, false)]))) {
      const running = await readPostmaster(files.dir);
      if (running?.pid === child.pid && running?.ready) return '';
      if (Date.now() > end) return 'it is not getting ready';
    }
    return lastFatal(await readFrom(files.log, before));
  } finally {
    await log.close();
  }
}

/**
 * A pid file may name a live process that is no server of ours. PostgreSQL itself removes the file, with
 * its own care for races, when told that the process is its grandparent: that is what this variable says.
 */
async function staleOwner(dir: string): Promise<Record<string, string>> {
  const pid = Number((await readPidFile(dir))[0]);
  return pid && !(await isPostmaster(pid, dir)) ? { PG_GRANDPARENT_PID: String(pid) } : {};
}

async function readPidFile(dir: string): Promise<string[]> {
  return (await readFile(`${dir}/postmaster.pid`, 'utf8').catch(() => '')).split('\n');
}

async function readFrom(file: string, from: number): Promise<string> {
  const { size } = await stat(file);
  return (await readFile(file)).subarray(size < from ? 0 : from).toString('utf8');
}

function lastFatal(log: string): string {
  const lines = log.trim().split('\n');
  const fatal = lines.filter((line) => /FATAL|PANIC|could not|cannot/.test(line));
  return (fatal.join(' ') || lines.at(-1) || 'it ended without a word').slice(0, 600);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port on 127.0.0.1');
  return address.port;
}
