// The API's reference for reading, by ReDoc from our own origin.
import type { FastifyInstance } from 'fastify';
import { assetUrl } from '#lib/assets';
import { html } from '#lib/html';
import type { ApiVersion } from '../versions/version.ts';

/** The style elements that they write: an empty one, which ReDoc fills rule by rule, its scroll bars, and one of Swagger UI. */
const stylesOfReaders = [
  "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
  "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='",
  "'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='",
].join(' ');

/**
 * The content security policy of the two readers: ReDoc searches in a worker made from a blob, and nothing else is let in but
 * what pages are let.
 */
export const documentationPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' ${stylesOfReaders}`,
  "img-src 'self' data:",
  "connect-src 'self'",
  'worker-src blob:',
  "form-action 'self'",
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
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Himalytix API</title><link rel="stylesheet" href="${assetUrl('documentation.css')}"></head>
<body><redoc spec-url="${shown?.root}/schema/" hide-download-button></redoc><script src="${assetUrl('redoc.js')}"></script></body>
</html>`;
      return await reply
        .header('Content-Security-Policy', documentationPolicy)
        .type('text/html; charset=utf-8')
        .send(String(page));
    },
  );
}
