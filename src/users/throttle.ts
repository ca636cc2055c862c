// Slows down guessing: failures are counted for accounts and sources, and the more there are, the longer one waits.
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '#lib/db';
import { Problem } from '#lib/problem';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/**
 * How failures of each kind are answered: after `free` of them one waits a second, with each further one twice as long, up to
 * `most` seconds; what is older than `memory` seconds is forgotten. NIST SP 800-63B asks for no more than 100 failures in a
 * row; the waits keep a guesser to about that many a day.
 */
const rules = {
  // A source tries many accounts. Offices share an address, so it may fail more often than one person does.
  source: { free: 50, most: 5 * MINUTE, memory: HOUR },
  // All strangers together at one account.
  account: { free: 20, most: 15 * MINUTE, memory: 24 * HOUR },
  // One account from one source, or from one browser that is known there.
  pair: { free: 5, most: 15 * MINUTE, memory: 24 * HOUR },
  // Links that are mailed. The wait is shorter than a link lasts, so that there is always one that works.
  mail: { free: 3, most: 15 * MINUTE, memory: 24 * HOUR },
} as const;

/** Longer than any rule remembers. */
const PURGE_AFTER_HOURS = 25;

/** What failures are counted for: one kind of rule, and whom it concerns. */
export type Throttle = { rule: keyof typeof rules; of: string };

/** The row of a throttle; hashed, as what is keyed into a sign-in form belongs in no table. */
function keyOf({ rule, of }: Throttle): Buffer {
  return createHash('sha256').update(`${rule}\0${of}`).digest();
}

/** The refusal of who has to wait; it is the same for an account that nobody has. */
function tooMany(seconds: number): Problem {
  const wait = seconds < 2 * MINUTE ? `${seconds} s` : `${Math.ceil(seconds / MINUTE)} minutes`;
  return new Problem('too-many', 'users/too-many-attempts', `too many attempts; try again in ${wait}`, {
    retryAfter: seconds,
  });
}

/** The seconds that an attempt still has to wait; 0 counts it as a failure of each throttle until settle() takes that back. */
export async function waitFor(db: Db, throttles: readonly Throttle[]): Promise<number> {
  const figures = throttles.map(({ rule }) => rules[rule]);
  const { rows } = await sql<{
    seconds: number;
  }>`select public.charge_attempt(${throttles.map(keyOf)}::bytea[],
    ${figures.map(({ free }) => free)}::integer[], ${figures.map(({ most }) => most)}::integer[],
    ${figures.map(({ memory }) => memory)}::integer[]) as seconds`.execute(db.kysely);
  return rows[0]?.seconds ?? 0;
}

/**
 * Lets an attempt through and counts it as a failure of each throttle, or throws a too-many Problem and counts nothing. Name
 * throttles in the order of the rules: source, account, pair.
 */
export async function chargeAttempt(db: Db, throttles: readonly Throttle[]): Promise<void> {
  const seconds = await waitFor(db, throttles);
  if (seconds > 0) throw tooMany(seconds);
}

/**
 * Takes a charged attempt back that was right. What failed before at the same account from the same place is forgotten
 * (NIST SP 800-63B, 3.2.2); what others did there, and what the source did elsewhere, is not.
 */
export async function settleAttempt(db: Db, throttles: readonly Throttle[]): Promise<void> {
  const [own, shared] = [true, false].map((isPair) =>
    throttles.filter(({ rule }) => (rule === 'pair') === isPair).map(keyOf),
  );
  await sql`with forgotten as (delete from public.sign_in_throttles where key = any(${own}::bytea[]))
    update public.sign_in_throttles set failures = greatest(failures - 1, 0), blocked_until = '-infinity'
    where key = any(${shared}::bytea[])`.execute(db.kysely);
}

/** Forgets the failures that no rule remembers any more. */
export async function purgeThrottles(db: Db): Promise<void> {
  await sql`delete from public.sign_in_throttles where failed_at < now() - make_interval(hours => ${PURGE_AFTER_HOURS})
    and blocked_until < now()`.execute(db.kysely);
}
