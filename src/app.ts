// The composition root: the only place that knows all rooms and hands them to each other.
import { randomUUIDv7 } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import cookie from '@fastify/cookie';
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import {
  accountingPageRoutes,
  accountingPanels,
  accountingPermissions,
  listBranches,
  PostingQueue,
} from '#accounting';
import { registerApi } from '#api';
import { dashboardPermissions, dashboardRoutes, sendError, wantsPart } from '#dashboard';
import type { Permission } from '#lib/access';
import { serveAssets } from '#lib/assets';
import type { Cache } from '#lib/cache';
import type { Config } from '#lib/config';
import type { Db } from '#lib/db';
import { answerClientError } from '#lib/http/answer-socket';
import { checkHosts } from '#lib/http/check-host';
import { type Gate, guard, type Identity, isApi } from '#lib/http/guard';
import { hangUpOnClosing } from '#lib/http/hang-up-on-closing';
import { registerHealth } from '#lib/http/health';
import { limitBodyTime } from '#lib/http/limit-body-time';
import { limitRate } from '#lib/http/limit-rate';
import { limitRequests } from '#lib/http/limit-request';
import { openCache } from '#lib/http/open-cache';
import { ownCookie } from '#lib/http/own-cookie';
import { isPublicByHttps } from '#lib/http/own-origin';
import { dress, dressAnswers, headersWithoutRequest } from '#lib/http/security-headers';
import { logProblem, problemOf, sendProblem, setRetryAfter, statusOf, titleOf } from '#lib/http/send-problem';
import { openServerLog, requestLog } from '#lib/http/server-log';
import { useValidation } from '#lib/http/validation';
import { type KeyRing, openKeyRing } from '#lib/key-ring';
import { Problem } from '#lib/problem';
import { openRedis } from '#lib/redis';
import { createSafeFetch } from '#lib/safe-fetch';
import { inTenant } from '#lib/tenant-tx';
import { trustProxyOf } from '#lib/trusted-proxies';
import { resolveTenant, tenantRefused, tenantsByDomain, tenantsById, tenantsBySlug } from '#tenancy';
import {
  accessPageRoutes,
  apiKeyReader,
  confirmAddress,
  confirmElsewhere,
  createClientOf,
  findSession,
  isApiKey,
  keySetRoute,
  type Member,
  mayDo,
  mayLeaveCompany,
  pageContextOf,
  type ResolveTxt,
  sessionCookie,
  signInOf,
  Tokens,
  userPageRoutes,
  userPermissions,
} from '#users';

/** Asks for the proofs of e-mail domains; a name server that is silent must not hold a request for long. */
const dns = new Resolver({ timeout: 3000, tries: 2 });

/** An account's code of 200 characters, each of which may take twelve in an address. */
const MAX_PARAM_LENGTH = 2400;

/** What there is to be permitted: the permissions of all rooms. */
export const permissions: readonly Permission[] = [
  ...dashboardPermissions,
  ...accountingPermissions,
  ...userPermissions,
];

const identityOf = (member: Member, credential: string, csrfToken: string | null): Identity => ({
  credential,
  tenantId: member.tenantId,
  actor: {
    userId: member.userId,
    email: member.email,
    name: member.name,
    role: member.role,
    access: member.access,
    branches: member.access.branches,
  },
  csrfToken,
});

/** The rate limits, over all web processes where there is Redis. */
function openLimits(app: FastifyInstance, { redisUrl, rateLimits }: Config): ReturnType<typeof limitRate> {
  const redis = redisUrl === null ? null : openRedis(redisUrl, app.serverLog);
  app.addHook('onClose', async () => redis?.close());
  return limitRate(app, rateLimits, redis);
}

/** How the guard's questions are answered by the rooms. */
function gateOf(db: Db, cache: Cache, tokens: Tokens, baseDomain: string): Gate {
  const tenantById = cache.lookup((ids) => tenantsById(db, ids));
  const finder = {
    bySlug: cache.lookup((slugs) => tenantsBySlug(db, slugs)),
    byDomain: cache.lookup((domains) => tenantsByDomain(db, domains)),
  };
  const presented = apiKeyReader(db);
  const identities = new WeakMap<Member, Identity>();
  const bearer = async (access: string): Promise<Identity> => {
    if (isApiKey(access)) {
      const { member, key } = await presented(access);
      const identity = identityOf(member, key.id, null);
      return { ...identity, actor: { ...identity.actor, key } };
    }
    const claims = await tokens.verify(access);
    // Both are looked up at once. Who is refused before the company is asked for shall not end the process when that fails, too.
    const tenant = tenantById(claims.tenantId);
    if (tenant instanceof Promise) tenant.catch(() => {});
    const member = await tokens.signedIn(claims);
    const { familyId } = claims;
    const known = identities.get(member);
    const identity = known ?? { ...identityOf(member, familyId, null), ...signInOf(db, { familyId }) };
    identities.set(member, identity);
    return identity;
  };
  return {
    claimedTenant: (request) => {
      const header = request.headers['x-tenant'];
      const named = Array.isArray(header) ? header.join(',') : header;
      return resolveTenant(finder, { host: request.hostname, header: named }, baseDomain);
    },
    tenantById,
    identify: async (request) => {
      if (isApi(request)) {
        const access = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
        return access ? await bearer(access) : null;
      }
      const token = ownCookie(request, sessionCookie);
      const session = token ? await findSession(db, token) : null;
      if (!session) return null;
      const { id, companies, member, csrfToken } = session;
      const confined = !mayLeaveCompany(session);
      const page = { id, companies, confined };
      return { ...identityOf(member, id, csrfToken), session: page, ...signInOf(db, { sessionId: id }) };
    },
    allows: mayDo,
    refused: tenantRefused,
  };
}

