// Holds every request to the limits of its address, and those of known people to their account, token and company.
import type { FastifyInstance, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import { Problem } from '#lib/problem';
import { Quota, type Share } from '#lib/quota';
import { type LimitName, limitNames, type RateLimits } from '#lib/rate-limits';
import type { Redis } from '#lib/redis';
import { sourceOf } from '#lib/source-of';
import type { Identity } from './guard.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `sign-in` where something is proved, `reset` where a letter is asked for, `none` for probes. */
    rateLimit?: 'sign-in' | 'reset' | 'none';
  }
  interface FastifyRequest {
    /** What the limits have said to this request so far. */
    shares: Share[] | null;
  }
}

type Charge = { name: LimitName; key: string };

const policyOf = ({ name, limit }: Quota) => `"${name}";q=${limit.requests};w=${limit.seconds}`;

function tooMany({ quota, seconds }: Share): Problem {
  const detail = `there are more requests than the limit "${quota.name}" lets through; come again in ${seconds} s`;
  return new Problem('too-many', 'request/rate-limited', detail, { retryAfter: seconds });
}

/** The first limit that is exceeded ends the request. */
function settle(shares: readonly Share[], done: HookHandlerDoneFunction): void {
  for (const share of shares) {
    if (share.isWithin) continue;
    done(tooMany(share));
    return;
  }
  done();
}

/** Counts requests and tells of it; one instance for an app. */
class RateLimiter {
  readonly #quotas = new Map<LimitName, Quota>();
  readonly #policies = new Map<number, string>();

  constructor(limits: RateLimits, redis: Redis | null) {
    for (const name of limitNames) {
      const limit = limits[name];
      if (limit) this.#quotas.set(name, new Quota(name, limit, redis));
    }
  }

  /** Counts a request for each charge; without a promise where this process knows the answer. */
  charge(request: FastifyRequest, charges: readonly Charge[], done: HookHandlerDoneFunction): void {
    request.shares ??= [];
    const { shares } = request;
    let waiting: Promise<Share>[] | null = null;
    for (const { name, key } of charges) {
      const share = this.#quotas.get(name)?.take(key);
      if (share instanceof Promise) {
        waiting ??= [];
        waiting.push(share);
      } else if (share) shares.push(share);
    }
    if (!waiting) settle(shares, done);
    else
      Promise.all(waiting).then((late) => {
        shares.push(...late);
        settle(shares, done);
      }, done);
  }

  /** The policies of these limits in one line, made once for each set of them. */
  policiesOf(shares: readonly Share[]): string {
    let set = 0;
    for (const { quota } of shares) set |= 1 << limitNames.indexOf(quota.name);
    let line = this.#policies.get(set);
    if (line === undefined) {
      line = shares.map(({ quota }) => policyOf(quota)).join(', ');
      this.#policies.set(set, line);
    }
    return line;
  }
}

/** The limit of which the smallest part is left. */
function tightestOf(shares: readonly Share[]): Share | undefined {
  let tightest: Share | undefined;
  for (const share of shares) {
    if (
      !tightest ||
      !share.isWithin ||
      share.left * tightest.quota.limit.requests < tightest.left * share.quota.limit.requests
    )
      tightest = share;
    if (!share.isWithin) break;
  }
  return tightest;
}

// The guard hands out the same identity for as long as it is remembered.
const known = new WeakMap<Identity, readonly Charge[]>();
const nobody: readonly Charge[] = [];

function chargesOf({ identity }: FastifyRequest): readonly Charge[] {
  if (!identity) return nobody;
  let charges = known.get(identity);
  if (!charges) {
    const { actor, tenantId, credential } = identity;
    charges = [
      { name: 'account', key: actor.userId ?? '' },
      { name: 'token', key: credential },
      { name: 'company', key: tenantId },
    ];
    known.set(identity, charges);
  }
  return charges;
}

/**
 * Limits an app's requests: `before` is to be called before the guard is hung in, `after` after it and before any route. Answers tell by RateLimit and
 * RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10) which limit is the nearest, and refusals by Retry-After, too.
 */
export function limitRate(
  app: FastifyInstance,
  limits: RateLimits,
  redis: Redis | null,
): { before(): void; after(): void } {
  const limiter = new RateLimiter(limits, redis);
  app.decorateRequest('shares', null);
  const before = () => {
    app.addHook('onRequest', (request, _reply, done) => {
      const door = request.routeOptions.config.rateLimit;
      if (door === 'none') {
        done();
        return;
      }
      const key = sourceOf(request.ip);
      const charges: Charge[] = [{ name: 'address', key }];
      if (door) charges.push({ name: door, key });
      limiter.charge(request, charges, done);
    });
  };
  const after = () => {
    app.addHook('onRequest', (request, _reply, done) => limiter.charge(request, chargesOf(request), done));
    app.addHook('onSend', (request, reply, _payload, done) => {
      const nearest = request.shares && tightestOf(request.shares);
      if (nearest) {
        reply.header('RateLimit-Policy', limiter.policiesOf(request.shares ?? []));
        reply.header('RateLimit', `"${nearest.quota.name}";r=${nearest.left};t=${nearest.seconds}`);
      }
      done();
    });
  };
  return { before, after };
}
