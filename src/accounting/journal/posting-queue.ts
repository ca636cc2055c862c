// Group commit: what has queued for a company while its last transaction committed is posted as one set in the next.
import type { Db } from '#lib/db';
import { type Claim, keyInFlight } from '#lib/idempotency';
import { Problem } from '#lib/problem';
import { type Actor, inTenant, limitKey, type Tenant } from '#lib/tenant-tx';
import { answerPostings, type PostingAnswer } from './answer-postings.ts';
import type { EntryInput } from './entry.ts';

/** `claim` is that of the request's Idempotency-Key; the answer is kept with it. */
export type PostingRequest = { tenant: Tenant; actor: Actor; entry: EntryInput; claim: Claim | null };

/** Whose entries are posted in one set: a company's, and of its members those who are limited to the same branches. */
const queueOf = ({ tenant, actor }: PostingRequest) => `${tenant.id} ${limitKey(actor)}`;

type Waiting = PostingRequest & { settle: (outcome: PostingAnswer | Error) => void };

export type QueueLimits = { perBatch: number; perTenant: number };

/** How often an entry is tried that met others' transactions at a bad moment. */
const MOST_TRIES = 4;

const defaults: QueueLimits = { perBatch: 256, perTenant: 2048 };

/**
 * Posts single entries in sets, one transaction at a time for each company and without a timer: at low load an entry
 * goes at once and alone. Every entry fails alone, and is answered only after its transaction has committed.
 */
export class PostingQueue {
  readonly #db: Db;
  readonly #limits: QueueLimits;
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #inFlight = new Set<string>();

  constructor(db: Db, limits: Partial<QueueLimits> = {}) {
    this.#db = db;
    this.#limits = { ...defaults, ...limits };
  }

  /**
   * Queues one entry and resolves once it is durably posted. Throws an invalid Problem with its faults, a conflict while
   * the same key is under way, or an unavailable one when the company's queue is full.
   */
  async post(request: PostingRequest): Promise<PostingAnswer> {
    const key = request.claim && `${request.tenant.id} ${request.claim.actorId} ${request.claim.key}`;
    if (key !== null && this.#inFlight.has(key)) {
      throw keyInFlight();
    }
    if (key !== null) this.#inFlight.add(key);
    try {
      return await this.#enqueue(request);
    } finally {
      if (key !== null) this.#inFlight.delete(key);
    }
  }

  #enqueue(request: PostingRequest): Promise<PostingAnswer> {
    return new Promise((resolve, reject) => {
      const settle: Waiting['settle'] = (outcome) =>
        outcome instanceof Error ? reject(outcome) : resolve(outcome);
      const name = queueOf(request);
      const queue = this.#waiting.get(name);
      if (queue && queue.length >= this.#limits.perTenant) {
        settle(
          new Problem('unavailable', 'accounting/queue-full', 'too many entries are waiting; try again'),
        );
      } else if (queue) queue.push({ ...request, settle });
      else {
        this.#waiting.set(name, [{ ...request, settle }]);
        void this.#drain(name);
      }
    });
  }

  /** Works off one queue; the map's entry is there exactly as long as this runs. */
  async #drain(name: string): Promise<void> {
    const queue = this.#waiting.get(name) ?? [];
    while (queue.length > 0) {
      const batch = queue.splice(0, this.#limits.perBatch);
      await this.#postBatch(batch);
    }
    this.#waiting.delete(name);
  }

  /** Settles every request of the batch. What fails a whole set is found by trying each of its entries alone. */
  async #postBatch(batch: Waiting[], triesLeft = MOST_TRIES): Promise<void> {
    try {
      const outcomes = await postSet(this.#db, batch);
      for (const [index, request] of batch.entries())
        request.settle(outcomes[index] ?? new Error('no outcome'));
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      const retry = batch.length > 1 ? isOfOneEntry(failure) : triesLeft > 1 && isOfTheMoment(failure);
      if (!retry) for (const request of batch) request.settle(failure);
      else for (const request of batch) await this.#postBatch([request], triesLeft - 1);
    }
  }
}

const codeOf = (error: Error) => ('code' in error && typeof error.code === 'string' ? error.code : '');

/** Whether one entry may have failed the set, a broken constraint for instance; a lost connection fails them all. */
export function isOfOneEntry(error: Error): boolean {
  return /^(22|23|HX|40)/.test(codeOf(error));
}

/** SQLSTATE of answer_postings() for a claim that another transaction has answered in the meantime. */
const ANSWER_TAKEN = 'HX003';

/** Whether the same may go well next time: another transaction was first with an answer, or won a deadlock. */
function isOfTheMoment(error: Error): boolean {
  return codeOf(error) === ANSWER_TAKEN || codeOf(error).startsWith('40');
}

/** One transaction and one statement in it, for 1 as for 256. */
async function postSet(db: Db, batch: readonly PostingRequest[]): Promise<(PostingAnswer | Problem)[]> {
  const [first] = batch;
  if (!first) return [];
  const actors = batch.map((request) => request.actor);
  return await inTenant(db, first.tenant, first.actor, (tx) => answerPostings(tx, batch), { actors });
}
