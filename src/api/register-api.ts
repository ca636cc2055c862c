// Hangs the versions of the API, their documents and the two readers of those into the server.
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { documentRoutes } from './document/document-routes.ts';
import type { ApiServer, Services } from './routes/context.ts';
import { routes } from './routes/index.ts';
import { versions } from './versions/index.ts';
import type { ApiVersion } from './versions/version.ts';

/** An entry of a thousand lines is some 100 kB; ten times that is more than any voucher and little for the server. */
const BODY_LIMIT_BYTES = 1_048_576;

/** Only JSON is understood; an absent body is absent whatever the header says. */
function parseJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else parse(request, body as string, done);
  });
}

/** Registers all routes as one version of the API. */
function registerVersion(plain: FastifyInstance, version: ApiVersion, services: Services): void {
  plain.decorate('api', version);
  const number = String(version.number);
  // At the end, so that whom the guard refuses is told, too.
  plain.addHook('onSend', (_request, reply, payload, done) => {
    // Tokens and figures belong in nobody's cache (RFC 6749, 5.1).
    reply.header('API-Version', number).header('Cache-Control', 'no-store');
    done(null, payload);
  });
  plain.addHook('onRoute', (route) => {
    route.bodyLimit ??= BODY_LIMIT_BYTES;
    version.adapt(route);
  });
  const app = plain.withTypeProvider<TypeBoxTypeProvider>() as unknown as ApiServer;
  for (const register of routes) register(app, services);
}

/** Registers everything under /api/. */
export async function registerApi(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(
    async (api) => {
      parseJsonOnly(api);
      await documentRoutes(api);
      for (const version of versions) {
        const prefix = `/v${version.number}`;
        await api.register(async (plain) => registerVersion(plain, version, services), { prefix });
      }
    },
    { prefix: '/api' },
  );
}
