// Exists so that stylesheets and scripts come from our own origin, compressed once and cached for ever.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

type Encoding = 'br' | 'gzip' | 'identity';
type Asset = {
  name: string;
  type: string;
  hash: string;
  content: Buffer;
  variants: Map<string, Promise<Buffer>>;
};

const compressBrotli = promisify(brotliCompress);
const compressGzip = promisify(gzip);
const root = new URL('../../', import.meta.url);

// Chosen files of packages; everything in the folders of public/ is added under its own name.
const vendored: Record<string, string> = {
  'tabler.css': 'node_modules/@tabler/core/dist/css/tabler.min.css',
  'htmx.js': 'node_modules/htmx.org/dist/htmx.min.js',
  'redoc.js': 'node_modules/redoc/bundles/redoc.standalone.js',
};

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
};

// ReDoc would fetch its maker's mark from elsewhere, which our policy forbids and a browser's console complains of.
const foreignImage = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const transparentPixel = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';

let sources: Map<string, string> | undefined;
const loaded = new Map<string, Asset>();

/**
 * The address of an asset by its file name, for instance `/assets/app.0a1b2c3d4e5f.css`.
 * The hash covers the content, so a changed file has a new address and the old one may be cached for ever.
 * Throws when there is no such asset, which a page's first rendering would show.
 */
export function assetUrl(name: string): string {
  const asset = loadAsset(name);
  if (asset === undefined) throw new Error(`There is no asset named ${name}`);
  const extension = extname(name);
  return `/assets/${basename(name, extension)}.${asset.hash}${extension}`;
}

/** Adds `GET /assets/<name>.<hash>.<ext>` and `/favicon.ico`; anything but a current address answers 404. */
export function serveAssets(app: FastifyInstance): void {
  app.get<{ Params: { file: string } }>('/assets/:file', (request, reply) => {
    const [, stem, hash, extension] = /^(.+)\.([0-9a-f]{12})(\.\w+)$/.exec(request.params.file) ?? [];
    const asset = loadAsset(`${stem}${extension}`);
    if (asset === undefined || asset.hash !== hash)
      return reply.code(404).type('text/plain; charset=utf-8').send('Not found');
    return sendAsset(asset, 'public, max-age=31536000, immutable', request, reply);
  });
  app.get('/favicon.ico', (request, reply) => {
    const icon = loadAsset('favicon.svg');
    if (icon === undefined) return reply.code(404).type('text/plain; charset=utf-8').send('Not found');
    return sendAsset(icon, 'public, max-age=86400', request, reply);
  });
}

async function sendAsset(asset: Asset, caching: string, request: FastifyRequest, reply: FastifyReply) {
  const encoding = chooseEncoding(asset, request.headers['accept-encoding']);
  const etag = `"${asset.hash}-${encoding}"`;
  reply.header('cache-control', caching).header('etag', etag).header('vary', 'Accept-Encoding');
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  if (encoding !== 'identity') reply.header('content-encoding', encoding);
  return reply.type(asset.type).send(await encode(asset, encoding));
}

function chooseEncoding(asset: Asset, accepted: string | undefined): Encoding {
  if (accepted === undefined || asset.type === 'image/png') return 'identity';
  const offers = accepted.split(',').filter((offer) => !/;\s*q=0(\.0+)?\s*$/.test(offer));
  const names = offers.map((offer) => offer.split(';')[0]?.trim());
  return names.includes('br') ? 'br' : names.includes('gzip') ? 'gzip' : 'identity';
}

// The best brotli takes a second on the largest file, so the first visitor gets a quick one meanwhile.
async function encode(asset: Asset, encoding: Encoding): Promise<Buffer> {
  if (encoding === 'identity') return asset.content;
  if (encoding === 'gzip') return once(asset, 'gzip', () => compressGzip(asset.content, { level: 9 }));
  const best = asset.variants.get('best');
  if (best === undefined)
    once(asset, 'best', () => brotli(asset.content, constants.BROTLI_MAX_QUALITY)).catch(() => {});
  const settled = best === undefined ? undefined : await Promise.race([best, undefined]);
  return settled ?? once(asset, 'quick', () => brotli(asset.content, 5));
}

function once(asset: Asset, variant: string, make: () => Promise<Buffer>): Promise<Buffer> {
  const known = asset.variants.get(variant) ?? make();
  asset.variants.set(variant, known);
  return known;
}

function brotli(content: Buffer, quality: number): Promise<Buffer> {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  return compressBrotli(content, { params });
}

function loadAsset(name: string): Asset | undefined {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  sources ??= listSources();
  const path = sources.get(name);
  if (path === undefined) return undefined;
  const content = prepare(name, readFileSync(new URL(path, root)));
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const type = types[extname(name)] ?? 'application/octet-stream';
  const asset: Asset = { name, type, hash, content, variants: new Map() };
  loaded.set(name, asset);
  return asset;
}

function listSources(): Map<string, string> {
  const found = new Map(Object.entries(vendored));
  for (const folder of ['public/css', 'public/js', 'public/icons']) {
    for (const name of readdirSync(new URL(folder, root))) found.set(name, `${folder}/${name}`);
  }
  return found;
}

// A map file that is not served would be a 404 in every developer console; a script's import must be hashed too.
function prepare(name: string, content: Buffer): Buffer {
  const extension = extname(name);
  if (extension !== '.css' && extension !== '.js') return content;
  const text = content.toString('utf8').replace(/\n?(\/\*#|\/\/#) sourceMappingURL=[^\n*]*(\*\/)?\s*$/, '\n');
  if (extension === '.css') return Buffer.from(text);
  if (name === 'redoc.js') return Buffer.from(text.replaceAll(foreignImage, transparentPixel));
  return Buffer.from(
    text.replace(/( from ')\.\/([\w-]+\.js)(';)/g, (_, head, file, tail) => head + assetUrl(file) + tail),
  );
}