/** A page's problem: who is not signed in goes to sign in first, or to prove who they are; everybody else sees what is wrong. */
async function showProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): Promise<FastifyReply> {
  const problem = problemOf(error);
  logProblem(request, problem);
  setRetryAfter(reply, problem);
  if (problem.kind === 'unauthenticated' && request.method === 'GET') {
    return await reply.redirect(`/sign-in/?next=${encodeURIComponent(request.url)}`, 303);
  }
  const unproved = problem.code === 'users/step-up-needed';
  if (unproved && !wantsPart(request)) {
    const { address, status } = confirmAddress(request);
    return await reply.redirect(address, status);
  }
  const status = statusOf(problem);
  const view = {
    status,
    title: titleOf(problem),
    detail: problem.detail,
    reference: request.id,
    ...(unproved && { remedy: confirmElsewhere() }),
  };
  return await sendError(request, reply, view, request.identity && pageContextOf(request));
}

/** Answers an error as its asker reads it: programs a problem document, people a page. */
function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return isApi(request) ? sendProblem(request, reply, error) : showProblem(request, reply, error);
}

/** What is done to every request before anybody is asked about it. */
function prepareRequests(app: FastifyInstance): void {
  dressAnswers(app);
  checkHosts(app);
  limitRequests(app);
  // Forms are all that pages take; the API has its own types.
  app.removeAllContentTypeParsers();
}

/** What of the world outside a test may set up for itself. */
export type Outside = { resolveTxt?: ResolveTxt; log?: { write(line: string): unknown } };

/** What has to do with identity providers; each of them is asked through the fetcher that stays out of our own network. */
function providerParts(
  { allowedInternalHosts }: Config,
  keyRing: KeyRing,
  { resolveTxt = (name) => dns.resolveTxt(name) }: Outside,
) {
  const fetch = createSafeFetch({ allowedInternalHosts });
  return {
    clientOf: createClientOf({ keyRing, fetch }),
    providers: { keyRing, allowedInternalHosts, resolveTxt },
  };
}

/** The server itself, with its limits of time and size; `headers` are on what it refuses by itself. */
function openServer(
  config: Config,
  headers: Record<string, string>,
  { log = process.stderr }: Outside,
): FastifyInstance {
  const serverLog = openServerLog(config.logLevel, log);
  const app = Fastify({
    // See requestLog.
    logger: false,
    childLoggerFactory: (_, bindings) => requestLog(serverLog, bindings),
    trustProxy: trustProxyOf(config.trustProxy),
    genReqId: () => randomUUIDv7(),
    requestIdHeader: false,
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAM_LENGTH },
    bodyLimit: 1_048_576,
    // What we answer is ours; the format only tells clients.
    serializerOpts: { ajv: { formats: { decimal: true } } },
    // See limitBodyTime.
    requestTimeout: 0,
    // See hangUpOnClosing.
    return503OnClosing: false,
    // What comes to no route passes no hook either.
    frameworkErrors: (error, request, reply) => {
      dress(request, reply);
      return answerError(error, request, reply);
    },
    clientErrorHandler: answerClientError(headers),
    // A missing host is told by checkHosts, in a problem.
    http: { headersTimeout: 20_000, connectionsCheckingInterval: 5_000, requireHostHeader: false },
  });
  app.decorate('publicByHttps', isPublicByHttps(config));
  app.decorate('serverLog', serverLog);
  return app;
}

/** Builds the web server, not listening yet. `db` stays the caller's to close. */
export async function buildApp(config: Config, db: Db, outside: Outside = {}): Promise<FastifyInstance> {
  const keyRing = await openKeyRing(config);
  const headers = headersWithoutRequest(isPublicByHttps(config));
  const app = openServer(config, headers, outside);
  const cache = openCache(app, db);
  const tokens = new Tokens(db, keyRing, cache);
  // A node that cannot open what another has sealed shall not begin to serve.
  app.addHook('onReady', () => tokens.ready());
  const services = { db, tokens, keyRing, config, permissions, ...providerParts(config, keyRing, outside) };
  useValidation(app);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) => {
    const error = new Problem('not-found', 'request/not-found', 'there is nothing at this address');
    return answerError(error, request, reply);
  });
  prepareRequests(app);
  await app.register(cookie);
  hangUpOnClosing(app);
  const limits = openLimits(app, config);
  limits.before();
  guard(app, gateOf(db, cache, tokens, config.baseDomain), ['/api/docs', '/assets/', '/favicon.ico']);
  limits.after();
  limitBodyTime(app, 30_000, headers);
  registerHealth(app, db);
  keySetRoute(app, tokens);
  serveAssets(app);
  await registerApi(app, { ...services, postings: new PostingQueue(db) });
  await app.register(userPageRoutes, { ...services, contextOf: pageContextOf });
  await app.register(accessPageRoutes, {
    db,
    permissions,
    branchesOf: (request: FastifyRequest) => inTenant(db, request.tenant, request.actor, listBranches),
  });
  dashboardRoutes(app, { db, contextOf: pageContextOf, panels: accountingPanels });
  await app.register(accountingPageRoutes, { db, contextOf: pageContextOf, permissions });
  return app;
}
