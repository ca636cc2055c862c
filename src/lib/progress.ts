// Shows how far a long command has come, to a person at a terminal and never to a log file.

const WIDTH = 24;
const FRAME_MS = 80;

/** Where the bar is drawn: standard error, unless a test looks on. */
export type ProgressStream = { isTTY?: boolean; columns?: number; write(text: string): unknown };

/** `update` takes how many are done of how many; `stop` may be called more than once. */
export type ProgressBar = { update(done: number, total: number): void; stop(): void };

const grouped = (count: number) => count.toLocaleString('en-US');

/** Never zero, so that a rate can be had at once. */
const secondsSince = (started: number) => Math.max(performance.now() - started, 1) / 1000;

function frame(what: string, done: number, total: number, seconds: number): string {
  const part = total > 0 ? Math.min(done / total, 1) : 1;
  const full = Math.round(part * WIDTH);
  const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
  const rate = grouped(Math.round(done / seconds));
  return `${bar} ${Math.floor(part * 100)}% ${grouped(done)} of ${grouped(total)} ${what}, ${rate}/s`;
}

/**
 * A bar with count, percentage and rate (per second) on a terminal, redrawn in place and cleared by `stop`, which
 * leaves one line that sums it up. Elsewhere only that line is written, and nothing at all if nothing was done.
 */
export function progressBar(what: string, stream: ProgressStream = process.stderr): ProgressBar {
  const started = performance.now();
  let last: { done: number; total: number } | null = null;
  let drawn = Number.NEGATIVE_INFINITY;
  let stopped = false;
  return {
    update(done, total) {
      last = { done, total };
      const now = performance.now();
      if (stopped || !stream.isTTY || (done < total && now - drawn < FRAME_MS)) return;
      drawn = now;
      const text = frame(what, done, total, secondsSince(started));
      stream.write(`\r${text.slice(0, (stream.columns ?? 80) - 1)}\u001b[K`);
    },
    stop() {
      if (stopped) return;
      stopped = true;
      if (Number.isFinite(drawn)) stream.write('\r\u001b[K');
      if (last === null) return;
      const seconds = secondsSince(started).toFixed(1);
      stream.write(`${grouped(last.done)} of ${grouped(last.total)} ${what} in ${seconds} s\n`);
    },
  };
}
