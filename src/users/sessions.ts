// Page sessions: a random cookie, its hash in the database, and the CSRF token that belongs to it.
import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '#lib/db';
import { hashSecretToken, newSecretToken } from './secret-token.ts';
import { type Member, memberOf } from './user.ts';

export const sessionCookie = 'himalytix_session';

/** A working day and the night after it. */
export const SESSION_SECONDS = 24 * 60 * 60;

/** `id` names the session without opening it. */
export type Session = { id: string; member: Member; csrfToken: string };

/** Opens a session; returns the cookie's value. Sessions that have run out are cleared away on the occasion. */
export async function openSession(
  db: Db,
  member: Member,
  from: { ip: string; userAgent: string | undefined },
): Promise<string> {
  const token = newSecretToken();
  await db.kysely.deleteFrom('sessions').where('expires_at', '<', sql<Date>`now()`).execute();
  await db.kysely
    .insertInto('sessions')
    .values({
      id: randomUUIDv7(),
      token_hash: hashSecretToken(token),
      csrf_token: newSecretToken(),
      user_id: member.userId,
      tenant_id: member.tenantId,
      expires_at: sql<Date>`now() + make_interval(secs => ${SESSION_SECONDS})`,
      ip: from.ip,
      user_agent: from.userAgent?.slice(0, 500) ?? null,
    })
    .execute();
  return token;
}

/** The session of a cookie, or null when it is unknown, over, or its user is no member any more. */
export async function findSession(db: Db, token: string): Promise<Session | null> {
  const row = await db.kysely
    .selectFrom('sessions')
    .select(['id', 'user_id', 'tenant_id', 'csrf_token'])
    .where('token_hash', '=', hashSecretToken(token))
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
  const member = row ? await memberOf(db, row.user_id, row.tenant_id) : null;
  return row && member ? { id: row.id, member, csrfToken: row.csrf_token } : null;
}

/** Ends a session; an unknown token is no error. */
export async function closeSession(db: Db, token: string): Promise<void> {
  await db.kysely.deleteFrom('sessions').where('token_hash', '=', hashSecretToken(token)).execute();
}
