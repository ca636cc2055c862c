// Says by which address a browser reaches this server, which behind a proxy the connection itself does not tell.
import type { FastifyRequest } from 'fastify';
import { companyOrigin } from '../company-origin.ts';
import type { Config } from '../config.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the public address is https, whatever this server's own connections are. */
    publicByHttps: boolean;
  }
}

/** Whether the public address is https. */
export function isPublicByHttps({ publicUrl }: Pick<Config, 'publicUrl'>): boolean {
  return publicUrl?.startsWith('https:') === true;
}

/** Whether the browser's connection is https: as the public address is, or as the connection or a trusted proxy says. */
export function isHttps({ server, protocol }: Pick<FastifyRequest, 'server' | 'protocol'>): boolean {
  return server.publicByHttps || protocol === 'https';
}

/** The origin of the page that a request asks for, as the browser knows it. */
export function ownOrigin(request: FastifyRequest): string {
  return `${isHttps(request) ? 'https' : 'http'}://${request.host.toLowerCase()}`;
}

/**
 * The origin of a company's pages: of the public address where there is one, else at the port at which this browser is. Never
 * at the host that the request names.
 */
export function reachedCompanyOrigin(
  request: FastifyRequest,
  config: Pick<Config, 'publicUrl' | 'baseDomain' | 'port' | 'trustProxy'>,
  slug: string,
): string {
  if (config.publicUrl !== null) return companyOrigin(config, slug);
  const port = /:\d+$/.exec(request.host)?.[0] ?? '';
  return `${isHttps(request) ? 'https' : 'http'}://${slug}.${config.baseDomain}${port}`;
}
