// The sign-ins of one person that are open, by page and by program, in all their companies or one; and ending them.
import { sql } from 'kysely';
import type { Db } from '#lib/db';
import { notFound } from '#lib/problem';
import { type DirectoryTx, inDirectory } from '#lib/tenant-tx';
import type { Door } from './sign-in-facts.ts';
import { presetPolicy } from './sign-in-policy.ts';

/** An open sign-in. Times are instants (ISO, UTC); `id` is the session's or the family of the tokens. */
export type OwnSession = {
  id: string;
  door: Door;
  company: string;
  createdAt: string;
  usedAt: string;
  expiresAt: string;
  ip: string | null;
  userAgent: string | null;
};

const instant = (column: string) =>
  sql`to_char(${sql.raw(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

/** All open sign-ins of a person, the last used first; with `tenantId` those in that company only. */
export async function ownSessions(
  db: Db,
  userId: string,
  tenantId: string | null = null,
): Promise<OwnSession[]> {
  const { rows } = await sql<OwnSession>`
    with pages as (
      select s.id, 'page' as door, s.tenant_id, s.created_at, s.last_seen_at as used_at, s.expires_at, s.ip, s.user_agent
      from public.sessions s left join public.sign_in_policies p on p.tenant_id = s.tenant_id
      where s.user_id = ${userId} and s.expires_at > now()
        and s.last_seen_at > now() - make_interval(mins => coalesce(p.session_idle_minutes, ${presetPolicy.idleMinutes}))
    ), families as (
      select r.family_id as id, 'api' as door, r.tenant_id, min(r.family_since) as created_at, max(r.created_at) as used_at,
        max(r.expires_at) as expires_at, max(r.ip) as ip, max(r.user_agent) as user_agent
      from public.refresh_tokens r where r.user_id = ${userId}
      group by r.family_id, r.tenant_id having bool_and(r.revoked_at is null) and max(r.expires_at) > now()
    )
    select o.id, o.door, t.name as company, ${instant('o.created_at')} as "createdAt", ${instant('o.used_at')} as "usedAt",
      ${instant('o.expires_at')} as "expiresAt", host(o.ip) as ip, o.user_agent as "userAgent"
    from (select * from pages union all select * from families) o join public.tenants t on t.id = o.tenant_id
    where ${tenantId}::uuid is null or o.tenant_id = ${tenantId}
    order by o.used_at desc, o.id`.execute(db.kysely);
  return rows;
}

/** Ends one sign-in of a person, with `tenantId` one in that company. Throws not-found for an id that is none of them or is over. */
export async function endOwnSession(
  db: Db,
  userId: string,
  id: string,
  tenantId: string | null = null,
): Promise<void> {
  const ended = await inDirectory(db, (tx) => endSignIns(tx, userId, { only: id, tenantId }));
  if (ended === 0) throw notFound('session');
}

/**
 * Ends a person's sign-ins in all their companies or one, page sessions and families of tokens alike: only one, or all but one
 * that stays. Returns how many there were. Whatever makes the old credentials worthless, such as a reset password, ends here.
 */
export async function endSignIns(
  { db }: Pick<DirectoryTx, 'db'>,
  userId: string,
  {
    only = null,
    except = null,
    tenantId = null,
  }: { only?: string | null; except?: string | null; tenantId?: string | null } = {},
): Promise<number> {
  const { rows } = await sql<{ ended: number }>`
    with pages as (
      delete from public.sessions where user_id = ${userId} and (${only}::uuid is null or id = ${only}) and id is distinct from ${except}
        and (${tenantId}::uuid is null or tenant_id = ${tenantId})
      returning id
    ), families as (
      update public.refresh_tokens set revoked_at = now()
      where user_id = ${userId} and revoked_at is null and (${only}::uuid is null or family_id = ${only})
        and family_id is distinct from ${except} and (${tenantId}::uuid is null or tenant_id = ${tenantId})
      returning family_id
    )
    select (select count(*) from pages) + (select count(distinct family_id) from families) as ended`.execute(
    db,
  );
  return Number(rows[0]?.ended ?? 0);
}
