// Lends pooled connections so that a company tends to come back to the one that has its functions' plans already.
import type pg from 'pg';

/** A connection on loan; `release` with an error closes it. */
export type Loan = { readonly client: pg.PoolClient; release(broken?: Error): void };

type Waiter = { key: string; since: number; timer: NodeJS.Timeout | undefined; give(): void };

/** How long a waiter may be overtaken by others that fit a free connection better. */
const MOST_OVERTAKEN_MS = 1000;

/** One in so many connections is never lent here, so that short lookups do not stand behind long transactions. */
const KEPT_BACK = 5;

/**
 * Lends the connections of one pool. Plans belong to a connection and to a company's own functions, and making them costs
 * several times what running them does, so a free connection goes to a waiter that it served last.
 */
class Lender {
  readonly #pool: pg.Pool;
  readonly #homes = new Map<string, pg.PoolClient>();
  readonly #waiting: Waiter[] = [];
  #free: number;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
    this.#free = pool.options.max - Math.floor(pool.options.max / KEPT_BACK);
  }

  async borrow(key: string): Promise<Loan> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(key);
    try {
      const client = await this.#pool.connect();
      this.#homes.set(key, client);
      const release = (broken?: Error) => {
        client.release(broken);
        this.#passOn(client);
      };
      return { client, release };
    } catch (error) {
      this.#passOn(null);
      throw error;
    }
  }

  /** Resolves when a turn is given; throws what the pool itself throws when that takes too long. */
  #wait(key: string): Promise<void> {
    return new Promise((give, refuse) => {
      const waiter: Waiter = { key, since: performance.now(), timer: undefined, give };
      const patience = this.#pool.options.connectionTimeoutMillis;
      if (patience) {
        waiter.timer = setTimeout(() => {
          this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
          refuse(new Error('timeout exceeded when trying to connect'));
        }, patience);
      }
      this.#waiting.push(waiter);
    });
  }

  /** Gives the turn of a connection that was just returned, which the pool hands out first, to whom it fits best. */
  #passOn(client: pg.PoolClient | null): void {
    const [oldest] = this.#waiting;
    if (!oldest) {
      this.#free += 1;
      return;
    }
    const patient = performance.now() - oldest.since < MOST_OVERTAKEN_MS;
    const fitting = patient && client && this.#waiting.find(({ key }) => this.#homes.get(key) === client);
    const next = fitting || oldest;
    this.#waiting.splice(this.#waiting.indexOf(next), 1);
    clearTimeout(next.timer);
    next.give();
  }
}

const lenders = new WeakMap<pg.Pool, Lender>();

/**
 * A connection for a company's transaction; `key` names the company. Waits while all are lent, at most as long as the
 * pool itself would, and throws as the pool does.
 */
export async function borrowConnection(pool: pg.Pool, key: string): Promise<Loan> {
  let lender = lenders.get(pool);
  if (!lender) {
    lender = new Lender(pool);
    lenders.set(pool, lender);
  }
  return await lender.borrow(key);
}
