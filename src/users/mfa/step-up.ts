// Step-up: dangerous acts ask that whoever is signed in has proved themselves a short while ago.
import { sql } from 'kysely';
import type { Db } from '#lib/db';
import type { Identity, SignedIn } from '#lib/http/guard';
import { Problem } from '#lib/problem';
import { passwordMatches } from '../password.ts';
import { noteSignIn } from '../sign-in-events.ts';
import type { Door, SignInMethod, SignInOrigin } from '../sign-in-facts.ts';
import { chargeAttempt, settleAttempt } from '../throttle.ts';
import type { Member } from '../user.ts';
import { factorThrottles } from './factor-throttles.ts';
import { factorsOf, hasFactor } from './factors.ts';
import { type FactorServices, methodSent, proveFactor, type SentFactor } from './prove-factor.ts';

/** So long a proof counts as fresh. */
export const FRESH_SECONDS = 600;

/** The rows of a sign-in: its session, or all tokens of its family. */
function rowsOf(signedIn: SignedIn) {
  const [table, key, id] =
    'sessionId' in signedIn
      ? (['sessions', 'id', signedIn.sessionId] as const)
      : (['refresh_tokens', 'family_id', signedIn.familyId] as const);
  return { table: sql.id('public', table), isOfIt: sql`${sql.id(key)} = ${id}` };
}

/** Whether the person behind a sign-in has proved themselves within the last ten minutes; signing in counts. */
async function isFreshlyProved(db: Db, signedIn: SignedIn): Promise<boolean> {
  const { table, isOfIt } = rowsOf(signedIn);
  const { rows } = await sql<{ is_fresh: boolean }>`select exists (select from ${table}
    where ${isOfIt} and proved_at > now() - make_interval(secs => ${FRESH_SECONDS})) as is_fresh`.execute(
    db.kysely,
  );
  return rows[0]?.is_fresh === true;
}

/** What a credential of somebody's own sign-in tells the guard beside the person. */
export const signInOf = (db: Db, signedIn: SignedIn): Pick<Identity, 'signedIn' | 'isFresh'> => ({
  signedIn,
  isFresh: () => isFreshlyProved(db, signedIn),
});

/** How the person behind a sign-in has proved themselves since it began. */
export async function methodsOf(db: Db, signedIn: SignedIn): Promise<SignInMethod[]> {
  const { table, isOfIt } = rowsOf(signedIn);
  const { rows } = await sql<{ methods: SignInMethod[] }>`
    select coalesce(array_agg(distinct method), '{}') as methods from ${table}, unnest(methods) method where ${isOfIt}`.execute(
    db.kysely,
  );
  return rows[0]?.methods ?? [];
}

/** Notes a proof; what was proved before stays true. */
async function noteProof(db: Db, signedIn: SignedIn, methods: readonly SignInMethod[]): Promise<void> {
  const { table, isOfIt } = rowsOf(signedIn);
  const isOpen = 'sessionId' in signedIn ? sql`` : sql`and used_at is null and revoked_at is null`;
  await sql`update ${table} set proved_at = now(), methods = coalesce(methods, '{}') ||
    array(select unnest(${methods}::text[]) except select unnest(methods)) where ${isOfIt} ${isOpen}`.execute(
    db.kysely,
  );
}

/** What somebody sends to prove themselves once more: a passkey alone, or the password with the second factor that they have. */
export type SentProof = SentFactor & { password?: string | undefined };

/** Who proves themselves once more, in which sign-in, and from where. */
export type Prover = { member: Member; signedIn: SignedIn; from: SignInOrigin };

/**
 * Proves once more who is signed in, and notes it. Throws an unauthenticated Problem for what is wrong, without telling whether it was
 * the password or the second factor, and a too-many Problem for who has to wait after wrong attempts; the history tells of each.
 */
export async function confirmIdentity(
  services: FactorServices,
  door: Door,
  { member, signedIn, from }: Prover,
  sent: SentProof,
): Promise<void> {
  const { db } = services;
  const methods = await provenMethods(services, member, sent);
  if (methods === null) {
    const { userId, tenantId } = member;
    const isFactor = [sent.otp, sent.recoveryCode, sent.passkey].some((part) => part !== undefined);
    const tried: SignInMethod[] = [
      ...(sent.passkey ? [] : ['pwd' as const]),
      ...(isFactor ? [methodSent(sent)] : []),
    ];
    await noteSignIn(db, { userId, tenantId, succeeded: false, methods: tried, door, from });
    throw confirmationRefused();
  }
  await noteProof(db, signedIn, methods);
}

async function provenMethods(
  services: FactorServices,
  member: Member,
  sent: SentProof,
): Promise<SignInMethod[] | null> {
  if (sent.passkey) return (await proveFactor(services, member, { passkey: sent.passkey })) && ['passkey'];
  const { db } = services;
  const throttles = factorThrottles(member.userId);
  await chargeAttempt(db, throttles);
  const user = await db.kysely
    .selectFrom('users')
    .select('password_hash')
    .where('id', '=', member.userId)
    .where('is_active', '=', true)
    .executeTakeFirst();
  if (!(await passwordMatches(sent.password ?? '', user?.password_hash ?? undefined))) return null;
  const needsFactor = hasFactor(await factorsOf(db, member.userId));
  const method = needsFactor ? await proveFactor(services, member, sent) : null;
  if (needsFactor && method === null) return null;
  await settleAttempt(db, throttles);
  return method === null ? ['pwd'] : ['pwd', method];
}

function confirmationRefused(): Problem {
  return new Problem(
    'unauthenticated',
    'users/confirmation-refused',
    'the password or the second factor is wrong, or a code was used before',
  );
}
