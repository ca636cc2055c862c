// A sign-in between its first factor and its second: short-lived, bound to a company and a door, with few attempts.
import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '#lib/db';
import { Problem } from '#lib/problem';
import { hashSecretToken, newSecretToken } from '../secret-token.ts';
import type { Door, SignInMethod } from '../sign-in-facts.ts';
import type { Proof } from '../sign-in-proof.ts';
import { type Member, memberOf } from '../user.ts';

/** Enough to fetch the phone and to set up an app on it. */
export const PENDING_SECONDS = 600;
const MOST_ATTEMPTS = 5;

/** What is known of a sign-in that is under way. */
export type PendingSignIn = Proof & { id: string };

/** Notes that the first factor is proved; returns the token by which the second is sent. Those that have run out are cleared away. */
export async function openPending(db: Db, door: Door, proof: Proof): Promise<string> {
  const { member, methods, from, providerId = null } = proof;
  const token = newSecretToken();
  await db.kysely.deleteFrom('pending_sign_ins').where('expires_at', '<', sql<Date>`now()`).execute();
  await db.kysely
    .insertInto('pending_sign_ins')
    .values({
      id: randomUUIDv7(),
      token_hash: hashSecretToken(token),
      user_id: member.userId,
      tenant_id: member.tenantId,
      provider_id: providerId,
      door,
      methods: [...methods],
      expires_at: sql<Date>`now() + make_interval(secs => ${PENDING_SECONDS})`,
      ip: from.ip,
      user_agent: from.userAgent?.slice(0, 500) ?? null,
      device: from.device ?? null,
    })
    .execute();
  return token;
}

/** The refusal of a token that stands for no sign-in, whatever the reason. */
function overNow(): Problem {
  const detail = 'this sign-in has taken too long or had too many wrong attempts; begin again';
  return new Problem('unauthenticated', 'users/pending-over', detail);
}

type Asked = { door: Door; tenantId: string | null };

/**
 * The sign-in that a token stands for. Throws an unauthenticated Problem for a token that is unknown, used, out of time, out of
 * attempts, of another company than `tenantId` (null: none was named), or of the other door, and when the person is no member any more.
 */
export async function readPending(db: Db, token: string, { door, tenantId }: Asked): Promise<PendingSignIn> {
  const row = await db.kysely
    .selectFrom('pending_sign_ins')
    .selectAll()
    .where('token_hash', '=', hashSecretToken(token))
    .where('door', '=', door)
    .where('expires_at', '>', sql<Date>`now()`)
    .where('attempts', '<', MOST_ATTEMPTS)
    .executeTakeFirst();
  if (!row || (tenantId !== null && tenantId !== row.tenant_id)) throw overNow();
  const member: Member | null = await memberOf(db, row.user_id, row.tenant_id);
  if (!member) throw overNow();
  const from = { ip: row.ip, userAgent: row.user_agent ?? undefined, device: row.device ?? undefined };
  const methods = row.methods as SignInMethod[];
  return { id: row.id, member, methods, from, providerId: row.provider_id };
}

/** Counts an attempt before it is judged. Throws as readPending() does once there were five. */
export async function countPendingAttempt(db: Db, { id }: PendingSignIn): Promise<void> {
  const counted = await db.kysely
    .updateTable('pending_sign_ins')
    .set({ attempts: sql<number>`attempts + 1` })
    .where('id', '=', id)
    .where('attempts', '<', MOST_ATTEMPTS)
    .executeTakeFirst();
  if (counted.numUpdatedRows === 0n) throw overNow();
}

/** Ends a sign-in that is under way, as it was completed: of two that complete it at once, one does. Throws as readPending() does. */
export async function closePending(db: Db, { id }: PendingSignIn): Promise<void> {
  const closed = await db.kysely.deleteFrom('pending_sign_ins').where('id', '=', id).executeTakeFirst();
  if (closed.numDeletedRows === 0n) throw overNow();
}
