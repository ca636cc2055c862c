// What a person has beside the password: an authenticator app, passkeys, recovery codes.
import type { Db } from '#lib/db';
import type { DirectoryTx } from '#lib/tenant-tx';
import { noteInCompanies } from '../note-in-companies.ts';
import { recoveryCodesLeft } from './recovery-codes.ts';

/** A passkey as its owner sees it; times are ISO instants, `isSynced` tells that it may be on several devices. */
export type Passkey = {
  id: string;
  rpId: string;
  name: string;
  isSynced: boolean;
  createdAt: Date;
  lastUsedAt: Date | null;
};

/** `app` is when the authenticator app was set up and used last, or null without one; passkeys are oldest first. */
export type Factors = {
  app: { createdAt: Date; lastUsedAt: Date | null } | null;
  passkeys: Passkey[];
  recoveryCodes: number;
};

/** All that a person has. */
export async function factorsOf(db: Pick<Db, 'kysely'>, userId: string): Promise<Factors> {
  const app = await db.kysely
    .selectFrom('totp_secrets')
    .select(['created_at as createdAt', 'last_used_at as lastUsedAt'])
    .where('user_id', '=', userId)
    .executeTakeFirst();
  const passkeys = await db.kysely
    .selectFrom('passkeys')
    .select(['id', 'rp_id as rpId', 'name', 'is_synced as isSynced', 'created_at as createdAt'])
    .select('last_used_at as lastUsedAt')
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .execute();
  return { app: app ?? null, passkeys, recoveryCodes: await recoveryCodesLeft(db, userId) };
}

/** Whether that is a second factor; recovery codes alone are none, as they only stand in for one. */
export const hasFactor = ({ app, passkeys }: Factors): boolean => app !== null || passkeys.length > 0;

/** What audit logs tell of somebody's factors. */
const factsOf = ({ app, passkeys, recoveryCodes }: Factors) => ({
  authenticator_app: app !== null,
  passkeys: passkeys.map(({ name }) => name),
  recovery_codes: recoveryCodes,
});

/**
 * Changes a person's factors in a transaction that holds the person, so that two changes at once see each other; the audit logs of
 * their companies tell what they had before and have after. `why` says what a look at both does not tell.
 */
export async function changeFactors<T>(
  tx: DirectoryTx,
  userId: string,
  why: string,
  work: (before: Factors) => Promise<T>,
): Promise<T> {
  await tx.db.selectFrom('users').select('id').where('id', '=', userId).forUpdate().execute();
  const db = { kysely: tx.db };
  const before = await factorsOf(db, userId);
  const result = await work(before);
  const after = { ...factsOf(await factorsOf(db, userId)), why };
  await noteInCompanies(tx, userId, factsOf(before), after);
  return result;
}
