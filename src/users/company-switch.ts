// Takes somebody who is signed in at one company's address to another's, where their browser has no session yet.
//
// The way is that of an OAuth authorisation code with PKCE (RFC 7636), between two addresses of ours:
// 1. At the first address a form with its CSRF token notes the wish (`askSwitch`), and the browser goes to the second address.
// 2. There it gets a secret in a cookie (`switchSecret`) and carries the secret's hash back.
// 3. At the first address the session that had the wish gets a ticket for that hash (`grantSwitch`), once.
// 4. At the second address ticket and cookie together open a session (`redeemSwitch`), once.
// A stolen ticket is worthless without the cookie, a prepared link without the wish, and no address in it comes from a request.
// A session that a company's provider has opened gets no ticket (see mayLeaveCompany).
import { createHash, randomBytes, randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '#lib/db';
import { notFound, Problem } from '#lib/problem';
import { hashSecretToken, newSecretToken } from './secret-token.ts';
import { type Member, memberOf } from './user.ts';

/** How long the whole way may take; it is a matter of redirects. */
const SWITCH_SECONDS = 60;

function expired(): Problem {
  return new Problem(
    'forbidden',
    'users/switch-expired',
    'changing the company took too long; choose it again',
  );
}

/** The company of that slug if the person belongs to it and it is open, or null. */
export async function ownTenant(
  db: Db,
  userId: string,
  slug: string,
): Promise<{ id: string; slug: string; name: string } | null> {
  const row = await db.kysely
    .selectFrom('memberships')
    .innerJoin('tenants', 'tenants.id', 'memberships.tenant_id')
    .select(['tenants.id', 'tenants.slug', 'tenants.name'])
    .where('memberships.user_id', '=', userId)
    .where('tenants.slug', '=', slug)
    .where('tenants.status', '=', 'active')
    .executeTakeFirst();
  return row ?? null;
}

/**
 * Notes that the session's owner wants to go to a company of theirs. `origin` is where the session is, to which the browser
 * comes back. Returns the wish's id and the company. Throws not-found for a company that is not theirs.
 */
export async function askSwitch(
  db: Db,
  wish: { sessionId: string; userId: string; slug: string; origin: string },
): Promise<{ id: string; slug: string; name: string }> {
  const tenant = await ownTenant(db, wish.userId, wish.slug);
  if (!tenant) throw notFound('company of yours');
  const id = randomUUIDv7();
  await sql`delete from public.company_switches where expires_at < now()`.execute(db.kysely);
  await db.kysely
    .insertInto('company_switches')
    .values({
      id,
      session_id: wish.sessionId,
      tenant_id: tenant.id,
      origin: wish.origin,
      expires_at: sql<Date>`now() + make_interval(secs => ${SWITCH_SECONDS})`,
    })
    .execute();
  return { ...tenant, id };
}

/** A secret for the browser's cookie at the second address, and the hash of it that goes back. */
export function switchSecret(): { secret: string; challenge: string } {
  const secret = randomBytes(32).toString('base64url');
  return { secret, challenge: createHash('sha256').update(secret).digest('base64url') };
}

/** Where a wish for the company came from, or throws: nobody is sent on for a wish that nobody had. */
export async function originOfSwitch(db: Db, id: string, tenantId: string): Promise<string> {
  const row = await db.kysely
    .selectFrom('company_switches')
    .select('origin')
    .where(sql<string>`id::text`, '=', id)
    .where('tenant_id', '=', tenantId)
    .where('challenge', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
  if (!row) throw expired();
  return row.origin;
}

/** Gives the session that had the wish a ticket for the browser that knows the secret, once. Returns ticket and company. */
export async function grantSwitch(
  db: Db,
  input: { id: string; sessionId: string; challenge: string },
): Promise<{ ticket: string; slug: string }> {
  if (!/^[\w-]{43}$/.test(input.challenge)) throw expired();
  const ticket = newSecretToken();
  const { rows } = await sql<{ slug: string }>`
    update public.company_switches s set challenge = ${Buffer.from(input.challenge, 'base64url')}, ticket_hash = ${hashSecretToken(ticket)}
    from public.tenants t, public.sessions o
    where t.id = s.tenant_id and s.id::text = ${input.id} and s.session_id = ${input.sessionId} and s.challenge is null
      and s.expires_at > now() and o.id = s.session_id and o.provider_id is null
    returning t.slug`.execute(db.kysely);
  const [row] = rows;
  if (!row) throw expired();
  return { ticket, slug: row.slug };
}

/**
 * Uses the ticket up. Returns the person as a member of the company, whose first session still is open. Throws a forbidden
 * Problem, the same for whatever is wrong.
 */
export async function redeemSwitch(
  db: Db,
  input: { ticket: string; secret: string; tenantId: string },
): Promise<Member> {
  const challenge = createHash('sha256').update(input.secret).digest();
  const { rows } = await sql<{ user_id: string }>`
    delete from public.company_switches w using public.sessions s
    where s.id = w.session_id and w.ticket_hash = ${hashSecretToken(input.ticket)} and w.challenge = ${challenge}
      and w.tenant_id = ${input.tenantId} and w.expires_at > now() and s.expires_at > now()
      and s.provider_id is null
    returning s.user_id`.execute(db.kysely);
  const [row] = rows;
  const member = row ? await memberOf(db, row.user_id, input.tenantId) : null;
  if (!member) throw expired();
  return member;
}
