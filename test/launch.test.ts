// Proves that bin/himalytix starts the program from anywhere and passes on arguments, signals and exit codes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

// A program that does what its first argument says.
const program = `const [verb, ...rest]: string[] = process.argv.slice(2);
if (verb === 'fail') process.exitCode = 7;
if (verb === 'die') process.kill(process.pid, 'SIGKILL');
if (verb === 'wait') {
  setTimeout(() => process.exit(3), 10_000);
  let signals = 0;
  process.on('SIGINT', () => {
    signals += 1;
    setTimeout(() => process.exit(signals === 1 ? 0 : 4), 200);
  });
}
console.log(JSON.stringify({ verb, rest, cwd: process.cwd() }));
`;

let house: string;

before(async () => {
  house = await mkdtemp(join(tmpdir(), 'himalytix-launch-'));
  await cp(fileURLToPath(new URL('../bin', import.meta.url)), join(house, 'bin'), { recursive: true });
  await mkdir(join(house, 'src'));
  await mkdir(join(house, 'node_modules'));
  await writeFile(join(house, 'package.json'), '{"type":"module"}');
  await writeFile(join(house, 'node_modules', '.package-lock.json'), '{}');
  await writeFile(join(house, 'src', 'main.ts'), program);
  await symlink(join(house, 'bin', 'himalytix'), join(house, 'link'));
});

after(() => rm(house, { recursive: true, force: true }));

function start(...args: string[]) {
  const child = spawn(process.execPath, [join(house, 'link'), ...args], { cwd: tmpdir() });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (said.out += chunk));
  child.stderr.on('data', (chunk) => (said.err += chunk));
  return { child, said, ended: once(child, 'close') };
}

test('through a link and from another folder it runs the program there, without a warning', async () => {
  const { said, ended } = start('greet', '--name', 'a b');
  assert.deepEqual(await ended, [0, null]);
  assert.deepEqual(JSON.parse(said.out), { verb: 'greet', rest: ['--name', 'a b'], cwd: tmpdir() });
  assert.equal(said.err, '');
});

test('an exit code is passed on', async () => {
  assert.deepEqual(await start('fail').ended, [7, null]);
});

test('death by a signal is passed on', async () => {
  assert.deepEqual(await start('die').ended, [null, 'SIGKILL']);
});

test('a Ctrl-C that arrives twice, from the terminal and from npm, reaches the program once', async () => {
  const { child, ended } = start('wait');
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill('SIGINT');
  assert.deepEqual(await ended, [0, null]);
});
