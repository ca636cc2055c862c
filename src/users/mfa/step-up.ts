// Step-up: dangerous acts ask that whoever is signed in has proved themselves a short while ago.
import { sql } from 'kysely';
import type { Db } from '#lib/db';
import type { SignedIn } from '#lib/http/guard';
import { Problem } from '#lib/problem';
import { passwordMatches } from '../password.ts';
import type { SignInMethod } from '../sign-in-proof.ts';
import type { Member } from '../user.ts';
import { countAttempt, forgetAttempts } from './attempts.ts';
import { factorsOf, hasFactor } from './factors.ts';
import { type FactorServices, proveFactor, type SentFactor } from './prove-factor.ts';

/** So long a proof counts as fresh. */
export const FRESH_SECONDS = 600;

/** Whether the person behind a sign-in has proved themselves within the last ten minutes; signing in counts. */
export async function isFreshlyProved(db: Db, signedIn: SignedIn): Promise<boolean> {
  const [table, key, id] =
    'sessionId' in signedIn
      ? (['sessions', 'id', signedIn.sessionId] as const)
      : (['refresh_tokens', 'family_id', signedIn.familyId] as const);
  const { rows } = await sql<{ is_fresh: boolean }>`select exists (select from ${sql.id('public', table)}
    where ${sql.id(key)} = ${id} and proved_at > now() - make_interval(secs => ${FRESH_SECONDS})) as is_fresh`.execute(
    db.kysely,
  );
  return rows[0]?.is_fresh === true;
}

async function noteProof(db: Db, signedIn: SignedIn, methods: SignInMethod[]): Promise<void> {
  const proof = { proved_at: sql<Date>`now()`, methods };
  if ('sessionId' in signedIn) {
    await db.kysely.updateTable('sessions').set(proof).where('id', '=', signedIn.sessionId).execute();
    return;
  }
  const family = db.kysely
    .updateTable('refresh_tokens')
    .set(proof)
    .where('family_id', '=', signedIn.familyId);
  await family.where('used_at', 'is', null).where('revoked_at', 'is', null).execute();
}

/** What somebody sends to prove themselves once more: a passkey alone, or the password with the second factor that they have. */
export type SentProof = SentFactor & { password?: string | undefined };

/**
 * Proves once more who is signed in, and notes it. Throws an unauthenticated Problem for what is wrong, without telling whether it was
 * the password or the second factor, and a too-many Problem after ten wrong attempts within an hour.
 */
export async function confirmIdentity(
  services: FactorServices,
  member: Member,
  signedIn: SignedIn,
  sent: SentProof,
): Promise<void> {
  const methods = await provenMethods(services, member, sent);
  if (methods === null) throw confirmationRefused();
  await noteProof(services.db, signedIn, methods);
}

async function provenMethods(
  services: FactorServices,
  member: Member,
  sent: SentProof,
): Promise<SignInMethod[] | null> {
  if (sent.passkey) return (await proveFactor(services, member, { passkey: sent.passkey })) && ['passkey'];
  const { db } = services;
  await countAttempt(db, member.userId);
  const user = await db.kysely
    .selectFrom('users')
    .select('password_hash')
    .where('id', '=', member.userId)
    .where('is_active', '=', true)
    .executeTakeFirst();
  if (!(await passwordMatches(sent.password ?? '', user?.password_hash))) return null;
  if (!hasFactor(await factorsOf(db, member.userId))) {
    await forgetAttempts(db, member.userId);
    return ['pwd'];
  }
  const method = await proveFactor(services, member, sent);
  if (method !== null) await forgetAttempts(db, member.userId);
  return method && ['pwd', method];
}

function confirmationRefused(): Problem {
  return new Problem(
    'unauthenticated',
    'users/confirmation-refused',
    'the password or the second factor is wrong, or a code was used before',
  );
}
