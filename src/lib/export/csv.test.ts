// Proves that CSV is read back exactly, runs nothing, and is written no faster than it is read.
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { brokenRows, countedRows, hostileTexts, rowOf, sheetOf } from '#test/sheets';
import { csvOf } from './csv.ts';
import type { Sheet } from './sheet.ts';

async function readBack(sheet: Sheet): Promise<string[][]> {
  const bytes: Buffer[] = await csvOf(sheet).toArray();
  return parse(Buffer.concat(bytes), { bom: true });
}

const namesIn = (lines: string[][]) => lines.slice(1).map((line) => line[1]);

test('the first bytes are the mark by which Excel knows UTF-8', async () => {
  const [first] = await csvOf(sheetOf([])).toArray();
  assert.deepEqual([...first.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
});

test('lines end in CR LF and only what needs quotes has them', async () => {
  const written = await text(csvOf(sheetOf([rowOf('a, "b"', '1.5', '2026-01-31')])));
  assert.equal(written.replace('\uFEFF', ''), 'Date,Account,Amount\r\n2026-01-31,"a, ""b""",1.50\r\n');
});

test('every hostile text comes back as it was, or with an apostrophe before a formula', async () => {
  const expected = hostileTexts.map((name) => (/^[=+\-@]/.test(name) ? `'${name}` : name));
  assert.deepEqual(namesIn(await readBack(sheetOf(hostileTexts.map((name) => rowOf(name))))), expected);
});

test('formulas hidden behind blanks, in full-width forms, in titles and in other columns are harmless', async () => {
  const hidden = ['\t=1', '\r=1', ' =1', '＝1', '＋1', '－1', '＠A1', '\u00a0@A1', '\n=1'];
  const lines = await readBack(sheetOf(hidden.map((name) => rowOf(name))));
  assert.deepEqual(
    namesIn(lines),
    hidden.map((name) => `'${name}`),
  );
  const columns = [{ key: 'amount', title: '=1+1', kind: 'amount' as const }];
  const cells = ['=cmd()', '-1+1', '1e5', '-'].map((amount) => ({ cells: { amount } }));
  assert.deepEqual(await readBack(sheetOf(cells, { columns })), [
    ["'=1+1"],
    ["'=cmd()"],
    ["'-1+1"],
    ['1e5'],
    ["'-"],
  ]);
});

test('amounts are exact, keep their minus sign, and have the decimals of the currency or more', async () => {
  const amounts = ['-1234.5', '999999999999999.99', '0', '-0.00', '133.1275', '7.5000', null];
  const lines = await readBack(sheetOf(amounts.map((amount) => rowOf('a', amount))));
  const expected = ['-1234.50', '999999999999999.99', '0.00', '0.00', '133.1275', '7.50', ''];
  assert.deepEqual(
    lines.slice(1).map((line) => line[2]),
    expected,
  );
  assert.deepEqual((await readBack(sheetOf([rowOf('yen', '5')], { scale: 0 })))[1], ['', 'yen', '5']);
});

test('a lone surrogate and a column without cells break no line', async () => {
  const lines = await readBack(sheetOf([{ cells: { name: 'a\ud83d' } }, { cells: {} }]));
  assert.deepEqual(lines.slice(1), [
    ['', 'a\ufffd', ''],
    ['', '', ''],
  ]);
});

test('no rows are a header', async () => {
  assert.deepEqual(await readBack(sheetOf([])), [['Date', 'Account', 'Amount']]);
});

test('while nobody reads, few rows are asked for, and leaving closes them', async () => {
  const { rows, seen } = countedRows(1_000_000);
  const body = csvOf(sheetOf(rows));
  assert.equal(seen.pulled, 0);
  body.read(0);
  while (seen.pulled === 0) await setTimeout(5);
  await setTimeout(50);
  assert.ok(seen.pulled > 0 && seen.pulled < 3_000, `${seen.pulled} rows were asked for`);
  body.destroy();
  while (!seen.closed) await setTimeout(5);
});

test('100,000 rows go through and leave others their turn', async () => {
  let turns = 0;
  const clock = setInterval(() => {
    turns += 1;
  }, 5);
  let size = 0;
  const sink = new Writable({
    write(chunk, _encoding, done) {
      size += chunk.length;
      done();
    },
  });
  await pipeline(csvOf(sheetOf(countedRows(100_000).rows)), sink);
  clearInterval(clock);
  assert.ok(size > 3_000_000);
  assert.ok(turns > 5, `others had ${turns} turns`);
});

test('an error of the rows is the error of the file', async () => {
  await assert.rejects(text(csvOf(sheetOf(brokenRows(3)))), /the rows broke/);
});
