// The composition root: the only place that knows all rooms and hands them to each other.
import { randomUUIDv7 } from 'node:crypto';
import cookie from '@fastify/cookie';
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { accountingPageRoutes, accountingPanels, PostingQueue } from '#accounting';
import { registerApi } from '#api';
import { dashboardRoutes, sendError } from '#dashboard';
import { serveAssets } from '#lib/assets';
import { Cache } from '#lib/cache';
import type { Config } from '#lib/config';
import type { Db } from '#lib/db';
import { hearChanges } from '#lib/hear-changes';
import { type Gate, guard, type Identity, isApi } from '#lib/http/guard';
import { hangUpOnClosing } from '#lib/http/hang-up-on-closing';
import { registerHealth } from '#lib/http/health';
import { limitBodyTime } from '#lib/http/limit-body-time';
import { limitRate } from '#lib/http/limit-rate';
import { setSecurityHeaders } from '#lib/http/security-headers';
import { logProblem, problemOf, sendProblem, setRetryAfter, statusOf, titleOf } from '#lib/http/send-problem';
import { useValidation } from '#lib/http/validation';
import { Problem } from '#lib/problem';
import { openRedis } from '#lib/redis';
import { resolveTenant, tenantRefused, tenantsByDomain, tenantsById, tenantsBySlug } from '#tenancy';
import {
  findSession,
  type Member,
  pageContextOf,
  roleAllows,
  sessionCookie,
  Tokens,
  userPageRoutes,
} from '#users';

/** An account's code of 200 characters, each of which may take twelve in an address. */
const MAX_PARAM_LENGTH = 2400;

const identityOf = (member: Member, credential: string, csrfToken: string | null): Identity => ({
  credential,
  tenantId: member.tenantId,
  actor: { userId: member.userId, email: member.email, name: member.name, role: member.role },
  csrfToken,
});

/** What answers the guard's lookups, told of every change by this process and, through the database, by any other. */
function openCache(app: FastifyInstance, db: Db): Cache {
  const cache = new Cache();
  const forget = () => cache.forget();
  db.onChange.add(forget);
  let stop = async () => {};
  app.addHook('onReady', async () => {
    stop = hearChanges(db, forget);
  });
  app.addHook('onClose', async () => {
    db.onChange.delete(forget);
    await stop();
  });
  return cache;
}

/** How the guard's questions are answered by the rooms. */
function gateOf(db: Db, cache: Cache, tokens: Tokens, baseDomain: string): Gate {
  const tenantById = cache.lookup((ids) => tenantsById(db, ids));
  const finder = {
    bySlug: cache.lookup((slugs) => tenantsBySlug(db, slugs)),
    byDomain: cache.lookup((domains) => tenantsByDomain(db, domains)),
  };
  const identities = new WeakMap<Member, Identity>();
  const bearer = async (access: string): Promise<Identity> => {
    const { tenantId, familyId } = await tokens.verify(access);
    // Both are looked up at once. Who is refused before the company is asked for shall not end the process when that fails, too.
    const tenant = tenantById(tenantId);
    if (tenant instanceof Promise) tenant.catch(() => {});
    const member = await tokens.memberOf(access);
    const identity = identities.get(member) ?? identityOf(member, familyId, null);
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
      const token = request.cookies[sessionCookie];
      const session = token ? await findSession(db, token) : null;
      return session && identityOf(session.member, session.id, session.csrfToken);
    },
    allows: roleAllows,
    refused: tenantRefused,
  };
}

/** A page's problem: who is not signed in goes to sign in first, everybody else sees what is wrong. */
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
  const status = statusOf(problem);
  const view = { status, title: titleOf(problem), detail: problem.detail, reference: request.id };
  return await sendError(request, reply, view, request.identity && pageContextOf(request));
}

/** Answers an error as its asker reads it: programs a problem document, people a page. */
function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return isApi(request) ? sendProblem(request, reply, error) : showProblem(request, reply, error);
}

/** Builds the web server, not listening yet. `db` stays the caller's to close. */
export async function buildApp(config: Config, db: Db): Promise<FastifyInstance> {
  const app = Fastify({
    logger: config.logLevel === 'silent' ? false : { level: config.logLevel, stream: process.stderr },
    trustProxy: config.trustProxy,
    genReqId: () => randomUUIDv7(),
    requestIdHeader: false,
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAM_LENGTH },
    bodyLimit: 1_048_576,
    // See limitBodyTime.
    requestTimeout: 0,
    // See hangUpOnClosing.
    return503OnClosing: false,
    frameworkErrors: answerError,
  });
  const cache = openCache(app, db);
  const tokens = new Tokens(db, cache);
  useValidation(app);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) => {
    const error = new Problem('not-found', 'request/not-found', 'there is nothing at this address');
    return answerError(error, request, reply);
  });
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('X-Request-Id', request.id);
    done();
  });
  setSecurityHeaders(app, { secure: config.trustProxy });
  await app.register(cookie);
  hangUpOnClosing(app);
  const redis = config.redisUrl === null ? null : openRedis(config.redisUrl, app.log);
  app.addHook('onClose', async () => redis?.close());
  const limits = limitRate(app, config.rateLimits, redis);
  limits.before();
  guard(app, gateOf(db, cache, tokens, config.baseDomain), ['/api/docs', '/assets/', '/favicon.ico']);
  limits.after();
  limitBodyTime(app, 30_000);
  registerHealth(app, db);
  serveAssets(app);
  await registerApi(app, { db, tokens, postings: new PostingQueue(db) });
  await app.register(userPageRoutes, { db });
  dashboardRoutes(app, { db, contextOf: pageContextOf, panels: accountingPanels });
  await app.register(accountingPageRoutes, { db, contextOf: pageContextOf });
  return app;
}
