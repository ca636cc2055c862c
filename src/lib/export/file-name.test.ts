// Proves that download names are safe on every system and readable in every script.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentDisposition, fileNameOf } from './file-name.ts';

test('parts are joined, and empty ones are left out', () => {
  assert.equal(
    fileNameOf(['trial-balance', '', 'Lhotse Ltd', '2026-01-31'], 'csv'),
    'trial-balance-Lhotse Ltd-2026-01-31.csv',
  );
});

test('paths, control characters and what Windows forbids do not get through', () => {
  const name = fileNameOf(['../../etc/passwd', 'a\r\nSet-Cookie: b', '<|>?*"\u202e\\'], 'csv');
  assert.doesNotMatch(name, /[\p{C}<>:"/\\|?*]|^\./u);
  assert.equal(fileNameOf(['...', '  '], 'pdf'), 'report.pdf');
  assert.equal(fileNameOf([], 'pdf'), 'report.pdf');
});

test('a long Nepali name is cut between letters and fits a file system', () => {
  const name = fileNameOf(['नेपाली '.repeat(50)], 'xlsx');
  assert.ok(Buffer.byteLength(name) <= 205);
  assert.doesNotMatch(name, /[^\p{L}\p{M} .]/u);
});

test('old programs get an ASCII name and others the whole', () => {
  assert.equal(
    contentDisposition("दैनिक-Café (1)'.csv"),
    `attachment; filename="_-Cafe (1)'.csv"; filename*=UTF-8''%E0%A4%A6%E0%A5%88%E0%A4%A8%E0%A4%BF%E0%A4%95-Caf%C3%A9%20%281%29%27.csv`,
  );
});

test('no name ends the header or its quotes', () => {
  const header = contentDisposition('a"\\\r\n%41\ud800.csv');
  assert.match(header, /^[\x20-\x7e]+$/);
  assert.match(header, /^attachment; filename="[^"\\%]*"; filename\*=UTF-8''[\w.%-]+$/);
});
