// Proves with an independent reader that workbooks hold what they were given, and with the raw parts how it looks.
import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import * as reader from '@e965/xlsx';
import { brokenRows, columns, countedRows, hostileTexts, rowOf, sheetOf } from '#test/sheets';
import type { Sheet, SheetRow } from './sheet.ts';
import { xlsxOf } from './xlsx.ts';

const FIRST = 4;

type Opened = { book: reader.WorkBook; sheet: reader.WorkSheet; part(path: string): string };

async function open(given: Sheet): Promise<Opened> {
  const options = { cellNF: true, cellStyles: true, cellText: true, bookFiles: true };
  const book = reader.read(await buffer(xlsxOf(given)), options);
  const sheet = book.Sheets[book.SheetNames[0] ?? ''];
  assert.ok(sheet);
  // The reader keeps the parts as it found them when it is asked to, which its types do not tell.
  const { files } = book as unknown as { files: Record<string, { content: Uint8Array }> };
  return { book, sheet, part: (path) => Buffer.from(files[path]?.content ?? []).toString() };
}

const cell = (sheet: reader.WorkSheet, place: string): reader.CellObject | undefined => sheet[place];

/** The look of a cell, as the parts say it. */
function lookOf({ part }: Opened, place: string): { xf: string; font: string } {
  const number = new RegExp(`<c r="${place}" s="(\\d+)"`).exec(part('xl/worksheets/sheet1.xml'))?.[1];
  const styles = part('xl/styles.xml');
  const formats = styles.slice(styles.indexOf('<cellXfs'));
  const xf = formats.match(/<xf .*?<\/xf>/g)?.[Number(number)] ?? '';
  const font = styles.match(/<font>.*?<\/font>/g)?.[Number(/fontId="(\d+)"/.exec(xf)?.[1])] ?? '';
  return { xf, font };
}

test('every hostile text comes back as it was, as text and no formula', async () => {
  const { sheet } = await open(sheetOf(hostileTexts.map((name) => rowOf(name))));
  for (const [index, name] of hostileTexts.entries()) {
    const found = cell(sheet, `B${FIRST + index}`);
    assert.deepEqual([found?.t, found?.v, found?.f], ['s', name, undefined]);
  }
});

test('a formula stays text when it is edited', async () => {
  const opened = await open(sheetOf([rowOf('=1+1'), rowOf('plain')]));
  assert.match(lookOf(opened, 'B4').xf, /quotePrefix="1"/);
  assert.doesNotMatch(lookOf(opened, 'B5').xf, /quotePrefix/);
});

test('what XML forbids is shown as a replacement and breaks nothing', async () => {
  const { sheet } = await open(
    sheetOf([rowOf('a\u0000b\u001f\u000b\ufffe\ud800c\r\nd\re')], { title: 'a\u0001 <b>' }),
  );
  assert.equal(cell(sheet, 'B4')?.v, 'a\ufffdb\ufffd\ufffd\ufffd\ufffdc\nd\ne');
  assert.equal(cell(sheet, 'A1')?.v, 'a\ufffd <b>');
});

test('a text longer than a cell holds ends in an ellipsis', async () => {
  const { sheet } = await open(sheetOf([rowOf('x'.repeat(40_000))]));
  assert.equal(cell(sheet, 'B4')?.v, `${'x'.repeat(32_766)}…`);
});

test('amounts are numbers in the format of their currency', async () => {
  const amounts = ['-1234.5', '0', '9999999999999.99', '123456789012345', '133.1275', '-0.00'];
  const { sheet } = await open(sheetOf(amounts.map((amount) => rowOf('a', amount))));
  const found = amounts.map((_, index) => cell(sheet, `C${FIRST + index}`));
  assert.deepEqual(
    found.map((one) => [one?.t, one?.v, one?.z]),
    [
      ['n', -1234.5, '#,##0.00'],
      ['n', 0, '#,##0.00'],
      ['n', 9999999999999.99, '#,##0.00'],
      ['n', 123456789012345, '#,##0.00'],
      ['n', 133.1275, '#,##0.0000'],
      ['n', 0, '#,##0.00'],
    ],
  );
  assert.equal(found[0]?.w, '-1,234.50');
  const yen = await open(sheetOf([rowOf('yen', '5000')], { scale: 0 }));
  assert.equal(cell(yen.sheet, 'C4')?.w, '5,000');
});

test('an amount of more digits than Excel keeps is exact text instead of another number', async () => {
  const opened = await open(sheetOf([rowOf('a', '99999999999999.99'), rowOf('a', 'n/a'), rowOf('a', null)]));
  assert.deepEqual([cell(opened.sheet, 'C4')?.t, cell(opened.sheet, 'C4')?.v], ['s', '99999999999999.99']);
  assert.match(lookOf(opened, 'C4').xf, /horizontal="right"/);
  assert.equal(cell(opened.sheet, 'C5')?.v, 'n/a');
  assert.equal(cell(opened.sheet, 'C6')?.v, undefined);
});

test('days are days, and what Excel cannot count is text', async () => {
  const days = ['2026-01-31', '1900-03-01', '2024-02-29', '1900-01-31', '2026-02-30', 'soon'];
  const { sheet } = await open(sheetOf(days.map((day) => rowOf('a', null, day))));
  assert.deepEqual(
    days.map((_, index) => cell(sheet, `A${FIRST + index}`)).map((one) => [one?.t, one?.w ?? one?.v]),
    days.map((day, index) => [index < 3 ? 'n' : 's', day]),
  );
  assert.equal(cell(sheet, 'A4')?.v, 46_053);
});

