// Shows on a terminal how far long work has come; elsewhere it keeps quiet.

/** `update` takes what is done and what there is in all; `stop` ends the line and may be called twice. */
export type ProgressBar = { update(done: number, total: number): void; stop(): void };

const WIDTH = 30;
const REDRAW_MS = 50;

/** A bar on standard error when that is a terminal: label, bar, count, percentage and rate per second. */
export function progressBar(label: string, out: NodeJS.WriteStream = process.stderr): ProgressBar {
  if (!out.isTTY) return { update: () => {}, stop: () => {} };
  const started = performance.now();
  let drawn = 0;
  let open = false;
  return {
    update(done, total) {
      const now = performance.now();
      if (done < total && now - drawn < REDRAW_MS) return;
      drawn = now;
      open = true;
      const share = total === 0 ? 1 : done / total;
      const filled = Math.round(share * WIDTH);
      const rate = Math.round(done / Math.max((now - started) / 1000, 0.001));
      const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
      out.write(`\r${label} ${bar} ${done}/${total} ${Math.floor(share * 100)} % ${rate}/s `);
    },
    stop() {
      if (open) out.write('\n');
      open = false;
    },
  };
}
