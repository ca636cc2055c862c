-- Keys: signing keys that rotate and lie sealed, an end for each family of refresh tokens, and API keys of people and companies.

-- A key is published at once, signs from `signs_from` on, and verifies until `retired_at`, which may lie ahead. Its private part is
-- sealed by the program (src/lib/key-ring.ts) and erased when it retires. `private_jwk` holds what older programs wrote in plain;
-- the first program that reads it seals it.
alter table signing_keys
  alter column private_jwk drop not null,
  add column public_jwk jsonb,
  add column private_sealed text,
  add column signs_from timestamptz not null default now(),
  add check (private_jwk is null or private_sealed is null);

update signing_keys set public_jwk = private_jwk - 'd', signs_from = created_at;

alter table signing_keys alter column public_jwk set not null, add check (not public_jwk ? 'd');

-- When the sign-in was, which each successor copies: however often it is refreshed, a family ends.
alter table refresh_tokens add column family_since timestamptz;
update refresh_tokens r set family_since =
  (select min(f.created_at) from refresh_tokens f where f.family_id = r.family_id);
alter table refresh_tokens alter column family_since set default now(), alter column family_since set not null;

create index refresh_tokens_by_expiry on refresh_tokens (expires_at);

-- A key by which a program acts in one company: as a person (user_id), or for the company itself (role). Only its SHA-256 is kept.
-- A key is never deleted, as the audit log and the books name the keys of companies by their id.
create table api_keys (
  id uuid primary key,
  tenant_id uuid not null references tenants,
  user_id uuid references users,
  role text,
  name text not null check (length(btrim(name)) between 1 and 100),
  prefix text not null unique check (prefix ~ '^[a-z0-9]{8}$'),
  secret_hash bytea not null unique check (octet_length(secret_hash) = 32),
  -- Patterns of permissions, to which the key is narrowed; null: all that its person or role may.
  scopes text[] check (cardinality(scopes) > 0),
  created_by uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  revoked_by uuid,
  check ((user_id is null) <> (role is null))
);

create index api_keys_by_tenant on api_keys (tenant_id, created_at desc);
create index api_keys_by_user on api_keys (user_id, tenant_id);

-- The keys that were presented, by their hashes: those that are neither revoked nor out of time. A function for the reason of
-- signed_in_members.
create function presented_api_keys(p_hashes bytea[])
returns table (secret_hash bytea, id uuid, tenant_id uuid, user_id uuid, role text, name text, prefix text, scopes text[],
  to_be_noted boolean)
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
    select k.secret_hash, k.id, k.tenant_id, k.user_id, k.role, k.name, k.prefix, k.scopes,
      k.last_used_at is null or k.last_used_at < now() - interval '1 minute'
    from api_keys k
    where k.secret_hash = any (p_hashes) and k.revoked_at is null and k.expires_at > now();
end $$;

revoke all on function presented_api_keys(bytea[]) from public;
