// Runs the benchmarks: all, or those named on the command line; --json for one object a line, --small for a quick look.
import { spawn } from 'node:child_process';
import { findRuntime, root } from './installed.js';
import { setUp } from './set-up.js';

await setUp();
const command = ['--disable-warning=ExperimentalWarning', 'test/bench/bench.ts', ...process.argv.slice(2)];
const child = spawn(findRuntime(), command, { cwd: root, stdio: 'inherit' });
// Ctrl-C reaches the benchmarks by itself; this process only waits for them to clear up.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.once('exit', (code, signal) => {
  process.exitCode = signal === null ? code : 1;
});
