// Counts requests against one limit over all processes, asking the shared counter once for many of them.
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import type { LimitName, RateLimit } from './rate-limits.ts';
import type { Redis } from './redis.ts';

/** What became of one request: whether it is within the limit, how many more are, and in how many seconds all are anew. */
export type Share = { quota: Quota; isWithin: boolean; left: number; seconds: number };

/** `permits` are this process's own already, `elsewhere` those that the shared counter still had; `endsAt` is by performance.now(). */
type Window = { permits: number; elsewhere: number; endsAt: number };

/** Windows that are remembered; one that goes too early costs a question to the counter. */
const MOST_WINDOWS = 50_000;

// A hundredth of what is left at a time: a busy key asks the counter rarely, and near its end each request is counted by itself.
const portionOf = (left: number) => Math.min(1000, Math.floor(left / 100));

const counterOf = (name: string, { requests: points, seconds: duration }: RateLimit, redis: Redis | null) => {
  const alone = new RateLimiterMemory({ points, duration, keyPrefix: name });
  if (!redis) return alone;
  return new RateLimiterRedis({
    storeClient: redis,
    useRedisPackage: true,
    rejectIfRedisNotReady: true,
    keyPrefix: `himalytix:limit:${name}`,
    points,
    duration,
    insuranceLimiter: alone,
  });
};

/**
 * One limit, counted for any number of keys in fixed windows that begin with a key's first request. With Redis all processes
 * together let no more through than the limit says; while Redis is away, each process does by itself.
 */
export class Quota {
  readonly name: LimitName;
  readonly limit: RateLimit;
  readonly #counter: ReturnType<typeof counterOf>;
  readonly #windows = new LRUCache<string, Window>({ max: MOST_WINDOWS });
  readonly #asking = new Map<string, Promise<void>>();
  readonly #waiting = new Map<string, number>();

  constructor(name: LimitName, limit: RateLimit, redis: Redis | null) {
    this.name = name;
    this.limit = limit;
    this.#counter = counterOf(name, limit, redis);
  }

  /** Counts a request; without a promise where this process has permits left, or knows that there are none. */
  take(key: string): Share | Promise<Share> {
    return this.#takeKnown(key) ?? this.#takeAsking(key);
  }

  #takeKnown(key: string): Share | null {
    const window = this.#windows.get(key);
    const now = performance.now();
    if (!window || now >= window.endsAt) return null;
    const isWithin = window.permits > 0;
    if (!isWithin && window.elsewhere > 0) return null;
    if (isWithin) window.permits -= 1;
    const seconds = Math.ceil((window.endsAt - now) / 1000);
    return { quota: this, isWithin, left: window.permits + window.elsewhere, seconds };
  }

  async #takeAsking(key: string): Promise<Share> {
    this.#waiting.set(key, (this.#waiting.get(key) ?? 0) + 1);
    try {
      for (;;) {
        await (this.#asking.get(key) ?? this.#ask(key));
        const share = this.#takeKnown(key);
        if (share) return share;
      }
    } finally {
      const others = (this.#waiting.get(key) ?? 1) - 1;
      if (others > 0) this.#waiting.set(key, others);
      else this.#waiting.delete(key);
    }
  }

  /** Asks the counter for a portion, or for as many as wait. */
  #ask(key: string): Promise<void> {
    const asking = this.#askFor(key).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  async #askFor(key: string): Promise<void> {
    const known = this.#windows.get(key);
    const wanted = Math.max(portionOf(known?.elsewhere ?? 0), this.#waiting.get(key) ?? 1);
    // A penalty counts and never throws; what it was over the limit is not granted.
    const { consumedPoints, msBeforeNext } = await this.#counter.penalty(key, wanted);
    const before = consumedPoints - wanted;
    this.#windows.set(key, {
      permits: Math.max(0, Math.min(wanted, this.limit.requests - before)),
      elsewhere: Math.max(0, this.limit.requests - consumedPoints),
      endsAt: performance.now() + Math.max(1, msBeforeNext),
    });
  }
}
