// The addresses of the document: of all versions, of each alone, and the two readers.

import { readFileSync } from 'node:fs';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { versions } from '../versions/index.ts';
import { about } from './about-api.ts';
import { describeOperation } from './describe-operation.ts';
import { documentOfVersion } from './document-of-version.ts';
import { finishDocument, type OpenApi } from './finish-document.ts';
import { documentationPolicy, redocRoutes } from './redoc.ts';

const mark = new URL('../../../public/icons/favicon.svg', import.meta.url);

/** Swagger UI squeezes pages without operations into the column of their names; they are read in ReDoc. */
const css = '.opblock-tag-section:has(> [data-tag="Moving from v1"]) { display: none; }';

/** The newest first, as nobody should begin with an old one. */
const newestFirst = versions.toReversed();

const shown = {
  config: { permission: 'public', tenant: 'none' },
  schema: { hide: true },
} as const;

/** GET /schema/, /v1/schema/, /v2/schema/, /docs/ and /redoc/. Must be called before the routes that are to be told of are added. */
export async function documentRoutes(api: FastifyInstance): Promise<void> {
  await api.register(swagger, {
    openapi: structuredClone(about) as never,
    transform: describeOperation as never,
    transformObject: ((made: { openapiObject: OpenApi }) => finishDocument(made.openapiObject)) as never,
  });
  await api.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: documentationPolicy,
    uiConfig: {
      urls: newestFirst.map(({ number, root }) => ({ name: `v${number}`, url: `${root}/schema/` })),
      displayRequestDuration: true,
      deepLinking: true,
      docExpansion: 'none',
      filter: true,
      defaultModelsExpandDepth: 0,
      persistAuthorization: true,
    } as never,
    logo: { type: 'image/svg+xml', content: readFileSync(mark), href: '/', target: '_self' },
    theme: { title: 'Himalytix API', css: [{ filename: 'himalytix.css', content: css }] },
  });
  redocRoutes(api, newestFirst);
  const document = () => api.swagger() as unknown as OpenApi;
  api.get('/schema/', shown, document);
  for (const version of versions)
    api.get(`/v${version.number}/schema/`, shown, () => documentOfVersion(document(), version));
}
