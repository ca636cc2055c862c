// Proves that the set-up installs exactly when it must, with a stand-in for npm that only notes its calls.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../bin', import.meta.url));
const lock = (version: string) =>
  JSON.stringify({
    packages: { '': {}, 'node_modules/a': { version }, 'node_modules/b': { version, optional: true } },
  });

// Like npm, it clears node_modules first and writes its own record last; NPM_FAILS names the verb that fails.
const npm = `#!/bin/sh
echo "$1" >> npm.log
rm -rf node_modules; mkdir -p node_modules/node/bin node_modules/.bin
sleep 0.3
test "$NPM_FAILS" = "$1" && exit 1
ln -s "${process.execPath}" node_modules/node/bin/node
cp package-lock.json node_modules/.package-lock.json
`;

let house: string;

beforeEach(async () => {
  house = await mkdtemp(join(tmpdir(), 'himalytix-set-up-'));
  await cp(bin, join(house, 'bin'), { recursive: true });
  await mkdir(join(house, 'tools'));
  await writeFile(join(house, 'tools', 'npm'), npm, { mode: 0o755 });
  await writeFile(join(house, 'package.json'), '{"type":"module"}');
  await writeFile(join(house, 'package-lock.json'), lock('1.0.0'));
});

afterEach(() => rm(house, { recursive: true, force: true }));

function startSetUp(extra: Record<string, string> = {}) {
  const PATH = [join(house, 'tools'), process.env.PATH].join(delimiter);
  const { npm_execpath, npm_node_execpath, ...env } = process.env;
  return spawn(process.execPath, ['bin/set-up.js'], { cwd: house, env: { ...env, PATH, ...extra } });
}

/** Runs the set-up to its end: its exit code, and all that it and npm said. */
async function setUp(extra?: Record<string, string>): Promise<{ code: number; said: string }> {
  const child = startSetUp(extra);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const [code] = await once(child, 'close');
  return { code, said };
}

const callsOfNpm = async () =>
  (await readFile(join(house, 'npm.log'), 'utf8').catch(() => '')).split('\n').filter(Boolean);

test('a bare clone is installed once, and the next start says nothing', async () => {
  assert.equal((await setUp()).code, 0);
  assert.deepEqual(await setUp(), { code: 0, said: '' });
  assert.deepEqual(await callsOfNpm(), ['ci']);
});

test('two set-ups at once install once', async () => {
  const both = await Promise.all([setUp(), setUp()]);
  assert.deepEqual(
    both.map(({ code }) => code),
    [0, 0],
  );
  assert.deepEqual(await callsOfNpm(), ['ci']);
});

test('a changed lockfile is installed', async () => {
  await setUp();
  await writeFile(join(house, 'package-lock.json'), lock('2.0.0'));
  assert.match((await setUp()).said, /the lockfile has changed/);
  assert.deepEqual(await callsOfNpm(), ['ci', 'ci']);
});

test('a set-up that was killed keeps others waiting until its npm has ended', async () => {
  const child = startSetUp();
  while ((await callsOfNpm()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGKILL');
  await once(child, 'close');
  const { code, said } = await setUp();
  assert.equal(code, 0);
  assert.match(said, /Waiting for another set-up/);
  // The orphaned npm went on to its end, and what it installed is what the lockfile asks for.
  assert.deepEqual(await callsOfNpm(), ['ci']);
});

test('an install that ended half-way is done again', async () => {
  assert.equal((await setUp({ NPM_FAILS: 'ci' })).code, 0);
  assert.deepEqual(await callsOfNpm(), ['ci', 'install']);
  await rm(join(house, 'node_modules', '.set-up.json'));
  await rm(join(house, 'node_modules', '.package-lock.json'));
  assert.match((await setUp()).said, /an earlier install did not finish/);
});

test('an install made by hand is accepted as it is', async () => {
  await setUp();
  await rm(join(house, 'node_modules', '.set-up.json'));
  assert.deepEqual(await setUp(), { code: 0, said: '' });
  assert.deepEqual(await callsOfNpm(), ['ci']);
});

test('a failing npm fails the set-up with one line that says so', async () => {
  await writeFile(join(house, 'tools', 'npm'), '#!/bin/sh\nexit 3\n', { mode: 0o755 });
  const { code, said } = await setUp();
  assert.equal(code, 1);
  assert.match(said, /^Set-up failed: npm install failed with exit code 3; its message is above\.$/m);
});
