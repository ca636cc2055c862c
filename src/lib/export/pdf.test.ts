// Proves with an independent reader what a PDF says, where it says it, and that it fails politely.
import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { extractTextItems, getDocumentProxy } from 'unpdf';
import { brokenRows, columns, countedRows, hostileTexts, rowOf, sheetOf } from '#test/sheets';
import { Problem } from '../problem.ts';
import { MAX_PDF_ROWS, pdfOf } from './pdf.ts';
import { loadFonts } from './pdf-font.ts';
import type { Sheet, SheetColumn } from './sheet.ts';

type Item = { str: string; x: number; y: number; width: number };
type Page = { width: number; height: number; items: Item[]; text: string };

async function read(sheet: Sheet): Promise<Page[]> {
  const document = await getDocumentProxy(new Uint8Array(await buffer(pdfOf(sheet))));
  const { items } = await extractTextItems(document);
  return Promise.all(
    items.map(async (found, index) => {
      const [, , width = 0, height = 0] = (await document.getPage(index + 1)).view;
      const shown = found.filter(({ str }) => str.trim() !== '');
      return { width, height, items: shown, text: shown.map(({ str }) => str).join('\n') };
    }),
  );
}

const find = ({ items }: Page, text: string): Item => {
  const item = items.find(({ str }) => str === text);
  assert.ok(item, `"${text}" is not on the page`);
  return item;
};

const edge = ({ x, width }: Item) => x + width;
const close = (one: number, other: number) =>
  assert.ok(Math.abs(one - other) < 0.5, `${one} is not ${other}`);

test('every page has the header and its number, and the first the title', async () => {
  const rows = Array.from({ length: 120 }, (_, n) => rowOf(`Account ${n}`, `${n}.00`, '2026-01-31'));
  const pages = await read(sheetOf(rows));
  assert.ok(pages.length > 1);
  for (const [index, page] of pages.entries()) {
    assert.deepEqual([Math.round(page.width), Math.round(page.height)], [595, 842]);
    for (const title of ['Date', 'Account', 'Amount', `Page ${index + 1} of ${pages.length}`])
      find(page, title);
    assert.equal(
      page.items.some(({ str }) => str === 'Day book'),
      index === 0,
    );
  }
  const all = pages.map(({ text }) => text).join('\n');
  for (const { cells } of rows) assert.ok(all.includes(`${cells.name}\n`), `${cells.name} is missing`);
  for (const line of ['Himal & Co', '1 Jan 2026 to 31 Jan 2026', 'Amounts in NPR'])
    find(pages[0] as Page, line);
});

test('amounts are grouped for their readers and end on one edge', async () => {
  const [page] = await read(
    sheetOf([
      rowOf('a', '123456789.5', '2026-01-31'),
      rowOf('b', '-1'),
      { ...rowOf('c', '999999999999999.99'), kind: 'total' },
    ]),
  );
  assert.ok(page);
  const right = edge(find(page, 'Amount'));
  for (const amount of ['12,34,56,789.50', '−1.00', '99,99,99,99,99,99,999.99'])
    close(edge(find(page, amount)), right);
  find(page, '31 Jan 2026');
});

test('depth indents, and a long text goes on or ends in an ellipsis within its column', async () => {
  const first: SheetColumn[] = [{ key: 'name', title: 'Account', kind: 'text' }, ...columns.slice(2)];
  const rows = [
    rowOf('root', '1.00'),
    { ...rowOf('leaf', '1.00'), depth: 2 },
    rowOf('many words '.repeat(500), '1.00'),
    rowOf('x'.repeat(100_000), '1.00'),
    { ...rowOf('deep', '1.00'), depth: 10_000 },
  ];
  const [page] = await read(sheetOf(rows, { columns: first }));
  assert.ok(page);
  assert.ok(find(page, 'leaf').x > find(page, 'root').x + 10);
  const amounts = Math.min(...page.items.filter(({ str }) => str === '1.00').map(({ x }) => x));
  for (const item of page.items.filter(({ str }) => /many|xxx|deep/.test(str)))
    assert.ok(edge(item) < amounts);
  assert.equal(page.items.filter(({ str }) => str.includes('…')).length, 2);
});

test('a row that opens a part is not left alone at the end of a page', async () => {
  for (let lines = 30; lines < 60; lines += 1) {
    const rows = Array.from({ length: lines }, () => rowOf('line'));
    const pages = await read(sheetOf([...rows, { ...rowOf('Part'), kind: 'heading' }, rowOf('under it')]));
    const opening = pages.find(({ items }) => items.some(({ str }) => str === 'Part'));
    assert.ok(opening?.text.includes('under it'), `after ${lines} lines`);
  }
});

