// Taking a passkey as proof (WebAuthn authentication): what the browser is asked for, and whose key has answered.
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import { sql } from 'kysely';
import type { Db } from '#lib/db';
import { Problem } from '#lib/problem';
import { inDirectory } from '#lib/tenant-tx';
import { noteInCompanies } from '../note-in-companies.ts';
import {
  CHALLENGE_SECONDS,
  type ChallengePurpose,
  newChallenge,
  takeChallenge,
} from './passkey-challenges.ts';
import { readPasskeyAnswer } from './read-passkey-answer.ts';
import type { RelyingParty } from './relying-party.ts';

/**
 * What the browser is asked to sign. Of somebody who is known, one of their keys is asked for; of a stranger (`userId` null) any
 * key that can be found by itself.
 */
export async function passkeyRequest(
  db: Db,
  purpose: ChallengePurpose,
  party: RelyingParty,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await import('@simplewebauthn/server');
  const keys = purpose.userId === null ? [] : await keysOf(db, purpose.userId, party.id);
  const challenge = await newChallenge(db, purpose);
  return await generateAuthenticationOptions({
    rpID: party.id,
    challenge: Uint8Array.from(Buffer.from(challenge, 'base64url')),
    timeout: CHALLENGE_SECONDS * 1000,
    userVerification: 'required',
    allowCredentials: keys,
  });
}

/** A person's keys for a domain, as the browser is told of them. */
async function keysOf(db: Db, userId: string, rpId: string): Promise<{ id: string; transports: string[] }[]> {
  return await db.kysely
    .selectFrom('passkeys')
    .select(['credential_id as id', 'transports'])
    .where('user_id', '=', userId)
    .where('rp_id', '=', rpId)
    .execute();
}

/**
 * Whose passkey has answered, by the person's id; null for an answer that proves nothing: another challenge, domain or company, no
 * check of the owner by the key, a wrong signature, or a key that has counted back. Throws malformed for what is no answer.
 */
export async function takePasskey(
  db: Db,
  purpose: ChallengePurpose,
  party: RelyingParty,
  answer: string,
): Promise<string | null> {
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  const response = readPasskeyAnswer(answer);
  const key = await db.kysely
    .selectFrom('passkeys')
    .selectAll()
    .where('credential_id', '=', response.id)
    .where('rp_id', '=', party.id)
    .executeTakeFirst();
  if (!key || (purpose.userId !== null && purpose.userId !== key.user_id)) return null;
  const options = {
    response: response as unknown as Parameters<typeof verifyAuthenticationResponse>[0]['response'],
    expectedChallenge: (challenge: string) => takeChallenge(db, challenge, purpose),
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    // The count is compared below, where nobody can come between, and only once the signature is known to be the key's.
    credential: { id: key.credential_id, publicKey: Uint8Array.from(key.public_key), counter: 0 },
  };
  const signed = await verifyAuthenticationResponse(options).catch(() => null);
  if (!signed?.verified) return null;
  if (await countUp(db, key.id, signed.authenticationInfo.newCounter)) return key.user_id;
  await noteCopy(db, key.user_id, key.name);
  return null;
}

/** Whether a key has counted up since it was seen last (WebAuthn Level 3, 6.1.1); one that never counts stays at 0. */
async function countUp(db: Db, id: string, counter: number): Promise<boolean> {
  const counted = await db.kysely
    .updateTable('passkeys')
    .set({ counter, last_used_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where((where) =>
      where.or([
        where('counter', '<', counter),
        where.and([where('counter', '=', 0), where(sql.lit(counter), '=', 0)]),
      ]),
    )
    .executeTakeFirst();
  return counted.numUpdatedRows === 1n;
}

/** The owner and their companies shall know: two keys that sign alike are a key and its copy. */
async function noteCopy(db: Db, userId: string, name: string): Promise<void> {
  await inDirectory(db, (tx) =>
    noteInCompanies(tx, userId, null, {
      passkey: name,
      why: 'refused, as it has counted back: it may have been copied',
    }),
  );
}

/** The refusal of a passkey, the same whatever is wrong. */
export function passkeyRefused(): Problem {
  return new Problem('unauthenticated', 'users/passkey-refused', 'this passkey does not sign you in here');
}
