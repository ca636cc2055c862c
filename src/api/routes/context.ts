// What the routes of the API are given, and the small things that all of them do alike.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RawServerDefault,
} from 'fastify';
import type { PostingQueue } from '#accounting';
import type { Config } from '#lib/config';
import type { Db } from '#lib/db';
import { permissionMissing } from '#lib/http/guard';
import {
  type Answer,
  AnswerTaken,
  answerOnce,
  type Claim,
  fingerprintOf,
  whileUnderWay,
} from '#lib/idempotency';
import type { KeyRing } from '#lib/key-ring';
import { type Fault, invalid, mergeFaults, Problem } from '#lib/problem';
import { inTenant, type TenantTx } from '#lib/tenant-tx';
import { mayDo, type ProviderServices } from '#users';
import type { ApiVersion } from '../versions/version.ts';

export type ApiServer = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
> & {
  /** The version whose routes these are. */
  api: ApiVersion;
};

/** What app.ts hands to the routes; `permissions` are those of all rooms. */
export type Services = ProviderServices & { keyRing: KeyRing; config: Config; postings: PostingQueue };

/**
 * Refuses, as the guard does, what asks for more than the route's own permission, such as a change that depends on what is there.
 */
export function requirePermission({ actor }: Pick<FastifyRequest, 'actor'>, permission: string): void {
  if (!mayDo(actor, permission)) throw permissionMissing(actor, permission);
}

/** Runs work in the transaction of the request's company and actor. */
export function inRequest<T>(
  db: Db,
  request: Pick<FastifyRequest, 'tenant' | 'actor'>,
  work: (tx: TenantTx) => Promise<T>,
  options: { snapshot?: boolean } = {},
): Promise<T> {
  return inTenant(db, request.tenant, request.actor, work, options);
}

/**
 * Does work on a body of which `faults` could not be read. With any, the work only serves to find the further faults that
 * the books know of: all are told together, and the throw undoes whatever was done.
 */
export async function tellingAll<T>(faults: readonly Fault[], work: () => Promise<T>): Promise<T> {
  if (faults.length === 0) return await work();
  const further = await work().then(
    () => [],
    (problem: unknown) => {
      if (problem instanceof Problem && problem.kind === 'invalid') return problem.errors;
      throw problem;
    },
  );
  throw invalid(mergeFaults(faults, further));
}

/**
 * A yes or no of the query string. Where a route takes its body with faults (attachValidation), Fastify leaves the query
 * string as it came.
 */
export function isAsked(flag: unknown, preset: boolean): boolean {
  return preset ? flag !== false && flag !== 'false' : flag === true || flag === 'true';
}

/** Gives a reply the ETag of a version (RFC 9110, 8.8.3). */
export function setVersion(reply: FastifyReply, version: number): void {
  reply.header('ETag', `"${version}"`);
}

/**
 * The version that If-Match names; null for '*' or, unless `required`, without the header. Throws malformed for what no
 * ETag of ours looks like, or precondition-required (RFC 6585, 3).
 */
export function seenVersion(request: FastifyRequest, options: { required: boolean }): number | null {
  const header = request.headers['if-match'];
  if (header === '*') return null;
  if (header === undefined) {
    if (!options.required) return null;
    const detail = 'send If-Match with the ETag that you have read, so that no other edit is lost';
    throw new Problem('precondition-required', 'request/if-match-needed', detail);
  }
  const version = /^"(\d{1,9})"$/.exec(header)?.[1];
  if (version === undefined)
    throw new Problem('precondition-failed', 'request/if-match', 'If-Match is no ETag of this resource');
  return Number(version);
}

/**
 * The claim of a request that carries an Idempotency-Key, else null. Throws malformed for a key that is none: 1 to 255
 * printable ASCII characters.
 */
export function claimOf(request: FastifyRequest): Claim | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new Problem(
      'malformed',
      'request/idempotency-key',
      'an Idempotency-Key has 1 to 255 printable characters',
    );
  }
  // A request that went unanswered may be sent again to another version, and is still the same.
  const path = (request.url.split('?', 1)[0] ?? '').replace(/^\/api\/v\d+\//, '/api/v1/');
  const asked = { query: request.query, body: request.body };
  const fingerprint = fingerprintOf(request.method, path.replace(/\/$/, ''), asked);
  return { actorId: request.actor.userId ?? '', key, fingerprint };
}

/**
 * Does a request's work once for its Idempotency-Key, in the transaction of its company and actor. Throws a conflict while
 * this process works for the same key; another process is waited for, and its answer replayed.
 */
export async function onceInRequest(
  db: Db,
  request: FastifyRequest,
  work: (tx: TenantTx) => Promise<Answer>,
): Promise<Answer & { replayed: boolean }> {
  const claim = claimOf(request);
  const attempt = () => inRequest(db, request, (tx) => answerOnce(tx, claim, () => work(tx)));
  return await whileUnderWay(request.tenant.id, claim, () =>
    attempt().catch((error: unknown) => {
      if (error instanceof AnswerTaken) return attempt();
      throw error;
    }),
  );
}
