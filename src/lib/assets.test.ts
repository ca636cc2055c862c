// Proves that assets are immutable by address, small on the wire and nothing but what was chosen.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { assetUrl, serveAssets } from './assets.ts';

const app = Fastify();
serveAssets(app);
const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });

test('an asset is served under a hashed address that may be cached for ever', async () => {
  const answer = await get(assetUrl('tabler.css'));
  assert.equal(answer.statusCode, 200);
  assert.match(assetUrl('tabler.css'), /^\/assets\/tabler\.[0-9a-f]{12}\.css$/);
  assert.equal(answer.headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.equal(answer.headers['content-type'], 'text/css; charset=utf-8');
  assert.equal(answer.headers.vary, 'Accept-Encoding');
});

test('brotli and gzip carry the same content', async () => {
  const plain = await get(assetUrl('htmx.js'));
  const brotli = await get(assetUrl('htmx.js'), { 'accept-encoding': 'gzip, deflate, br' });
  const gzip = await get(assetUrl('htmx.js'), { 'accept-encoding': 'gzip, br;q=0' });
  assert.equal(brotli.headers['content-encoding'], 'br');
  assert.equal(gzip.headers['content-encoding'], 'gzip');
  assert.deepEqual(brotliDecompressSync(brotli.rawPayload), plain.rawPayload);
  assert.deepEqual(gunzipSync(gzip.rawPayload), plain.rawPayload);
});

test('the best compression replaces the quick one once it is ready', async () => {
  const url = assetUrl('app.css');
  const length = async () => (await get(url, { 'accept-encoding': 'br' })).rawPayload.length;
  const first = await length();
  for (let tries = 0; tries < 100 && (await length()) === first; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.ok((await length()) < first);
});

test('a known entity tag is answered without content', async () => {
  const url = assetUrl('htmx.js');
  const first = await get(url, { 'accept-encoding': 'br' });
  const again = await get(url, { 'accept-encoding': 'br', 'if-none-match': String(first.headers.etag) });
  assert.equal(again.statusCode, 304);
  assert.equal(again.body, '');
});

test('a wrong hash, an unknown name and a path outside are not found', async () => {
  for (const url of [
    '/assets/tabler.000000000000.css',
    '/assets/app.css',
    '/assets/package.0123456789ab.json',
    '/assets/..%2f..%2fpackage.0123456789ab.json',
  ]) {
    assert.equal((await get(url)).statusCode, 404, url);
  }
  assert.throws(() => assetUrl('package.json'), /no asset named/);
});

test('no served file ends in a reference to a source map', async () => {
  for (const name of ['tabler.css', 'htmx.js', 'redoc.js']) {
    assert.doesNotMatch((await get(assetUrl(name))).body.slice(-200), /sourceMappingURL/, name);
  }
});

test('a script imports its neighbour by the hashed address', async () => {
  const { body } = await get(assetUrl('entry-grid.js'));
  assert.ok(body.includes(`from '${assetUrl('grid-amounts.js')}'`));
});

test('the favicon is answered where browsers look for it', async () => {
  assert.equal((await get('/favicon.ico')).headers['content-type'], 'image/svg+xml; charset=utf-8');
});

test('the API’s reference fetches nothing from elsewhere', async () => {
  const { body } = await get(assetUrl('redoc.js'));
  assert.ok(body.length > 500_000);
  assert.ok(!body.includes('cdn.redoc.ly'));
});