test('Nepali is shaped: conjuncts join, and the short i stands before its consonant', async () => {
  const fonts = await loadFonts();
  const glyphs = (text: string) => fonts.regular.layout(text).glyphs;
  assert.equal(glyphs('क्ष').length, 1);
  assert.equal(glyphs('श्री').length, 2);
  assert.deepEqual(
    glyphs('ABC-कि').map(({ codePoints }) => codePoints[0]),
    [...'ABC-िक'].map((letter) => letter.codePointAt(0)),
  );
  assert.ok([...glyphs('नेपाल राष्ट्र बैंक ₹ रू १२३')].every(({ id }) => id !== 0));
  const [page] = await read(sheetOf([rowOf('नेपाल राष्ट्र बैंक')]));
  assert.ok(page?.text.includes('नेपाल'));
});

test('the widths by which amounts are aligned are those that are printed', async () => {
  const fonts = await loadFonts();
  for (const text of ['12,34,567.89', 'नेपाल राष्ट्र बैंक', 'AVATAR To.', '−1.00']) {
    const [page] = await read(sheetOf([], { title: 'T', subtitle: [text] }));
    const printed = page?.items.filter(
      ({ y, str }) => str !== 'T' && y > 700 && y < 790 && !/Date|Account|Amount/.test(str),
    );
    const width = Math.max(...(printed ?? []).map(edge)) - 40;
    close(width, fonts.widthOf(text, 'regular', 8.5));
  }
});

test('many columns turn the paper, and very many take larger paper, so that no amount is cut', async () => {
  const amounts = (count: number): SheetColumn[] =>
    Array.from({ length: count }, (_, n) => ({ key: `k${n}`, title: `Period ${n}`, kind: 'amount' }));
  for (const [count, width] of [
    [6, 842],
    [39, 2384],
    [400, 14_400],
  ] as const) {
    const wide = [columns[1] as SheetColumn, ...amounts(count)];
    const cells = Object.fromEntries(wide.map(({ key }, n) => [key, `12345678${n % 10}.25`]));
    const [page] = await read(sheetOf([{ cells }], { columns: wide }));
    assert.ok(page && Math.abs(page.width - width) < width / 3, `${page?.width} for ${count}`);
    const shown = page.items.filter(({ str }) => str.startsWith('12,34,56,78')).sort((a, b) => a.x - b.x);
    assert.equal(shown.length, count);
    for (const [index, item] of shown.entries()) assert.ok(edge(item) < (shown[index + 1]?.x ?? page.width));
  }
});

test('hostile texts, no rows and empty titles break nothing', async () => {
  const hostile = [
    ...hostileTexts,
    '\u0000\u001b[31m',
    '\ud800',
    '(\\',
    'مرحبا',
    '漢字',
    '\u200d',
    'e\u0301',
    '   ',
  ];
  const [page] = await read(sheetOf(hostile.map((name) => rowOf(name, name, name))));
  assert.ok(page);
  for (const text of ['=1+1', '+977-1-5550100', 'two lines', '_x0041_ is no A']) find(page, text);
  const [empty, ...more] = await read(sheetOf([], { title: '', subtitle: [] }));
  assert.ok(empty?.text.includes('Page 1 of 1'));
  assert.equal(more.length, 0);
});

test('too many rows are a problem before the first byte, and no more of them are asked for', async () => {
  const { rows, seen } = countedRows(10_000_000);
  const body = pdfOf(sheetOf(rows));
  let bytes = 0;
  body.on('data', (chunk) => {
    bytes += chunk.length;
  });
  const problem = await new Promise((resolve) => body.once('error', resolve));
  assert.ok(problem instanceof Problem);
  assert.deepEqual([problem.kind, problem.code, bytes], ['invalid', 'report/too-many-rows-for-pdf', 0]);
  assert.deepEqual(seen, { pulled: MAX_PDF_ROWS + 1, closed: true });
});

test('others have their turn while thousands of rows are laid out and printed', async () => {
  await loadFonts();
  let turns = 0;
  const clock = setInterval(() => {
    turns += 1;
  }, 1);
  const size = (await buffer(pdfOf(sheetOf(countedRows(4_000).rows)))).length;
  clearInterval(clock);
  assert.ok(size > 50_000);
  // There are some eighty pages, and a turn after each.
  assert.ok(turns > 40, `others had ${turns} turns`);
});

test('an error of the rows is the error of the file, and leaving stops the work', async () => {
  await assert.rejects(buffer(pdfOf(sheetOf(brokenRows(3)))), /the rows broke/);
  const body = pdfOf(sheetOf(countedRows(2_000).rows));
  await new Promise((resolve) => body.once('readable', resolve));
  body.destroy();
  await setTimeout(10);
  assert.equal(body.destroyed, true);
});
