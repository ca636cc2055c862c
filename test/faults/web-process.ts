// A `himalytix web` in a process of its own, to be killed in the middle of its work.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { testSecretKeys } from '#test/secret-keys';

/** `kill()` is SIGKILL, `stop()` SIGTERM; both resolve once the process has ended, the latter with its exit code. */
export type Web = {
  readonly port: number;
  readonly pid: number;
  isRunning(): boolean;
  kill(): Promise<void>;
  stop(): Promise<number | null>;
};

const program = fileURLToPath(new URL('../../bin/himalytix', import.meta.url));

/** The port that it says it listens at. Throws an Error with its words when it ends before. */
function listeningPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout?.on('data', (chunk) => {
      said += chunk;
      const told = /listening at http:\/\/\S+:(\d+)\//.exec(said)?.[1];
      if (told) resolve(Number(told));
    });
    child.stderr?.on('data', (chunk) => {
      said += chunk;
    });
    child.once('exit', () => reject(new Error(`the server did not start: ${said}`)));
  });
}

const children = new Set<ChildProcess>();

// A run that is interrupted skips its hooks; the servers must go all the same.
process.once('SIGTERM', () => process.exit(1));
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Starts it on a free port, on a database that is migrated, with more variables; resolves once it listens. */
export async function startWeb(databaseUrl: string, more: Record<string, string> = {}): Promise<Web> {
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: databaseUrl,
    PORT: '0',
    HIMALYTIX_SECRET_KEYS: testSecretKeys,
    HIMALYTIX_LOG_LEVEL: process.env.FAULT_LOG_LEVEL ?? 'fatal',
    ...more,
  };
  const child = spawn(process.execPath, [program, 'web'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  const ended = once(child, 'exit').finally(() => children.delete(child));
  const port = await listeningPort(child);
  if (process.env.FAULT_LOG_LEVEL) child.stderr.pipe(process.stderr);
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const end = async (signal: NodeJS.Signals) => {
    if (isRunning()) child.kill(signal);
    await ended;
    return child.exitCode;
  };
  return {
    port,
    pid: child.pid ?? 0,
    isRunning,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
}
