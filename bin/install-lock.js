// Keeps two set-ups of the same checkout from installing over each other.
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './installed.js';

const folder = join(root, '.set-up.lock');
const takeover = join(root, '.set-up.lock.takeover');
const ownerFile = join(folder, 'owner.json');
const heartbeat = 2_000;
const silentTooLong = 20_000;

const alive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

const age = (path) => {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
};

/** Nobody holds a lock any more whose processes are all gone, or that has not been touched for a while. */
function isStale() {
  if (age(folder) > silentTooLong) return true;
  try {
    const owner = JSON.parse(readFileSync(ownerFile, 'utf8'));
    return owner.host === hostname() && !owner.pids.some(alive);
  } catch {
    return false; // the owner is just now writing its name, or has just let go
  }
}

function tryToTake(path) {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

// Clearing a stale lock is itself done under a lock, or two waiters could clear each other's fresh one.
function clearIfStale() {
  if (!isStale()) return;
  if (!tryToTake(takeover)) {
    if (age(takeover) > silentTooLong) rmSync(takeover, { recursive: true, force: true });
    return;
  }
  try {
    if (isStale()) rmSync(folder, { recursive: true, force: true });
  } finally {
    rmdirSync(takeover);
  }
}

/**
 * Runs `work` while no other process of this checkout does. `work` gets a function to register the child
 * processes it starts: should this process be killed, they still count as owners until they end.
 */
export async function withInstallLock(say, work) {
  let told = false;
  while (!tryToTake(folder)) {
    if (!told) say('Waiting for another set-up of this checkout to finish …');
    told = true;
    clearIfStale();
    await sleep(200);
  }
  const pids = [process.pid];
  const sign = () => writeFileSync(ownerFile, JSON.stringify({ host: hostname(), pids }));
  sign();
  const beat = setInterval(() => {
    const now = new Date();
    if (existsSync(folder)) utimesSync(folder, now, now);
  }, heartbeat);
  try {
    return await work((pid) => {
      pids.push(pid);
      sign();
    });
  } finally {
    clearInterval(beat);
    rmSync(folder, { recursive: true, force: true });
  }
}
