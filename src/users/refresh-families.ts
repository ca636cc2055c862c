// Refresh tokens: each works once, its successor is of the same family, and a family ends as one.
import { randomUUIDv7 } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Db } from '#lib/db';
import type { DB as PublicSchema } from '#lib/db-types/public';
import { inDirectory } from '#lib/tenant-tx';
import { hashSecretToken, newSecretToken } from './secret-token.ts';
import type { SignInOrigin } from './sign-in-facts.ts';
import type { Member } from './user.ts';

/** Who has not refreshed for so long signs in again. */
const UNUSED_SECONDS = 14 * 24 * 60 * 60;
/** However often it is refreshed, a sign-in ends then. */
const FAMILY_SECONDS = 90 * 24 * 60 * 60;
/** Longer than an access token may outlive the refresh token that it came with. */
const KEPT_AFTER_END = '1 day';
const PURGED_AT_ONCE = 5000;

/** A token that was just made: its secret, and for how many seconds it is good. */
export type FreshToken = { familyId: string; refresh: string; seconds: number };

/** What a family hands on from token to token: when and from where it began. */
type Beginning = { since: string | null; ip: string | null; user_agent: string | null };

/** Adds a token to a family, a new one unless it is told when that one began. */
async function add(
  db: Kysely<PublicSchema>,
  member: Pick<Member, 'userId' | 'tenantId'>,
  familyId: string,
  { since, ip, user_agent }: Beginning,
): Promise<FreshToken> {
  const refresh = newSecretToken();
  const began = since === null ? sql<Date>`now()` : sql<Date>`${since}::timestamptz`;
  const { seconds } = await db
    .insertInto('refresh_tokens')
    .values({
      id: randomUUIDv7(),
      family_id: familyId,
      token_hash: hashSecretToken(refresh),
      user_id: member.userId,
      tenant_id: member.tenantId,
      family_since: began,
      ip,
      user_agent,
      expires_at: sql<Date>`least(now() + make_interval(secs => ${UNUSED_SECONDS}),
        ${began} + make_interval(secs => ${FAMILY_SECONDS}))`,
    })
    .returning(sql<number>`floor(extract(epoch from expires_at - now()))::integer`.as('seconds'))
    .executeTakeFirstOrThrow();
  return { familyId, refresh, seconds };
}

/** The first token of a sign-in; where that came from is for its owner's list of sessions. */
export async function beginFamily(
  db: Db,
  member: Member,
  from: Pick<SignInOrigin, 'ip' | 'userAgent'> = { ip: null, userAgent: undefined },
): Promise<FreshToken> {
  const beginning = { since: null, ip: from.ip, user_agent: from.userAgent?.slice(0, 500) ?? null };
  return await add(db.kysely, member, randomUUIDv7(), beginning);
}

/** Whose a refresh token is and for which company, good or not; null for one that nobody has. */
export async function ownerOf(db: Db, refresh: string): Promise<{ userId: string; tenantId: string } | null> {
  const row = await db.kysely
    .selectFrom('refresh_tokens')
    .select(['user_id', 'tenant_id'])
    .where('token_hash', '=', hashSecretToken(refresh))
    .executeTakeFirst();
  return row ? { userId: row.user_id, tenantId: row.tenant_id } : null;
}

/**
 * Uses a token up and makes its successor, in one transaction. Of several uses at the same moment one wins; each of the
 * others, like any later use, ends the family, the winner's successor included (RFC 9700, 4.14.2: one of them is a thief,
 * and nobody can tell which). Null for a token that is unknown, used, revoked or out of time.
 */
export async function useRefreshToken(db: Db, refresh: string): Promise<FreshToken | null> {
  const hash = hashSecretToken(refresh);
  return await inDirectory(db, async ({ db: tx }) => {
    // Whoever waits here for another use of the token sees what that one did.
    const token = await tx
      .selectFrom('refresh_tokens')
      .select(['user_id', 'tenant_id', 'family_id', 'used_at', 'ip', 'user_agent'])
      .select(sql<string>`family_since::text`.as('since'))
      // Of the family and not of this token alone: a successor that was made in the very moment may have escaped the revocation.
      .select(
        sql<boolean>`expires_at <= now() or exists (select from refresh_tokens f
          where f.family_id = refresh_tokens.family_id and f.revoked_at is not null)`.as('over'),
      )
      .where('token_hash', '=', hash)
      .forUpdate()
      .executeTakeFirst();
    if (!token || token.over) return null;
    if (token.used_at !== null) {
      await revokeFamily(tx, token.family_id);
      return null;
    }
    await tx
      .updateTable('refresh_tokens')
      .set({ used_at: sql<Date>`now()` })
      .where('token_hash', '=', hash)
      .execute();
    const owner = { userId: token.user_id, tenantId: token.tenant_id };
    return await add(tx, owner, token.family_id, token);
  });
}

/** Ends a sign-in: none of its refresh tokens nor the access tokens that came with them count any more. */
export async function revokeFamily(db: Kysely<PublicSchema>, familyId: string): Promise<void> {
  await db
    .updateTable('refresh_tokens')
    .set({ revoked_at: sql<Date>`now()` })
    .where('family_id', '=', familyId)
    .where('revoked_at', 'is', null)
    .execute();
}

/** Ends the sign-in that a refresh token is of; an unknown one is no error. */
export async function revokeFamilyOf(db: Db, refresh: string): Promise<void> {
  const query = db.kysely.selectFrom('refresh_tokens').select('family_id');
  const token = await query.where('token_hash', '=', hashSecretToken(refresh)).executeTakeFirst();
  if (token) await revokeFamily(db.kysely, token.family_id);
}

/**
 * Forgets tokens that have been out of time for a day, used or not, so that the table does not grow for ever. In small
 * transactions, which several programs may do at once; `stopped` ends it early. Returns how many.
 */
export async function purgeRefreshTokens(db: Db, stopped: () => boolean = () => false): Promise<number> {
  let purged = 0;
  for (;;) {
    const { rowCount } = await db.pool.query(
      `delete from public.refresh_tokens where id in (
         select id from public.refresh_tokens where expires_at < now() - $1::interval
         limit $2 for update skip locked)`,
      [KEPT_AFTER_END, PURGED_AT_ONCE],
    );
    purged += rowCount ?? 0;
    if ((rowCount ?? 0) < PURGED_AT_ONCE || stopped()) return purged;
  }
}
