// The gate that every request passes: which company, who, and may they. What is not declared does not open.
import { timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import { invalid, Problem } from '#lib/problem';
import type { Actor, Tenant } from '#lib/tenant-tx';
import { ownOrigin } from './own-origin.ts';
import { unfitFaults } from './unfit-values.ts';

/**
 * A page's session, and all companies that its owner may change to. One that is `confined` leads neither to other companies nor to
 * what is its owner's in all of them.
 */
export type PageSession = {
  id: string;
  companies: readonly { slug: string; name: string }[];
  confined: boolean;
};

/**
 * Who the credential says it is, and for which company; `credential` names it and is no secret, `csrfToken` and `session` come
 * only with a cookie.
 */
export type Identity = {
  credential: string;
  tenantId: string;
  actor: Actor;
  csrfToken: string | null;
  session?: PageSession;
  /** What the sign-in is known by where a proof is noted; absent for a credential that is nobody's sign-in, such as an API key. */
  signedIn?: SignedIn;
  /** Whether the person has proved themselves a short while ago; absent where nobody is there who could. */
  isFresh?(): Promise<boolean>;
};

/** A page's session, or the family of refresh tokens that an access token is of. */
export type SignedIn = { sessionId: string } | { familyId: string };

/** What the guard asks the rooms, handed in by app.ts as the guard knows no room. */
export type Gate = {
  /** The company that host and header name, or null; throws when they name none that is open. */
  claimedTenant(request: FastifyRequest): Promise<Tenant | null>;
  tenantById(id: string): Tenant | Promise<Tenant | null>;
  /** Whom the Authorization header of an API request, or the cookie of a page, speaks for; null without either. */
  identify(request: FastifyRequest): Promise<Identity | null>;
  allows(actor: Actor, permission: string): boolean;
  /** The refusal of a company; the same whatever the reason. */
  refused(): Problem;
};

export type GuardedRoute = {
  method: string;
  url: string;
  permission: string;
  ofNoTenant: boolean;
  stepUp: boolean;
};

declare module 'fastify' {
  interface FastifyContextConfig {
    /** 'public' asks for nobody, 'signed-in' for any member, anything else for that permission. */
    permission?: string;
    /** 'none' for what belongs to no company at all, such as health checks and assets. */
    tenant?: 'none';
    /** Whether the act is so dangerous that whoever does it proves themselves once more, unless they did a short while ago. */
    stepUp?: true;
  }
  interface FastifyInstance {
    /** Every route with what it asks for, in the order of their registration. */
    guardedRoutes: GuardedRoute[];
  }
  interface FastifyRequest {
    /** The company that the request names; on a guarded route it is the credential's. */
    claimed: Tenant | null;
    identity: Identity | null;
    tenant: Tenant;
    actor: Actor;
    csrfToken: string;
  }
}

/**
 * Whether a request is a program's. The route decides: an address may be spelt in several ways ("/%61pi/") that lead to the
 * same route.
 */
export function isApi(request: FastifyRequest): boolean {
  return (request.routeOptions.url ?? request.url).startsWith('/api/');
}

const isSafe = (method: string) => method === 'GET' || method === 'HEAD' || method === 'OPTIONS';

/** Compares in a time that does not tell how much of a guess was right. */
function sameToken(sent: unknown, expected: string | null): boolean {
  if (typeof sent !== 'string' || expected === null) return false;
  const [a, b] = [Buffer.from(sent), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function signInFirst(): Problem {
  return new Problem('unauthenticated', 'users/sign-in-needed', 'sign in to see this');
}

/** The refusal of what takes a permission that somebody does not have, or not by the key that they act by. */
export function permissionMissing({ role, key }: Pick<Actor, 'role' | 'key'>, permission: string): Problem {
  const who = key ? `the API key ${key.prefix} does` : `as ${role} you do`;
  return new Problem('forbidden', 'users/permission-missing', `${who} not have the permission ${permission}`);
}

/** The refusal of what only a person may do who is there. */
export function personNeeded(): Problem {
  return new Problem('forbidden', 'users/person-needed', 'this is not done with an API key; sign in for it');
}

/** What every member may is for people, unless it only reads; a key has what it has by its permissions. */
function refuseKeys({ method }: FastifyRequest, { key }: Actor): void {
  if (key && !isSafe(method)) throw personNeeded();
}

/** Refuses a dangerous act of who has not proved themselves lately; app.ts leads people from it to the page where they do. */
async function refuseStale({ isFresh }: Identity): Promise<void> {
  if (!isFresh) throw personNeeded();
  if (await isFresh()) return;
  const detail =
    'prove once more who you are: POST /auth/confirm/ with your password and, if you have one, your second factor; then send this again within 10 minutes';
  throw new Problem('forbidden', 'users/step-up-needed', detail);
}

/** The request's id as the audit log has it: of a request by key, with the key's prefix behind it. */
const requestIdOf = ({ id }: FastifyRequest, { key }: Actor) => (key ? `${id}-${key.prefix}` : id);

/** Where a request comes from, without an IPv6 zone; null for what is no address, which behind a proxy it may be. */
function addressOf({ ip }: FastifyRequest): string | null {
  return isIP(ip) === 0 ? null : (ip.split('%', 1)[0] ?? null);
}

/** Lets a request through, or throws: 403 for the company, 401 for the person, 403 for the permission. */
async function admit(gate: Gate, request: FastifyRequest): Promise<void> {
  const { permission, tenant: tenancy, stepUp } = request.routeOptions.config;
  if (tenancy === 'none') return;
  request.claimed = await gate.claimedTenant(request);
  if (permission === 'public' || permission === undefined) return;
  const identity = await gate.identify(request);
  if (!identity) throw signInFirst();
  const tenant = await gate.tenantById(identity.tenantId);
  if (tenant?.status !== 'active') throw gate.refused();
  if (request.claimed && request.claimed.id !== tenant.id) throw gate.refused();
  request.identity = identity;
  request.tenant = tenant;
  request.actor = {
    ...identity.actor,
    requestId: requestIdOf(request, identity.actor),
    ip: addressOf(request),
  };
  request.csrfToken = identity.csrfToken ?? '';
  if (permission === 'signed-in') refuseKeys(request, request.actor);
  else if (!gate.allows(request.actor, permission)) throw permissionMissing(request.actor, permission);
  if (stepUp) await refuseStale(identity);
}

/** A page that changes something proves that it is ours: by the session's token, and by where it says it comes from. */
function refuseForgery(request: FastifyRequest): void {
  if (isApi(request) || isSafe(request.method)) return;
  const site = request.headers['sec-fetch-site'];
  const foreign = site !== undefined && site !== 'same-origin' && site !== 'none';
  const origin = request.headers.origin;
  const elsewhere = origin !== undefined && origin !== ownOrigin(request);
  const sent = request.headers['x-csrf-token'] ?? (request.body as { _csrf?: unknown } | undefined)?._csrf;
  const stale = request.identity !== null && !sameToken(sent, request.identity.csrfToken);
  if (foreign || elsewhere || stale) {
    throw new Problem(
      'forbidden',
      'users/forgery',
      'this form has expired or did not come from this site; load the page again',
    );
  }
}

/** What the database cannot hold is refused at the edge; where there is a schema, together with the schema's faults. */
function refuseUnfitValues(request: FastifyRequest): void {
  const { body, querystring, params } = request.routeOptions.schema ?? {};
  const faults = [
    ...(body ? [] : unfitFaults(request.body)),
    ...(querystring ? [] : unfitFaults(request.query, '/query')),
    ...(params ? [] : unfitFaults(request.params, '/params')),
  ];
  if (faults.length > 0) throw invalid(faults, 'request/text');
}

/** A hook of a check that throws; a promise for each request would cost more than most checks do. */
const checking =
  (check: (request: FastifyRequest) => void) =>
  (request: FastifyRequest, _reply: FastifyReply, done: HookHandlerDoneFunction) => {
    try {
      check(request);
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  };

/**
 * Guards an app: every route declares `config.permission` or the start fails. Must be called before any route is added.
 * Routes under `openPrefixes` are a library's own, cannot declare anything, and show nothing of any company.
 */
export function guard(app: FastifyInstance, gate: Gate, openPrefixes: readonly string[]): void {
  app.decorateRequest('claimed', null);
  app.decorateRequest('identity', null);
  app.decorateRequest('csrfToken', '');
  app.decorate('guardedRoutes', []);
  app.addHook('onRoute', (route) => {
    if (openPrefixes.some((prefix) => route.url.startsWith(prefix))) {
      route.config = { ...route.config, permission: 'public', tenant: 'none' };
    }
    if (route.config?.permission === undefined) {
      throw new Error(`route ${String(route.method)} ${route.url} declares no permission`);
    }
    const { permission, tenant, stepUp = false } = route.config;
    for (const method of [route.method].flat()) {
      app.guardedRoutes.push({ method, url: route.url, permission, ofNoTenant: tenant === 'none', stepUp });
    }
  });
  app.addHook('onRequest', (request) => admit(gate, request));
  app.addHook('preValidation', checking(refuseUnfitValues));
  app.addHook('preHandler', checking(refuseForgery));
}
