// Counts requests against one limit over all processes, asking Redis once for many of them.
import { LRUCache } from 'lru-cache';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { LimitName, RateLimit } from './rate-limits.ts';
import type { Redis } from './redis.ts';

/** What became of one request: whether it is within the limit, how many more are, and in how many seconds all are anew. */
export type Share = { quota: Quota; isWithin: boolean; left: number; seconds: number };

/** `permits` are this process's own already, `elsewhere` those that the shared counter still had; `endsAt` is by performance.now(). */
type Window = { permits: number; elsewhere: number; endsAt: number };

/**
 * Windows that are remembered of one limit, so that no crowd of sources fills the memory. One that goes too early costs a question
 * to Redis; without Redis it begins anew.
 */
const MOST_WINDOWS = 50_000;

// A hundredth of what is left at a time: a busy key asks Redis rarely, and near its end each request is counted by itself.
const portionOf = (left: number) => Math.min(1000, Math.floor(left / 100));

const counterOn = (redis: Redis, name: string, { requests: points, seconds: duration }: RateLimit) =>
  new RateLimiterRedis({
    storeClient: redis,
    useRedisPackage: true,
    rejectIfRedisNotReady: true,
    keyPrefix: `himalytix:limit:${name}`,
    points,
    duration,
  });

/**
 * One limit, counted for any number of keys in fixed windows that begin with a key's first request. With Redis all processes
 * together let no more through than the limit says; while Redis is away, and without it, each process does by itself.
 */
export class Quota {
  readonly name: LimitName;
  readonly limit: RateLimit;
  readonly #counter: RateLimiterRedis | null;
  readonly #windows = new LRUCache<string, Window>({ max: MOST_WINDOWS });
  readonly #asking = new Map<string, Promise<void>>();
  readonly #waiting = new Map<string, number>();

  constructor(name: LimitName, limit: RateLimit, redis: Redis | null) {
    this.name = name;
    this.limit = limit;
    this.#counter = redis && counterOn(redis, name, limit);
  }

  /** Counts a request; without a promise where this process has permits left, or knows that there are none. */
  take(key: string): Share | Promise<Share> {
    const known = this.#takeKnown(key);
    if (known) return known;
    if (this.#counter) return this.#takeAsking(key, this.#counter);
    const { requests, seconds } = this.limit;
    this.#windows.set(key, {
      permits: requests - 1,
      elsewhere: 0,
      endsAt: performance.now() + seconds * 1000,
    });
    return { quota: this, isWithin: true, left: requests - 1, seconds };
  }

  /** The window of a key, unless it is over. */
  #windowOf(key: string, now: number): Window | null {
    const window = this.#windows.get(key);
    return window && now < window.endsAt ? window : null;
  }

  #takeKnown(key: string): Share | null {
    const now = performance.now();
    const window = this.#windowOf(key, now);
    if (!window) return null;
    const isWithin = window.permits > 0;
    if (!isWithin && window.elsewhere > 0) return null;
    if (isWithin) window.permits -= 1;
    const seconds = Math.ceil((window.endsAt - now) / 1000);
    return { quota: this, isWithin, left: window.permits + window.elsewhere, seconds };
  }

  async #takeAsking(key: string, counter: RateLimiterRedis): Promise<Share> {
    this.#waiting.set(key, (this.#waiting.get(key) ?? 0) + 1);
    try {
      for (;;) {
        await (this.#asking.get(key) ?? this.#ask(key, counter));
        const share = this.#takeKnown(key);
        if (share) return share;
      }
    } finally {
      const others = (this.#waiting.get(key) ?? 1) - 1;
      if (others > 0) this.#waiting.set(key, others);
      else this.#waiting.delete(key);
    }
  }

  /** Asks for a portion, or for as many as wait; those who come meanwhile wait for the same answer. */
  #ask(key: string, counter: RateLimiterRedis): Promise<void> {
    const asking = this.#askFor(key, counter).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  async #askFor(key: string, counter: RateLimiterRedis): Promise<void> {
    const now = performance.now();
    const { requests, seconds } = this.limit;
    const window = this.#windowOf(key, now);
    const wanted = Math.max(portionOf(window?.elsewhere ?? 0), this.#waiting.get(key) ?? 1);
    // A penalty counts and never refuses; what it was over the limit is not granted. Without an answer this process goes on by what
    // it has heard last, and asks again for the next portion.
    const { left, ms } = await counter.penalty(key, wanted).then(
      ({ consumedPoints, msBeforeNext }) => ({ left: requests - consumedPoints, ms: msBeforeNext }),
      () => ({
        left: (window?.elsewhere ?? requests) - wanted,
        ms: window ? window.endsAt - performance.now() : seconds * 1000,
      }),
    );
    this.#windows.set(key, {
      permits: Math.max(0, wanted + Math.min(0, left)),
      elsewhere: Math.max(0, left),
      endsAt: performance.now() + Math.max(1, ms),
    });
  }
}
