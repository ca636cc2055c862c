-- What a company decides itself about who may do what: roles of its own, and for each member what they may beyond or short of
-- their role, up to which amounts, and in which branches.

create table roles (
  tenant_id uuid not null references tenants,
  key text not null check (key ~ '^[a-z][a-z0-9_]{0,39}$'
    and key not in ('owner', 'accountant', 'clerk', 'auditor', 'storekeeper', 'integrator', 'system')),
  title text not null check (length(btrim(title)) between 1 and 100),
  -- Names of permissions, as the rooms declare them.
  permissions text[] not null default '{}',
  created_at timestamptz not null default now(),
  primary key (tenant_id, key)
);

-- A role is built in, or one of the company's own, which then is not removed while somebody has it. Of two limits, the amount
-- stands in the company's currency; null is none. `branches` are values of the dimension `branch`; null are all. A plain membership
-- says nothing but its role.
alter table memberships
  drop constraint memberships_role_check,
  add column own_role text generated always as (
    case when role not in ('owner', 'accountant', 'clerk', 'auditor', 'storekeeper', 'integrator') then role end) stored,
  add column granted text[] not null default '{}',
  add column denied text[] not null default '{}',
  add column post_limit numeric(19, 4) check (post_limit >= 0),
  add column approve_limit numeric(19, 4) check (approve_limit >= 0),
  add column branches text[] check (cardinality(branches) > 0),
  add column is_plain boolean generated always as (
    role in ('owner', 'accountant', 'clerk', 'auditor', 'storekeeper', 'integrator') and granted = '{}' and denied = '{}'
    and post_limit is null and approve_limit is null and branches is null) stored,
  add constraint memberships_own_role_fkey foreign key (tenant_id, own_role) references roles (tenant_id, key),
  -- An owner is never short of anything, so that a company with an owner can always be put in order.
  add constraint owner_is_whole check (role <> 'owner' or is_plain);

create index memberships_by_own_role on memberships (tenant_id, own_role) where own_role is not null;

-- Pairs of permissions that nobody but an owner shall hold together.
create table permission_rules (
  tenant_id uuid not null references tenants,
  one text not null,
  other text not null check (one < other),
  primary key (tenant_id, one, other)
);

-- What a membership says besides its role, as JSON; null, which costs nothing to read, of a plain one.
create function access_of(p_member memberships) returns jsonb
language sql stable set search_path from current as $$
  select case when not p_member.is_plain then jsonb_build_object(
    'own', (select to_jsonb(r.permissions) from roles r where r.tenant_id = p_member.tenant_id and r.key = p_member.own_role),
    'granted', p_member.granted, 'denied', p_member.denied, 'post_limit', trim_scale(p_member.post_limit)::text,
    'approve_limit', trim_scale(p_member.approve_limit)::text, 'branches', p_member.branches) end
$$;

drop function signed_in_members(text[], uuid[], uuid[], uuid[]);

-- Whom access tokens speak for at this moment, and what they may do: members still, active, and their sign-in not ended.
create function signed_in_members(p_keys text[], p_users uuid[], p_tenants uuid[], p_families uuid[])
returns table (key text, user_id uuid, tenant_id uuid, email text, name text, role text, access jsonb)
language plpgsql stable set search_path from current set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
    select c.key, m.user_id, m.tenant_id, u.email, u.name, m.role,
      case when not m.is_plain then access_of(m) end
    from unnest(p_keys, p_users, p_tenants, p_families) as c (key, user_id, tenant_id, family_id)
      join memberships m on m.user_id = c.user_id and m.tenant_id = c.tenant_id
      join users u on u.id = m.user_id
    where u.is_active
      and not exists (select from refresh_tokens r where r.family_id = c.family_id and r.revoked_at is not null);
end $$;

revoke all on function access_of(memberships), signed_in_members(text[], uuid[], uuid[], uuid[]) from public;
