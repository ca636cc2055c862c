// Gives every answer the headers that tell a browser what it must not do with it.
import type { FastifyInstance } from 'fastify';
import helmet, { type HelmetOptions } from 'helmet';
import { isApi } from './guard.ts';

const pagePolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    manifestSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
};

/** What is read by programs shows nothing, so that nothing is let in should a browser show it all the same. */
const apiPolicy = { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } };

/** Of no use but in a page. */
const withoutPage = {
  contentSecurityPolicy: apiPolicy,
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
} as const;

/** The headers that helmet makes of its options. They are alike for all answers, and helmet takes long to make them. */
function headersOf(options: HelmetOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  const answer = {
    setHeader: (name: string, value: string) => {
      headers[name.toLowerCase()] = value;
    },
    removeHeader: () => {},
  };
  helmet(options)({} as never, answer as never, (error?: unknown) => {
    if (error) throw error;
  });
  return headers;
}

/** Sets the headers of pages and of the API before anything else is done; `secure` where answers go out by HTTPS only. */
export function setSecurityHeaders(app: FastifyInstance, { secure }: { secure: boolean }): void {
  // Without a referrer at all, browsers send our own forms with the origin "null", which the guard refuses.
  const always = { referrerPolicy: { policy: 'same-origin' as const }, strictTransportSecurity: secure };
  const pages = headersOf({ ...always, contentSecurityPolicy: pagePolicy });
  const api = headersOf({ ...always, ...withoutPage });
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(isApi(request) ? api : pages);
    done();
  });
}
