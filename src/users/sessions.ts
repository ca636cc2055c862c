// Page sessions: a random cookie, its hash in the database, and the CSRF token that belongs to it.
import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '#lib/db';
import { accessOf, type StoredAccess } from './access/stored-access.ts';
import { hashSecretToken, newSecretToken } from './secret-token.ts';
import { presetPolicy, signInPolicyOf } from './sign-in-policy.ts';
import type { Member } from './user.ts';

export const sessionCookie = 'himalytix_session';

/** How long a cookie is kept at most; the row decides when the session ends, by the company's policy. */
export const SESSION_SECONDS = 7 * 24 * 60 * 60;

/** So old the time of the last request may be before it is written anew. */
const SEEN_EVERY_SECONDS = 60;

/** A company that somebody belongs to, as the switcher names it. */
export type OwnCompany = { slug: string; name: string };

/**
 * `id` names the session in its owner's list; `companies` are all that it may lead to; `providerId` is the identity provider
 * that opened it, or null when the person proved themselves to us.
 */
export type Session = {
  id: string;
  member: Member;
  csrfToken: string;
  companies: OwnCompany[];
  providerId: string | null;
};

/**
 * Whether a session may lead its person out of its company: to their other companies, or to what is theirs in all of them
 * (name, password, sessions elsewhere). What a company's provider has opened may not, as whoever runs the provider could open
 * it for anybody.
 */
export function mayLeaveCompany({ providerId }: Pick<Session, 'providerId'>): boolean {
  return providerId === null;
}

/**
 * Opens a session for as long as the company's policy says; returns the cookie's value. It is a new one at every sign-in, so
 * that nobody can prepare it. `providerId` is the provider that has vouched for the member, if one did. Sessions that have run
 * out are cleared away on the occasion.
 */
export async function openSession(
  db: Db,
  member: Member,
  from: { ip: string | null; userAgent: string | undefined },
  providerId: string | null = null,
): Promise<string> {
  const token = newSecretToken();
  const { sessionHours } = await signInPolicyOf(db, member.tenantId);
  await db.kysely.deleteFrom('sessions').where('expires_at', '<', sql<Date>`now()`).execute();
  await db.kysely
    .insertInto('sessions')
    .values({
      id: randomUUIDv7(),
      token_hash: hashSecretToken(token),
      csrf_token: newSecretToken(),
      user_id: member.userId,
      tenant_id: member.tenantId,
      provider_id: providerId,
      expires_at: sql<Date>`now() + make_interval(hours => ${sessionHours})`,
      ip: from.ip,
      user_agent: from.userAgent?.slice(0, 500) ?? null,
    })
    .execute();
  return token;
}

type Row = Pick<Member, 'email' | 'name' | 'role'> & {
  id: string;
  user_id: string;
  tenant_id: string;
  csrf_token: string;
  provider_id: string | null;
  stored: StoredAccess | null;
  stale: boolean;
  companies: OwnCompany[];
};

/**
 * The session of a cookie, or null when it is unknown, over, idle for longer than the company's policy allows, or its user is
 * no active member any more.
 */
export async function findSession(db: Db, token: string): Promise<Session | null> {
  const { rows } = await sql<Row>`
    select s.id, s.user_id, s.tenant_id, s.csrf_token, s.provider_id, u.email, u.name, m.role, public.access_of(m) as stored,
      s.last_seen_at < now() - make_interval(secs => ${SEEN_EVERY_SECONDS}) as stale,
      (select coalesce(json_agg(json_build_object('slug', t.slug, 'name', t.name) order by t.name), '[]')
        from public.memberships o join public.tenants t on t.id = o.tenant_id
        where o.user_id = s.user_id and t.status = 'active'
          and (s.provider_id is null or o.tenant_id = s.tenant_id)) as companies
    from public.sessions s
      join public.memberships m on m.user_id = s.user_id and m.tenant_id = s.tenant_id
      join public.users u on u.id = s.user_id and u.is_active
      left join public.sign_in_policies p on p.tenant_id = s.tenant_id
    where s.token_hash = ${hashSecretToken(token)} and s.expires_at > now()
      and s.last_seen_at > now() - make_interval(mins => coalesce(p.session_idle_minutes, ${presetPolicy.idleMinutes}))`.execute(
    db.kysely,
  );
  const [row] = rows;
  if (!row) return null;
  if (row.stale) await touch(db, row.id);
  const { id, user_id: userId, tenant_id: tenantId, email, name, role, companies } = row;
  const member = { userId, tenantId, email, name, role, access: accessOf(row.stored) };
  return { id, member, csrfToken: row.csrf_token, companies, providerId: row.provider_id };
}

async function touch(db: Db, id: string): Promise<void> {
  await db.kysely
    .updateTable('sessions')
    .set({ last_seen_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
}

/** Ends a session; an unknown token is no error. */
export async function closeSession(db: Db, token: string): Promise<void> {
  await db.kysely.deleteFrom('sessions').where('token_hash', '=', hashSecretToken(token)).execute();
}
