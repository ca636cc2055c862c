// Turns whatever went wrong into an RFC 9457 problem: the inside of this program knows no HTTP status, this file does.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type Fault, Problem, type ProblemKind } from '#lib/problem';
import { problemOfDatabaseError } from './database-problem.ts';
import { faultsOfValidation } from './validation.ts';

const statuses: Record<ProblemKind, number> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  'precondition-failed': 412,
  'too-large': 413,
  'address-too-long': 414,
  'unsupported-type': 415,
  invalid: 422,
  'precondition-required': 428,
  'too-many': 429,
  internal: 500,
  unavailable: 503,
};

const titles: Record<ProblemKind, string> = {
  malformed: 'The request cannot be read',
  unauthenticated: 'Sign in first',
  forbidden: 'This is not allowed',
  'not-found': 'There is no such thing',
  'method-not-allowed': 'This cannot be done here',
  conflict: 'This conflicts with what there is',
  'precondition-failed': 'It was changed in the meantime',
  'too-large': 'The request is too large',
  'address-too-long': 'The address is too long',
  'unsupported-type': 'This content type is not understood',
  invalid: 'The request has faults',
  'precondition-required': 'Name the version that you change',
  'too-many': 'Too many requests',
  internal: 'Something went wrong on our side',
  unavailable: 'Not available for the moment',
};

/** Bounds the answer to a hostile body, in which every byte may be a fault. */
const MOST_FAULTS_TOLD = 1000;

/** The body of application/problem+json. `errors` holds one entry for each fault, with its JSON pointer. */
export type ProblemDocument = {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  instance: string;
  errors: Fault[];
};

/** What Fastify itself refuses: unreadable bodies, wrong content types, bodies over the limit, bad addresses. */
function problemOfFastify(error: FastifyError | null): Problem | null {
  const known: Record<number, [ProblemKind, string]> = {
    400: ['malformed', 'request/malformed'],
    404: ['not-found', 'request/not-found'],
    413: ['too-large', 'request/too-large'],
    414: ['address-too-long', 'request/address-too-long'],
    415: ['unsupported-type', 'request/content-type'],
  };
  const [kind, code] = known[error?.statusCode ?? 500] ?? [];
  if (!error || !kind || !code) return null;
  // Fastify would repeat the whole address.
  const detail = kind === 'address-too-long' ? 'a part of the address is too long' : error.message;
  return new Problem(kind, code, detail, { cause: error });
}

/** Any error as a Problem; what is none of ours becomes an internal one whose cause stays inside. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const fastifyError = error as FastifyError | null;
  if (Array.isArray(fastifyError?.validation)) {
    const errors = faultsOfValidation(fastifyError);
    return new Problem('invalid', 'request/invalid', `the request has ${errors.length} fault(s)`, { errors });
  }
  return (
    problemOfDatabaseError(error) ??
    problemOfFastify(fastifyError) ??
    new Problem('internal', 'internal/error', 'the request failed; nothing was stored', { cause: error })
  );
}

/** The status of a problem, for renderers other than JSON. */
export function statusOf(problem: Problem): number {
  return statuses[problem.kind];
}

/** The title of a problem's kind, for people. */
export function titleOf(problem: Problem): string {
  return titles[problem.kind];
}

/** What a status says to people when it is that of a problem. */
export function statusTitle(status: number): string {
  const kind = (Object.keys(statuses) as ProblemKind[]).find((each) => statuses[each] === status);
  return kind ? titles[kind] : 'A problem';
}

/** The body of a problem's answer. */
function problemDocument(problem: Problem, requestId: string): ProblemDocument {
  return {
    ...problem.members,
    type: `urn:himalytix:problem:${problem.code}`,
    title: titleOf(problem),
    status: statusOf(problem),
    code: problem.code,
    detail: problem.detail,
    instance: `urn:uuid:${requestId}`,
    errors: problem.errors.slice(0, MOST_FAULTS_TOLD),
  };
}

/** What a refusal was of: who asked, from where, for which route. Neither address nor headers, as they may hold what is secret. */
const refusalOf = ({ ip, method, routeOptions, identity }: FastifyRequest) => ({
  ip,
  route: `${method} ${routeOptions.url ?? '?'}`,
  ...(identity && { user: identity.actor.userId, key: identity.actor.key?.id, tenant: identity.tenantId }),
});

/** Whether a request says who sends it; that strangers are sent to sign in is no news. */
const isClaimed = ({ headers: { authorization, cookie } }: FastifyRequest) =>
  authorization !== undefined || cookie !== undefined;

/** Logs what a person has to look at, with the cause that the client does not see, and who was refused what. */
export function logProblem(request: FastifyRequest, problem: Problem): void {
  const { kind, code } = problem;
  if (kind === 'internal') request.log.error({ err: problem.cause ?? problem }, code);
  else if (kind === 'unavailable') request.log.warn({ err: problem.cause ?? problem }, code);
  else if (kind === 'forbidden' || (kind === 'unauthenticated' && isClaimed(request)))
    request.log.warn({ refused: refusalOf(request) }, code);
  // Whoever floods the server shall not flood its log as well.
  else if (kind === 'too-many') request.log.info({ refused: refusalOf(request) }, code);
}

/** Says when to come again, where that may help; without a time of the problem's own, the seconds are a guess that fits a restart. */
export function setRetryAfter(reply: FastifyReply, problem: Problem): void {
  const seconds = problem.retryAfter ?? (problem.kind === 'unavailable' ? 2 : null);
  if (seconds !== null) reply.header('Retry-After', String(seconds));
}

/** Answers with application/problem+json. */
export async function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): Promise<FastifyReply> {
  const problem = problemOf(error);
  logProblem(request, problem);
  setRetryAfter(reply, problem);
  if (problem.kind === 'unauthenticated') reply.header('WWW-Authenticate', 'Bearer');
  return await reply
    .code(statuses[problem.kind])
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problemDocument(problem, request.id));
}
