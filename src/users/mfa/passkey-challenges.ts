// What passkeys are asked to sign: each challenge is kept until it is answered, and is answered once.
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '#lib/db';

/** How long a browser may take to answer, with the person looking for the key meanwhile. */
export const CHALLENGE_SECONDS = 300;

/** What a challenge is for; an answer counts for nothing else. `userId` is null where the passkey has yet to tell whose it is. */
export type ChallengePurpose = {
  purpose: 'enrol' | 'sign-in' | 'second-factor' | 'confirm';
  tenantId: string;
  userId: string | null;
};

/** A new challenge in base64url; those that nobody answered in time are cleared away on the occasion. */
export async function newChallenge(db: Db, { purpose, tenantId, userId }: ChallengePurpose): Promise<string> {
  await db.kysely.deleteFrom('passkey_challenges').where('expires_at', '<', sql<Date>`now()`).execute();
  const challenge = randomBytes(32).toString('base64url');
  await db.kysely
    .insertInto('passkey_challenges')
    .values({
      challenge,
      purpose,
      user_id: userId,
      tenant_id: tenantId,
      expires_at: sql<Date>`now() + make_interval(secs => ${CHALLENGE_SECONDS})`,
    })
    .execute();
  return challenge;
}

/** Takes a challenge away; false for one that was never asked, was answered before, has run out, or was for something else. */
export async function takeChallenge(
  db: Db,
  challenge: string,
  { purpose, tenantId, userId }: ChallengePurpose,
): Promise<boolean> {
  const taken = await db.kysely
    .deleteFrom('passkey_challenges')
    .where('challenge', '=', challenge)
    .where('purpose', '=', purpose)
    .where('tenant_id', '=', tenantId)
    .where('user_id', userId === null ? 'is' : '=', userId)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
  return taken.numDeletedRows === 1n;
}
