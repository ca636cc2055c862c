// Group commit: what has queued for a company while its last transaction committed is posted as one set in the next.
import type { Db } from '#lib/db';
import {
  type Answer,
  AnswerTaken,
  type Claim,
  findAnswers,
  keepAnswers,
  keyInFlight,
} from '#lib/idempotency';
import { invalid, Problem } from '#lib/problem';
import { type Actor, inTenant, type Tenant, type TenantTx } from '#lib/tenant-tx';
import type { Entry, EntryInput } from './entry.ts';
import { postEntries } from './post-entries.ts';
import { getPosted } from './read-entries.ts';

/** `answer` makes the response from the posted entry; it is kept with the claim, if there is one. */
export type PostingRequest = {
  tenant: Tenant;
  actor: Actor;
  entry: EntryInput;
  claim: Claim | null;
  answer: (entry: Entry) => Answer;
};

/** What a request gets: an answer, new or `replayed`. */
export type PostingAnswer = Answer & { replayed: boolean };

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
      const queue = this.#waiting.get(request.tenant.id);
      if (queue && queue.length >= this.#limits.perTenant) {
        settle(
          new Problem('unavailable', 'accounting/queue-full', 'too many entries are waiting; try again'),
        );
      } else if (queue) queue.push({ ...request, settle });
      else {
        this.#waiting.set(request.tenant.id, [{ ...request, settle }]);
        void this.#drain(request.tenant.id);
      }
    });
  }

  /** Works off one company's queue; the map's entry is there exactly as long as this runs. */
  async #drain(tenantId: string): Promise<void> {
    const queue = this.#waiting.get(tenantId) ?? [];
    while (queue.length > 0) {
      const batch = queue.splice(0, this.#limits.perBatch);
      await this.#postBatch(batch);
    }
    this.#waiting.delete(tenantId);
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
  return error instanceof AnswerTaken || /^(22|23|HX|40)/.test(codeOf(error));
}

/** Whether the same may go well next time: another transaction was first with an answer, or won a deadlock. */
function isOfTheMoment(error: Error): boolean {
  return error instanceof AnswerTaken || codeOf(error).startsWith('40');
}

/** One transaction: earlier answers, the posting of the rest, their answers kept. As many statements for 1 as for 256. */
async function postSet(db: Db, batch: readonly PostingRequest[]): Promise<(PostingAnswer | Problem)[]> {
  const [first] = batch;
  if (!first) return [];
  const actors = batch.map((request) => request.actor);
  const work = async (tx: TenantTx) => {
    const before = await findAnswers(
      tx,
      batch.flatMap(({ claim }) => claim ?? []),
    );
    const fresh = batch.filter(({ claim }) => claim === null || !before.has(claim));
    const entries = fresh.map((request) => ({ ...request.entry, by: batch.indexOf(request) }));
    const results = entries.length > 0 ? await postEntries(tx, entries) : [];
    const ids = results.flatMap((result) => (result.posted ? result.id : []));
    const posted = new Map((await getPosted(tx, ids)).map((entry) => [entry.id, entry]));
    const outcomes = new Map<PostingRequest, PostingAnswer | Problem>();
    for (const [index, request] of fresh.entries()) {
      const result = results[index];
      const entry = result && posted.get(result.id);
      if (result?.posted && entry) outcomes.set(request, { ...request.answer(entry), replayed: false });
      else
        outcomes.set(
          request,
          invalid(result?.posted === false ? result.faults : [], 'accounting/entry-invalid'),
        );
    }
    await keepAnswers(tx, answersToKeep(outcomes));
    return batch.map(
      (request) => outcomes.get(request) ?? replayed(request.claim && before.get(request.claim)),
    );
  };
  return await inTenant(db, first.tenant, first.actor, work, { actors });
}

function answersToKeep(outcomes: ReadonlyMap<PostingRequest, PostingAnswer | Problem>) {
  return [...outcomes].flatMap(([{ claim }, outcome]) =>
    claim && !(outcome instanceof Problem)
      ? { claim, answer: { status: outcome.status, body: outcome.body } }
      : [],
  );
}

function replayed(found: Answer | Problem | null | undefined): PostingAnswer | Problem {
  if (!found) throw new Error('a request of the set has no outcome');
  return found instanceof Problem ? found : { ...found, replayed: true };
}
