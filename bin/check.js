// Checks everything about the sources that can be checked without running them, one line for each step.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { findRuntime, modules, root } from './installed.js';
import { setUp } from './set-up.js';

await setUp();
const runtime = findRuntime();
const tool = (name) => join(modules, '.bin', name);

const steps = [
  ['types', [tool('tsc'), '--project', '.', '--noEmit', '--pretty', 'false']],
  ['types of the browser scripts', [tool('tsc'), '--project', 'public', '--pretty', 'false']],
  ['lint and format', [tool('biome'), 'check', '--error-on-warnings']],
  [
    'rooms',
    [tool('depcruise'), 'src', 'test', '--config', '.dependency-cruiser.js', '--output-type', 'err-long'],
  ],
  ['dead code', [tool('knip')]],
  ['ARCHITECTURE.md', [join(root, 'bin', 'architecture.js')]],
  ['database types', [join(root, 'bin', 'db-types.js'), '--check']],
];

/** Runs one step; answers whether it passed, and all that it printed. */
function run(command) {
  return new Promise((done) => {
    const started = performance.now();
    let output = '';
    const child = spawn(runtime, command, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    const hear = (chunk) => {
      output += chunk;
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('close', (code) =>
      done({ passed: code === 0, output, seconds: (performance.now() - started) / 1000 }),
    );
  });
}

// Two at a time, as the steps are independent; they are reported in their order all the same.
const results = new Map();
const waiting = [...steps];
const work = async () => {
  for (let step = waiting.shift(); step; step = waiting.shift()) results.set(step[0], await run(step[1]));
};
await Promise.all([work(), work()]);

for (const [name] of steps) {
  const { passed, output, seconds } = results.get(name);
  process.stdout.write(`${passed ? '✔' : '✖'} ${name} (${seconds.toFixed(1)} s)\n`);
  if (!passed) process.stdout.write(`${output.trimEnd()}\n\n`);
}
const failed = steps.filter(([name]) => !results.get(name).passed);
process.stdout.write(
  failed.length === 0 ? 'All checks passed.\n' : `${failed.length} of ${steps.length} checks failed.\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
