// Holds the progress bar to what it shows at a terminal and to its silence elsewhere.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressBar } from './progress.ts';

function recorder(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  return { written, stream: { isTTY, columns, write: (text: string) => written.push(text) } };
}

test('a terminal sees count, percentage and rate, and a summing line at the end', () => {
  const { written, stream } = recorder(true);
  const bar = progressBar('entries', stream);
  bar.update(500, 2000);
  bar.update(2000, 2000);
  bar.stop();
  assert.match(written[0] ?? '', /^\r█{6}░{18} 25% 500 of 2,000 entries, [\d,]+\/s/);
  assert.match(written[1] ?? '', /100% 2,000 of 2,000 entries/);
  assert.equal(written[2], '\r\u001b[K');
  assert.match(written[3] ?? '', /^2,000 of 2,000 entries in \d+\.\d s\n$/);
});

test('frames that follow each other at once are not all drawn', () => {
  const { written, stream } = recorder(true);
  const bar = progressBar('entries', stream);
  for (let done = 0; done < 1000; done += 1) bar.update(done, 1000);
  assert.ok(written.length < 100, `${written.length} frames`);
});

test('a narrow terminal gets one line that fits', () => {
  const { written, stream } = recorder(true, 30);
  progressBar('entries', stream).update(5, 10);
  assert.ok((written[0] ?? '').replace('\u001b[K', '').length <= 30);
});

test('a log file gets the last line only, and that once', () => {
  const { written, stream } = recorder(false);
  const bar = progressBar('companies', stream);
  bar.update(1, 3);
  bar.update(3, 3);
  bar.stop();
  bar.stop();
  assert.equal(written.length, 1);
  assert.match(written[0] ?? '', /^3 of 3 companies in /);
});

test('where nothing was done nothing is said', () => {
  const { written, stream } = recorder(true);
  progressBar('companies', stream).stop();
  assert.deepEqual(written, []);
});

test('zero of zero is complete', () => {
  const { written, stream } = recorder(true);
  progressBar('companies', stream).update(0, 0);
  assert.match(written[0] ?? '', /100% 0 of 0 companies/);
});
