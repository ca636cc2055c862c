// Runs the benchmarks and prints each figure beside its baseline.
import { parseArgs } from 'node:util';
import type { Benchmark, Figure } from './figure.ts';
import { bulkLines } from './figures/bulk-lines.ts';
import { closeYearFigure } from './figures/close-year.ts';
import { importFile } from './figures/import.ts';
import { postHot, postP99, postSpread } from './figures/posting.ts';
import { provision } from './figures/provision.ts';
import { ledgerPage, rlsCost, trialBalance } from './figures/reports.ts';
import { roundTrips } from './figures/round-trips.ts';
import { usersMe } from './figures/users-me.ts';
import { openBenchHouse } from './house.ts';

const benchmarks: Record<string, Benchmark> = {
  'round-trips': roundTrips,
  'users-me': usersMe,
  'post-hot': postHot,
  'post-p99': postP99,
  'post-spread': postSpread,
  'bulk-lines': bulkLines,
  provision,
  import: importFile,
  'trial-balance': trialBalance,
  'ledger-page': ledgerPage,
  'rls-cost': rlsCost,
  'close-year': closeYearFigure,
};

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, small: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !(name in benchmarks));
if (unknown.length > 0)
  throw new Error(
    `there is no benchmark ${unknown.join(', ')}; there are ${Object.keys(benchmarks).join(', ')}`,
  );
const names = positionals.length > 0 ? positionals : Object.keys(benchmarks);

const short = (number: number) =>
  Number(number.toPrecision(number >= 100 ? 6 : 3)).toLocaleString('en-US', {
    maximumFractionDigits: number >= 100 ? 0 : 4,
  });

function print({ name, value, unit, baseline, ratio, goal, note }: Figure): void {
  const exact = (number: number) => Number(number.toPrecision(5));
  const line = options.json
    ? JSON.stringify({ name, value: exact(value), unit, baseline: exact(baseline), ratio: exact(ratio) })
    : `${name.padEnd(25)} ${short(value).padStart(10)} ${unit.padEnd(10)}  baseline ${short(baseline).padStart(10)}  ratio ${ratio.toFixed(2).padStart(7)}  goal ${goal.padEnd(8)}  ${note}`;
  process.stdout.write(`${line}\n`);
}

const log = (line: string) => void process.stderr.write(`${line}\n`);
const house = await openBenchHouse(options.small, log);
try {
  for (const name of names) {
    log(`${name} …`);
    for (const figure of (await benchmarks[name]?.(house)) ?? []) print(figure);
  }
} finally {
  await house.close();
}
