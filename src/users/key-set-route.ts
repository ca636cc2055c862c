// Publishes the keys that access tokens can be verified with, for programs that do not want to ask us each time.
import type { FastifyInstance } from 'fastify';
import type { Tokens } from './tokens.ts';

/** Shorter than a key is published before it signs. */
const CACHED_SECONDS = 300;

/** GET /.well-known/jwks.json: a JSON Web Key Set (RFC 7517), which is of no company. */
export function keySetRoute(app: FastifyInstance, tokens: Tokens): void {
  app.get(
    '/.well-known/jwks.json',
    { config: { permission: 'public', tenant: 'none' } },
    async (_request, reply) => {
      reply
        .header('cache-control', `public, max-age=${CACHED_SECONDS}`)
        .header('access-control-allow-origin', '*');
      reply.header('cross-origin-resource-policy', 'cross-origin');
      return await reply.type('application/jwk-set+json').send(JSON.stringify(await tokens.keySet()));
    },
  );
}
