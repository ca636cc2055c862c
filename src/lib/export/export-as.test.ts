// Proves that a route gets media type, extension and bytes that belong together, for each format.
import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import fastify from 'fastify';
import { brokenRows, countedRows, rowOf, sheetOf } from '#test/sheets';
import { Problem } from '../problem.ts';
import { exportAs, exportFormats } from './export-as.ts';
import { MAX_PDF_ROWS } from './pdf.ts';

test('each format begins as its kind of file does', async () => {
  const starts = { csv: '\uFEFFDate', xlsx: 'PK\u0003\u0004', pdf: '%PDF-' };
  for (const format of exportFormats) {
    const { extension, body } = await exportAs(format, sheetOf([rowOf('a', '1.00')]));
    assert.equal(extension, format);
    assert.ok((await buffer(body)).toString().startsWith(starts[format]), format);
  }
});

test('what goes wrong before the first byte is thrown, so that the answer can be a problem', async () => {
  await assert.rejects(
    exportAs('pdf', sheetOf(countedRows(MAX_PDF_ROWS + 1).rows)),
    (error) => error instanceof Problem && error.code === 'report/too-many-rows-for-pdf',
  );
  for (const format of exportFormats)
    await assert.rejects(exportAs(format, sheetOf(brokenRows(0))), /the rows broke/);
});

test('what goes wrong later cuts a download off, so that half a file never looks whole', async (t) => {
  const app = fastify();
  t.after(() => app.close());
  app.get('/:format', async (request, reply) => {
    const { format } = request.params as { format: 'csv' | 'xlsx' };
    const { contentType, body } = await exportAs(format, sheetOf(brokenRows(200_000)));
    return reply.type(contentType).send(body);
  });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  for (const format of ['csv', 'xlsx']) {
    const answer = await fetch(`${address}/${format}`);
    assert.equal(answer.status, 200);
    await assert.rejects(answer.arrayBuffer());
  }
});

test('a client that goes away closes the rows', async (t) => {
  const app = fastify();
  t.after(() => app.close());
  const { rows, seen } = countedRows(10_000_000);
  app.get('/', async (_request, reply) => reply.send((await exportAs('xlsx', sheetOf(rows))).body));
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const leaving = new AbortController();
  const answer = await fetch(address, { signal: leaving.signal });
  await answer.body?.getReader().read();
  leaving.abort();
  while (!seen.closed) await setTimeout(20);
  assert.ok(seen.pulled < 10_000_000);
});
