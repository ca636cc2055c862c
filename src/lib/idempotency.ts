// Answers kept under an Idempotency-Key, so that a client that heard nothing can ask again and nothing happens twice.
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { Problem } from './problem.ts';
import type { TenantTx } from './tenant-tx.ts';

/** What a request says of itself: whose key it is, and a SHA-256 of what it asks for. */
export type Claim = { actorId: string; key: string; fingerprint: Buffer };

/** What was answered, as JSON. */
export type Answer = { status: number; body: unknown };

/** How long an answer is kept at least; once it is purged, the key is new again. */
const KEPT_DAYS = 30;

/** The same text for the same JSON value, whatever the order of its fields. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = value as Record<string, unknown>;
  const names = Object.keys(fields).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(fields[name])}`).join(',')}}`;
}

/** The SHA-256 of method, path and body, by which the same request is recognised. */
export function fingerprintOf(method: string, path: string, body: unknown): Buffer {
  return createHash('sha256')
    .update(`${method} ${path}\n${canonical(body ?? null)}`)
    .digest();
}

/** The problem of a key that comes back with another request (draft-ietf-httpapi-idempotency-key-header, 2.7). */
export function keyReused(): Problem {
  const detail = 'this Idempotency-Key was used for another request; a new request needs a new key';
  return new Problem('invalid', 'request/key-reused', detail);
}

/**
 * The answers given before to these claims, or the problem of a key that was used for something else; a claim that is new
 * has neither. One statement for all.
 */
async function findAnswers(tx: TenantTx, claims: readonly Claim[]): Promise<Map<Claim, Answer | Problem>> {
  const found = new Map<Claim, Answer | Problem>();
  if (claims.length === 0) return found;
  const rows = await tx.db
    .selectFrom('idempotency_keys')
    .select(['actor_id', 'key', 'fingerprint', 'status', 'body'])
    .where('key', 'in', [...new Set(claims.map((claim) => claim.key))])
    .execute();
  for (const claim of claims) {
    const row = rows.find((each) => each.key === claim.key && each.actor_id === claim.actorId);
    if (!row) continue;
    const same = claim.fingerprint.equals(row.fingerprint);
    found.set(claim, same ? { status: row.status, body: row.body } : keyReused());
  }
  return found;
}

/** Somebody else has answered the same claim in the meantime; the transaction has to be tried again from the start. */
export class AnswerTaken extends Error {
  override name = 'AnswerTaken';
}

/**
 * Keeps answers in the transaction of the work that they answer for. Throws AnswerTaken when another transaction was
 * first, so that the caller rolls back what it did.
 */
export async function keepAnswers(
  tx: TenantTx,
  answers: readonly { claim: Claim; answer: Answer }[],
): Promise<void> {
  if (answers.length === 0) return;
  const kept = await tx.db
    .insertInto('idempotency_keys')
    .values(
      answers.map(({ claim, answer }) => ({
        actor_id: claim.actorId,
        key: claim.key,
        fingerprint: claim.fingerprint,
        status: answer.status,
        body: JSON.stringify(answer.body),
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning('key')
    .execute();
  if (kept.length < answers.length)
    throw new AnswerTaken('an answer under this key was given in the meantime');
}

/**
 * Answers a claim once: with what was answered before, else with what `work` answers, kept in the same transaction.
 * Without a claim it is just `work`. Throws the problem of a reused key, or AnswerTaken when the caller must try again.
 */
export async function answerOnce(
  tx: TenantTx,
  claim: Claim | null,
  work: () => Promise<Answer>,
): Promise<Answer & { replayed: boolean }> {
  const before = claim && (await findAnswers(tx, [claim])).get(claim);
  if (before instanceof Problem) throw before;
  if (before) return { ...before, replayed: true };
  const answer = await work();
  if (claim) await keepAnswers(tx, [{ claim, answer }]);
  return { ...answer, replayed: false };
}

const underWay = new Set<string>();

/** The problem of a key whose request is being worked on (draft-ietf-httpapi-idempotency-key-header, 2.7). */
export function keyInFlight(): Problem {
  const detail = 'a request with this Idempotency-Key is under way; ask again for its answer';
  return new Problem('conflict', 'request/key-in-flight', detail);
}

/** Works for a company's claim, one request at a time in this process. Throws a conflict for another one meanwhile. */
export async function whileUnderWay<T>(
  tenantId: string,
  claim: Claim | null,
  work: () => Promise<T>,
): Promise<T> {
  if (!claim) return await work();
  const name = `${tenantId} ${claim.actorId} ${claim.key}`;
  if (underWay.has(name)) throw keyInFlight();
  underWay.add(name);
  try {
    return await work();
  } finally {
    underWay.delete(name);
  }
}

/** Forgets the answers whose time is over; returns how many. */
export async function purgeAnswers(tx: TenantTx): Promise<number> {
  const result = await tx.db
    .deleteFrom('idempotency_keys')
    .where('created_at', '<=', sql<Date>`now() - make_interval(days => ${KEPT_DAYS})`)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
