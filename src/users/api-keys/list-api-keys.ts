// The API keys of a company or of one person in it.
import type { Db } from '#lib/db';
import type { ApiKey } from './api-key.ts';

/** Whose keys: those of one person, those of the company itself, or all. */
export type ApiKeyFilter = { userId?: string; kind?: ApiKey['kind'] };

type Row = Omit<ApiKey, 'owner'> & { owner: ApiKey['owner'] };

/** The keys, those that count first and then the newest first; ended ones stay, as the books name them. */
export async function listApiKeys(db: Db, tenantId: string, filter: ApiKeyFilter = {}): Promise<ApiKey[]> {
  const { rows } = await db.pool.query<Row>(
    `select k.id, case when k.user_id is null then 'service' else 'personal' end as kind, k.name, k.prefix, k.role,
       case when u.id is not null then jsonb_build_object('id', u.id, 'email', u.email, 'name', u.name) end as owner, k.scopes,
       case when k.revoked_at is not null then 'revoked' when k.expires_at <= now() then 'expired' else 'active' end as status,
       k.created_at as "createdAt", k.expires_at as "expiresAt", k.last_used_at as "lastUsedAt", k.revoked_at as "revokedAt"
     from public.api_keys k left join public.users u on u.id = k.user_id
     where k.tenant_id = $1 and ($2::uuid is null or k.user_id = $2)
       and ($3::text is null or (k.user_id is null) = ($3 = 'service'))
     order by k.revoked_at is not null or k.expires_at <= now(), k.created_at desc, k.id`,
    [tenantId, filter.userId ?? null, filter.kind ?? null],
  );
  return rows;
}
