// Judges what somebody sends as their second factor: a code of the app, a recovery code, or a passkey's answer.
import type { Db } from '#lib/db';
import type { KeyRing } from '#lib/key-ring';
import { type Actor, inDirectory } from '#lib/tenant-tx';
import type { Member } from '../user.ts';
import { takeAppCode } from './authenticator-app.ts';
import { changeFactors } from './factors.ts';
import type { ChallengePurpose } from './passkey-challenges.ts';
import { useRecoveryCode } from './recovery-codes.ts';
import type { RelyingParty } from './relying-party.ts';
import { takePasskey } from './take-passkey.ts';

/** One of them; the first that is given counts. */
export type SentFactor = {
  otp?: string | undefined;
  recoveryCode?: string | undefined;
  passkey?: { answer: string; party: RelyingParty; purpose: ChallengePurpose['purpose'] } | undefined;
};

/** What a second factor is called where a sign-in tells its methods. */
export type FactorMethod = 'otp' | 'recovery' | 'passkey';

export type FactorServices = { db: Db; keyRing: KeyRing };

/** As what an attempt counts; without any factor it is the missing code of the app. */
export function methodSent({ otp, recoveryCode, passkey }: SentFactor): FactorMethod {
  if (otp !== undefined || (recoveryCode === undefined && passkey === undefined)) return 'otp';
  return recoveryCode === undefined ? 'passkey' : 'recovery';
}

/**
 * By what the member has proved themselves, or null when it is wrong. The caller counts attempts. A recovery code is used up, which
 * the companies' audit logs tell.
 */
export async function proveFactor(
  { db, keyRing }: FactorServices,
  member: Member,
  sent: SentFactor,
): Promise<FactorMethod | null> {
  if (sent.otp !== undefined) return (await takeAppCode(db, keyRing, member.userId, sent.otp)) ? 'otp' : null;
  if (sent.recoveryCode !== undefined)
    return (await spendRecoveryCode(db, member, sent.recoveryCode)) ? 'recovery' : null;
  if (sent.passkey === undefined) return null;
  const { answer, party, purpose } = sent.passkey;
  const { tenantId, userId } = member;
  const owner = await takePasskey(db, { purpose, tenantId, userId }, party, answer);
  return owner === userId ? 'passkey' : null;
}

class WrongCode extends Error {}

async function spendRecoveryCode(db: Db, member: Member, code: string): Promise<boolean> {
  const actor: Actor = { userId: member.userId, email: member.email, name: member.name, role: member.role };
  const spend = inDirectory(
    db,
    (tx) =>
      changeFactors(tx, member.userId, 'a recovery code was used', async () => {
        // The throw undoes the note, too.
        if (!(await useRecoveryCode({ kysely: tx.db }, member.userId, code))) throw new WrongCode();
      }),
    actor,
  );
  return await spend.then(
    () => true,
    (error: unknown) => {
      if (error instanceof WrongCode) return false;
      throw error;
    },
  );
}
