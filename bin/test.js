// Runs all tests with coverage, or the files named on the command line without it.
import { spawn } from 'node:child_process';
import { findRuntime, root } from './installed.js';
import { setUp } from './set-up.js';

const coverage = [
  '--experimental-test-coverage',
  '--test-coverage-include-all',
  '--test-coverage-include=src/**/*.ts',
  '--test-coverage-exclude=src/**/*.test.ts',
  '--test-coverage-exclude=src/lib/db-types/**',
  '--test-coverage-lines=80',
];

// A developer's own settings must not reach the tests, least of all the address of a real database.
const environment = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(HIMALYTIX_|DATABASE_|REDIS_|PG[A-Z]+$|PORT$)/.test(name),
    ),
  );

const given = process.argv.slice(2);
const options = given.filter((argument) => argument.startsWith('-'));
const files = given.filter((argument) => !argument.startsWith('-'));
const whole = files.length === 0;

await setUp();
const tests = [
  '--test',
  '--test-global-setup=./test/cluster.ts',
  '--test-concurrency=2',
  '--test-timeout=120000',
  '--disable-warning=ExperimentalWarning',
  ...(whole ? coverage : []),
  ...options,
  ...(whole ? ['src/**/*.test.ts', 'test/**/*.test.ts'] : files),
];
const child = spawn(findRuntime(), tests, { cwd: root, env: environment(), stdio: 'inherit' });
// Ctrl-C reaches the tests by itself; this process only waits for them to clear up.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.once('exit', (code, signal) => {
  process.exitCode = signal === null ? code : 1;
});
