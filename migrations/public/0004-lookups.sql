-- What every request asks first. A function, as its plan is then kept by each connection without a prepared statement, which a
-- pooler between program and database could lose.

-- Whom access tokens speak for at this moment: members still, active, and their sign-in not ended.
create function signed_in_members(p_keys text[], p_users uuid[], p_tenants uuid[], p_families uuid[])
returns table (key text, user_id uuid, tenant_id uuid, email text, name text, role text)
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
    select c.key, m.user_id, m.tenant_id, u.email, u.name, m.role
    from unnest(p_keys, p_users, p_tenants, p_families) as c (key, user_id, tenant_id, family_id)
      join memberships m on m.user_id = c.user_id and m.tenant_id = c.tenant_id
      join users u on u.id = m.user_id
    where u.is_active
      and not exists (select from refresh_tokens r where r.family_id = c.family_id and r.revoked_at is not null);
end $$;

revoke all on function signed_in_members(text[], uuid[], uuid[], uuid[]) from public;
