// Proves who somebody is by e-mail address and password, for one company, and slows down whoever guesses.
import { sql } from 'kysely';
import type { Db } from '#lib/db';
import { Problem } from '#lib/problem';
import { sourceOf } from '#lib/source-of';
import { deviceHash, KNOWN_DAYS, sourceHash } from './known-origins.ts';
import { hashPassword, needsRehash, passwordMatches } from './password.ts';
import { noteSignIn } from './sign-in-events.ts';
import type { Door, SignInOrigin } from './sign-in-facts.ts';
import { chargeAttempt, settleAttempt, type Throttle } from './throttle.ts';
import { type Member, memberOf } from './user.ts';

/** One answer for a wrong password, an unknown address and a company that is not theirs. */
function refused(): Problem {
  return new Problem('unauthenticated', 'users/credentials-refused', 'e-mail address or password is wrong');
}

type Candidate = {
  id: string | null;
  password_hash: string | null;
  knows_device: boolean;
  knows_source: boolean;
};

/** The active person of an address with what is known of where they come from; one row also when nobody has the address. */
async function candidateOf(db: Db, email: string, from: SignInOrigin): Promise<Candidate> {
  const known = (
    hash: Buffer | null,
  ) => sql<boolean>`exists (select from public.known_origins o where o.user_id = u.id
    and o.origin_hash = ${hash} and o.used_at > now() - make_interval(days => ${KNOWN_DAYS}))`;
  const { rows } =
    await sql<Candidate>`select u.id, u.password_hash, ${known(deviceHash(from))} as knows_device,
      ${known(sourceHash(from))} as knows_source
    from (select ${email}::text as email) asked left join public.users u on u.email = asked.email and u.is_active`.execute(
      db.kysely,
    );
  return rows[0] as Candidate;
}

/**
 * What an attempt is counted for. Who comes from where they have signed in before is counted by themselves, so that nobody
 * else's failures make them wait; strangers are counted for the source, for the account, and for both together.
 */
function throttlesOf(
  email: string,
  from: SignInOrigin,
  known: { device: boolean; source: boolean },
): Throttle[] {
  const source = sourceOf(from.ip);
  if (known.device) return [{ rule: 'pair', of: `${email}\0device\0${from.device}` }];
  const pair: Throttle = { rule: 'pair', of: `${email}\0source\0${source}` };
  if (known.source) return [pair];
  return [{ rule: 'source', of: source }, { rule: 'account', of: email }, pair];
}

/**
 * Checks a password. Without a company, the only one that the person belongs to is taken; with several, the company must
 * be named. Throws an unauthenticated Problem, the same for whatever is wrong, or a too-many Problem. What is done for an
 * address that nobody has is the same, statement by statement, as for one whose password is wrong.
 */
export async function checkCredentials(
  db: Db,
  credentials: { email: string; password: string },
  tenantId: string | null,
  { door, from }: { door: Door; from: SignInOrigin },
): Promise<Member> {
  const email = credentials.email.trim().toLowerCase();
  const candidate = await candidateOf(db, email, from);
  const throttles = throttlesOf(email, from, {
    device: candidate.knows_device,
    source: candidate.knows_source,
  });
  await chargeAttempt(db, throttles);
  const matches = await passwordMatches(credentials.password, candidate.password_hash ?? undefined);
  const userId = candidate.id;
  try {
    if (!userId || !matches) throw refused();
    const member = await memberOf(db, userId, tenantId ?? (await onlyTenantOf(db, userId)));
    if (!member) throw refused();
    await settleAttempt(db, throttles);
    await renewHash(db, userId, credentials.password, candidate.password_hash ?? '');
    return member;
  } catch (problem) {
    if (problem instanceof Problem && problem.code === 'users/company-needed')
      await settleAttempt(db, throttles);
    else await noteSignIn(db, { userId, tenantId, succeeded: false, methods: ['pwd'], door, from });
    throw problem;
  }
}

/** Hashes the password anew where it was hashed with other parameters; one that was changed meanwhile stays. */
async function renewHash(db: Db, userId: string, password: string, passwordHash: string): Promise<void> {
  if (!needsRehash(passwordHash)) return;
  await db.kysely
    .updateTable('users')
    .set({ password_hash: await hashPassword(password) })
    .where('id', '=', userId)
    .where('password_hash', '=', passwordHash)
    .execute();
}

async function onlyTenantOf(db: Db, userId: string): Promise<string> {
  const rows = await db.kysely
    .selectFrom('memberships')
    .innerJoin('tenants', 'tenants.id', 'memberships.tenant_id')
    .select('tenants.id')
    .where('memberships.user_id', '=', userId)
    .where('tenants.status', '=', 'active')
    .limit(2)
    .execute();
  const [only] = rows;
  if (!only) throw refused();
  if (rows.length > 1) {
    const detail = 'you belong to several companies; name one by its host or by X-Tenant';
    throw new Problem('malformed', 'users/company-needed', detail);
  }
  return only.id;
}
