// Starts src/main.ts on a Node that runs TypeScript itself, installing or re-spawning first where that is needed.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { constants } from 'node:os';
import { join } from 'node:path';
import {
  bundledNode,
  findRuntime,
  modules,
  root,
  somethingIsInstalled,
  thisNodeIsNewEnough,
} from './installed.js';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const sameKeypress = 500;

// A bulk request is a megabyte that lives for a moment. In a smaller nursery it counts as old at once, and collecting it took a third
// of the server's time; a larger one than this gained nothing.
const options = ['--max-semi-space-size=16'];

// One Ctrl-C arrives twice under `npm start`: from the terminal, and once more from npm, which passes it on.
function deliverSignalsOnce() {
  const emit = process.emit;
  const last = new Map();
  process.emit = (name, ...rest) => {
    if (signals.includes(name)) {
      const now = performance.now();
      const repeated = now - (last.get(name) ?? -Infinity) < sameKeypress;
      last.set(name, now);
      if (repeated) return true;
    }
    return emit.call(process, name, ...rest);
  };
}

// The older of the Node versions we run on call type stripping an experiment, at every single start.
function dropExperimentalWarnings() {
  const print = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') for (const listener of print) listener(warning);
  });
}

async function runHere() {
  deliverSignalsOnce();
  dropExperimentalWarnings();
  nodeModule.enableCompileCache?.(join(modules, '.cache', 'node'));
  await import('../src/main.ts');
}

/** Runs this same command on another Node, passing on streams, signals, exit code and death by signal. */
function runOn(node) {
  const child = spawn(node, [...options, join(root, 'bin', 'himalytix'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  const forward = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, forward);
  child.once('error', (error) => {
    process.stderr.write(`${node} could not be started: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.once('exit', (code, signal) => {
    for (const name of signals) process.off(name, forward);
    process.exitCode = code ?? 128 + constants.signals[signal];
    if (signal !== null) process.kill(process.pid, signal);
  });
}

const canRun = () => somethingIsInstalled() && (existsSync(bundledNode) || thisNodeIsNewEnough());

try {
  if (!canRun()) await (await import('./set-up.js')).setUp();
  if (thisNodeIsNewEnough()) await runHere();
  else runOn(findRuntime());
} catch (error) {
  process.stderr.write(`${error?.stack ?? error}\n`);
  process.exitCode = 1;
}
