// The composition root: the only place that knows all rooms and hands them to each other.
import { randomUUIDv7 } from 'node:crypto';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
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
import { coalesced } from '#lib/coalesced';
import type { Config } from '#lib/config';
import type { Db } from '#lib/db';
import { type Gate, guard, type Identity, isApi } from '#lib/http/guard';
import { hangUpOnClosing } from '#lib/http/hang-up-on-closing';
import { registerHealth } from '#lib/http/health';
import { limitBodyTime } from '#lib/http/limit-body-time';
import { logProblem, problemOf, sendProblem, setRetryAfter, statusOf, titleOf } from '#lib/http/send-problem';
import { useValidation } from '#lib/http/validation';
import { Problem } from '#lib/problem';
import { resolveTenant, tenantRefused, tenantsById } from '#tenancy';
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

const contentSecurityPolicy = {
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

const identityOf = (member: Member, csrfToken: string | null): Identity => ({
  tenantId: member.tenantId,
  actor: { userId: member.userId, email: member.email, name: member.name, role: member.role },
  csrfToken,
});

/** How the guard's questions are answered by the rooms. */
function gateOf(db: Db, tokens: Tokens, baseDomain: string): Gate {
  const tenantById = coalesced((ids) => tenantsById(db, ids));
  const bearer = async (access: string): Promise<Identity> => {
    const { tenantId } = await tokens.verify(access);
    const tenant = tenantById(tenantId);
    // Who is refused before the company is asked for shall not end the process when that fails, too.
    tenant.catch(() => {});
    return { ...identityOf(await tokens.memberOf(access), null), tenant };
  };
  return {
    claimedTenant: (request) => {
      const header = request.headers['x-tenant'];
      const named = Array.isArray(header) ? header.join(',') : header;
      return resolveTenant(db, { host: request.hostname, header: named }, baseDomain);
    },
    tenantById,
    identify: async (request) => {
      if (isApi(request)) {
        const access = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
        return access ? await bearer(access) : null;
      }
      const token = request.cookies[sessionCookie];
      const session = token ? await findSession(db, token) : null;
      return session && identityOf(session.member, session.csrfToken);
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
    // What we answer is ours; the format only tells clients.
    serializerOpts: { ajv: { formats: { decimal: true } } },
    // See limitBodyTime.
    requestTimeout: 0,
    // See hangUpOnClosing.
    return503OnClosing: false,
    frameworkErrors: answerError,
  });
  const tokens = new Tokens(db);
  useValidation(app);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) => {
    const error = new Problem('not-found', 'request/not-found', 'there is nothing at this address');
    return answerError(error, request, reply);
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('X-Request-Id', request.id);
  });
  // Without a referrer at all, browsers send our own forms with the origin "null", which the guard refuses.
  const referrerPolicy = { policy: 'same-origin' as const };
  await app.register(helmet, {
    contentSecurityPolicy,
    referrerPolicy,
    strictTransportSecurity: config.trustProxy,
  });
  await app.register(cookie);
  hangUpOnClosing(app);
  guard(app, gateOf(db, tokens, config.baseDomain), ['/api/docs', '/assets/', '/favicon.ico']);
  limitBodyTime(app, 30_000);
  registerHealth(app, db);
  serveAssets(app);
  await registerApi(app, { db, tokens, postings: new PostingQueue(db) });
  await app.register(userPageRoutes, { db });
  dashboardRoutes(app, { db, contextOf: pageContextOf, panels: accountingPanels });
  await app.register(accountingPageRoutes, { db, contextOf: pageContextOf });
  return app;
}
