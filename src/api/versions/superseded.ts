// Tells who still asks for pages by number that v2 has taken their place, since when, and how long they are still answered.
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { withHook } from './version.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether a newer version does what this route does in another way. */
    superseded?: true;
  }
}

const DEPRECATED_ON = new Date('2026-12-01T00:00:00Z');
const SUNSET_ON = new Date('2028-12-01T00:00:00Z');

/** Where it is told how to move on. */
const MIGRATION_PATH = '/api/redoc/#tag/Moving-from-v1';

/** RFC 9745, 2.1: a date of structured fields (RFC 9651, 3.3.7), in seconds. */
const DEPRECATION = `@${DEPRECATED_ON.getTime() / 1000}`;
/** RFC 8594, 3: a date of HTTP. */
const SUNSET = SUNSET_ON.toUTCString();

/** The address of the same thing in v2, without its query, as the parameters of parts are others there. */
function successorOf(request: FastifyRequest): string {
  const { pathname } = new URL(request.url, 'http://relative.invalid');
  return `/api/v2/${pathname.split('/').slice(3).join('/')}`;
}

async function tellSuccessor(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const links = [
    `<${successorOf(request)}>; rel="successor-version"`,
    `<${MIGRATION_PATH}>; rel="deprecation"; type="text/html"`,
  ];
  reply.header('Deprecation', DEPRECATION).header('Sunset', SUNSET).header('Link', links.join(', '));
}

/** Marks a route that answers pages by number, and lets it say so. */
export function tellSuperseded(route: RouteOptions): void {
  const { properties } = (route.schema?.querystring ?? {}) as { properties?: object };
  if (properties === undefined || !('page' in properties)) return;
  route.config = { ...route.config, superseded: true };
  route.onRequest = withHook(route.onRequest, tellSuccessor) as NonNullable<RouteOptions['onRequest']>;
}
