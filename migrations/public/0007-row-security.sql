-- Row-level security of the shared tables. Who may see a row is said by policies, which hold for the owner of the tables, too: the
-- login role passes by the policy `directory`, as it is asked before a company is known and migrates all of them; what acts for one
-- company works as the role NAME_company, NAME being the login role's, and sees the rows of the company in app.tenant_id. See
-- docs/row-security.md.

-- The company that whoever works as that role acts for, which inDirectoryOf() sets together with the role; none sees nothing.
create function acting_company() returns uuid
language sql stable as $$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$;

create function company_role() returns text
language sql stable as $$ select left(current_user, 55) || '_company' $$;

do $$ begin
  execute format('create role %I nologin noinherit', company_role());
exception when duplicate_object or unique_violation then null;
end $$;

do $$ begin
  execute format('grant %I to current_user with inherit false, set true', company_role());
  execute format('grant usage on schema public to %I', company_role());
  execute format('grant execute on function acting_company() to %I', company_role());
end $$;

-- Puts a table behind policies; every table that is added here calls it. p_rows says which rows are those of the company that
-- somebody acts for, p_rights what may be done with them; without, only the directory reaches the table.
create function keep_apart(p_table regclass, p_rows text default null, p_rights text default 'select') returns void
language plpgsql set search_path from current as $$
begin
  execute format('alter table %s enable row level security, force row level security', p_table);
  execute format('create policy directory on %s to current_user using (true) with check (true)', p_table);
  if p_rows is not null then
    execute format('create policy company on %s to %I using (%s) with check (%3$s)', p_table, company_role(), p_rows);
    execute format('grant %s on %s to %I', p_rights, p_table, company_role());
  end if;
end $$;

revoke all on function acting_company(), company_role(), keep_apart(regclass, text, text) from public;

select keep_apart('tenants', 'id = acting_company()');
select keep_apart('tenant_domains', 'tenant_id = acting_company()', 'select, insert, delete');
select keep_apart('memberships', 'tenant_id = acting_company()', 'select, insert, update, delete');
-- A person is known to the companies that they belong to; by what they prove themselves, to none.
select keep_apart('users', 'id in (select m.user_id from memberships m)', 'select (id, email, name, is_active, created_at)');
select keep_apart('sessions', 'tenant_id = acting_company()',
  'delete, select (id, user_id, tenant_id, created_at, expires_at, ip, user_agent)');
select keep_apart('refresh_tokens', 'tenant_id = acting_company()',
  'update (revoked_at), select (id, family_id, user_id, tenant_id, created_at, expires_at, used_at, revoked_at)');
select keep_apart('verifications', 'tenant_id = acting_company()');
select keep_apart('outbox', 'schema_name = (select t.schema_name from tenants t where t.id = acting_company())');
-- The house's own.
select keep_apart('signing_keys');

select keep_apart('api_keys', 'tenant_id = acting_company()', 'select (id, tenant_id, user_id, role, name, prefix, scopes, created_by,
  created_at, expires_at, last_used_at, revoked_at, revoked_by)');
select keep_apart('roles', 'tenant_id = acting_company()', 'select, insert, update, delete');
select keep_apart('permission_rules', 'tenant_id = acting_company()', 'select, insert, update, delete');
