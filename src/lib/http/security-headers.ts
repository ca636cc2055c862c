// Gives every answer the headers that tell a browser what it must not do with it.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import helmet, { type HelmetOptions } from 'helmet';
import { isApi } from './guard.ts';
import { isHttps } from './own-origin.ts';

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
const apiPolicy = {
  useDefaults: false,
  directives: { defaultSrc: ["'none'"], baseUri: ["'none'"], frameAncestors: ["'none'"] },
};

/** What pages ask a browser for: passkeys, and copying a secret that is shown once. */
const askedFor = ['publickey-credentials-get', 'publickey-credentials-create', 'clipboard-write'];
const neverAskedFor = [
  'accelerometer',
  'camera',
  'clipboard-read',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
];
const permissionsPolicy = [
  ...neverAskedFor.map((name) => `${name}=()`),
  ...askedFor.map((name) => `${name}=(self)`),
].join(', ');

/** Where nothing may run, nothing can be asked for. Told for the best known all the same; the whole list would be half the answer. */
const apiPermissionsPolicy = 'camera=(), geolocation=(), microphone=(), payment=()';

/** Of no use but in a page. */
const withoutPage = {
  contentSecurityPolicy: apiPolicy,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
} as const;

/** The headers that helmet makes of its options. They are alike for all answers, and helmet takes long to make them. */
function headersOf(options: HelmetOptions, permissions: string): Record<string, string> {
  const headers: Record<string, string> = { 'permissions-policy': permissions };
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

/** The headers of pages and of what programs read. */
type HeaderSet = { pages: Record<string, string>; api: Record<string, string> };

function headerSet(strictTransportSecurity: boolean): HeaderSet {
  const always = {
    // Without a referrer at all, browsers send our own forms with the origin "null", which the guard refuses.
    referrerPolicy: { policy: 'same-origin' as const },
    strictTransportSecurity,
    xFrameOptions: { action: 'deny' as const },
  };
  return {
    pages: headersOf({ ...always, contentSecurityPolicy: pagePolicy }, permissionsPolicy),
    api: headersOf({ ...always, ...withoutPage }, apiPermissionsPolicy),
  };
}

// HSTS is for https only (RFC 6797, 7.2), or it would shut out who reaches the server by http.
const plain = headerSet(false);
const overHttps = headerSet(true);

/** The headers of an answer that no request belongs to. */
export const headersWithoutRequest = (publicByHttps: boolean) => (publicByHttps ? overHttps : plain).api;

/** Puts on an answer what belongs on it. */
export function dress(request: FastifyRequest, reply: FastifyReply): void {
  const { pages, api } = isHttps(request) ? overHttps : plain;
  reply.headers(isApi(request) ? api : pages);
}

/** Dresses and numbers every answer before anything else is done, so that refusals carry the headers, too. */
export function dressAnswers(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    dress(request, reply);
    reply.header('x-request-id', request.id);
    done();
  });
}