test('title, subtitle and a bold header stay in sight and repeat in print', async () => {
  const opened = await open(sheetOf([rowOf('a')]));
  assert.deepEqual(
    ['A1', 'A2', 'A3', 'B3', 'C3'].map((place) => cell(opened.sheet, place)?.v),
    ['Day book', 'Himal & Co · 1 Jan 2026 to 31 Jan 2026 · Amounts in NPR', 'Date', 'Account', 'Amount'],
  );
  assert.match(lookOf(opened, 'B3').font, /<b>/);
  assert.match(
    opened.part('xl/worksheets/sheet1.xml'),
    /<pane ySplit="3" topLeftCell="A4"[^>]*state="frozen"/,
  );
  assert.match(opened.part('xl/workbook.xml'), /Print_Titles" localSheetId="0">'Day book'!\$1:\$3</);
  assert.deepEqual(
    opened.sheet['!cols']?.map(({ width }) => width),
    [14, 34, 20],
  );
});

test('totals are bold under a rule, groups are bold, and depth indents the first column', async () => {
  const rows: SheetRow[] = [
    { ...rowOf('a'), kind: 'group' },
    { cells: { date: 'x' }, depth: 2 },
    { cells: { date: 'x' }, depth: 400 },
    { ...rowOf('Total', '1.00'), kind: 'total' },
  ];
  const opened = await open(sheetOf(rows));
  assert.match(lookOf(opened, 'B4').font, /<b>/);
  assert.match(lookOf(opened, 'A5').xf, /indent="2"/);
  assert.doesNotMatch(lookOf(opened, 'B5').xf, /indent/);
  assert.match(lookOf(opened, 'A6').xf, /indent="15"/);
  assert.match(lookOf(opened, 'C7').xf, /borderId="1"/);
  assert.match(lookOf(opened, 'C7').font, /<b>/);
});

test('no rows and forty columns are a sheet too', async () => {
  const many = Array.from({ length: 40 }, (_, n) => ({
    key: `k${n}`,
    title: `T${n}`,
    kind: 'amount' as const,
  }));
  const cells = Object.fromEntries(many.map(({ key }, n) => [key, `${n}.5`]));
  const { sheet } = await open(sheetOf([{ cells }], { columns: many }));
  assert.deepEqual([cell(sheet, 'Z4')?.v, cell(sheet, 'AA4')?.v, cell(sheet, 'AN4')?.v], [25.5, 26.5, 39.5]);
  assert.equal((await open(sheetOf([]))).sheet['!ref'], 'A1:C3');
});

test('a sheet has a name that Excel takes, whatever the title', async () => {
  const titles = ["[Bob's] a/b: a very long title that goes on", '///', 'तलपट'];
  const names = [];
  for (const title of titles) names.push(...(await open(sheetOf([], { title }))).book.SheetNames);
  assert.deepEqual(names, ['Bob s  a b  a very long', 'Report', 'तलपट']);
});

test('rows beyond what a sheet holds go on in the next, under the same header', async () => {
  const rows = Array.from({ length: 5 }, (_, number) => rowOf(`row ${number}`));
  const book = reader.read(await buffer(xlsxOf(sheetOf(rows), 5)));
  assert.deepEqual(book.SheetNames, ['Day book', 'Day book (2)', 'Day book (3)']);
  const names = Object.values(book.Sheets).map((sheet) =>
    ['B3', 'B4', 'B5'].map((place) => cell(sheet, place)?.v),
  );
  assert.deepEqual(names, [
    ['Account', 'row 0', 'row 1'],
    ['Account', 'row 2', 'row 3'],
    ['Account', 'row 4', undefined],
  ]);
  assert.equal(reader.read(await buffer(xlsxOf(sheetOf(rows), 8))).SheetNames.length, 1);
});

test('while nobody reads, few rows are asked for, and leaving closes them', async () => {
  const { rows, seen } = countedRows(1_000_000);
  const body = xlsxOf(sheetOf(rows));
  assert.equal(seen.pulled, 0);
  body.read(0);
  // What fills up are some hundred kilobytes of compressed bytes, on their way through the archive.
  for (let stood = -1; seen.pulled === 0 || seen.pulled !== stood; await setTimeout(500)) stood = seen.pulled;
  assert.ok(seen.pulled > 0 && seen.pulled < 200_000, `${seen.pulled} rows were asked for`);
  body.destroy();
  while (!seen.closed) await setTimeout(5);
});

test('100,000 rows pass in constant memory', async () => {
  let [most, size, last] = [0, 0, 0];
  for await (const chunk of xlsxOf(sheetOf(countedRows(100_000).rows, { columns }))) {
    size += chunk.length;
    if (size - last < 50_000) continue;
    last = size;
    const { heapUsed, external } = process.memoryUsage();
    most = Math.max(most, heapUsed + external);
  }
  assert.ok(size > 1_000_000, `${size} bytes`);
  assert.ok(most < 200_000_000, `${most} bytes of memory`);
});

test('an error of the rows is the error of the file, at once or late', async () => {
  await assert.rejects(buffer(xlsxOf(sheetOf(brokenRows(0)))), /the rows broke/);
  await assert.rejects(buffer(xlsxOf(sheetOf(brokenRows(30_000)))), /the rows broke/);
});
