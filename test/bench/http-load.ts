// Puts a load on a server from a process of its own and tells what came of it.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadJob, LoadResult } from './load-process.ts';

const program = fileURLToPath(new URL('load-process.ts', import.meta.url));

let seed = 1;

/** Runs a job, each with the next seed. Throws when a request failed, as then the figure would be no figure. */
export async function httpLoad(job: Omit<LoadJob, 'seed' | 'rate'> & { rate?: number }): Promise<LoadResult> {
  const child = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  seed += 1;
  const result = await new Promise<LoadResult>((resolve, reject) => {
    child.once('message', (message) => resolve(message as LoadResult));
    child.once('exit', (code) => reject(new Error(`the load ended with exit code ${code}`)));
    child.send({ rate: null, seed, ...job });
  });
  const failed = Object.entries(result.failures);
  if (failed.length > 0)
    throw new Error(`failed requests: ${failed.map(([status, n]) => `${n}×${status}`).join(', ')}`);
  return result;
}
