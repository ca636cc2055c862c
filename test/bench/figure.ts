// What a benchmark tells: a value beside the baseline that was measured in the same run.
import type { BenchHouse } from './house.ts';

/** `ratio` is value against baseline, the way round that `goal` speaks of; `goal` and `note` are for people. */
export type Figure = {
  name: string;
  value: number;
  unit: string;
  baseline: number;
  ratio: number;
  goal: string;
  note: string;
};

/** A benchmark: one or more figures that share their preparation. */
export type Benchmark = (house: BenchHouse) => Promise<Figure[]>;

/** The middle one of some numbers; NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}

/** The value below which the share `q` of some sorted numbers lies; NaN of none. */
export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

/**
 * Measures two things by turns, A B A B, so that whatever else the machine does meets both alike; returns the median of
 * each.
 */
export async function byTurns(
  rounds: number,
  a: () => Promise<number>,
  b: () => Promise<number>,
): Promise<[number, number]> {
  const [as, bs]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    as.push(await a());
    bs.push(await b());
  }
  return [median(as), median(bs)];
}

/** How long some work takes, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
