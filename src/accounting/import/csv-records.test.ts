// Holds the CSV reader to exact line numbers and to telling what is broken without losing its way.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { csvRecords } from './csv-records.ts';

type Found = [line: number, cells: string[] | 'broken'];

async function read(text: string | Uint8Array, chunk = 65_536): Promise<Found[]> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunk) chunks.push(bytes.subarray(at, at + chunk));
  const found: Found[] = [];
  for await (const { line, cells, broken } of csvRecords(Readable.from(chunks))) {
    found.push([line, broken === null ? cells : 'broken']);
  }
  return found;
}

test('a record has the line on which it starts, past blank lines and line ends within quotes', async () => {
  const text = 'a,b\n1,"x\ny"\n2,z\n\n\n3,"q\n\nr"\n4,u';
  const expected: Found[] = [
    [1, ['a', 'b']],
    [2, ['1', 'x\ny']],
    [4, ['2', 'z']],
    [7, ['3', 'q\n\nr']],
    [10, ['4', 'u']],
  ];
  assert.deepEqual(await read(text), expected);
  assert.deepEqual(await read(text.replaceAll('\n', '\r\n')), expected, 'the same with CRLF');
  assert.deepEqual(await read(text.replaceAll('\n', '\r')), expected, 'the same with CR');
});

test('it does not matter where the stream is cut', async () => {
  const text = '\ufeffa,b\r\n"é, ""ü""","नेपाल\r\n2"\r\n\r\n3,4\r\n\r\n';
  const whole = await read(text);
  assert.deepEqual(whole, [
    [1, ['a', 'b']],
    [2, ['é, "ü"', 'नेपाल\n2']],
    [5, ['3', '4']],
  ]);
  for (const chunk of [1, 2, 3, 5]) assert.deepEqual(await read(text, chunk), whole);
});

test('a misplaced quote breaks its own record only', async () => {
  const text = 'a,b\n1,"x"y\n2,"ok"\n3,5" pipe\n4, "z"\n5,"fine, ""too"""\n';
  assert.deepEqual(await read(text), [
    [1, ['a', 'b']],
    [2, 'broken'],
    [3, ['2', 'ok']],
    [4, 'broken'],
    [5, 'broken'],
    [6, ['5', 'fine, "too"']],
  ]);
});

test('a quote that is never closed is told where it is opened', async () => {
  assert.deepEqual(await read('a,b\n1,x\n2,"y\n3,z\n4,u\n'), [
    [1, ['a', 'b']],
    [2, ['1', 'x']],
    [3, 'broken'],
  ]);
});

test('what is not UTF-8 and what holds a NUL is broken', async () => {
  assert.deepEqual(await read(Buffer.from('a\ncaf\xe9\nb\n', 'latin1')), [
    [1, ['a']],
    [2, 'broken'],
    [3, ['b']],
  ]);
  assert.deepEqual(await read('a\nx\0y\n'), [
    [1, ['a']],
    [2, 'broken'],
  ]);
});

test('a source that fails while it is read is not taken for its end', async () => {
  async function* failing() {
    yield Buffer.from('a,b\n1,2\n');
    throw new Error('the disk is gone');
  }
  await assert.rejects(async () => {
    for await (const record of csvRecords(failing())) assert.ok(record.line > 0);
  }, /the disk is gone/);
});
