// Starts, watches and stops the server process of an embedded PostgreSQL cluster.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { cleanEnvironment } from './embedded-postgres-account.ts';
import { type ClusterFiles, trimLog } from './embedded-postgres-files.ts';
import { isPostmaster, killOrphans } from './embedded-postgres-processes.ts';

/** The running server of a cluster, as its own postmaster.pid tells. */
export type Postmaster = { readonly pid: number; readonly port: number; readonly ready: boolean };

const startLimit = 5 * 60_000;
const attempts = 20;

/** Ends of a server after which another attempt may succeed: somebody was first, or meddled. */
const passing = /lock file|could not create any TCP\/IP|is still in use|^killed by/;

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
    if (!passing.test(lastWords)) break;
    if (/is still in use/.test(lastWords)) await killOrphans(files.dir);
    if (/lock file .* is empty/.test(lastWords)) await removeEmptyPidFile(files.dir);
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

/** Starts a server; '' once it is ready, else the reason why it ended. */
async function startOnce(
  files: ClusterFiles,
  settings: Readonly<Record<string, string>>,
  port: number,
): Promise<string> {
  await trimLog(files.log);
  const { size: before } = await stat(files.log).catch(() => ({ size: 0 }));
  const { pid, ended } = await launch(files, { ...baseSettings, ...settings, port: String(port) });
  const limit = Date.now() + startLimit;
  while (Date.now() < limit) {
    const end = await Promise.race([ended, sleep(15, '')]);
    if (end !== '') return fatalWords(await readFrom(files.log, before)) || end;
    const running = await readPostmaster(files.dir);
    if (running?.pid === pid && running?.ready) return '';
  }
  return 'it is not getting ready';
}

type Launched = { pid: number | undefined; ended: Promise<string> };

/** Runs the server in a session of its own, so that neither Ctrl-C nor this program's end reaches it. */
async function launch(files: ClusterFiles, settings: Record<string, string>): Promise<Launched> {
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const line = [...files.runAs.prefix, files.postgres, '-D', files.dir, ...flags];
  const env = cleanEnvironment(await staleOwner(files.dir));
  const log = await open(files.log, 'a', 0o600);
  try {
    const options = { ...files.runAs.ids, cwd: '/', env, detached: true };
    const child = spawn(line[0] ?? '', line.slice(1), { ...options, stdio: ['ignore', log.fd, log.fd] });
    const ended = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) =>
        resolve(signal ? `killed by ${signal}` : `it ended with code ${code}`),
      );
      child.once('error', (error) => resolve(error.message));
    });
    child.unref();
    return { pid: child.pid, ended };
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

/** Left by a server that was killed while it wrote the file; one that is just starting fills it at once. */
async function removeEmptyPidFile(dir: string): Promise<void> {
  await sleep(1000);
  const file = `${dir}/postmaster.pid`;
  const { size } = await stat(file).catch(() => ({ size: 1 }));
  if (size === 0) await rm(file, { force: true });
}

async function readPidFile(dir: string): Promise<string[]> {
  return (await readFile(`${dir}/postmaster.pid`, 'utf8').catch(() => '')).split('\n');
}

async function readFrom(file: string, from: number): Promise<string> {
  const { size } = await stat(file);
  return (await readFile(file)).subarray(size < from ? 0 : from).toString('utf8');
}

function fatalWords(log: string): string {
  const lines = log
    .trim()
    .split('\n')
    .map((line) => line.replace(/^.*?\] (?=[A-Z]+: )/, ''));
  return lines
    .filter((line) => /^(FATAL|PANIC|HINT|DETAIL)|could not|cannot/.test(line))
    .join(' ')
    .slice(0, 600);
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
