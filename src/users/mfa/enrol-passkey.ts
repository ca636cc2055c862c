// Making passkeys (WebAuthn registration): what the browser is asked for, and what of its answer is kept.
import { randomUUIDv7 } from 'node:crypto';
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server';
import type { Db } from '#lib/db';
import { invalid, Problem } from '#lib/problem';
import type { DirectoryTx } from '#lib/tenant-tx';
import type { Member } from '../user.ts';
import { CHALLENGE_SECONDS, newChallenge, takeChallenge } from './passkey-challenges.ts';
import { readPasskeyAnswer } from './read-passkey-answer.ts';
import type { RelyingParty } from './relying-party.ts';

/** More keys than anybody carries. */
const MOST_PASSKEYS = 20;

/** A passkey that was made and proved, not stored yet. */
export type NewPasskey = {
  rpId: string;
  credentialId: string;
  publicKey: Buffer;
  counter: number;
  transports: string[];
  isSynced: boolean;
};

/** A user handle (WebAuthn Level 3, 5.4.3): it tells nobody who the person is. */
const handleOf = (userId: string) => Uint8Array.from(Buffer.from(userId.replaceAll('-', ''), 'hex'));

/** What the browser is asked to make: a key that can be found by itself and that asks its owner for a finger, a face or a PIN. */
export async function passkeyCreation(
  db: Db,
  member: Member,
  party: RelyingParty,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await import('@simplewebauthn/server');
  const known = await db.kysely
    .selectFrom('passkeys')
    .select('credential_id as id')
    .where('user_id', '=', member.userId)
    .where('rp_id', '=', party.id)
    .execute();
  const challenge = await newChallenge(db, purposeOf(member));
  return await generateRegistrationOptions({
    rpName: 'Himalytix',
    rpID: party.id,
    userID: handleOf(member.userId),
    userName: member.email,
    userDisplayName: member.name || member.email,
    challenge: Uint8Array.from(Buffer.from(challenge, 'base64url')),
    timeout: CHALLENGE_SECONDS * 1000,
    attestationType: 'none',
    excludeCredentials: known,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
}

const purposeOf = ({ tenantId, userId }: Member) => ({ purpose: 'enrol', tenantId, userId }) as const;

/**
 * Checks the browser's answer, as JSON, to what passkeyCreation() asked of the same member. Throws an invalid Problem for whatever
 * is wrong with it.
 */
export async function readNewPasskey(
  db: Db,
  member: Member,
  party: RelyingParty,
  answer: string,
): Promise<NewPasskey> {
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  const response = readPasskeyAnswer(answer);
  const options = {
    response: response as unknown as Parameters<typeof verifyRegistrationResponse>[0]['response'],
    expectedChallenge: (challenge: string) => takeChallenge(db, challenge, purposeOf(member)),
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
  };
  // The library throws for some of what is wrong and returns false for the rest.
  const made = await verifyRegistrationResponse(options).catch(() => null);
  if (!made?.verified) throw wrongAnswer();
  const { credential, credentialDeviceType } = made.registrationInfo;
  return {
    rpId: party.id,
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey),
    counter: credential.counter,
    transports: transportsOf(credential.transports),
    isSynced: credentialDeviceType === 'multiDevice',
  };
}

/** How the key is reached (WebAuthn Level 3, 5.8.4), which is not signed: only words are kept, and few. */
function transportsOf(said: unknown): string[] {
  const words = Array.isArray(said) ? said : [];
  return words.filter((word) => typeof word === 'string' && /^[a-z-]{1,20}$/.test(word)).slice(0, 10);
}

function wrongAnswer(): Problem {
  const detail = 'the passkey could not be checked; try again';
  return invalid([{ pointer: '/passkey', code: 'users/passkey-wrong', detail }]);
}

/**
 * Stores a passkey under the name that its owner gives it. Throws an invalid Problem for a name that is none or a key that is known
 * already, and a conflict for more keys than anybody carries.
 */
export async function storePasskey(
  tx: DirectoryTx,
  userId: string,
  passkey: NewPasskey,
  name: string,
): Promise<void> {
  const named = name.trim() || 'Passkey';
  if (named.length > 100) {
    const detail = 'a name has at most 100 characters';
    throw invalid([{ pointer: '/name', code: 'users/passkey-name', detail }]);
  }
  const { count } = await tx.db
    .selectFrom('passkeys')
    .select((each) => each.fn.countAll<number>().as('count'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  if (count >= MOST_PASSKEYS)
    throw new Problem('conflict', 'users/passkeys-many', `nobody has more than ${MOST_PASSKEYS} passkeys`);
  const { numInsertedOrUpdatedRows } = await tx.db
    .insertInto('passkeys')
    .values({
      id: randomUUIDv7(),
      user_id: userId,
      rp_id: passkey.rpId,
      credential_id: passkey.credentialId,
      public_key: passkey.publicKey,
      counter: passkey.counter,
      transports: passkey.transports,
      is_synced: passkey.isSynced,
      name: named,
    })
    .onConflict((conflict) => conflict.column('credential_id').doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) throw wrongAnswer();
}

/** Removes a person's passkey; false when they have none of that id. */
export async function removePasskey(tx: DirectoryTx, userId: string, id: string): Promise<boolean> {
  const removed = await tx.db
    .deleteFrom('passkeys')
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .executeTakeFirst();
  return removed.numDeletedRows === 1n;
}
