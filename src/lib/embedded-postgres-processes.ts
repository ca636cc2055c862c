// Recognises the processes of an embedded PostgreSQL cluster among all those of the machine.
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Says whether this process is a live PostgreSQL server of the cluster in `dir`; a zombie is not. */
export async function isPostmaster(pid: number, dir: string): Promise<boolean> {
  if (process.platform === 'linux') {
    const program = path.basename((await commandOf(pid)).split('\0')[0] ?? '');
    return program === 'postgres' && (await worksIn(pid, dir));
  }
  const listed = await run('ps', ['-p', String(pid), '-o', 'command=']).catch(() => ({ stdout: '' }));
  return listed.stdout.includes('postgres') && listed.stdout.includes(dir);
}

/**
 * Ends the backends that outlived a killed server and still hold its shared memory, so that a new one may
 * start. Their work was lost with the server: only its death lets them be orphans.
 */
export async function killOrphans(dir: string): Promise<void> {
  if (process.platform !== 'linux') return;
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!pid || !(await worksIn(pid, dir)) || (await worksIn(await parentOf(pid), dir))) continue;
    if (!(await commandOf(pid)).startsWith('postgres: ')) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has just ended by itself.
    }
  }
}

/** PostgreSQL's processes have the cluster's folder as their working directory. */
async function worksIn(pid: number, dir: string): Promise<boolean> {
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => null);
  return cwd !== null && cwd === (await realpath(dir).catch(() => dir));
}

async function commandOf(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
}

/** In /proc/N/stat the program's name stands in brackets and may hold spaces; the parent follows after. */
async function parentOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}
