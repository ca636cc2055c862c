// Knows where the installed dependencies live and whether they are what the lockfile asks for.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..');
export const modules = join(root, 'node_modules');
export const bundledNode = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** The oldest major version of Node that runs the TypeScript sources as they are. */
export const oldestNode = 24;

const lockfile = join(root, 'package-lock.json');
const marker = join(modules, '.set-up.json');
const recordOfNpm = join(modules, '.package-lock.json');

/** True when this very process runs on a Node that can run the sources. */
export const thisNodeIsNewEnough = () => Number(process.versions.node.split('.')[0]) >= oldestNode;

/** The Node to run the sources with: the installed one, else the current one when it is new enough. */
export function findRuntime() {
  if (existsSync(bundledNode)) return bundledNode;
  if (thisNodeIsNewEnough()) return process.execPath;
  throw new Error(
    `Node ${oldestNode} or newer is needed, this is ${process.version}, and none was installed.`,
  );
}

// A folder installed for another kind of machine holds the wrong binaries, so the machine is part of the answer.
const wanted = () =>
  JSON.stringify({
    lockfile: existsSync(lockfile) ? createHash('sha256').update(readFileSync(lockfile)).digest('hex') : null,
    machine: `${process.platform}-${process.arch}`,
  });

const readOrNull = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

/** Says why an install is needed, or null when the folder is complete and current. */
export function whatIsMissing() {
  if (!existsSync(modules)) return 'first run';
  if (readOrNull(marker) !== wanted()) {
    return existsSync(marker) ? 'the lockfile has changed' : 'an earlier install did not finish';
  }
  return existsSync(bundledNode) || thisNodeIsNewEnough() ? null : 'the bundled Node is gone';
}

/** Remembers that what the lockfile asks for has been installed completely. */
export const markInstalled = () => writeFileSync(marker, wanted());

/** Forgets it again, so that an install which is killed half-way is noticed at the next start. */
export function markUnfinished() {
  for (const record of [marker, recordOfNpm]) rmSync(record, { force: true });
}

/** True when some npm finished an install here; whether it is the current one is not asked. */
export const somethingIsInstalled = () => existsSync(marker) || existsSync(recordOfNpm);

/**
 * True when npm itself recorded a finished install of exactly this lockfile, which is so after someone ran
 * `npm ci` or `npm install` by hand. npm writes that record last, so a half-finished install has none.
 */
export function installedByHand() {
  try {
    const asked = JSON.parse(readFileSync(lockfile, 'utf8')).packages;
    const have = JSON.parse(readFileSync(recordOfNpm, 'utf8')).packages;
    return Object.entries(asked).every(
      ([path, wants]) =>
        path === '' ||
        (have[path]?.version === wants.version && have[path]?.integrity === wants.integrity) ||
        (have[path] === undefined && (wants.optional === true || wants.devOptional === true)),
    );
  } catch {
    return false;
  }
}
