// The authenticator app of a person: setting it up, taking its codes, and removing it.
import { sql } from 'kysely';
import type { Db } from '#lib/db';
import type { KeyRing } from '#lib/key-ring';
import { invalid, Problem } from '#lib/problem';
import type { DirectoryTx } from '#lib/tenant-tx';
import { newTotpSecret, stepOfCode } from './totp.ts';

/** So long a secret that was shown waits for its first code. */
const ENROLMENT_MINUTES = 15;

/** The places of a secret, to which it is sealed. */
const placeOf = (userId: string) => `users.totp:${userId}`;
const enrolmentPlaceOf = (holder: string) => `users.totp_enrolment:${holder}`;

/** Who sets an app up; `holder` is the id of the session, or of the sign-in under way, in which they do. */
export type AppEnrolment = { userId: string; holder: string };

/**
 * The secret to show to somebody who sets up an app, in base32. It is the same for a quarter of an hour, so that loading the page again
 * does not undo what the app has read already; another session is shown another one.
 */
export async function enrolmentSecret(
  db: Db,
  keyRing: KeyRing,
  { userId, holder }: AppEnrolment,
): Promise<string> {
  const fresh = keyRing.seal(newTotpSecret(), enrolmentPlaceOf(holder));
  await db.kysely.deleteFrom('totp_enrolments').where('expires_at', '<', sql<Date>`now()`).execute();
  const { sealed } = await db.kysely
    .insertInto('totp_enrolments')
    .values({
      holder,
      user_id: userId,
      sealed: fresh,
      expires_at: sql<Date>`now() + make_interval(mins => ${ENROLMENT_MINUTES})`,
    })
    .onConflict((conflict) =>
      conflict.column('holder').doUpdateSet((each) => ({ expires_at: each.ref('excluded.expires_at') })),
    )
    .returning('sealed')
    .executeTakeFirstOrThrow();
  return keyRing.open(sealed, enrolmentPlaceOf(holder)).toString();
}

/**
 * Makes the app that was just set up the person's app, proved by its first code; it takes the place of one that they had. Throws an
 * invalid Problem for a code that is not of that app, and a conflict when the set-up has run out.
 */
export async function enrolApp(
  tx: DirectoryTx,
  keyRing: KeyRing,
  { userId, holder }: AppEnrolment,
  code: string,
): Promise<void> {
  const enrolment = await tx.db
    .selectFrom('totp_enrolments')
    .select('sealed')
    .where('holder', '=', holder)
    .where('user_id', '=', userId)
    .where('expires_at', '>', sql<Date>`now()`)
    .forUpdate()
    .executeTakeFirst();
  if (!enrolment)
    throw new Problem('conflict', 'users/enrolment-over', 'the set-up has taken too long; begin it again');
  const secret = keyRing.open(enrolment.sealed, enrolmentPlaceOf(holder)).toString();
  const step = stepOfCode(secret, code);
  if (step === null) {
    const detail =
      'this is not the code that the app shows now; look whether the clock of the phone is right';
    throw invalid([{ pointer: '/code', code: 'users/code-wrong', detail }]);
  }
  const app = { sealed: keyRing.seal(secret, placeOf(userId)), last_step: step };
  await tx.db
    .insertInto('totp_secrets')
    .values({ user_id: userId, ...app })
    .onConflict((conflict) =>
      conflict.column('user_id').doUpdateSet({ ...app, created_at: sql<Date>`now()`, last_used_at: null }),
    )
    .execute();
  await tx.db.deleteFrom('totp_enrolments').where('user_id', '=', userId).execute();
}

/**
 * Whether a code is of the person's app and was not taken before. Whoever looks over a shoulder or reads it on its way cannot use it
 * again: the time step is remembered, and no code of it or an earlier one counts any more (RFC 6238, 5.2). `at` is in milliseconds.
 */
export async function takeAppCode(
  db: Pick<Db, 'kysely'>,
  keyRing: KeyRing,
  userId: string,
  code: string,
  at: number = Date.now(),
): Promise<boolean> {
  const app = await db.kysely
    .selectFrom('totp_secrets')
    .select('sealed')
    .where('user_id', '=', userId)
    .executeTakeFirst();
  const step = app ? stepOfCode(keyRing.open(app.sealed, placeOf(userId)).toString(), code, at) : null;
  if (!app || step === null) return false;
  const taken = await db.kysely
    .updateTable('totp_secrets')
    .set({ last_step: step, last_used_at: sql<Date>`now()` })
    .where('user_id', '=', userId)
    .where('sealed', '=', app.sealed)
    .where('last_step', '<', step)
    .executeTakeFirst();
  return taken.numUpdatedRows === 1n;
}

/** Removes the person's app; none is no error. */
export async function removeApp(tx: DirectoryTx, userId: string): Promise<void> {
  await tx.db.deleteFrom('totp_secrets').where('user_id', '=', userId).execute();
}
