// Decides under which operating system identity the embedded PostgreSQL runs, because it refuses to run as root.
import { execFile } from 'node:child_process';
import { access, chmod, chown, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How to start a child: a prefix of the command line, the ids to take on, and who then owns the files. */
export type RunAs = {
  readonly prefix: readonly string[];
  readonly ids: { readonly uid?: number; readonly gid?: number };
  readonly owner: { readonly uid: number; readonly gid: number } | null;
};

type Account = { uid: number; gid: number };

const asMyself: RunAs = { prefix: [], ids: {}, owner: null };

/** The variables that a child of ours sees: none of PGDATA, PGPORT, PGOPTIONS, LANG or LD_LIBRARY_PATH. */
export function cleanEnvironment(extra: Record<string, string> = {}): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...extra };
}

/**
 * Chooses the identity for the files in `folder`, trying each candidate for real: it must start `binary`
 * and write into `folder`. An ordinary user runs PostgreSQL as itself. For root, a folder that belongs to
 * an account stays with it; otherwise a user namespace (no account, no change of owner) goes first, then
 * the system account `postgres`, then the same with the right to pass closed parent folders.
 * Gives the folder to the chosen owner. Throws one clear line when nothing works.
 */
export async function chooseRunAs(folder: string, binary: string): Promise<RunAs> {
  if (process.getuid?.() !== 0) return asMyself;
  const { uid, gid } = await stat(folder);
  if (uid !== 0) return await firstThatWorks(accountCandidates({ uid, gid }), folder, binary);
  const namespace = await namespaceCandidate();
  if (namespace && (await works(namespace, folder, binary))) return namespace;
  // A cluster that was not shut down may be in use this very moment: its files do not change hands.
  const account = (await isThere(path.join(folder, 'postmaster.pid'))) ? null : await systemAccount();
  return await firstThatWorks(account ? accountCandidates(account) : [], folder, binary);
}

async function firstThatWorks(candidates: RunAs[], folder: string, binary: string): Promise<RunAs> {
  const before = await stat(folder);
  for (const candidate of candidates) {
    if (candidate.owner) await giveFolder(folder, candidate.owner);
    if (await works(candidate, folder, binary)) return candidate;
  }
  await giveFolder(folder, before);
  throw new Error(
    `PostgreSQL refuses to run as root and no other identity can use ${path.dirname(folder)} and ${binary}; start Himalytix as an ordinary user, or set DATABASE_URL`,
  );
}

/** In the namespace the process has another uid, so PostgreSQL agrees, while on disk it is still root. */
async function namespaceCandidate(): Promise<RunAs | null> {
  const account = (await readAccounts()).find((one) => one.uid !== 0);
  if (process.platform !== 'linux' || !account) return null;
  const map = [`--map-user=${account.uid}`, `--map-group=${account.gid}`];
  return { prefix: ['unshare', '--user', ...map, '--'], ids: {}, owner: null };
}

/**
 * Docker forbids namespaces but lets root pass on CAP_DAC_OVERRIDE, which opens a 0700 parent folder. The
 * securebit lets it count for access(2) as well, with which PostgreSQL looks at its own programs.
 */
function accountCandidates(owner: Account): RunAs[] {
  const plain = { prefix: [], ids: owner, owner };
  if (process.platform !== 'linux') return [plain];
  const ids = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups'];
  const capability = [
    '--securebits=+no_setuid_fixup',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
  ];
  return [plain, { prefix: ['setpriv', ...ids, ...capability, '--'], ids: {}, owner }];
}

async function works(who: RunAs, folder: string, binary: string): Promise<boolean> {
  const script = '"$1" --version >/dev/null && : >"$2/.probe-$$" && rm -f "$2/.probe-$$"';
  const [command = '/bin/sh', ...rest] = [...who.prefix, '/bin/sh', '-c', script, 'probe', binary, folder];
  const options = { ...who.ids, cwd: '/', env: cleanEnvironment() };
  return run(command, rest, options).then(
    () => true,
    () => false,
  );
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

async function systemAccount(): Promise<Account | null> {
  const existing = await findAccount('postgres');
  if (existing) return existing;
  const shell = ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin'];
  await run('useradd', [...shell, '--user-group', 'postgres']).catch(() =>
    run('adduser', ['-S', '-D', '-H', 'postgres']).catch(() => undefined),
  );
  return findAccount('postgres');
}

async function findAccount(name: string): Promise<Account | null> {
  return (await readAccounts()).find((one) => one.name === name) ?? null;
}

async function readAccounts(): Promise<(Account & { name: string })[]> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const rows = text.split('\n').map((line) => line.split(':'));
  return rows
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter((one) => one.name !== '' && Number.isInteger(one.uid) && Number.isInteger(one.gid));
}

/** The account must own every file of the cluster and be able to walk through the data folder above it. */
async function giveFolder(folder: string, owner: Account): Promise<void> {
  const parent = path.dirname(folder);
  const above = await stat(parent);
  if (owner.uid !== 0 && above.uid === 0 && (above.mode & 0o077) === 0) {
    await chown(parent, 0, owner.gid);
    await chmod(parent, 0o710);
  }
  if ((await stat(folder)).uid === owner.uid) return;
  for (const name of await readdir(folder, { recursive: true })) {
    await chown(path.join(folder, name), owner.uid, owner.gid);
  }
  await chown(folder, owner.uid, owner.gid);
}
