// The API's reference for reading, by ReDoc from our own origin.
import type { FastifyInstance } from 'fastify';
import { assetUrl } from '#lib/assets';
import { html } from '#lib/html';
import type { ApiVersion } from '../versions/version.ts';

/**
 * The content security policy of the two readers: both write styles into their page, ReDoc searches in a worker made
 * from a blob, and nothing else is let in.
 */
export const documentationPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  'worker-src blob:',
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** GET /redoc/, which shows the first of the versions unless `?version=` names another. */
export function redocRoutes(app: FastifyInstance, versions: readonly ApiVersion[]): void {
  app.get(
    '/redoc/',
    { config: { permission: 'public', tenant: 'none' }, schema: { hide: true } },
    async (request, reply) => {
      const { version } = request.query as { version?: unknown };
      const shown = versions.find(({ number }) => String(number) === version) ?? versions[0];
      const page = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Himalytix API</title><style>body{margin:0}</style></head>
<body><redoc spec-url="${shown?.root}/schema/" hide-download-button></redoc><script src="${assetUrl('redoc.js')}"></script></body>
</html>`;
      return await reply
        .header('Content-Security-Policy', documentationPolicy)
        .type('text/html; charset=utf-8')
        .send(String(page));
    },
  );
}
