// A real Redis of a test's own, which keeps nothing on the disk and may be killed and started again at its port.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** `kill()` ends it at once; `pause()` lets it hold all connections without an answer; `start()` brings it back, empty. */
export type RedisServer = {
  readonly url: string;
  start(): Promise<void>;
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
};

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

function startAt(port: number): Promise<ChildProcess> {
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return new Promise((resolve, reject) => {
    let said = '';
    child.once('error', (cause) =>
      reject(new Error('redis-server is needed; install Debian’s package redis-server', { cause })),
    );
    child.once('exit', () => reject(new Error(`redis-server ended: ${said}`)));
    child.stdout.on('data', (chunk) => {
      said += chunk;
      if (said.includes('Ready to accept connections')) resolve(child);
    });
  });
}

/** Starts Debian's redis-server on a free port of the loopback address. Throws an Error that says so where there is none. */
export async function openRedisServer(): Promise<RedisServer> {
  const port = await freePort();
  let child = await startAt(port);
  return {
    url: `redis://127.0.0.1:${port}`,
    start: async () => {
      child = await startAt(port);
    },
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
  };
}
