// Limits how often codes and passwords may be tried for one person, over however many sign-ins that are under way.
import { sql } from 'kysely';
import type { Db } from '#lib/db';
import { Problem } from '#lib/problem';

/**
 * Of a million codes three are right at a time. Ten attempts an hour leave whoever knows the password a chance of less than one in a
 * thousand a day. Nobody is locked out by it: passkeys and recovery codes cannot be guessed and are not counted.
 */
const MOST_ATTEMPTS = 10;
const WINDOW_MINUTES = 60;

/**
 * Counts an attempt before it is judged, so that many at once get no more of them. Throws a too-many Problem once there were
 * ten within the hour; forgetAttempts() follows on one that was right.
 */
export async function countAttempt(db: Db, userId: string): Promise<void> {
  const { rows } = await sql<{ attempts: number; minutes: number }>`
    insert into public.proof_attempts as p (user_id, window_began_at, attempts) values (${userId}, now(), 1)
    on conflict (user_id) do update set
      attempts = case when p.window_began_at < now() - make_interval(mins => ${WINDOW_MINUTES}) then 1 else p.attempts + 1 end,
      window_began_at = case when p.window_began_at < now() - make_interval(mins => ${WINDOW_MINUTES}) then now()
        else p.window_began_at end
    returning attempts, ceil(extract(epoch from p.window_began_at + make_interval(mins => ${WINDOW_MINUTES}) - now()) / 60)::integer
      as minutes`.execute(db.kysely);
  const [row] = rows;
  if (!row || row.attempts <= MOST_ATTEMPTS) return;
  const detail = `too many wrong attempts; try again in ${row.minutes} minutes, or use a passkey or a recovery code`;
  throw new Problem('too-many', 'users/too-many-attempts', detail);
}

/** Forgets a person's attempts, as one was right. */
export async function forgetAttempts(db: Db, userId: string): Promise<void> {
  await db.kysely.deleteFrom('proof_attempts').where('user_id', '=', userId).execute();
}
